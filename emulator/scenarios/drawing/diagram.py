"""Mermaid state diagrams: of one scenario, and of the whole lifecycle, drawn from the one table of it."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final, TypeAlias

from emulator.domain.lifecycle import CANCELLABLE, TERMINAL, TRANSITIONS, Status
from emulator.scenarios.drawing import palette, phrases
from emulator.scenarios.drawing.canvas import clean
from emulator.scenarios.drawing.course import CANCEL_FROM_US, moment_in, played, played_cancelled
from emulator.scenarios.drawing.telling import most, replies, validation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from emulator.domain.rules import Rule
    from emulator.domain.scenario import Scenario
    from emulator.scenarios.drawing.course import Course, Stay

Edge: TypeAlias = "tuple[Status, Status, str]"

_HEAD: Final = ("stateDiagram-v2", "    direction LR", "    [*] --> validating")
_MARKUP: Final = re.compile(r"%(?=[%{])|[#;:\"<>{}\[\]|`\\&*~]")
"""What means something to Mermaid, or to Markdown in it."""
_FILE_OPERATIONS: Final = frozenset({"getFile", "getFileContent", "deleteFile", "listFiles"})


def lifecycle_mermaid() -> str:
    """Return the whole table of the lifecycle as a diagram."""
    edges = [f"    {start} --> {end}" for start in Status for end in Status if end in TRANSITIONS[start]]
    ends = [f"    {status} --> [*]" for status in Status if status in TERMINAL]
    return _joined([*_HEAD, *edges, *ends, *_colours(Status)])


def mermaid(scenario: Scenario) -> str:
    """Return what can happen to a scenario's batch as a diagram: each transition with its time, and notes."""
    course = played(scenario)
    edges = [*_life(course), *_cancels(scenario, course)]
    statuses = [status for status in Status if any(status in (start, end) for start, end, _ in edges)]
    ends = [f"    {status} --> [*]" for status in statuses if status in TERMINAL]
    return _joined(
        [
            "---",
            f"title: {json.dumps(clean(f'{scenario.name}: {scenario.title}'), ensure_ascii=False)}",
            "---",
            *_HEAD,
            *dict.fromkeys(f"    {start} --> {end}: {escaped(text)}" for start, end, text in edges),
            *ends,
            *_notes(scenario, course, statuses),
            *_colours(statuses),
        ]
    )


def _joined(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """Return text in which nothing means anything to Mermaid."""
    return _MARKUP.sub(lambda found: f"#{ord(found[0])};", clean(text))


def _colours(statuses: Iterable[Status]) -> Iterator[str]:
    for status in statuses:
        yield f"    classDef {status}_ fill:{palette.STATUS[status]},stroke:{palette.EDGE},color:{palette.INK_ON_STATUS}"
        yield f"    class {status} {status}_"


# Transitions


def _life(course: Course) -> Iterator[Edge]:
    for before, after in pairwise(course.stays):
        yield before.status, after.status, _window(course, after) or f"at {phrases.duration(after.from_us)}"


def _window(course: Course, stay: Stay) -> str:
    """Return what is said of a batch that ends only because its window does."""
    ends_it = course.by_window and stay.until_us is None
    return f"at {phrases.duration(stay.from_us)}, as the window closes" if ends_it else ""


def _cancels(scenario: Scenario, course: Course) -> Iterator[Edge]:
    """Yield what follows a cancel in each status that lasts long enough for one."""
    for stay in course.stays:
        if stay.status in CANCELLABLE and stay.length_us >= CANCEL_FROM_US:
            yield from _branch(scenario, stay)


def _branch(scenario: Scenario, stay: Stay) -> Iterator[Edge]:
    at_us = moment_in(stay)
    course = played_cancelled(scenario, at_us=at_us)
    following = [each for each in course.stays if each.from_us >= at_us]
    for before, after in pairwise([stay, *following]):
        waited_us = after.from_us - at_us
        said = _window(course, after) or (f"after {phrases.duration(waited_us)}" if waited_us else "")
        words = ("cancel", said) if before is stay else (said or "at once",)
        yield before.status, after.status, ", ".join(word for word in words if word)


# Notes


def _notes(scenario: Scenario, course: Course, statuses: list[Status]) -> Iterator[str]:
    notes: dict[Status, list[str]] = {status: [] for status in statuses}
    end = course.stays[-1].status
    for at_us, said in _happenings(course):
        notes[course.stay_at(at_us).status].append(said)
    notes[Status.VALIDATING] += [*validation(scenario), *replies(scenario)]
    notes[Status.IN_PROGRESS if Status.IN_PROGRESS in notes else end] += map(phrases.line_rule, scenario.lines)
    notes[end] += phrases.results(scenario.results)
    for rule in scenario.rules:
        notes[_place(rule, statuses, end)].append(phrases.rule(rule))
    for number, (status, said_of) in enumerate((status, said) for status, said in notes.items() if said):
        yield f"    note {'left' if number % 2 else 'right'} of {status}"
        yield from (f"        {escaped(said)}" for said in most(said_of))
        yield "    end note"


def _happenings(course: Course) -> Iterator[tuple[int, str]]:
    for point in course.points:
        if point.said:
            yield point.at_us, f"{phrases.amount(point.said)} done at {phrases.duration(point.at_us)}"
    for change in course.changes:
        yield change.at_us, f"from {phrases.duration(change.at_us)} shown: {phrases.changes(change.changes)}"


def _place(rule: Rule, statuses: list[Status], end: Status) -> Status:
    """Return the status beside which a rule is noted: the first that it asks for, or that its operation goes with."""
    if rule.on.statuses is not None:
        return next((status for status in statuses if status in rule.on.statuses), end)
    if rule.on.operations is not None and rule.on.operations <= _FILE_OPERATIONS:
        return end
    return Status.VALIDATING
