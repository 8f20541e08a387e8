"""Scripts, clients and properties for tests of the fuzzer: small enough to see at once what must come of them."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from emulator.clients.protocol import Hello, Raised
from emulator.fuzz.findings import Finding
from emulator.fuzz.property import Property
from emulator.fuzz.steps import Advance, Arrange, Call, Connect, Look, Made, Pages, Rule, Scenario

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypothesis.strategies import SearchStrategy

    from emulator.fuzz.steps import Script
    from emulator.fuzz.trace import Trace
    from emulator.fuzz.violation import Violation

HELLO = Hello(name="my-sdk", version="1.2.3", language="lua")
GET = "batches.get"


def get(batch_id: Any = "batch_1") -> Call:
    """Return a call."""
    return Call(call=GET, args={"batch_id": batch_id})


def answer(operation: str = "getBatch", **reply: Any) -> Rule:
    """Return the rule that answers an operation."""
    return Rule(rule={"on": {"operation": operation}, "reply": reply})


EVERYTHING: Script = (
    Connect(on_behalf_of="alice", retries="default", timeout_s=1.5),
    Arrange(what="file", name="file", content=b64encode(b'{"a": 1}\n').decode(), filename="a b.jsonl", tenant="alice"),
    answer(status=503, headers={"Retry-After": "1e3"}),
    Scenario(scenario="expired-partial"),
    Advance(seconds=86_400),
    Call(
        call="batches.create", args={"input_file_id": Made("file"), "endpoint": "x" * 300}, name="batch", deadline_s=8.0
    ),
    Pages(call="files.list", args={"limit": 2}, most=3),
    Look(at="content", file=Made("file"), tenant="alice"),
)
"""A step of each kind, with all that it can say."""


def finding(script: Script = EVERYTHING, **more: Any) -> Finding:
    """Return a finding; nothing has been found."""
    said = {
        "name": "ids-stay-ids-it-is-wrong-1234",
        "property": "ids-stay-ids",
        "reason": "batches.get: it is wrong",
        "client": {"name": "my-sdk", "version": "1.2.3", "language": "lua"},
        "cause": "it is wrong",
        "expected": "something else",
        "got": "this",
        "happened": ("1. call batches.get", "   client: returned {}"),
    }
    return Finding(script=script, **{**said, **more})


def ids() -> SearchStrategy[Script]:
    """Draw calls about ids of some letters."""
    calls = st.text(st.sampled_from("abxy"), min_size=1, max_size=6).map(get)
    return st.lists(calls, min_size=1, max_size=6).map(lambda drawn: (Connect(), *drawn))


def refused(trace: Trace) -> Iterator[Violation]:
    """Say of each call that was refused for an id with an x or a y, which is always, that this is wrong."""
    for played, call in trace.calls():
        for letter in "xy":
            if isinstance(played.outcome, Raised) and letter in call.args["batch_id"]:
                yield played.violation(f"no {letter} found", f"a batch with {letter}", str(played.outcome.status))


WRONG = Property(name="ids-stay-ids", statement="There is a batch of each id.", scripts=ids, judge=refused)
"""What no client holds: of two causes."""
