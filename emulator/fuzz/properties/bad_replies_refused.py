"""bad-replies-refused: a reply that breaks the schema is refused or shown as it is, never silently altered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from emulator.clients.protocol import Returned
from emulator.faces.values import shown
from emulator.fuzz.contract import OPERATIONS, REPLIES, component
from emulator.fuzz.oracles.shown import altered, read
from emulator.fuzz.properties.errors_declared import body_of
from emulator.fuzz.property import Property
from emulator.fuzz.steps import Call, Connect, Rule
from emulator.fuzz.strategies.breaking import bad_replies
from emulator.fuzz.strategies.calls import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hypothesis.strategies import SearchStrategy

    from emulator.fuzz.steps import Script
    from emulator.fuzz.trace import Played, Trace
    from emulator.fuzz.violation import Violation

MOST_CALLS: Final = 4


def scripts() -> SearchStrategy[Script]:
    """Draw a few operations, each of which is answered 200 with what it should not be."""
    answered = [st.tuples(st.just(operation), bad_replies(operation)) for operation in REPLIES]
    return st.lists(st.one_of(answered), min_size=1, max_size=MOST_CALLS, unique_by=lambda pair: pair[0]).map(_script)


def _script(answered: list[tuple[str, dict[str, Any]]]) -> Script:
    steps: list[Rule | Call] = []
    for operation, reply in answered:
        steps += [Rule(rule={"on": {"operation": operation}, "reply": reply}), plain(operation)]
    return (Connect(), *steps)


def judge(trace: Trace) -> Iterator[Violation]:
    """Say where a result shows something that the reply does not."""
    reply: Mapping[str, Any] = {}
    for each in trace.played:
        if isinstance(each.step, Rule):
            reply = each.step.rule["reply"]
        elif isinstance(each.step, Call) and reply and isinstance(each.outcome, Returned):
            yield from _judged(each, OPERATIONS[each.step.call], reply, each.outcome.result)


def _judged(played: Played, operation: str, reply: Mapping[str, Any], result: Any) -> Iterator[Violation]:
    text = body_of(reply).decode("utf-8", "replace")
    try:
        sent = read(text)
    except (ValueError, RecursionError):
        if result not in {None, text} if isinstance(result, str | None) else True:
            yield played.violation("no JSON taken for a reply", f"a declared error for {text[:200]!r}", shown(result))
        return
    for place, ours, theirs in altered(component(REPLIES[operation]), sent, result):
        cause = f"altered {_kind(ours)} to {_kind(theirs)}"
        yield played.violation(cause, f"{place} to be {shown(ours)}, or a declared error", shown(theirs))


def _kind(value: Any) -> str:
    """Name what kind of value it is: which member it stood in is no cause of its own."""
    if isinstance(value, bool) or value is None:
        return shown(value)
    return {int: "integer", float: "float", str: "text", dict: "object"}.get(type(value), "list")


PROPERTY: Final = Property(
    name="bad-replies-refused",
    statement="A reply that breaks the schema is refused or shown as it is, never silently altered.",
    scripts=scripts,
    judge=judge,
    watches=False,
)
