"""What is known of a request when it comes in: that much, and no more, a rule can ask."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a rule can ask of a request: `status` and `age_us` are those of the batch that it is about, if any."""

    operation: str | None
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    """By their names in lower case."""
    status: str | None = None
    age_us: int | None = None
