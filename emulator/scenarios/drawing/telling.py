"""A scenario in words: what `scenarios show` says of it, and what a picture says to those who cannot see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from emulator.scenarios.drawing import canvas, phrases
from emulator.scenarios.drawing.course import SAMPLE_LINES, Course, cancel_moment, played, played_cancelled
from emulator.scenarios.words import BREAKS, TOLERATES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from emulator.domain.scenario import Scenario

MOST: Final = 16


@dataclass(frozen=True, slots=True)
class Part:
    """A heading, and the phrases under it."""

    heading: str
    phrases: tuple[str, ...]


def told(scenario: Scenario) -> tuple[Part, ...]:
    """Return what a scenario means; a part that has nothing to say is left out."""
    course = played(scenario)
    moment = cancel_moment(course)
    parts = (
        Part(scenario.kind, tuple(_kind(scenario))),
        Part("What happens to a batch", tuple(_life(course))),
        Part("If it is cancelled", tuple(_cancelled(scenario, moment)) if moment is not None else ()),
        Part("Validation", tuple(validation(scenario))),
        Part("Lines", tuple(map(phrases.line_rule, scenario.lines))),
        Part("Result files", tuple(phrases.results(scenario.results))),
        Part("Replies", tuple(replies(scenario))),
        Part("On the wire", tuple(map(phrases.rule, scenario.rules))),
        Part("What a good client does", (scenario.client,) if scenario.client else ()),
        Part("Seen in", (scenario.seen_in,) if scenario.seen_in else ()),
    )
    return tuple(Part(part.heading, tuple(map(canvas.clean, part.phrases))) for part in parts if part.phrases)


def most(said: Sequence[str]) -> list[str]:
    """Return so many phrases as anybody reads, and how many more there are."""
    more = len(said) - MOST
    return [*said[:MOST], *([f"… and {more} more"] if more > 0 else [])]


def validation(scenario: Scenario) -> Iterator[str]:
    """Say what is unusual about the check of the input."""
    if not scenario.validates:
        yield "the input is not checked"
    yield from (f"reports {phrases.fault(each)}" for each in scenario.errors)


def replies(scenario: Scenario) -> Iterator[str]:
    """Say in which edition of the API replies are shown, if it is not the world's."""
    if scenario.edition:
        yield f"in the shape of edition {scenario.edition}"


def _kind(scenario: Scenario) -> Iterator[str]:
    if scenario.kind == "legal":
        yield "a conforming server may do this, so a client must reach the right result"
    else:
        yield "it breaks the contract: a client may refuse, but not hang, crash or lose data in silence"
    yield from (f"asks of its client: {word} ({TOLERATES.get(word, word)})" for word in scenario.tolerates)
    yield from (f"breaks: {word} ({BREAKS.get(word, word)})" for word in scenario.breaks)


def _life(course: Course) -> Iterator[str]:
    happenings = [
        *((stay.from_us, 1, str(stay.status)) for stay in course.stays),
        *((point.at_us, 0, _done(point.done)) for point in course.points if point.said),
        *((each.at_us, 2, f"shown from now on: {phrases.changes(each.changes)}") for each in course.changes),
    ]
    for at_us, _, what in sorted(happenings):
        yield f"at {phrases.duration(at_us)}: {what}"
    if course.by_window:
        yield "the end comes with the window's, for nothing else ends it before"


def _cancelled(scenario: Scenario, moment: int) -> Iterator[str]:
    course = played_cancelled(scenario, at_us=moment)
    lines = course.final.lines
    for stay in course.stays:
        if stay.from_us >= moment:
            yield f"{_after(stay.from_us - moment)}: {stay.status}"
    yield from (f"shown from then on: {phrases.changes(each.changes)}" for each in course.changes)
    if lines.total:
        yield f"cancelled at {phrases.duration(moment)}, {lines.done} of {lines.total} lines end up done"


def _after(us: int) -> str:
    return f"{phrases.duration(us)} later" if us else "at once"


def _done(done: int) -> str:
    return f"{done} of {SAMPLE_LINES} lines are done"
