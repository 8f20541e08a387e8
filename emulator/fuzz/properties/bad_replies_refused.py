"""bad-replies-refused: a reply that breaks the schema is refused or shown as it is, never silently altered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emulator.clients.protocol import Returned
from emulator.faces.values import shown
from emulator.fuzz.contract import LATER, OPERATIONS, REPLIES, component
from emulator.fuzz.oracles.shown import Twice, misread
from emulator.fuzz.property import Property
from emulator.fuzz.steps import Call, Connect, Rule
from emulator.fuzz.strategies.breaking import sets_of_bad_replies
from emulator.fuzz.strategies.calls import plain
from emulator.fuzz.strategies.http import body_of, media_type_of
from emulator.fuzz.strategies.schemas import LARGEST

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hypothesis.strategies import SearchStrategy

    from emulator.fuzz.steps import Script
    from emulator.fuzz.trace import Played, Trace
    from emulator.fuzz.violation import Violation


def scripts() -> SearchStrategy[Script]:
    """Draw for each operation a reply of status 200 that should not be."""
    return sets_of_bad_replies().map(_script)


def _script(replies: Mapping[str, Any]) -> Script:
    steps: list[Rule | Call] = []
    for operation, reply in replies.items():
        steps += [Rule(rule={"on": {"operation": operation}, "reply": reply}), plain(operation)]
    return (Connect(), *steps)


def judge(trace: Trace) -> Iterator[Violation]:
    """Say where a result shows something that the reply does not."""
    for each, call, reply in trace.answered():
        if isinstance(each.outcome, Returned):
            yield from _judged(each, OPERATIONS[call.call], reply, each.outcome.result)


def _judged(played: Played, operation: str, reply: Mapping[str, Any], result: Any) -> Iterator[Violation]:
    body = body_of(reply)
    found = misread(component(REPLIES[operation]), body, media_type_of(reply), result)
    if found is None:
        yield played.violation("no JSON taken for a reply", f"a declared error for {body[:200]!r}", shown(result))
    for place, ours, theirs in found or ():
        if theirs is None and place.rpartition(".")[2] in LATER:
            continue
        yield played.violation(_cause(ours, theirs), f"{place} to be {shown(ours)}, or a declared error", shown(theirs))


def _cause(ours: Any, theirs: Any) -> str:
    """Name what was done to a value: which member it stood in is no cause of its own."""
    if theirs is None:
        return "what does not fit taken for null"
    if isinstance(theirs, list | dict):
        return f"another {_kind(theirs)} made of what does not fit"
    return f"altered {_kind(ours)} to {_kind(theirs)}"


def _kind(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case Twice():
            return "a member twice"
        case int():
            return "integer" if abs(value) <= LARGEST else "large integer"
    return {float: "float", str: "text", dict: "object"}.get(type(value), "list")


PROPERTY: Final = Property(
    name="bad-replies-refused",
    statement="A reply that breaks the schema is refused or shown as it is, never silently altered.",
    scripts=scripts,
    judge=judge,
    watches=False,
    share=2,
)
