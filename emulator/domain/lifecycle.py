"""The lifecycle of a batch: one table, from which everything else that speaks of statuses is drawn."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


class Status(StrEnum):
    """The status of a batch (contract section 2)."""

    VALIDATING = "validating"
    FAILED = "failed"
    IN_PROGRESS = "in_progress"
    FINALIZING = "finalizing"
    COMPLETED = "completed"
    EXPIRED = "expired"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"


S = Status
# Contract section 3. Every status has a row; the rows of the last four are empty, for nothing follows them.
TRANSITIONS: Final[Mapping[Status, frozenset[Status]]] = {
    S.VALIDATING: frozenset({S.IN_PROGRESS, S.FAILED, S.CANCELLING, S.EXPIRED}),
    S.IN_PROGRESS: frozenset({S.FINALIZING, S.CANCELLING, S.EXPIRED}),
    S.FINALIZING: frozenset({S.COMPLETED, S.CANCELLING, S.EXPIRED}),
    S.CANCELLING: frozenset({S.CANCELLED, S.COMPLETED, S.EXPIRED}),
    S.COMPLETED: frozenset(),
    S.FAILED: frozenset(),
    S.CANCELLED: frozenset(),
    S.EXPIRED: frozenset(),
}

TERMINAL: Final = frozenset(status for status, following in TRANSITIONS.items() if not following)
CANCELLABLE: Final = frozenset(status for status, following in TRANSITIONS.items() if S.CANCELLING in following)
CANCEL_ASKED: Final = frozenset({S.CANCELLING, S.CANCELLED})
"""A further cancel changes nothing here, and is no error (contract section 5)."""


class IllegalTransition(Exception):
    """A script asked for a step that the table does not have."""


def check_transition(start: Status, end: Status) -> None:
    """Raise IllegalTransition unless the table lets `end` follow `start`."""
    if end not in TRANSITIONS[start]:
        allowed = ", ".join(sorted(TRANSITIONS[start])) or "nothing"
        raise IllegalTransition(f"after {start}: expected {allowed}, found {end}")
