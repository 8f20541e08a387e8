"""Making scripts smaller, by predicates that say at once whether a script breaks: nothing is played here."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.fuzzed import EVERYTHING, answer, get, ids

from emulator.fuzz.shrinking import smaller, values, without
from emulator.fuzz.steps import Advance, Arrange, Call, Connect, Look, Made, Rule

if TYPE_CHECKING:
    from emulator.fuzz.steps import Script

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


def calls(script: Script) -> list[Call]:
    return [step for step in script if isinstance(step, Call)]


def replies(script: Script) -> list[dict[str, Any]]:
    return [dict(step.rule["reply"]) for step in script if isinstance(step, Rule)]


def test_only_the_step_that_breaks_is_left() -> None:
    assert smaller(EVERYTHING, lambda script: any(isinstance(step, Advance) for step in script)) == (
        Advance(seconds=1),
    )


def test_steps_that_break_together_stay_together() -> None:
    script = tuple(map(get, "abcdefgh"))
    assert smaller(script, lambda tried: get("b") in tried and get("g") in tried) == (get("b"), get("g"))


@settings(deadline=None)
@given(ids())
def test_what_is_left_is_least_and_still_breaks(script: Script) -> None:
    def breaks(tried: Script) -> bool:
        return any("x" in call.args["batch_id"] for call in calls(tried))

    assert smaller(script, breaks) == ((get("x"),) if breaks(script) else script)


def test_call_about_what_is_not_made_any_more_gets_an_id_of_its_own() -> None:
    script = (Arrange(what="batch", name="there"), get(Made("there")), Look(at="file", file=Made("there")))
    assert without(script, 0, 1) == (get("batch_1"),)


def test_what_is_still_made_is_still_meant() -> None:
    script = (Arrange(what="batch", name="there"), Connect(), get(Made("there")))
    assert without(script, 1, 2) == (script[0], script[2])


def test_arguments_that_need_not_be_given_go() -> None:
    given_ = Call(call="files.list", args={"after": "f", "limit": 7, "order": "asc"})
    left = smaller((given_,), lambda script: any("limit" in call.args for call in calls(script)))
    assert left == (Call(call="files.list", args={"limit": 0}),)


@pytest.mark.parametrize("content", [b"abcdefgh" * 40, b"\xff\x00" * 9 + b"e"])
def test_content_is_made_smaller_as_bytes(content: bytes) -> None:
    args = {"filename": "a", "purpose": "batch", "content": b64encode(content).decode()}

    def breaks(script: Script) -> bool:
        return any(b64encode(b"e").decode() == call.args["content"] or b"e" in _bytes(call) for call in calls(script))

    (left,) = calls(smaller((Call(call="files.upload", args=args),), breaks))
    assert left.args["content"] == b64encode(b"e").decode()


def _bytes(call: Call) -> bytes:
    return b64decode(call.args["content"])


def test_reply_keeps_no_member_that_does_nothing() -> None:
    body = json.dumps({"id": "batch_7", "colour": [1, 2, 3], "errors": None, "metadata": {"k": "v"}})
    rule = answer(status=200, content_type="application/json", headers={"A": "b"}, body=body)
    left = smaller((rule,), lambda script: any('"colour": [' in reply.get("body", "") for reply in replies(script)))
    assert replies(left) == [{"status": 200, "body": '{"colour": []}'}]


def test_reply_that_is_no_text_is_made_smaller_as_what_it_says() -> None:
    body = '{"id": "naïve", "status": "failed", "errors": null}'.encode("latin-1")
    rule = answer(status=200, base64=b64encode(body).decode())
    wanted = b64encode('{"id": "ï"}'.encode("latin-1")).decode()

    def breaks(script: Script) -> bool:
        return any(
            b'"id": "' in (raw := b64decode(reply.get("base64", ""))) and b"\xef" in raw for reply in replies(script)
        )

    assert replies(smaller((rule,), breaks)) == [{"status": 200, "base64": wanted}]


@pytest.mark.parametrize(
    ("rule", "least"),
    [
        ({"on": {"operation": "getBatch", "nth": [1, 2]}, "after": True, "reset": {"body": 700}},
         {"on": {"operation": "getBatch"}, "reset": {}}),
        ({"on": {"operation": "getBatch"}, "reset": {"body": 700}}, {"on": {"operation": "getBatch"}, "reset": {}}),
    ],
)  # fmt: skip
def test_rule_says_no_more_than_it_must(rule: dict[str, Any], least: dict[str, Any]) -> None:
    left = smaller(
        (Rule(rule=rule),), lambda script: any("reset" in step.rule for step in script if isinstance(step, Rule))
    )
    assert left == (Rule(rule=least),)


@settings(deadline=None)
@given(JSON)
def test_values_only_ever_get_smaller(value: Any) -> None:
    for simple in values(value):
        assert len(json.dumps(simple)) <= len(json.dumps(value))
        assert simple != value


def test_connection_is_as_usual_where_that_does_not_matter() -> None:
    script = (Connect(on_behalf_of="alice", retries="default"), get())
    left = smaller(script, lambda tried: any(isinstance(step, Connect) and step.retries == "default" for step in tried))
    assert left == (Connect(retries="default"),)
