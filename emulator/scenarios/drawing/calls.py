"""A typical client's calls, and which of them a scenario's rules touch: decided by the rules' own code."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from emulator.domain.deciding import RuleInForce, decide
from emulator.domain.facts import Facts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from emulator.domain.deciding import Count
    from emulator.domain.rules import Rule
    from emulator.domain.scenario import Scenario
    from emulator.scenarios.drawing.axis import Axis
    from emulator.scenarios.drawing.course import Course

_PREFIX: Final = "/api/v1/llm"
_PATHS: Final = {
    "uploadFile": "/files",
    "createBatch": "/batches",
    "getBatch": "/batches/batch_sample",
    "listBatches": "/batches",
    "cancelBatch": "/batches/batch_sample/cancel",
    "listFiles": "/files",
    "getFile": "/files/file_sample",
    "getFileContent": "/files/file_sample/content",
    "deleteFile": "/files/file_sample",
}
_ABOUT_BATCH: Final = frozenset({"getBatch", "cancelBatch", "getFile", "getFileContent", "deleteFile"})
_SHORT: Final = {
    "uploadFile": "upload",
    "createBatch": "create",
    "getBatch": "get",
    "listBatches": "list",
    "cancelBatch": "cancel",
    "listFiles": "files",
    "getFile": "file",
    "getFileContent": "content",
    "deleteFile": "delete",
}
_FIRST_POLL, _BETWEEN_POLLS, _MOST_POLLS = 52.0, 58.0, 24
_AFTER_END: Final = (
    "getBatch",
    "getBatch",
    "getBatch",
    "listFiles",
    "getFile",
    "getFileContent",
    "getFileContent",
    "deleteFile",
)


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the client: where it stands on the axis, and when that is."""

    operation: str
    x: float
    at_us: int

    @property
    def short(self) -> str:
        """What its dot is labelled with."""
        return _SHORT[self.operation]


@dataclass(frozen=True, slots=True)
class Touch:
    """A rule, and the calls of the client that it touches; `is_exact` where its own code picked them."""

    rule: Rule
    calls: tuple[Call, ...]
    is_exact: bool


def typical(scenario: Scenario, course: Course, axis: Axis, *, cancel_us: int | None, tail: float) -> tuple[Call, ...]:
    """Return the calls of a client, in order; those that no rule names are left out, but for the essential ones."""
    named = {name for rule in scenario.rules for name in rule.on.operations or ()}
    wanted = named | {"createBatch", "getBatch", "getFileContent"}
    calls = [
        Call("uploadFile", -30.0, 0),
        Call("createBatch", 0.0, 0),
        *_polls(axis.x(course.end_us), axis),
        *_afterwards(axis, wanted, tail),
    ]
    if cancel_us is not None:
        calls.append(Call("cancelBatch", axis.x(cancel_us), cancel_us))
    if "listBatches" in wanted:
        calls += _lists(calls)
    return tuple(sorted((call for call in calls if call.operation in wanted), key=lambda call: call.x))


def _polls(until_x: float, axis: Axis) -> Iterator[Call]:
    count = max(1, min(_MOST_POLLS, int((until_x - _FIRST_POLL) // _BETWEEN_POLLS)))
    apart = (until_x - _FIRST_POLL) / count
    for number in range(count):
        x = _FIRST_POLL + number * apart
        if x < until_x - 12:
            yield Call("getBatch", x, axis.time_us(x))


def _afterwards(axis: Axis, wanted: set[str], tail: float) -> Iterator[Call]:
    operations = [name for name in _AFTER_END if name in wanted]
    apart = (tail - 34) / (len(operations) - 1)
    for number, name in enumerate(operations):
        yield Call(name, axis.width + 20 + number * apart, axis.end_us)


def _lists(calls: list[Call]) -> list[Call]:
    polls = [call for call in calls if call.operation == "getBatch"]
    return [Call("listBatches", poll.x - _BETWEEN_POLLS / 2, poll.at_us) for poll in polls[:4]]


def touched(
    scenario: Scenario, calls: tuple[Call, ...], course: Course, *, cancelled: Course | None
) -> tuple[Touch, ...]:
    """Return each rule with the calls that it touches, or, if it means none of these, with the nearest."""
    hits: defaultdict[str, list[Call]] = defaultdict(list)
    rules = [RuleInForce(str(at), rule) for at, rule in enumerate(scenario.rules)]
    counts: Mapping[str, Count] = {}
    for call in calls:
        fired, counts = decide(rules, _facts(call, course), counts)
        for each in fired:
            hits[each.key].append(call)
    return tuple(
        Touch(each.rule, tuple(hits[each.key]), is_exact=True)
        if hits[each.key]
        else Touch(each.rule, (_nearest(each.rule, calls, cancelled),), is_exact=False)
        for each in rules
    )


def _facts(call: Call, course: Course) -> Facts:
    about = call.operation in _ABOUT_BATCH
    return Facts(
        operation=call.operation,
        path=_PREFIX + _PATHS[call.operation],
        status=course.stay_at(call.at_us).status if about else None,
        age_us=call.at_us if about else None,
    )


def _nearest(rule: Rule, calls: tuple[Call, ...], cancelled: Course | None) -> Call:
    """Return the call beside which a rule stands that means none of them: the last of its operation before it could fire."""
    same = [call for call in calls if rule.on.operations is None or call.operation in rule.on.operations] or list(calls)
    stays = cancelled.stays if cancelled else ()
    begins_us = next((stay.from_us for stay in stays if rule.on.statuses and stay.status in rule.on.statuses), None)
    if begins_us is not None:
        return next((call for call in same if call.at_us >= begins_us), same[-1])
    return same[-1] if rule.on.nth else same[0]
