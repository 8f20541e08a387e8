"""Where a batch stands in its script, and at which pace its lines finish on the way to the next step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from emulator.domain.clock import SECOND_US
from emulator.domain.values import changed

if TYPE_CHECKING:
    from emulator.domain.steps import Step


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Where a batch stands in its script: the steps to come, counted from `since_us`, the last one's due time."""

    created_us: int
    since_us: int
    steps: tuple[Step, ...]
    on_cancel: tuple[Step, ...]

    def due_us(self) -> int:
        """Return when the next step is due; a step never comes before the one that it follows."""
        wait = self.steps[0].wait
        start_us = self.since_us if wait.since == "step" else self.created_us
        return max(self.since_us, start_us + wait.us)

    def past_step(self) -> Plan:
        """Return the plan with its next step done."""
        return changed(self, since_us=self.due_us(), steps=self.steps[1:])

    def ended(self) -> Plan:
        """Return the plan with nothing to come."""
        return changed(self, steps=(), on_cancel=())

    def cancelled(self, *, at_us: int) -> Plan:
        """Return the plan that follows a cancel."""
        return changed(self, since_us=at_us, steps=self.on_cancel, on_cancel=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Lines after the first `before`, up to the first `target`, finish evenly from `start_us` to `end_us`.

    The k-th of m such lines finishes k/m of the way, rounded up to the whole second.
    """

    before: int
    target: int
    start_us: int
    end_us: int

    def finish_us(self, line: int) -> int:
        """Return when the line with this number, from 1, finishes."""
        lines = self.target - self.before
        exact_us_times_lines = self.start_us * lines + (line - self.before) * (self.end_us - self.start_us)
        return min(self.end_us, -(-exact_us_times_lines // (lines * SECOND_US)) * SECOND_US)

    def done_by(self, at_us: int) -> int:
        """Return how many of the batch's lines have finished at this whole second, or at the end."""
        if at_us >= self.end_us:
            return self.target
        return self.before + (at_us - self.start_us) * (self.target - self.before) // (self.end_us - self.start_us)
