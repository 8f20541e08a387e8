"""Comparing what came with what was expected: what differs fails the check."""

from __future__ import annotations

from typing import Any

from emulator.faces.values import is_same, shown
from emulator.verify.check import Failed


def same(at: str, expected: Any, got: Any) -> None:
    """Raise Failed unless the two are the same."""
    if not is_same(expected, got):
        raise Failed(at=at, expected=shown(expected), got=shown(got))


def holds(fact: object, *, at: str, expected: str, got: Any) -> None:
    """Raise Failed unless a fact holds; `expected` is said in words, `got` is a value, or words."""
    if not fact:
        raise Failed(at=at, expected=expected, got=got if isinstance(got, str) else shown(got))
