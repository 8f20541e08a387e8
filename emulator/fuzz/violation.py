"""A broken expectation, and what tells one cause from another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_NAMES: Final = re.compile(r"'[^']*'|\"[^\"]*\"|\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One way in which a client did not do what it should: `expected` and `got` are said in words, `step` is which one.

    Violations of one `cause` are one finding, however often they come: it names what is wrong, and no value that showed it.
    """

    cause: str
    step: int
    expected: str
    got: str


def skeleton(message: str) -> str:
    """Return what stays the same of a message when the values in it change."""
    return " ".join(_NAMES.sub("…", message.splitlines()[0] if message else "").split())[:80]
