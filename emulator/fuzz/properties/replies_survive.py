"""replies-survive: every reply that keeps the schema, to its edges, comes back exactly."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from emulator.clients.protocol import Raised, Returned
from emulator.faces.values import shown
from emulator.fuzz.contract import OPERATIONS, REPLIES, component
from emulator.fuzz.oracles.exactly import differences
from emulator.fuzz.property import Property
from emulator.fuzz.steps import Call, Connect, Rule
from emulator.fuzz.strategies.calls import plain
from emulator.fuzz.strategies.replies import replies
from emulator.fuzz.strategies.written import written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypothesis.strategies import SearchStrategy

    from emulator.fuzz.steps import Script
    from emulator.fuzz.trace import Played, Trace
    from emulator.fuzz.violation import Violation

MOST_CALLS: Final = 4


def scripts() -> SearchStrategy[Script]:
    """Draw a few operations, each with a reply of its own."""
    answered = [st.tuples(st.just(operation), written(replies(operation))) for operation in REPLIES]
    return st.lists(st.one_of(answered), min_size=1, max_size=MOST_CALLS, unique_by=lambda pair: pair[0]).map(_script)


def _script(answered: list[tuple[str, str]]) -> Script:
    steps: list[Rule | Call] = []
    for operation, text in answered:
        reply = {"status": 200, "content_type": "application/json", "body": text}
        steps += [Rule(rule={"on": {"operation": operation}, "reply": reply}), plain(operation)]
    return (Connect(), *steps)


def judge(trace: Trace) -> Iterator[Violation]:
    """Say where a client's result is not the reply that the rule before it has."""
    reply: str | None = None
    for each in trace.played:
        if isinstance(each.step, Rule):
            reply = each.step.rule["reply"]["body"]
        elif isinstance(each.step, Call) and reply is not None:
            yield from _judged(each, each.step, json.loads(reply))


def _judged(played: Played, call: Call, sent: Any) -> Iterator[Violation]:
    operation = OPERATIONS[call.call]
    if isinstance(played.outcome, Raised):
        error = played.outcome
        got = f"{error.type}: {error.message}"
        yield played.violation(f"{REPLIES[operation]} refused", "the reply, for it keeps the contract", got)
    elif isinstance(played.outcome, Returned):
        for each in differences(component(REPLIES[operation]), sent, played.outcome.result):
            cause = f"{each.kind} {each.place.removeprefix('result.data[].')}"
            yield played.violation(cause, f"{each.place} to be {shown(each.expected)}", shown(each.got))


PROPERTY: Final = Property(
    name="replies-survive",
    statement="Every reply that keeps the schema, to its edges, comes back exactly.",
    scripts=scripts,
    judge=judge,
    watches=False,
)
