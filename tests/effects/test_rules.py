from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.effects import OPERATIONS, Heard, new_stage, rules
from support.effort import many
from support.http import API, exchange
from support.worlds import new_world

from emulator.client import AdminError

if TYPE_CHECKING:
    from support.effects import Stage


# Several at once


@pytest.mark.parametrize(
    ("effects", "status", "body"),
    [
        ([{"reply": {"status": 503, "body": "a"}}, {"reply": {"status": 502, "body": "b"}}], 502, b"b"),
        ([{"truncate": 1}, {"reply": {"body": "abc"}}], 200, b"a"),
        ([{"truncate": 3}, {"truncate": 1}, {"truncate": 2}], 200, b"{"),
        ([{"set": {"id": 1}}, {"set": {"id": 2}}, {"truncate": 8}], 200, b'{"id":2,'),
        ([{"raw": {"id": "x"}}, {"set": {"id": 2}}, {"truncate": 7}], 200, b'{"id":x'),
        ([{"reply": {"json": {"id": 1}}}, {"set": {"id": 2}}], 200, b'{"id": 1}'),
    ],
)
def test_effects_come_in_their_order_and_then_in_that_of_the_rules(
    stage: Stage, effects: list[dict[str, Any]], status: int, body: bytes
) -> None:
    for effect in effects:
        stage.rule(**effect)
    found = stage.hear("getBatch")
    assert (found.status, found.body) == (status, body)
    names = [f"rule_{number}" for number in range(1, len(effects) + 1)]
    assert stage.journal()[-1] == ("getBatch", status, ", ".join(names))


@pytest.mark.parametrize(
    ("effects", "end"),
    [
        ([{"close": True}, {"reset": True}], "reset"),
        ([{"drip": {"every": 0}}, {"close": True}], "closed"),
        ([{"reset": True}, {"reply": {"body": "abc"}}], "reset"),
        ([{"after": True, "reset": {"body": 0}}, {"reset": True}], "reset"),
        ([{"after": True, "reset": {"body": 5}}, {"close": True}], "closed"),
        ([{"drip": {"every": 0}, "after": True}, {"reset": True}], "reset"),
    ],
)
def test_cut_comes_before_every_other_way_of_sending(stage: Stage, effects: list[dict[str, Any]], end: str) -> None:
    for effect in effects:
        stage.rule(**effect)
    assert stage.hear("getBatch") == Heard(b"", end)  # type: ignore[arg-type]


def test_one_rule_instead_of_the_operation_is_enough_to_keep_it_from_happening(stage: Stage) -> None:
    stage.rule(on={"nth": 1}, after=True, reply={"status": 500})
    stage.rule(on={"nth": 1}, reply={"status": 503})
    assert stage.hear("createBatch").status == 503
    assert not stage.has_taken_effect("createBatch")


def test_batches_arrive_before_the_operation(stage: Stage) -> None:
    stage.rule(on={"operation": "listBatches", "nth": 2}, arrive=3)
    assert [len(stage.api("GET", "/batches").ok()["data"]) for _ in range(3)] == [1, 4, 4]
    tenant = stage.api.on_behalf_of("somebody")
    stage.world.admin.call("DELETE", "/rules")
    stage.rule(arrive=2)
    assert tenant("GET", "/batches").ok()["data"] == []
    assert len(stage.world.admin.batches()) == 4


# Counts


def test_rules_count_what_they_match_and_what_they_fire_on(stage: Stage) -> None:
    stage.rule(on={"operation": "getBatch", "nth": 2}, reply={"status": 503})
    stage.rule(on={"path": "*/batches*", "times": 3}, headers={"X-Seen": "1"})
    found = [stage.hear(operation) for operation in ("getBatch", "getBatch", "listBatches", "getBatch", "getFile")]
    assert [each.status for each in found] == [200, 503, 200, 200, 200]
    assert [each.values("x-seen") for each in found] == [["1"], ["1"], ["1"], [], []]
    assert rules(stage.world) == [("rule_1", 3, 1), ("rule_2", 4, 3)]
    assert [entry[2] for entry in stage.journal()[2:]] == ["rule_2", "rule_1, rule_2", "rule_2", None, None]


@pytest.mark.parametrize(
    ("on", "headers", "fires"),
    [
        ({"header": {"User-Agent": "sdk/*"}}, {"user_agent": "sdk/2"}, True),
        ({"header": {"user-agent": "sdk/*"}}, {"User_Agent": "other"}, False),
        ({"header": {"X-On-Behalf-Of": "me"}}, {"X_On_Behalf_Of": "me"}, True),
        ({"header": {"x-none": "?*"}}, {}, False),
    ],
)
def test_rule_matches_headers_whatever_the_case_of_their_names(
    stage: Stage, on: dict[str, Any], headers: dict[str, Any], *, fires: bool
) -> None:
    stage.rule(on=on, reply={"status": 418})
    assert (stage.api("GET", "/files", **headers).status == 418) is fires


def test_rule_matches_the_status_and_the_age_of_the_batch(stage: Stage) -> None:
    stage.rule(on={"operation": "getBatch", "status": ["in_progress", "completed"]}, set={"by": "status"})
    stage.rule(on={"since": "2m", "until": "1h"}, headers={"X-Age": "1"})
    seen = []
    for _ in range(4):
        found = stage.hear("getBatch")
        seen.append((json.loads(found.body).get("by"), found.values("x-age")))
        stage.world.admin.advance("60s")
    assert seen == [(None, []), ("status", []), ("status", ["1"]), ("status", ["1"])]


@pytest.mark.parametrize(
    ("method", "path", "key", "status"),
    [
        ("GET", "/batches", None, 401),
        ("GET", "/nothing", "own", 404),
        ("PUT", "/batches", "own", 405),
        ("OPTIONS", "/batches", None, 401),
    ],
)
def test_request_that_is_no_operation_counts_for_no_rule(
    stage: Stage, method: str, path: str, key: str | None, status: int
) -> None:
    stage.rule(reset=True)
    given = f"Authorization: Bearer {stage.world.api_key}\r\n" if key else ""
    reply = exchange(stage.world.url, f"{method} {API}{path} HTTP/1.1\r\nHost: x\r\n{given}\r\n".encode(), method)
    assert reply.status == status
    assert rules(stage.world) == [("rule_1", 0, 0)]


def test_request_that_the_api_refuses_counts_all_the_same(stage: Stage) -> None:
    stage.rule(headers={"X-Seen": "1"})
    reply = stage.api("GET", "/batches?limit=0")
    assert (reply.status, reply.headers["X-Seen"]) == (400, "1")
    assert stage.api("GET", "/batches/none").headers["X-Seen"] == "1"
    assert rules(stage.world) == [("rule_1", 2, 2)]


def test_rules_never_fire_on_the_admin_api(stage: Stage) -> None:
    stage.rule(reset=True)
    stage.rule(reply={"status": 500})
    assert stage.world.admin.clock()["now"] == 1_704_067_200
    assert len(stage.world.admin.batches()) == 1
    assert rules(stage.world) == [("rule_1", 0, 0), ("rule_2", 0, 0)]


def test_rules_of_one_world_leave_every_other_alone(stage: Stage, server_url: str) -> None:
    other = new_stage(new_world(server_url))
    stage.rule(reset=True)
    assert stage.hear("getBatch").end == "reset"
    assert other.is_whole()
    assert rules(other.world) == []


def test_rule_that_is_taken_back_fires_no_more(stage: Stage) -> None:
    kept, taken = stage.rule(headers={"X-Kept": "1"}), stage.rule(reply={"status": 503})
    assert stage.hear("getBatch").status == 503
    stage.world.admin.call("DELETE", f"/rules/{taken}")
    found = stage.hear("getBatch")
    assert (found.status, found.values("x-kept")) == (200, ["1"])
    assert rules(stage.world) == [(kept, 2, 2)]


def test_same_seed_and_calls_give_the_same_replies_under_rules(server_url: str) -> None:
    assert lived(server_url, seed=3) == lived(server_url, seed=3)


def lived(url: str, *, seed: int) -> list[bytes]:
    """Return everything that is heard in a new world, without dates."""
    stage = new_stage(new_world(url, seed=seed))
    stage.rule(on={"every": 2}, garble=4)
    stage.rule(on={"nth": [3, 5]}, after=True, close={"body": 30})
    stage.rule(on={"operation": "listBatches"}, arrive=1)
    found = [stage.hear(operation).data for operation in OPERATIONS * 2]
    return [b"\r\n".join(line for line in data.split(b"\r\n") if not line.startswith(b"date:")) for data in found]


# Whatever the rule


PATHS = st.sampled_from(
    ["id", "object", "data", "data.0", "data.0.id", "data.-1.created_at", "request_counts.total", "x.y"]
)
VALUES: st.SearchStrategy[Any] = (
    st.none() | st.integers() | st.text(st.characters(codec="utf-8"), max_size=5) | st.just([{}]) | st.just({"a": []})
)
HEADERS = st.dictionaries(
    st.sampled_from(
        ["Content-Length", "Transfer-Encoding", "Connection", "Content-Type", "Date", "X-A", "X-Request-Id"]
    ),
    st.sampled_from(["3", "chunked", "close", "text/plain", "", "é", "-1", "3, 3"]) | st.just(["1", "2"]) | st.just([]),
    max_size=3,
)
ON = st.fixed_dictionaries(
    {},
    optional={
        "operation": st.lists(st.sampled_from(OPERATIONS), min_size=1, max_size=9, unique=True),
        "path": st.sampled_from(["*", "*/batches*", "*/files/*"]),
        "nth": st.integers(1, 3),
        "times": st.integers(1, 3),
        "every": st.integers(1, 2),
        "since": st.just(0),
    },
)
REPLY = st.fixed_dictionaries(
    {},
    optional={
        "status": st.integers(100, 599),
        "headers": HEADERS,
        "body": st.sampled_from(["", "hello", "0\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n"]),
        "content_type": st.sampled_from(["text/html", "application/json; charset=latin-1"]),
    },
)
CUT = (
    st.just(value=True)
    | st.fixed_dictionaries({"head": st.integers(0, 200)})
    | st.fixed_dictionaries({"body": st.integers(0, 900)})
)
RULE = st.fixed_dictionaries(
    {},
    optional={
        "on": ON,
        "after": st.booleans(),
        "reply": REPLY,
        "headers": HEADERS,
        "set": st.dictionaries(PATHS, VALUES, max_size=2),
        "unset": st.lists(PATHS, max_size=2),
        "raw": st.dictionaries(PATHS, st.sampled_from(["", "NaN", '"', "{", "1e999"]), max_size=2),
        "hide": st.sampled_from([{}, {"until": 5}, {"where": {"id": "batch_*"}}, {"where": {"created_at": None}}]),
        "arrive": st.integers(0, 2),
        "delay": st.sampled_from([0, "1ms", {"by": 0, "clock": "world"}]),
        "truncate": st.integers(0, 100),
        "garble": st.integers(0, 2000),
        "drip": st.sampled_from([{"every": 0, "bytes": 100}, {"every": 0, "bytes": 300, "first": 7}]),
    },
)
RULES = st.builds(
    lambda rule, cut: {**rule, **cut},
    RULE,
    st.just({}) | st.fixed_dictionaries({"reset": CUT}) | st.fixed_dictionaries({"close": CUT}),
)


def statuses_given(rule: dict[str, Any]) -> set[int]:
    return {rule["reply"].get("status", 200)} if "reply" in rule else set()


@given(
    drawn=st.lists(RULES, min_size=1, max_size=3), asked=st.lists(st.sampled_from(OPERATIONS), min_size=1, max_size=4)
)
@settings(max_examples=many(150), deadline=None)
def test_no_rule_makes_the_server_fail(server_url: str, drawn: list[dict[str, Any]], asked: list[str]) -> None:
    stage = new_stage(new_world(server_url))
    given_statuses: set[int] = set()
    for rule in drawn:
        try:
            stage.rule(**rule)
            given_statuses |= statuses_given(rule)
        except AdminError as refusal:
            assert refusal.status == 400  # noqa: PT017 - most drawn rules are taken, and each refusal has its reason
    for operation in asked:
        found = stage.hear(operation)
        assert not found.data.startswith(b"HTTP/1.1 500") or 500 in given_statuses
    stage.world.admin.call("DELETE", "/rules")
    assert stage.is_whole()
    assert len(stage.world.admin.requests()) == 3 + len(asked)
