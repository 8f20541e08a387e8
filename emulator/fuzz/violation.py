"""A broken expectation, and what tells one cause from another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

WORDS: Final = 5
"""How many words of a message tell one kind of it from others."""
_PLURAL: Final = re.compile(r"(?<=\berror)s\b")
_NAMES: Final = re.compile(r"(?<!\w)'[^']*'|\"[^\"]*\"|\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One way in which a client did not do what it should: `expected` and `got` are said in words, `step` is which one.

    Violations of one `cause` are one finding, however often they come: it names what is wrong, and no value that showed it.
    `is_owed` says that the client owed this whatever the property was: the cause is one for all of them.
    """

    cause: str
    step: int
    expected: str
    got: str
    is_owed: bool = False


def skeleton(message: str) -> str:
    """Return what stays the same of a message when the values in it change: its first words, whatever their number."""
    line = message.splitlines()[0] if message.strip() else ""
    words = _PLURAL.sub("", _NAMES.sub("…", line)).split()
    return " ".join(words[:WORDS])[:80]
