"""replies-survive: every reply that keeps the schema, to its edges, comes back exactly."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from emulator.clients.protocol import Raised, Returned
from emulator.faces.values import shown
from emulator.fuzz.contract import OPERATIONS, REPLIES, component, keeps
from emulator.fuzz.oracles.exactly import differences
from emulator.fuzz.property import Property, gist
from emulator.fuzz.steps import Call, Connect, Rule
from emulator.fuzz.strategies.calls import plain
from emulator.fuzz.strategies.http import headers, media_type_of
from emulator.fuzz.strategies.replies import ITEMS, replies
from emulator.fuzz.strategies.written import written

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hypothesis.strategies import SearchStrategy

    from emulator.fuzz.oracles.exactly import Difference
    from emulator.fuzz.steps import Script
    from emulator.fuzz.trace import Played, Trace
    from emulator.fuzz.violation import Violation

MEDIA_TYPES: Final = (
    "application/json",
    "application/json",
    "application/json; charset=utf-8",
    "application/json;charset=UTF-8",
)


def scripts() -> SearchStrategy[Script]:
    """Draw for each operation a reply that keeps the contract."""
    types = st.sampled_from(MEDIA_TYPES)
    drawn = {operation: st.tuples(written(replies(operation)), types, headers()) for operation in REPLIES}
    return st.fixed_dictionaries(drawn).map(_script)


def _script(drawn: Mapping[str, tuple[str, str, dict[str, Any]]]) -> Script:
    steps: list[Rule | Call] = []
    for operation, (text, media_type, beside) in drawn.items():
        reply = {"status": 200, "content_type": media_type, "body": text, **({"headers": beside} if beside else {})}
        steps += [Rule(rule={"on": {"operation": operation}, "reply": reply}), plain(operation)]
    return (Connect(), *steps)


def judge(trace: Trace) -> Iterator[Violation]:
    """Say where a client's result is not the reply that the rule before it has."""
    for each, call, reply in trace.answered():
        sent = json.loads(reply["body"])
        found = list(_judged(each, call, sent))
        if found and _keeps_the_contract(call, reply, sent):
            yield from found


def _keeps_the_contract(call: Call, reply: Mapping[str, Any], sent: Any) -> bool:
    """Say whether a reply is a good one, as those that were drawn are, but not whatever is left of one."""
    is_called_so = (media_type_of(reply) or "").lower().startswith(MEDIA_TYPES[0])
    return is_called_so and keeps(REPLIES[OPERATIONS[call.call]], sent)


def _judged(played: Played, call: Call, sent: Any) -> Iterator[Violation]:
    name = REPLIES[OPERATIONS[call.call]]
    if isinstance(played.outcome, Raised):
        error = played.outcome
        got = f"{error.type}: {error.message}"
        cause = f"{ITEMS.get(name, name)} refused: {gist(error)}"
        yield played.violation(cause, "the reply, for it keeps the contract", got)
    elif isinstance(played.outcome, Returned):
        for each in differences(component(name), sent, played.outcome.result):
            yield played.violation(_cause(name, each), f"{each.place} to be {shown(each.expected)}", shown(each.got))


def _cause(name: str, found: Difference) -> str:
    """Name what is wrong: a value of another type is the same mistake wherever it stands, any other is that member's."""
    if found.kind == "altered" and type(found.expected) is not type(found.got):
        return f"altered {type(found.expected).__name__} to {type(found.got).__name__}"
    item = ITEMS.get(name, name)
    return f"{found.kind} {found.place.replace('result.data[]', item).replace('result', name)}"


PROPERTY: Final = Property(
    name="replies-survive",
    statement="Every reply that keeps the schema, to its edges, comes back exactly.",
    scripts=scripts,
    judge=judge,
    watches=False,
    share=2,
)
