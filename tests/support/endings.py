"""The end to which a good client comes with each scenario of the library, and what goes wrong for the official SDK on the way."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Final

from emulator.verify.endings import CANCELLED_AFTER, HOSTILE, LEGAL, Ending
from support.good_client import Summary

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CANCELLED_AFTER", "HOSTILE_ENDINGS", "LEGAL_ENDINGS", "OF_THE_WORLD", "TIMEOUTS_MS"]

ERRORS: Final = {
    "file-not-found-at-create": ["createBatch 400"],
    "create-reply-lost": ["createBatch transport"],
    "cancel-finished": ["cancelBatch 409"],
    "cancel-500-but-done": ["cancelBatch 500"],
    "poll-500-then-ok": ["getBatch 502", "getBatch 503", "getBatch 429"],
    "rate-limited": ["createBatch 429", "getBatch 429", "getBatch 429", "getFileContent 429"],
    "file-404-then-ok": ["getFileContent 404"] * 2,
    "output-deleted": ["getFileContent 404"] * 6,
    "old-server": ["createBatch unreadable", "listBatches unreadable", *["getBatch unreadable"] * 8],
    "octet-stream": ["getFileContent unreadable"] * 2,
    "malformed-json": ["getBatch unreadable"] * 5,
    "wrong-content-type": ["getBatch unreadable"] * 3,
    "connection-reset": [*["getBatch transport"] * 3, "getFileContent transport"],
    "connection-closed": [*["getBatch transport"] * 3, "getFileContent transport"],
    "slow-drip": ["getBatch timeout", "getFileContent timeout"],
    "stalled": [*["getBatch timeout"] * 3, "getFileContent timeout"],
    "huge-integers": ["getBatch unreadable"],
    "deep-nesting": ["getBatch unreadable"] * 2,
    "lone-surrogates": ["getBatch unreadable"] * 2,
}
"""The calls that fail, in order."""


def _summaries(endings: Mapping[str, Ending]) -> dict[str, Summary]:
    return {name: _summary(ending, ERRORS.get(name, [])) for name, ending in endings.items()}


def _summary(ending: Ending, errors: list[str]) -> Summary:
    found = {each.name: getattr(ending, each.name) for each in fields(ending)}
    return Summary(**found, errors=tuple(errors))


LEGAL_ENDINGS: Final = _summaries(LEGAL)
HOSTILE_ENDINGS: Final = _summaries(HOSTILE)
TIMEOUTS_MS: Final = {"slow-drip": 300, "stalled": 300}
"""For how long it waits for bytes, where none may come."""
OF_THE_WORLD: Final = frozenset({"not-listed-yet", "grows-while-paging"})
"""Scenarios about lists: they cannot be chosen for one batch."""
