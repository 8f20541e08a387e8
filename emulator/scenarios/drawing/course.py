"""The course of a sample batch: a scenario played on the domain's own timeline, as facts that can be drawn.

Owns the sample, and the moment at which it is cancelled; knows nothing of pictures.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from emulator.domain.batch import Batch, Entry, Lines, NewBatch
from emulator.domain.clock import SECOND_US
from emulator.domain.jsonl import Line
from emulator.domain.lifecycle import CANCELLABLE, Status
from emulator.domain.outcomes import outcome_of
from emulator.domain.paths import UNCHANGED, Changes
from emulator.domain.timeline import Event, cancelled, fire, next_event, start

if TYPE_CHECKING:
    from emulator.domain.scenario import Scenario
    from emulator.domain.steps import Amount

SAMPLE_LINES: Final = 100
MINUTE_US: Final = 60 * SECOND_US
HOUR_US: Final = 60 * MINUTE_US
CANCEL_WITHIN_US: Final = 30 * MINUTE_US
"""A typical client that gives up does so within this time of the status that it is tired of."""

CANCEL_FROM_US: Final = 10 * SECOND_US
"""Nobody is quick enough to cancel in a status that is over before."""

_ENDS_VALIDATION: Final = frozenset({Status.IN_PROGRESS, Status.FAILED, Status.COMPLETED})
_ROUND_US: Final = (
    *(hours * HOUR_US for hours in (6, 1)),
    *(minutes * MINUTE_US for minutes in (30, 10, 5, 1)),
    *(seconds * SECOND_US for seconds in (30, 10, 5, 1)),
)


@dataclass(frozen=True, slots=True)
class Stay:
    """A status, from when until when; `until_us` is None for the one in which the batch ends."""

    status: Status
    from_us: int
    until_us: int | None
    shown_as: object = None

    @property
    def length_us(self) -> int:
        """How long it lasts, as far as it ends."""
        return (self.from_us if self.until_us is None else self.until_us) - self.from_us


@dataclass(frozen=True, slots=True)
class Point:
    """So many lines are done at this time, and so many of them have failed; `said` is how the script says so."""

    at_us: int
    done: int
    failed: int
    said: Amount | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What is changed, from this time on, of the batch as it is shown."""

    at_us: int
    changes: Changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What happened to the sample: `by_window` tells that its end came with the window's, not with a step."""

    stays: tuple[Stay, ...]
    points: tuple[Point, ...]
    changes: tuple[Change, ...]
    by_window: bool
    final: Batch

    @property
    def end_us(self) -> int:
        """When its last status was entered."""
        return self.stays[-1].from_us

    @property
    def runs_lines(self) -> bool:
        """Whether any line finished."""
        return self.points[-1].done > 0

    def stay_at(self, at_us: int) -> Stay:
        """Return the stay that this time falls into."""
        return next(stay for stay in reversed(self.stays) if stay.from_us <= at_us)


@dataclass(slots=True)
class _Log:
    """What was noted along the way."""

    points: list[Point] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    by_window: bool = False

    def note(self, event: Event, before: Batch, after: Batch) -> None:
        lines = after.lines
        step = before.plan.steps[0] if event.is_step else None
        if step is not None and step.changes:
            self.changes.append(Change(event.at_us, step.changes))
        if lines.done != before.lines.done or event.is_step:
            said = step.progress if step is not None else None
            self.points.append(Point(event.at_us, lines.done, lines.failed, said))
        self.by_window = event.to is Status.EXPIRED and not event.is_step


def played(scenario: Scenario) -> Course:
    """Return the course of a batch that is left alone."""
    return _followed(_sample(scenario), until_us=None)


def played_cancelled(scenario: Scenario, *, at_us: int) -> Course:
    """Return the course of a batch that is cancelled at this time."""
    course = _followed(_sample(scenario), until_us=at_us)
    after = _followed(cancelled(course.final, at_us=at_us), until_us=None)
    first = Point(at_us, course.final.lines.done, course.final.lines.failed)
    return replace(after, points=(first, *after.points[1:]))


def cancel_moment(course: Course) -> int | None:
    """Return when a typical client cancels: some way into the status in which it waits longest, if it waits at all."""
    stays = [stay for stay in course.stays if stay.status in CANCELLABLE and stay.length_us >= CANCEL_FROM_US]
    return moment_in(max(stays, key=lambda stay: stay.length_us)) if stays else None


def moment_in(stay: Stay) -> int:
    """Return a moment within a stay that is easy to name."""
    exact = stay.from_us + min(stay.length_us // 2, CANCEL_WITHIN_US)
    rounded = (exact // unit * unit for unit in _ROUND_US if unit <= stay.length_us // 4)
    return next((at_us for at_us in rounded if at_us > stay.from_us), exact)


def _sample(scenario: Scenario) -> Batch:
    request = NewBatch(
        endpoint="/v1/chat/completions",
        input_file_id="file_sample",
        completion_window="24h",
        metadata=None,
        max_concurrency=8,
    )
    return Batch(
        id="batch_sample",
        tenant="sample",
        number=1,
        request=request,
        scenario=scenario,
        history=(Entry(Status.VALIDATING, 0),),
        plan=start(scenario, now_us=0),
    )


def _followed(batch: Batch, *, until_us: int | None) -> Course:
    """Let everything happen to the batch, up to this time if one is given."""
    log, lines = _Log(), batch.lines
    log.points.append(Point(batch.plan.since_us, lines.done, lines.failed))
    while (event := next_event(batch)) and (until_us is None or event.at_us < until_us) and not batch.is_over:
        before, happening = _validated(batch, event)
        batch = fire(before, happening)
        log.note(happening, before, batch)
    return Course(
        stays=_stays(batch, log.changes),
        points=tuple(log.points),
        changes=tuple(log.changes),
        by_window=log.by_window,
        final=batch,
    )


def _validated(batch: Batch, event: Event) -> tuple[Batch, Event]:
    """Return the batch and what happens to it as the end of validation makes them (see the engine's machine)."""
    if event.to not in _ENDS_VALIDATION or batch.lines.total:
        return batch, event
    if batch.scenario.errors:
        to = Status.CANCELLED if event.to is Status.COMPLETED else Status.FAILED
        return batch, replace(event, to=to)
    counted = replace(batch, lines=_lines(batch.scenario))
    done = counted.lines.finishable if event.to is Status.COMPLETED else event.done
    return counted, replace(event, done=done)


def _lines(scenario: Scenario) -> Lines:
    samples = [Line(f"row-{number}", {"model": "m-1"}) for number in range(1, SAMPLE_LINES + 1)]
    outcomes = [
        outcome_of(scenario.lines, line, index=index, total=SAMPLE_LINES, seed=0) for index, line in enumerate(samples)
    ]
    finishing = [outcome for outcome in outcomes if not outcome.unfinished]
    failing = tuple(place for place, outcome in enumerate(finishing) if outcome.fails)
    return Lines(total=SAMPLE_LINES, unfinished=SAMPLE_LINES - len(finishing), failing=failing)


def _stays(batch: Batch, changes: list[Change]) -> tuple[Stay, ...]:
    ends = [entry.at_us for entry in batch.history[1:]]
    return tuple(
        Stay(entry.status, entry.at_us, until, _shown_as(changes, entry.at_us))
        for entry, until in zip(batch.history, [*ends, None], strict=True)
    )


def _shown_as(changes: list[Change], at_us: int) -> object:
    """Return the status that is shown in place of the genuine one, if a step says so."""
    made = UNCHANGED
    for change in changes:
        made = made.then(change.changes) if change.at_us <= at_us else made
    return made.set.get("status")
