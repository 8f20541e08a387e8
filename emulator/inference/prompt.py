"""Owns Prompt, one line put to the model. Must not know how any endpoint answers it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """One line put to the model: all that its reply depends on."""

    seed: int  # the world's
    custom_id: str
    endpoint: str  # as in the line's url, such as /v1/chat/completions
    body: Mapping[str, object]  # the line's body: JSON
    at: int  # epoch seconds at which the line finished
    content: str | None = None  # what the model says to it, where text is wished for; None: what it likes
