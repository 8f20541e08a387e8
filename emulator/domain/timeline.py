"""When what happens to a batch: the next event of its life, worked out, and what it makes of the batch.

A batch needs no list of all that will happen to it: the next event is always worked out from where it stands, so the
store keeps one due time a batch, and a walk of any number of steps passes the same events.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from emulator.domain.clock import SECOND_US
from emulator.domain.lifecycle import Status
from emulator.domain.plan import Pace, Plan
from emulator.domain.values import changed

if TYPE_CHECKING:
    from emulator.domain.batch import Batch
    from emulator.domain.scenario import Scenario
    from emulator.domain.steps import Step


RUNS_LINES: Final = frozenset({Status.IN_PROGRESS, Status.CANCELLING})
"""In these statuses lines may finish."""


@dataclass(frozen=True, kw_only=True)
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


def due_us(batch: Batch) -> int | None:
    """Return when something happens to the batch next, or None when its life is over."""
    event = next_event(batch)
    return event.at_us if event else None


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
        return changed(
            batch, output_file_id=batch.held.output_file_id, error_file_id=batch.held.error_file_id, held=None
        )
    after = batch
    if event.done is not None:
        after = changed(after, lines=changed(after.lines, done=event.done))
    if event.is_step:
        changes = after.changes.then(after.plan.steps[0].changes)
        after = changed(after, plan=after.plan.past_step(), changes=changes)
    if event.to is not None:
        after = after.entering(event.to, at_us=event.at_us)
    if after.is_over:
        return changed(_at_rest(after), plan=after.plan.ended())
    return _at_next_pace(after) if event.is_step else after


def cancelled(batch: Batch, *, at_us: int) -> Batch:
    """Return the batch once a cancel was accepted: the script's `on_cancel` replaces the rest, and no line finishes."""
    return changed(_at_rest(batch), plan=batch.plan.cancelled(at_us=at_us))


def finish_us(batch: Batch, line: int) -> int:
    """Return when the line with this number, from 1, finished; it must be among those that are done."""
    paces = (*batch.paces, batch.pace) if batch.pace else batch.paces
    return next(pace for pace in reversed(paces) if pace.before < line).finish_us(line)


def _at_rest(batch: Batch) -> Batch:
    """Return the batch with no line running, its pace kept among those of the past."""
    return changed(batch, pace=None, paces=(*batch.paces, batch.pace)) if batch.pace else batch


def _at_next_pace(batch: Batch) -> Batch:
    """Return the batch with the pace that its next step gives its lines, if it runs them."""
    rested, lines = _at_rest(batch), batch.lines
    if batch.status not in RUNS_LINES or not batch.plan.steps:
        return rested
    target = _target(batch.plan.steps[0], lines.done, lines.finishable)
    if target <= lines.done:
        return rested
    pace = Pace(before=lines.done, target=target, start_us=batch.plan.since_us, end_us=batch.plan.due_us())
    return changed(rested, pace=pace)


def _target(step: Step, done: int, finishable: int) -> int:
    """Return how many lines are done once the step is: before finalizing, and before completed, all of them."""
    if step.to in {Status.FINALIZING, Status.COMPLETED}:
        return finishable
    return step.progress.of(finishable) if step.progress else done
