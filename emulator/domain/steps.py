"""The steps of a script, as values: what happens, and how long after what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from emulator.domain.paths import UNCHANGED, Changes

if TYPE_CHECKING:
    from fractions import Fraction

    from emulator.domain.lifecycle import Status


@dataclass(frozen=True, slots=True)
class Wait:
    """How long until a step: counted from the step before, or from the batch's creation."""

    us: int
    since: Literal["step", "creation"] = "step"


@dataclass(frozen=True, slots=True)
class Amount:
    """How many lines are done after a progress step: a count, or a share of all (rounded down)."""

    value: Fraction
    unit: Literal["lines", "share"]

    def of(self, total: int) -> int:
        """Return the number of lines, at most all of them."""
        return min(total, int(self.value * total if self.unit == "share" else self.value))


@dataclass(frozen=True, slots=True)
class Step:
    """One step: a status to enter, or lines to finish during the wait, evenly spread over it.

    `changes` are made to the batch as it is shown from then on.
    """

    wait: Wait
    to: Status | None = None
    progress: Amount | None = None
    changes: Changes = UNCHANGED
