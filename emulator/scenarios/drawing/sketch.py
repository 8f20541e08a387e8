"""What every part of a picture is drawn from: the scenario's courses, laid out on one axis; and the measures they share."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from emulator.domain.batch import WINDOW_S
from emulator.domain.clock import SECOND_US
from emulator.scenarios.drawing import axis, canvas
from emulator.scenarios.drawing.course import Course, cancel_moment, played, played_cancelled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.domain.scenario import Scenario
    from emulator.scenarios.drawing.axis import Axis
    from emulator.scenarios.drawing.course import Stay

MARGIN: Final = 36.0
LEFT: Final = 152.0
TAIL: Final = 196.0
GUTTER: Final = LEFT - 16
PLOT: Final = 816.0
WINDOW_US: Final = WINDOW_S * SECOND_US
_STEP_ROOM: Final = 34.0


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a picture, drawn from its own upper left corner on."""

    svg: str
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """A scenario, ready to be drawn: its course, the course of a cancelled batch, and the axis for both."""

    scenario: Scenario
    course: Course
    cancel_us: int | None
    cancelled: Course | None
    axis: Axis

    @property
    def right(self) -> float:
        """Where the plot ends: beyond the axis, what stays as it is once a batch has ended."""
        return LEFT + self.axis.width + TAIL

    @property
    def width(self) -> float:
        """How wide the picture is."""
        return self.right + MARGIN

    def x(self, at_us: int) -> float:
        """Return where a time stands in the picture."""
        return LEFT + self.axis.x(at_us)

    def until_x(self, stay: Stay) -> float:
        """Return where a stay ends."""
        return self.right if stay.until_us is None else self.x(stay.until_us)

    def breaks(self) -> list[float]:
        """Return where the axis is cut short."""
        return [LEFT + (each.from_x + each.until_x) / 2 for each in self.axis.stretches if each.is_broken]

    def instants(self) -> list[int]:
        """Return the times that are written on the axis, those that matter most first."""
        return list(dict.fromkeys(_instants(self.scenario, self.course, self.cancelled)))


def gutter(text: str, y: float, more: str = "") -> str:
    """Return what stands left of a lane: its name, and a word more below."""
    room = GUTTER - 8
    second = canvas.label(GUTTER, y + 15, canvas.fitted(more, room, size=11), size=11, css="quiet end") if more else ""
    return canvas.label(GUTTER, y, text, size=12, css="ink bold end") + second


def sketched(scenario: Scenario) -> Sketch:
    """Return the sketch of a scenario."""
    course = played(scenario)
    cancel_us = cancel_moment(course)
    cancelled = played_cancelled(scenario, at_us=cancel_us) if cancel_us is not None else None
    times = [*_instants(scenario, course, cancelled)]
    rooms = [*_rooms(course, after_us=-1)]
    if cancelled is not None and cancel_us is not None:
        rooms += [*_rooms(cancelled, after_us=cancel_us - 1)]
    return Sketch(
        scenario=scenario,
        course=course,
        cancel_us=cancel_us,
        cancelled=cancelled,
        axis=axis.laid_out(times, rooms, width=PLOT),
    )


def _instants(scenario: Scenario, course: Course, cancelled: Course | None) -> Iterator[int]:
    yield 0
    for each in (course, cancelled):
        if each is not None:
            yield from (stay.from_us for stay in each.stays)
    if scenario.results.ids_after_us:
        yield course.end_us + scenario.results.ids_after_us
    for each in (course, cancelled):
        if each is not None:
            yield from (point.at_us for point in each.points if point.said)
            yield from (change.at_us for change in each.changes)
    for rule in scenario.rules:
        ages = (rule.on.since_us, rule.on.until_us, rule.hide.until_us if rule.hide else None)
        yield from (age for age in ages if age and age <= WINDOW_US)


def _rooms(course: Course, *, after_us: int) -> Iterator[axis.Room]:
    for stay in course.stays:
        if stay.from_us > after_us and stay.until_us is not None and stay.length_us:
            yield axis.Room(stay.from_us, stay.until_us, canvas.width(stay.status, size=13, css="bold") + 18)
    steps = [point.at_us for point in course.points if point.said]
    for since, until in pairwise(steps):
        if until > since > after_us:
            yield axis.Room(since, until, _STEP_ROOM)
