from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from support.effects import add_rule, rules
from support.http import Api, new_batch, request
from support.scenarios import good
from support.servers import serving
from support.worlds import TestWorld, new_world

from emulator.client import AdminClient, AdminError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.http import Reply

YAML = """\
# A comment that is kept.
scenario: mine
title: My own
kind: legal
seen_in: here
lifecycle: [{to: in_progress, after: 1s}, expires]
"""


def put(target: TestWorld | str, name: str, text: str | bytes, media_type: str = "application/yaml") -> Reply:
    """Add a scenario: to a world, or, given a server's address alone, to its library."""
    url, key = (target, None) if isinstance(target, str) else (target.url, target.api_key)
    headers = {"Content-Type": media_type} | ({"Authorization": f"Bearer {key}"} if key else {})
    data = text.encode() if isinstance(text, str) else text
    return request(url, "PUT", f"/_emulator/scenarios/{name}", data, headers)


def names(admin: AdminClient) -> list[str]:
    return [each["name"] for each in admin.call("GET", "/scenarios")["data"]]


@contextmanager
def refused(status: int, *words: str) -> Iterator[None]:
    """Expect a call of the admin API to be refused, in these words among others."""
    with pytest.raises(AdminError) as refusal:
        yield
    assert refusal.value.status == status
    for word in words:
        assert word in str(refusal.value)


# Scenarios


def test_library_is_listed_by_name_with_what_each_one_is(world: TestWorld) -> None:
    found = AdminClient(world.url).call("GET", "/scenarios")["data"]
    assert [each["name"] for each in found] == sorted(each["name"] for each in found)
    shown = next(each for each in found if each["name"] == "expired-partial")
    assert sorted(shown) == ["breaks", "client", "kind", "name", "seen_in", "title", "tolerates"]
    assert (shown["kind"], shown["seen_in"]) == ("legal", "curator#226")
    assert {each["kind"] for each in found} == {"legal", "hostile"}


@pytest.mark.parametrize(("name", "text"), [("mine", YAML), ("good", good())])
def test_scenario_is_added_to_a_world_as_yaml_or_json_and_shown_with_its_text(
    world: TestWorld, name: str, text: str
) -> None:
    shown = put(world, name, text).ok()
    assert (shown["name"], shown["kind"]) == (name, "legal")
    assert world.admin.call("GET", f"/scenarios/{name}") == {**shown, "text": text}
    assert shown in world.admin.call("GET", "/scenarios")["data"]


def test_scenario_of_a_world_is_no_other_worlds(world: TestWorld) -> None:
    put(world, "mine", YAML).ok()
    assert "mine" not in names(new_world(world.url).admin)
    assert "mine" not in names(AdminClient(world.url))
    with refused(400, "No scenario is named 'mine'"):
        AdminClient(world.url).call("GET", "/scenarios/mine")


def test_scenario_of_a_world_takes_the_place_of_the_librarys_in_its_list(world: TestWorld) -> None:
    before = names(world.admin)
    put(world, "happy-path", good(scenario="happy-path", title="Mine")).ok()
    assert names(world.admin) == before
    assert world.admin.call("GET", "/scenarios/happy-path")["title"] == "Mine"
    world.admin.call("DELETE", "/scenarios/happy-path")
    assert world.admin.call("GET", "/scenarios/happy-path")["title"] != "Mine"


def test_scenario_is_added_to_the_library_for_every_world_and_taken_back() -> None:
    with serving() as url:
        admin = AdminClient(url)
        put(url, "mine", YAML).ok()
        world = new_world(url, scenario="mine")
        assert world.admin.worlds()[0]["scenario"] == "mine"
        assert "mine" in names(world.admin)
        assert world.admin.call("GET", "/scenarios/mine")["text"] == YAML
        assert admin.call("DELETE", "/scenarios/mine") == {"name": "mine", "deleted": True}
        assert "mine" not in names(admin)
        with refused(400, "No scenario is named 'mine'"):
            admin.call("DELETE", "/scenarios/mine")


def test_scenario_that_came_with_the_server_is_not_taken_away(world: TestWorld) -> None:
    for admin in (world.admin, AdminClient(world.url)):
        with refused(400, "No scenario is named 'happy-path'"):
            admin.call("DELETE", "/scenarios/happy-path")
    assert "happy-path" in names(world.admin)


def test_scenario_may_extend_one_of_the_library(world: TestWorld, api: Api) -> None:
    put(world, "mine", "scenario: mine\nextends: stuck-validating\ntitle: Mine\n").ok()
    batch = api.create(metadata={"emulator_scenario": "mine"})
    world.admin.advance("1d")
    assert api("GET", f"/batches/{batch['id']}").ok()["status"] == "expired"


def test_name_in_the_text_must_be_that_of_the_address(world: TestWorld) -> None:
    message = put(world, "other", YAML).error(400)["message"]
    assert "expected the name 'other', found 'mine'" in message
    assert "other" not in names(world.admin)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        (
            YAML.replace("in_progress", "in_progres"),
            ["mine:6:18: lifecycle[0].to: expected", "did you mean 'in_progress'?"],
        ),
        (YAML.replace("kind", "knd"), ["mine:4:1: ", "knd", "did you mean 'kind'?"]),
        (YAML + "lines: [{conten: a}]\nrules: 5\n", ["mine:7:10: lines[0]", "mine:8:8: rules: expected"]),
        (YAML.replace("expires]", "expires"), ["mine:6:50: lifecycle[2]: this is no YAML"]),
        (good(lifecycle=[]), ["mine:", "lifecycle: expected"]),
        ("", ["mine:1:1: expected a mapping, found nothing"]),
        ("- 1", ["mine:1:1: expected a mapping, found a list"]),
        ("a: &x 1\nb: *x", ["mine:1:4: ", "anchor", "mine:2:4: "]),
    ],
)
def test_everything_that_is_wrong_with_a_scenario_is_told_with_its_place(
    world: TestWorld, text: str, places: list[str]
) -> None:
    reply = put(world, "mine", text)
    assert reply.status == 400
    error = reply.json["error"]
    assert (error["code"], error["type"]) == (400, "invalid_request_error")
    for place in places:
        assert place in error["message"]
    assert "mine" not in names(world.admin)


@pytest.mark.parametrize(
    ("data", "status", "words"),
    [
        (YAML.encode("utf-16"), 400, "not UTF-8"),
        (b"title: caf\xe9", 400, "not UTF-8: unexpected end of data at byte 10"),
        (b" " * ((1 << 20) + 1), 413, "1,048,576"),
    ],
)
def test_bytes_that_are_no_text_or_too_many_are_refused(world: TestWorld, data: bytes, status: int, words: str) -> None:
    for place in (world, world.url):
        assert words in put(place, "mine", data).error(status)["message"]


def test_hostile_text_neither_hangs_nor_harms(world: TestWorld) -> None:
    nested = "[" * 100_000
    bomb = "a: &a [x, x]\n" + "\n".join(f"b{number}: [*a, *a]" for number in range(1000))
    tagged = "scenario: !!python/object/apply:os.system ['false']"
    for text in (nested, bomb, tagged, '{"a":' * 5000, "\x00", "%YAML 9.9\n---\n"):
        assert put(world, "mine", text).status == 400


@pytest.mark.parametrize("name", ["hapy-path", "Happy-Path", "happy_path"])
def test_unknown_scenario_is_refused_with_near_names(world: TestWorld, name: str) -> None:
    with refused(400, f"No scenario is named '{name}'", "happy-path"):
        world.admin.call("GET", f"/scenarios/{name}")
    with refused(400, f"No scenario is named '{name}'", "happy-path"):
        world.admin.call("PUT", "/scenario", {"name": name})
    with refused(400, f"No scenario is named '{name}'", "happy-path"):
        world.admin.create_world(scenario=name)


# Choosing


def test_scenario_is_chosen_by_header_then_metadata_then_world_then_server() -> None:
    with serving(scenario="accepted-then-failed") as url:
        world = new_world(url)
        chosen = [followed(world)]
        assert world.admin.call("PUT", "/scenario", {"name": "stuck-validating"})["scenario"] == "stuck-validating"
        chosen.append(followed(world))
        chosen.append(followed(world, metadata="expired-partial"))
        chosen.append(followed(world, metadata="expired-partial", header="straggler"))
        chosen.append(followed(world, header="straggler"))
    assert chosen == ["accepted-then-failed", "stuck-validating", "expired-partial", "straggler", "straggler"]


def followed(world: TestWorld, *, metadata: str | None = None, header: str | None = None) -> str:
    """Return the name of the scenario that a new batch follows."""
    body = new_batch(metadata={"emulator_scenario": metadata}) if metadata else new_batch()
    headers = {"X_Emulator_Scenario": header} if header else {}
    batch = Api(world.url, world.api_key)("POST", "/batches", None, value=body, **headers).ok()
    return str(world.admin.timeline(batch["id"])["scenario"])


def test_metadata_of_another_type_chooses_nothing_and_breaks_the_contract(api: Api, world: TestWorld) -> None:
    error = api("POST", "/batches", value=new_batch(metadata={"emulator_scenario": 7})).error(400)
    assert error["param"] == "metadata.emulator_scenario"
    assert world.admin.batches() == []


@pytest.mark.parametrize("body", [{}, {"name": 5}, {"name": "happy-path", "more": 1}, None])
def test_choice_that_names_no_scenario_is_refused(world: TestWorld, body: object) -> None:
    with refused(400):
        world.admin.call("PUT", "/scenario", body)


def test_timeline_shows_steps_that_only_change_what_is_shown(world: TestWorld, api: Api) -> None:
    steps = [{"to": "in_progress", "after": 60}, {"set": {"extra": 1}, "after": 60}, "expires"]
    put(world, "good", good(lifecycle=steps, kind="hostile", breaks=["schema"])).ok()
    batch = api.create(metadata={"emulator_scenario": "good"})
    start = batch["created_at"]
    assert world.admin.timeline(batch["id"])["to_come"] == [
        {"at": start + 60, "status": "in_progress"},
        {"at": start + 120, "set": {"extra": 1}, "unset": []},
        {"at": start + 86_400, "status": "expired"},
    ]
    assert len(world.admin.batches()) == 1


# Rules


def test_rule_is_shown_as_it_was_written_with_its_counts(world: TestWorld, api: Api) -> None:
    written: dict[str, Any] = {
        "on": {"operation": ["listFiles"], "nth": [2]},
        "reply": {"status": 503, "headers": {"Retry-After": ["1"]}},
    }
    assert add_rule(world, **written) == "rule_1"
    assert [api("GET", "/files").status for _ in range(3)] == [200, 503, 200]
    assert world.admin.call("GET", "/rules")["data"] == [{"rule": "rule_1", **written, "matched": 3, "fired": 1}]


def test_rule_may_be_written_in_yaml(world: TestWorld, api: Api) -> None:
    text = "on: {operation: listFiles}  # every time\nreply: {status: 418}\n"
    headers = {"Authorization": f"Bearer {world.api_key}"}
    assert request(world.url, "POST", "/_emulator/rules", text.encode(), headers).ok() == {"rule": "rule_1"}
    assert api("GET", "/files").status == 418


def test_rules_of_the_default_scenario_are_listed_and_cannot_be_taken_away(world: TestWorld) -> None:
    put(world, "good", good(rules=[{"on": {"nth": 1}, "garble": 1}])).ok()
    world.admin.call("PUT", "/scenario", {"name": "good"})
    add_rule(world, truncate=1)
    assert [each[0] for each in rules(world)] == ["rule_1", "good#1"]
    with refused(404, "good#1"):
        world.admin.call("DELETE", "/rules/good%231")
    world.admin.call("DELETE", "/rules")
    assert [each[0] for each in rules(world)] == ["good#1"]


@pytest.mark.parametrize("by", ["path", "query"])
def test_one_rule_or_all_are_taken_out_of_force(world: TestWorld, by: str) -> None:
    first, second, third = (add_rule(world, truncate=1) for _ in range(3))
    if by == "path":
        assert world.admin.call("DELETE", f"/rules/{second}") == {"rule": second, "deleted": True}
    else:
        assert world.admin.call("DELETE", "/rules", rule=second) == {"rule": second, "deleted": True}
    assert [each[0] for each in rules(world)] == [first, third]
    with refused(404, second):
        world.admin.call("DELETE", f"/rules/{second}")
    world.admin.call("DELETE", "/rules")
    assert rules(world) == []


def test_rules_are_asked_of_one_world(world: TestWorld) -> None:
    for method in ("GET", "POST", "DELETE"):
        with refused(401, "Which world?"):
            AdminClient(world.url).call(method, "/rules", {"truncate": 1} if method == "POST" else None)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (
            {"on": {"operation": "getBatches"}, "truncate": 1},
            ["rule:1:22: on.operation", "'getBatches'", "did you mean 'getBatch'?"],
        ),
        (
            {"on": {"operation": "streamLines"}, "truncate": 1},
            ["'streamLines'", "createBatch", "listBatches", "getBatch", "cancelBatch", "uploadFile", "listFiles", "getFile",
             "deleteFile", "getFileContent"],
        ),
        ({"on": {"path": "/v1/none"}, "truncate": 1}, ["on.path: can never match", "/api/v1/llm/*"]),
        ({"on": {"operation": "getBatch", "path": "*/files/*"}, "truncate": 1}, ["can never match", "/batches/{batch_id}"]),
        ({"on": {"operation": "listBatches", "status": "failed"}, "truncate": 1}, ["on.status: can never match"]),
        ({"on": {"operation": "getFile", "status": "validating"}, "truncate": 1}, ["can never match", "no result files"]),
        ({"on": {"status": "done"}, "truncate": 1}, ["on.status", "'done'", "completed"]),
        ({"on": {"since": "2h", "until": "1h"}, "truncate": 1}, ["on.until: can never match", "'since' before 'until'"]),
        ({"on": {"nth": 3, "every": 2}, "truncate": 1}, ["on.nth: can never match", "multiples of 'every'"]),
        ({"on": {"nth": 0}, "truncate": 1}, ["on.nth"]),
        ({"on": {"operation": "getBatch"}, "hide": {}}, ["hide: can never take effect"]),
        ({"on": {"operation": "getBatch"}}, ["expected an effect"]),
        ({"reset": True, "close": True}, ["expected one of 'reset' and 'close', found both"]),
        ({"reset": {"body": 5}}, ["no byte is sent"]),
        ({"reply": {"status": 600}}, ["reply.status"]),
        ({"reply": {"status": 99}}, ["reply.status"]),
        ({"reply": {"headers": {"Bad Name": "x"}}}, ["reply.headers", "'Bad Name'"]),
        ({"reply": {"headers": {"X": "a\r\nb"}}}, ["reply.headers"]),
        ({"reply": {"base64": "?"}}, ["reply.base64"]),
        ({"reply": {"body": "a", "json": 1}}, ["expected one of 'body', 'json' and 'base64'"]),
        ({"trunkate": 1}, ["trunkate", "did you mean 'truncate'?"]),
        ({"delay": "soon"}, ["delay", "'soon'"]),
        ([], ["expected a mapping"]),
    ],
)  # fmt: skip
def test_rule_that_makes_no_sense_is_refused_with_the_reason(world: TestWorld, rule: Any, words: list[str]) -> None:
    with refused(400, *words):
        world.admin.call("POST", "/rules", rule)
    assert rules(world) == []


@pytest.mark.parametrize(
    "data", [b"", b"{", b"\xff", b'{"set": {"a": NaN}}', b'{"set": {"a": 1e999}}', b'{"raw": {"a": "\\ud800"}}']
)
def test_rule_that_cannot_be_read_is_refused(world: TestWorld, data: bytes) -> None:
    headers = {"Authorization": f"Bearer {world.api_key}"}
    assert request(world.url, "POST", "/_emulator/rules", data, headers).status == 400
    assert rules(world) == []
