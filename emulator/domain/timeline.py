"""When what happens to a batch: a script's steps, the plan that a batch follows, and the next event of it.

A batch needs no list of all that will happen to it: the next event is always worked out from where it stands, so the
store keeps one due time a batch, and a walk of any number of steps passes the same events.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from emulator.domain.clock import SECOND_US
from emulator.domain.lifecycle import Status
from emulator.domain.paths import UNCHANGED, Changes

if TYPE_CHECKING:
    from fractions import Fraction

    from emulator.domain.batch import Batch
    from emulator.domain.scenario import Scenario


RUNS_LINES: Final = frozenset({Status.IN_PROGRESS, Status.CANCELLING})
"""In these statuses lines may finish."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
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
        return replace(self, since_us=self.due_us(), steps=self.steps[1:])

    def ended(self) -> Plan:
        """Return the plan with nothing to come."""
        return replace(self, steps=(), on_cancel=())

    def cancelled(self, *, at_us: int) -> Plan:
        """Return the plan that follows a cancel."""
        return replace(self, since_us=at_us, steps=self.on_cancel, on_cancel=())


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that is due: `done` lines are finished then, a status is entered, a step of the plan is past.

    `reveals` is the moment in which a batch that has ended shows the ids of its files.
    """

    at_us: int
    to: Status | None = None
    done: int | None = None
    is_step: bool = False
    reveals: bool = False


def start(scenario: Scenario, *, now_us: int) -> Plan:
    """Return the plan of a batch that is created now; it counts from the whole second that `created_at` shows."""
    second_us = now_us // SECOND_US * SECOND_US
    return Plan(created_us=second_us, since_us=second_us, steps=scenario.steps, on_cancel=scenario.on_cancel)


def next_event(batch: Batch) -> Event | None:
    """Return what happens to the batch next, or None when its life is over.

    Whatever its plan says, a batch expires when its window closes; a step that is due at that same instant goes first.
    """
    if batch.is_over:
        return Event(at_us=batch.held.until_us, reveals=True) if batch.held else None
    planned = _next_planned(batch)
    if planned is None or planned.at_us > batch.closes_us:
        return Event(at_us=batch.closes_us, to=Status.EXPIRED)
    return planned


def _next_planned(batch: Batch) -> Event | None:
    if not batch.plan.steps:
        return None
    due_us, step, pace = batch.plan.due_us(), batch.plan.steps[0], batch.pace
    if pace is None:
        return Event(at_us=due_us, to=step.to, is_step=True)
    if batch.lines.done < pace.target and (finish_us := pace.finish_us(batch.lines.done + 1)) < due_us:
        return Event(at_us=finish_us, done=pace.done_by(finish_us))
    return Event(at_us=due_us, to=step.to, done=pace.target, is_step=True)


def fire(batch: Batch, event: Event) -> Batch:
    """Return the batch after one of its events; raises IllegalTransition when a script breaks the table."""
    if event.reveals and batch.held:
        return replace(
            batch, output_file_id=batch.held.output_file_id, error_file_id=batch.held.error_file_id, held=None
        )
    after = batch
    if event.done is not None:
        after = replace(after, lines=replace(after.lines, done=event.done))
    if event.is_step:
        changes = after.changes.then(after.plan.steps[0].changes)
        after = replace(after, plan=after.plan.past_step(), changes=changes)
    if event.to is not None:
        after = after.entering(event.to, at_us=event.at_us)
    if after.is_over:
        return replace(_at_rest(after), plan=after.plan.ended())
    return _at_next_pace(after) if event.is_step else after


def cancelled(batch: Batch, *, at_us: int) -> Batch:
    """Return the batch once a cancel was accepted: the script's `on_cancel` replaces the rest, and no line finishes."""
    return replace(_at_rest(batch), plan=batch.plan.cancelled(at_us=at_us))


def finish_us(batch: Batch, line: int) -> int:
    """Return when the line with this number, from 1, finished; it must be among those that are done."""
    paces = (*batch.paces, batch.pace) if batch.pace else batch.paces
    return next(pace for pace in reversed(paces) if pace.before < line).finish_us(line)


def _at_rest(batch: Batch) -> Batch:
    """Return the batch with no line running, its pace kept among those of the past."""
    return replace(batch, pace=None, paces=(*batch.paces, batch.pace)) if batch.pace else batch


def _at_next_pace(batch: Batch) -> Batch:
    """Return the batch with the pace that its next step gives its lines, if it runs them."""
    rested, lines = _at_rest(batch), batch.lines
    if batch.status not in RUNS_LINES or not batch.plan.steps:
        return rested
    target = _target(batch.plan.steps[0], lines.done, lines.finishable)
    if target <= lines.done:
        return rested
    pace = Pace(before=lines.done, target=target, start_us=batch.plan.since_us, end_us=batch.plan.due_us())
    return replace(rested, pace=pace)


def _target(step: Step, done: int, finishable: int) -> int:
    """Return how many lines are done once the step is: before finalizing, and before completed, all of them."""
    if step.to in {Status.FINALIZING, Status.COMPLETED}:
        return finishable
    return step.progress.of(finishable) if step.progress else done
