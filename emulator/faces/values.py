"""JSON values as people read them, and whether two are the same to the letter: 1 is not 1.0, and not true either."""

from __future__ import annotations

import json
from typing import Any, Final

SHOWN: Final = 300
"""How many characters of a value people get to see."""


def shown(value: Any) -> str:
    """Return a value as people read it: JSON, cut where it gets long."""
    text = json.dumps(value, ensure_ascii=False, default=repr)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}… ({len(text)} characters)"


def is_same(expected: Any, got: Any) -> bool:
    """Say whether two JSON values are the same value of the same type, all the way down."""
    if type(expected) is not type(got):
        return False
    if isinstance(expected, dict):
        return expected.keys() == got.keys() and all(is_same(expected[name], got[name]) for name in expected)
    if isinstance(expected, list):
        return len(expected) == len(got) and all(map(is_same, expected, got))
    return bool(expected == got)
