"""Replies that break the contract, for all operations at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from emulator.fuzz.contract import REPLIES
from emulator.fuzz.strategies.oddities import oddities

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

STRIDE: Final = 1009
"""How far from one operation to the next in the lists of oddities."""
PLACES: Final = 2**20


def sets_of_bad_replies() -> SearchStrategy[dict[str, dict[str, Any]]]:
    """Return for each operation a reply of status 200 that is odd in one place, or no reply of that operation at all.

    One number decides all of them, so that whenever Hypothesis draws something new, each of them is new.
    """
    return st.integers(0, PLACES).map(_found_from)


def _found_from(place: int) -> dict[str, dict[str, Any]]:
    lists = {operation: oddities(name) for operation, name in REPLIES.items()}
    return {operation: found[(place + STRIDE * at) % len(found)] for at, (operation, found) in enumerate(lists.items())}
