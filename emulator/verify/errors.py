"""What is said when `verify` is asked for what it cannot do."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from emulator.domain.errors import EmulatorError

if TYPE_CHECKING:
    from collections.abc import Iterable


class VerifyError(EmulatorError):
    """What was asked cannot be done; the message says what was expected, what came, and where."""


def meant(word: str, words: Iterable[str]) -> str:
    """Return the end of a sentence about a word that is unknown: which one was probably meant, if any is near."""
    near = get_close_matches(word, list(words), n=1)
    return f": did you mean {near[0]}?" if near else ""
