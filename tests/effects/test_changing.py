from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.effects import Stage, add_rule, new_stage
from support.effort import many
from support.http import Api
from support.worlds import good_input, new_world

if TYPE_CHECKING:
    from support.worlds import TestWorld

ITEMS = ("listBatches", "listFiles")


def said(stage: Stage, operation: str) -> Any:
    found = stage.hear(operation)
    assert found.values("content-length") == [str(len(found.body))]
    return json.loads(found.body)


def genuine(stage: Stage, operation: str) -> Any:
    """Return what an operation says without rules; each of them changes nothing."""
    return said(stage, operation)


@pytest.mark.parametrize("operation", ["getBatch", "listBatches", "getFile", "listFiles"])
def test_members_of_the_genuine_reply_are_set_and_unset(stage: Stage, operation: str) -> None:
    before = genuine(stage, operation)
    stage.rule(on={"nth": 1}, set={"object": None, "more": [1], "no.such.place": 2}, unset=["id", "first_id"])
    expected = {name: value for name, value in before.items() if name not in {"id", "first_id"}}
    assert said(stage, operation) == {**expected, "object": None, "more": [1]}
    assert said(stage, operation) == before


def test_items_of_a_list_are_changed_by_their_place(stage: Stage) -> None:
    stage.rule(set={"data.-1.status": "paused", "data.7.status": 1}, unset=["data.0.request_counts.failed"])
    [item] = said(stage, "listBatches")["data"]
    assert item["status"] == "paused"
    assert sorted(item["request_counts"]) == ["completed", "total"]


def test_error_that_the_api_gives_itself_is_changed_too(stage: Stage) -> None:
    stage.rule(set={"error.code": "404"})
    reply = stage.api("GET", "/batches/none")
    assert (reply.status, reply.json["error"]["code"]) == (404, "404")


def test_change_of_a_reply_that_is_no_json_changes_nothing(stage: Stage) -> None:
    stage.rule(set={"a": 1}, unset=["b"], raw={"c": "d"}, hide={})
    assert stage.hear("getFileContent").body == good_input(3)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"created_at": "1e400"}, b'"created_at":1e400,'),
        ({"id": '"\\ud800"', "status": "NaN"}, b'{"id":"\\ud800",'),
        ({"request_counts.total": "0" * 30}, b'"request_counts":{"total":' + b"0" * 30),
        ({"id": '"a","id":"b"'}, b'{"id":"a","id":"b",'),
        ({"no.such": "x"}, b'{"id":"batch_'),
        ({"metadata": [{"text": "[", "times": 5}, "}"]}, b'"metadata":[[[[[},'),
    ],
)
def test_raw_text_stands_in_the_json_as_it_is(stage: Stage, raw: dict[str, Any], expected: bytes) -> None:
    stage.rule(on={"operation": "getBatch"}, raw=raw)
    assert expected in stage.hear("getBatch").body


def test_headers_take_the_place_of_the_replys_own(stage: Stage) -> None:
    body = stage.hear("getBatch").body
    stage.rule(headers={"content-TYPE": "text/plain", "X-More": ["1", "2"], "Retry-After": "7"})
    found = stage.hear("getBatch")
    assert found.values("content-type") == ["text/plain"]
    assert (found.values("x-more"), found.values("retry-after")) == (["1", "2"], ["7"])
    assert (found.status, found.body) == (200, body)
    stage.rule(headers={"Content-Type": []})
    assert stage.hear("getBatch").values("content-type") == []


# hide


def listed(stage: Stage, path: str = "/batches") -> tuple[list[str], str | None, str | None]:
    page = stage.api("GET", path).ok()
    return [item["id"] for item in page["data"]], page["first_id"], page["last_id"]


@pytest.fixture
def three(stage: Stage) -> list[str]:
    """The ids of three batches, newest first."""
    more = [stage.api.create(stage.file_id, metadata={"n": str(number)})["id"] for number in (1, 2)]
    return [*more[::-1], stage.batch_id]


@pytest.mark.parametrize(
    ("where", "kept"),
    [
        ({"metadata.n": "2"}, [1, 2]),
        ({"metadata.n": "1"}, [0, 2]),
        ({"metadata": None}, [0, 1]),
        ({"metadata.n": "*"}, [2]),
        ({"id": "*"}, []),
        ({}, []),
        ({"status": "completed"}, [0, 1, 2]),
    ],
)
def test_hidden_items_are_left_out_and_the_ends_follow(
    stage: Stage, three: list[str], where: dict[str, Any], kept: list[int]
) -> None:
    stage.rule(on={"operation": "listBatches"}, hide={"where": where})
    left = [three[place] for place in kept]
    assert listed(stage) == (left, left[0] if left else None, left[-1] if left else None)
    assert stage.api("GET", f"/batches/{three[0]}").ok()["id"] == three[0]


def test_page_of_which_all_is_hidden_still_says_where_the_next_begins(stage: Stage, three: list[str]) -> None:
    stage.rule(on={"operation": "listBatches", "nth": 1}, hide={})
    page = stage.api("GET", "/batches?limit=1").ok()
    assert (page["data"], page["first_id"], page["last_id"], page["has_more"]) == ([], None, three[0], True)


def test_item_is_hidden_until_it_is_so_old(stage: Stage) -> None:
    stage.rule(on={"operation": "listFiles"}, hide={"until": "90s"})
    assert listed(stage, "/files") == ([], None, None)
    stage.world.admin.advance(89)
    assert listed(stage, "/files")[0] == []
    stage.world.admin.advance(1)
    assert listed(stage, "/files") == ([stage.file_id], stage.file_id, stage.file_id)


def test_item_without_an_id_or_a_time_is_hidden_like_any_other(world: TestWorld) -> None:
    steps = [{"unset": ["id"], "set": {"created_at": None}}, "expires"]
    api = Api(world.url, world.api_key)
    text = {"scenario": "odd", "title": "Odd", "kind": "hostile", "breaks": ["schema"], "lifecycle": steps}
    world.admin.call("PUT", "/scenarios/odd", text)
    api.create(metadata={"emulator_scenario": "odd"})
    add_rule(world, on={"operation": "listBatches"}, hide={"until": "1s"})
    page = api("GET", "/batches").ok()
    assert (len(page["data"]), page["first_id"], page["last_id"]) == (1, None, None)


# truncate, garble


@pytest.mark.parametrize("length", [0, 1, 40, 10_000])
@pytest.mark.parametrize("operation", ["getBatch", "getFileContent"])
def test_truncated_body_is_well_framed(stage: Stage, operation: str, length: int) -> None:
    whole = stage.hear(operation).body
    stage.rule(truncate=length)
    found = stage.hear(operation)
    assert found.body == whole[:length]
    assert found.values("content-length") == [str(len(found.body))]


def garbled(url: str, *, seed: int, count: int, rounds: int = 1) -> list[bytes]:
    """Return the bytes of a file as they come, so many times, in a new world of this seed."""
    stage = new_stage(new_world(url, seed=seed))
    stage.rule(on={"operation": "getFileContent"}, garble=count)
    return [stage.hear("getFileContent").body for _ in range(rounds)]


@given(seed=st.integers(0, 1000), count=st.integers(1, 1000))
@settings(max_examples=many(20), deadline=None)
def test_garbled_body_has_so_many_other_bytes_and_the_same_length(server_url: str, seed: int, count: int) -> None:
    whole = good_input(3)
    [found] = garbled(server_url, seed=seed, count=count)
    assert len(found) == len(whole)
    assert sum(one != other for one, other in zip(found, whole, strict=True)) == min(count, len(whole))


def test_same_seed_garbles_in_the_same_way_and_another_in_another(server_url: str) -> None:
    first, again, other = (garbled(server_url, seed=seed, count=5, rounds=3) for seed in (1, 1, 2))
    assert first == again
    assert len({*first, *other}) == 6
