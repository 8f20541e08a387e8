"""A batch's life as the contract tells it: written down once more, so that the server is not its own witness."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

WINDOW_S: Final = 24 * 3600

# Contract section 3, what users report included.
FOLLOWING: Final[Mapping[str, frozenset[str]]] = {
    "validating": frozenset({"in_progress", "failed", "cancelling", "expired"}),
    "in_progress": frozenset({"finalizing", "cancelling", "expired"}),
    "finalizing": frozenset({"completed", "cancelling", "expired"}),
    "cancelling": frozenset({"cancelled", "completed", "expired"}),
    "completed": frozenset(),
    "failed": frozenset(),
    "expired": frozenset(),
    "cancelled": frozenset(),
}
ENDED: Final = frozenset(status for status, following in FOLLOWING.items() if not following)
DATED: Final = tuple(f"{status}_at" for status in FOLLOWING if status != "validating")
"""The timestamps that tell when a status was entered."""


def _reachable(start: str) -> frozenset[str]:
    found: set[str] = set()
    ahead = [start]
    while ahead:
        ahead += (new := FOLLOWING[ahead.pop()] - found)
        found |= new
    return frozenset(found)


LATER: Final[Mapping[str, frozenset[str]]] = {status: _reachable(status) for status in FOLLOWING}
"""What may be seen after a status by one who looks now and then, and misses some."""


def may_follow(before: str, after: str) -> bool:
    """Return whether a look may find this status after that one."""
    return before == after or after in LATER[before]


def may_have_been(status: str, earlier: str) -> bool:
    """Return whether a batch that is in a status may have entered the other one at some time."""
    return status == earlier or status in LATER[earlier]
