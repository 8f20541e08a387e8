from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from support.http import Api, Reply, request
from support.worlds import TestWorld, good_input, new_world

from emulator import AdminError
from emulator.client import AdminClient

if TYPE_CHECKING:
    from collections.abc import Sequence

FIRST = {"when": {"index": 0}, "content": "the first"}


def post(world: TestWorld, text: str) -> Reply:
    headers = {"Authorization": f"Bearer {world.api_key}"}
    return request(world.url, "POST", "/_emulator/lines", text.encode(), headers)


def refused(reply: Reply) -> str:
    """Return with which words a call was refused."""
    assert reply.status == 400
    return str(reply.json["error"]["message"])


def answers(world: TestWorld, scenario: str = "happy-path") -> list[str]:
    """Return what the model answers to each of three lines."""
    api = Api(world.url, world.api_key)
    file = api.upload(good_input(3))
    batch = api.create(file["id"], metadata={"emulator_scenario": scenario})
    world.admin.advance("2h")
    done = api("GET", f"/batches/{batch['id']}").ok()
    rows = api("GET", f"/files/{done['output_file_id']}/content").content.splitlines()
    return [json.loads(row)["response"]["body"]["choices"][0]["message"]["content"] for row in rows]


@pytest.mark.parametrize("text", [json.dumps({"lines": [FIRST]}), "lines: [{when: {index: 0}, content: the first}]"])
def test_lines_are_told_in_json_or_yaml(world: TestWorld, text: str) -> None:
    assert post(world, text).ok() == {"lines": 1}
    first, *others = answers(world)
    assert first == "the first"
    assert "the first" not in others


def test_lines_hold_in_one_world_until_they_are_taken_back(world: TestWorld) -> None:
    other = new_world(world.url)
    genuine = answers(other)
    world.admin.add_lines([{"content": "mine"}])
    assert answers(world) == ["mine"] * 3
    assert answers(other) == genuine
    world.admin.delete_lines()
    assert answers(world) == genuine


def test_lines_of_a_world_come_before_those_of_any_scenario_and_later_ones_before_earlier(world: TestWorld) -> None:
    text = json.dumps({"scenario": "mine", "extends": "happy-path", "lines": [{"content": "the scenario's"}]})
    world.admin.put_scenario("mine", text)
    world.admin.add_lines([FIRST])
    assert answers(world, "mine") == ["the first", "the scenario's", "the scenario's"]
    world.admin.add_lines([{"when": {"index": [0, 1]}, "content": "newer"}])
    assert answers(world, "mine") == ["newer", "newer", "the scenario's"]


def test_lines_are_gone_after_a_reset(world: TestWorld) -> None:
    genuine = answers(world)
    world.admin.reset()
    world.admin.add_lines([FIRST])
    world.admin.reset()
    assert answers(world) == genuine


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([{"content": "a"}, FIRST], "lines[1]: can never be reached: lines[0] comes first, and means all lines"),
        ([FIRST, FIRST], "lines[1]: can never be reached: lines[0] comes first, and means the same lines"),
        ([{"conten": "a"}], "lines[0].conten: expected one of"),
        ([], "lines: expected"),
        (5, "lines: expected"),
    ],
)
def test_lines_that_say_nothing_or_can_never_be_reached_are_refused(
    world: TestWorld, lines: Sequence[Any], words: str
) -> None:
    genuine = answers(world)
    message = refused(post(world, json.dumps({"lines": lines})))
    assert message.startswith("lines:1:")
    assert words in message
    assert answers(world) == genuine


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "found nothing"), ("[]", "found a list"), ("a: 1", "a: expected 'lines', found the key 'a'")],
)
def test_body_that_holds_no_lines_is_refused(world: TestWorld, text: str, words: str) -> None:
    assert words in refused(post(world, text))


def test_lines_are_told_to_one_world(world: TestWorld) -> None:
    for method, body in (("POST", {"lines": [FIRST]}), ("DELETE", None)):
        with pytest.raises(AdminError, match="Which world"):
            AdminClient(world.url).call(method, "/lines", body)
