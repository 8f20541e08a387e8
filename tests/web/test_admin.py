from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from support.http import API, FORM, Api, connect, form, part, read_reply, request
from support.servers import serving
from support.worlds import good_input, new_world

from emulator import __version__
from emulator.client import AdminClient, AdminError
from emulator.engine.worlds import world_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.http import Reply
    from support.worlds import TestWorld

START = 1704067200
LAST = 253402300799
DAY = 86400
IN_A_WORLD = [
    ("GET", "/clock"),
    ("POST", "/clock/advance"),
    ("POST", "/reset"),
    ("GET", "/requests"),
    ("GET", "/batches"),
    ("GET", "/batches/batch_x/timeline"),
    ("POST", "/batches/batch_x/step"),
]
OF_THE_SERVER = [("POST", "/worlds"), ("GET", "/worlds"), ("DELETE", "/worlds/world_x")]


def admin(world: TestWorld, method: str, path: str, value: Any = ..., **headers: str) -> Reply:
    body = None if value is ... else json.dumps(value).encode()
    given = {"Content-Type": "application/json", "Authorization": f"Bearer {world.api_key}", **headers}
    return request(world.url, method, f"/_emulator{path}", body, given)


# Health


def test_health_tells_version_edition_and_uptime(server_url: str) -> None:
    health = request(server_url, "GET", "/_emulator/health").ok()
    assert list(health) == ["status", "version", "edition", "uptime"]
    assert (health["status"], health["version"], health["edition"]) == ("ok", __version__, "0.12.114")
    assert health["uptime"] > 0
    assert AdminClient(server_url).health()["uptime"] >= health["uptime"]


# Worlds


def test_world_is_made_as_it_was_asked_for(server_url: str) -> None:
    asked = {"seed": -7, "clock": "tick=30m", "scenario": "stuck-validating", "edition": "0.12.26"}
    made = AdminClient(server_url).create_world(**asked)
    assert list(made) == ["world", "api_key"]
    shown = next(each for each in AdminClient(server_url).worlds() if each["world"] == made["world"])
    counters = {"now": START, "batches_created": 0, "files_created": 0, "requests": 0}
    assert shown == {"world": made["world"], **asked, **counters}


@pytest.mark.parametrize("body", [None, {}])
def test_world_has_the_servers_defaults(body: dict[str, Any] | None) -> None:
    with serving(seed=3, scenario="expired-partial", clock="x2", edition="0.5.25") as url:
        AdminClient(url).call("POST", "/worlds", body)
        (shown,) = AdminClient(url).worlds()
        assert (shown["seed"], shown["clock"]) == (3, "x2")
        assert (shown["scenario"], shown["edition"]) == ("expired-partial", "0.5.25")


def test_whole_float_is_a_seed(server_url: str) -> None:
    worlds = [new_world(server_url, seed=seed) for seed in (5, 5.0)]
    assert Api(server_url, worlds[0].api_key).upload()["id"] == Api(server_url, worlds[1].api_key).upload()["id"]


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"seed": "1"}, "seed"),
        ({"seed": 1.5}, "seed"),
        ({"seed": None}, "seed"),
        ({"seed": 2**53}, "seed"),
        ({"seed": 10**400}, "seed"),
        ({"clock": "sometimes"}, "clock"),
        ({"clock": "x0"}, "clock"),
        ({"clock": "tick="}, "clock"),
        ({"clock": "tick=-1s"}, "clock"),
        ({"clock": 5}, "clock"),
        ({"scenario": "no-such"}, "scenario"),
        ({"scenario": None}, "scenario"),
        ({"edition": "1.0.0"}, "edition"),
        ({"colour": "red"}, "colour"),
        ([], None),
        ("x", None),
    ],
)
def test_odd_world_is_refused(world: TestWorld, body: object, param: str | None) -> None:
    assert admin(world, "POST", "/worlds", body).error(400)["param"] == param


@pytest.mark.parametrize("body", [b"{", b"\xff", b'{"seed": NaN}', b'{"clock": "\\u0000"}', b"[" * 10_000])
def test_admin_body_that_is_no_json_is_refused(world: TestWorld, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    error = request(world.url, "POST", "/_emulator/worlds", body, headers).error(400)
    assert error["message"].startswith("The body is not valid JSON: ")


def test_admin_body_has_a_type_and_a_limit(world: TestWorld) -> None:
    request(world.url, "POST", "/_emulator/worlds", b"{}", {"Content-Type": "text/plain"}).error(415)
    big = b"{}" + b" " * 5_000_000
    request(world.url, "POST", "/_emulator/worlds", big, {"Content-Type": "application/json"}).error(413)


def test_deleted_world_begins_anew(server_url: str) -> None:
    world = new_world(server_url, seed=11)
    api, identity = Api(server_url, world.api_key), world_id(world.api_key)
    api.upload()
    assert admin(world, "DELETE", f"/worlds/{identity}").ok() == {"world": identity, "deleted": True}
    assert (
        admin(world, "DELETE", f"/worlds/{identity}").error(404)["message"] == f"No world found with id '{identity}'."
    )
    assert admin(world, "GET", f"/clock?world={identity}").status == 404
    assert api("GET", "/files").ok()["data"] == []
    world.admin.delete_world(identity)


def test_no_more_worlds_than_there_may_be() -> None:
    with serving(max_worlds=2) as url:
        client = AdminClient(url)
        first, _ = client.create_world(), client.create_world()
        reply = request(url, "POST", "/_emulator/worlds")
        assert reply.error(503)["message"].startswith("All 2 worlds are in use: delete one")
        assert Api(url, "mk-new")("GET", "/files").status == 503
        client.delete_world(first["world"])
        assert client.create_world()["world"]
        assert len(client.worlds()) == 2


def test_worlds_are_listed_in_the_order_of_their_making() -> None:
    with serving() as url:
        made = [AdminClient(url).create_world()["world"] for _ in range(3)]
        Api(url, "mk-by-use")("GET", "/files")
        assert [each["world"] for each in AdminClient(url).worlds()] == [*made, world_id("mk-by-use")]


# Which world


@pytest.mark.parametrize(("method", "path"), IN_A_WORLD)
def test_call_needs_to_know_its_world(server_url: str, method: str, path: str) -> None:
    error = request(server_url, method, f"/_emulator{path}").error(401)
    assert error["message"].startswith("Which world? Expected 'Authorization: Bearer <API key>' or ?world=")


@pytest.mark.parametrize(("method", "path"), IN_A_WORLD)
@pytest.mark.parametrize("name", ["", "world_x", "%00", "%F0%9F%98%80"])
def test_unknown_world_is_not_found(world: TestWorld, method: str, path: str, name: str) -> None:
    assert "No world found" in admin(world, method, f"{path}?world={name}").error(404)["message"]


def test_world_can_be_named_or_opened_by_its_key(world: TestWorld, api: Api) -> None:
    api.upload()
    identity = world_id(world.api_key)
    named = request(world.url, "GET", f"/_emulator/requests?world={identity}").ok()
    assert named == {"data": world.admin.requests()}
    assert len(named["data"]) == 1


def test_named_world_goes_before_the_keys(world: TestWorld) -> None:
    other = new_world(world.url)
    other.admin.advance("1h")
    assert admin(world, "GET", f"/clock?world={world_id(other.api_key)}").ok()["now"] == START + 3600


@pytest.mark.parametrize(("method", "path"), IN_A_WORLD)
def test_key_of_another_form_is_refused(server_url: str, method: str, path: str) -> None:
    request(server_url, method, f"/_emulator{path}", None, {"Authorization": "Basic x"}).error(401)


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/health", "GET"),
        ("/worlds", "GET, POST"),
        ("/worlds/world_x", "DELETE"),
        ("/clock", "GET"),
        ("/clock/advance", "POST"),
        ("/reset", "POST"),
        ("/requests", "GET"),
        ("/batches", "GET"),
        ("/batches/batch_x/timeline", "GET"),
        ("/batches/batch_x/step", "POST"),
    ],
)
def test_admin_call_with_another_method_is_refused(world: TestWorld, path: str, allowed: str) -> None:
    reply = admin(world, "PATCH", path)
    assert reply.error(405)
    assert reply.headers["Allow"] == allowed


# Keys and tokens


@pytest.fixture(scope="module")
def closed_url() -> Iterator[str]:
    with serving(api_keys=("mk-known", "mk-other"), admin_token="let-me-in") as url:
        yield url


@pytest.mark.parametrize("token", [None, "", "let-me-i", "let-me-in ✓".encode().decode("latin-1"), "Let-me-in"])
@pytest.mark.parametrize(("method", "path"), [*IN_A_WORLD, *OF_THE_SERVER, ("PATCH", "/clock")])
def test_admin_api_asks_for_its_token(closed_url: str, method: str, path: str, token: str | None) -> None:
    headers = {"Authorization": "Bearer mk-known"} | ({} if token is None else {"X-Emulator-Admin-Token": token})
    error = request(closed_url, method, f"/_emulator{path}", None, headers).error(401)
    assert error["message"].startswith("X-Emulator-Admin-Token: expected the token")


def test_health_and_contract_are_open_to_all(closed_url: str) -> None:
    assert request(closed_url, "GET", "/_emulator/health").ok()["status"] == "ok"
    assert request(closed_url, "GET", "/openapi.json").status == 200


def test_token_opens_the_admin_api(closed_url: str) -> None:
    client = AdminClient(closed_url, api_key="mk-known", token="let-me-in")
    assert client.clock() == {"now": START, "mode": "manual"}


@pytest.mark.parametrize("key", ["mk-unknown", "mk-know", "mk-known2", "MK-KNOWN", "é"])
def test_only_known_keys_open_a_world(closed_url: str, key: str) -> None:
    assert Api(closed_url, key)("GET", "/files").error(401)["type"] == "authentication_error"
    with pytest.raises(AdminError) as refused:
        AdminClient(closed_url, api_key=key, token="let-me-in").clock()
    assert refused.value.status == 401


def test_key_that_was_handed_out_is_known_until_its_world_is_gone(closed_url: str) -> None:
    client = AdminClient(closed_url, token="let-me-in")
    made = client.create_world()
    api = Api(closed_url, made["api_key"])
    assert api("GET", "/files").status == 200
    client.delete_world(made["world"])
    api("GET", "/files").error(401)


def test_key_that_was_given_at_the_start_stays_known(closed_url: str) -> None:
    Api(closed_url, "mk-other").upload()
    AdminClient(closed_url, token="let-me-in").delete_world(world_id("mk-other"))
    assert Api(closed_url, "mk-other")("GET", "/files").ok()["data"] == []


# The clock


@pytest.mark.parametrize("by", ["24h", "1d", "86400s", "1440m", 86400, 86400.0, "86400", "86400000ms"])
def test_clock_advances_by_a_duration(world: TestWorld, by: str | float) -> None:
    assert world.admin.advance(by) == []
    assert world.admin.clock() == {"now": START + DAY, "mode": "manual"}


@pytest.mark.parametrize("to", [START, START + 1, START + 0.5, LAST])
def test_clock_advances_to_an_instant(world: TestWorld, to: float) -> None:
    assert world.admin.advance_to(to) == []
    assert world.admin.clock()["now"] == to


ODD_DURATIONS: list[Any] = [
    -1,
    "-1s",
    "",
    "soon",
    "1w",
    "NaN",
    10**13,
    1e300,
    "9" * 5000,
    True,
    None,
    [],
    "99999999d",
    LAST,
]
ODD_INSTANTS: list[Any] = [-1, START - 1, LAST + 1, 1e300, 10**400, "1704067200", True, None, START - 0.001]


@pytest.mark.parametrize(
    ("body", "param"),
    [
        *(({"by": by}, "by") for by in ODD_DURATIONS),
        *(({"to": to}, "to") for to in ODD_INSTANTS),
        ({"by": "1s", "to": START + 1}, None),
        ({"colour": 1}, None),
        ({}, None),
        ([], None),
    ],
)
def test_odd_advance_is_refused_and_the_clock_stays(world: TestWorld, body: Any, param: str | None) -> None:
    error = admin(world, "POST", "/clock/advance", body).error(400)
    assert error["param"] in ({param, "colour"} if body == {"colour": 1} else {param})
    assert world.admin.clock()["now"] == START


def test_advance_needs_a_body_and_numbers_that_are_json(world: TestWorld) -> None:
    assert admin(world, "POST", "/clock/advance").error(400)["message"].startswith('Expected {"by": "90s"} or {"to"')
    headers = {"Authorization": f"Bearer {world.api_key}", "Content-Type": "application/json"}
    for body in (b'{"by": NaN}', b'{"to": Infinity}', b'{"by": 1e999}'):
        request(world.url, "POST", "/_emulator/clock/advance", body, headers).error(400)
    assert world.admin.clock()["now"] == START


def test_advance_tells_what_fired_in_order(world: TestWorld, api: Api) -> None:
    first, second = (api.create(api.upload(good_input(2))["id"])["id"] for _ in range(2))
    reply = admin(world, "POST", "/clock/advance", {"by": "2h"}).ok()
    assert list(reply) == ["now", "mode", "data"]
    told = [(event["at"] - START, event["batch_id"], event.get("to", event["event"])) for event in reply["data"]]
    steps = [(60, "in_progress"), (1830, "progress"), (3600, "finalizing"), (3660, "completed")]
    assert told == [(at, batch, what) for at, what in steps for batch in (first, second)]
    assert reply["data"][0] == {
        "at": START + 60,
        "batch_id": first,
        "event": "transition",
        "from": "validating",
        "to": "in_progress",
        "request_counts": {"total": 2, "completed": 0, "failed": 0},
    }


@pytest.mark.parametrize("clock", ["manual", "real", "x1000000", "tick=1s"])
def test_advance_works_in_every_mode(server_url: str, clock: str) -> None:
    world = new_world(server_url, clock=clock)
    before = world.admin.clock()["now"]
    world.admin.advance("1d")
    after = world.admin.clock()
    assert after["now"] >= before + DAY
    assert after["mode"] == clock


def test_advance_tells_the_time_that_it_moved_to_however_fast_the_clock_runs_on(server_url: str) -> None:
    world = new_world(server_url, clock="x1000000")
    century = 100 * 366 * DAY
    to = world.admin.clock()["now"] // century * century + 2 * century
    assert admin(world, "POST", "/clock/advance", {"to": to}).ok()["now"] == to


def test_clock_only_ticks_for_requests_to_the_api(server_url: str) -> None:
    world = new_world(server_url, clock="tick=30m")
    api = Api(server_url, world.api_key)
    times = [api.upload(good_input(1))["created_at"] - START for _ in range(2)]
    assert [world.admin.clock()["now"] - START for _ in range(2)] == [3600, 3600]
    assert times == [1800, 3600]
    assert [entry["at"] - START for entry in world.admin.requests()] == [1800, 3600]


def test_answer_shows_all_that_is_due_by_its_tick(server_url: str) -> None:
    world = new_world(server_url, clock="tick=20m")
    api = Api(server_url, world.api_key)
    batch = api.create(api.upload(good_input(4))["id"])
    seen = [api("GET", f"/batches/{batch['id']}").ok() for _ in range(4)]
    assert [each["status"] for each in seen] == ["in_progress", "in_progress", "finalizing", "completed"]
    assert [each["request_counts"]["completed"] for each in seen] == [1, 2, 4, 4]
    assert seen[-1]["completed_at"] == batch["created_at"] + 3660
    assert api("GET", f"/files/{seen[-1]['output_file_id']}/content").content.count(b"\n") == 4


def test_step_moves_to_the_batchs_next_event(world: TestWorld, api: Api) -> None:
    batch_id = api.create(api.upload(good_input(1))["id"])["id"]
    assert [world.admin.step(batch_id)[0]["to"] for _ in range(3)] == ["in_progress", "finalizing", "completed"]
    assert world.admin.clock()["now"] == START + 3660
    error = admin(world, "POST", f"/batches/{batch_id}/step").error(409)
    assert error["message"] == f"Batch '{batch_id}' has ended with status 'completed': nothing is to come."


def test_step_fires_what_else_is_due_until_then(world: TestWorld, api: Api) -> None:
    file = api.upload(good_input(1))["id"]
    first = api.create(file)["id"]
    world.admin.advance("30s")
    second = api.create(file)["id"]
    fired = world.admin.step(second)
    assert [(event["batch_id"], event["to"]) for event in fired] == [(first, "in_progress"), (second, "in_progress")]


@pytest.mark.parametrize(("method", "call"), [("POST", "step"), ("GET", "timeline")])
def test_call_on_an_unknown_batch_is_not_found(world: TestWorld, method: str, call: str) -> None:
    assert admin(world, method, f"/batches/batch_x/{call}").error(404)["message"] == "No batch found with id 'batch_x'."


# Looking on


def test_timeline_tells_past_and_future(world: TestWorld, api: Api) -> None:
    batch_id = api.create(api.upload(good_input(1))["id"])["id"]
    world.admin.advance("2m")
    assert world.admin.timeline(batch_id) == {
        "batch_id": batch_id,
        "scenario": "happy-path",
        "status": "in_progress",
        "past": [{"at": START, "status": "validating"}, {"at": START + 60, "status": "in_progress"}],
        "to_come": [{"at": START + 3600, "status": "finalizing"}, {"at": START + 3660, "status": "completed"}],
    }
    api("POST", f"/batches/{batch_id}/cancel").ok()
    assert world.admin.timeline(batch_id)["to_come"] == [{"at": START + 720, "status": "cancelled"}]
    world.admin.advance("1d")
    assert world.admin.timeline(batch_id)["to_come"] == []


def test_timeline_shows_progress_and_the_end_of_the_window(world: TestWorld, api: Api) -> None:
    named = {"metadata": {"emulator_scenario": "expired-partial"}}
    batch_id = api.create(api.upload(good_input(1))["id"], **named)["id"]
    assert world.admin.timeline(batch_id)["to_come"] == [
        {"at": START + 60, "status": "in_progress"},
        {"at": START + 3660, "progress": "40%"},
        {"at": START + DAY, "status": "expired"},
    ]


def test_batches_of_all_tenants_are_shown_oldest_first(world: TestWorld, api: Api) -> None:
    file = api.upload(good_input(1))["id"]
    own, other = api.create(file)["id"], api.on_behalf_of("alice").create()["id"]
    shown = world.admin.batches()
    assert [(batch["id"], batch["tenant"]) for batch in shown] == [(own, None), (other, "alice")]
    assert shown[0] == {
        "id": own,
        "tenant": None,
        "endpoint": "/v1/chat/completions",
        "scenario": "happy-path",
        "status": "validating",
        "created_at": START,
        "expires_at": START + DAY,
        "request_counts": {"total": 0, "completed": 0, "failed": 0},
        "input_file_id": file,
        "output_file_id": None,
        "error_file_id": None,
        "next_at": START + 60,
        "to_come": world.admin.timeline(own)["to_come"],
    }


def test_reset_makes_the_world_as_new(server_url: str) -> None:
    world = new_world(server_url, seed=9, scenario="stuck-validating")
    api = Api(server_url, world.api_key)

    def life() -> list[Any]:
        batch = api.create(api.upload(good_input(2))["id"])
        world.admin.advance("25h")
        return [api("GET", path).ok() for path in (f"/batches/{batch['id']}", "/files", "/batches")]

    first = life()
    assert world.admin.reset()["now"] == START
    assert world.admin.requests() == world.admin.batches() == []
    assert api("GET", "/files").ok()["data"] == []
    world.admin.reset()
    assert life() == first


# The journal


def test_journal_tells_a_request_as_it_came(world: TestWorld) -> None:
    body = b'{"input_file_id": "f", "endpoint": "/v1/embeddings", "completion_window": "24h"}'
    headers = {
        "Authorization": f"bEARER {world.api_key}",
        "X-On-Behalf-Of": "alice",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
    }
    reply = request(world.url, "POST", f"{API}/batches?colour=a%20b", body, headers)
    (entry,) = world.admin.requests()
    sent = dict(entry.pop("headers"))
    assert {name: sent[name] for name in ("x-on-behalf-of", "content-type")} == {
        "x-on-behalf-of": "alice",
        "content-type": "application/json",
    }
    assert entry == {
        "number": 0,
        "request_id": reply.headers["X-Request-Id"],
        "at": START,
        "method": "POST",
        "target": f"{API}/batches?colour=a%20b",
        "path": f"{API}/batches?colour=a%20b",
        "body": body.decode(),
        "operation": "createBatch",
        "status": 200,
        "rule": None,
        "violations": [],
        "notes": [],
    }


def test_journal_has_the_target_as_it_was_escaped(world: TestWorld) -> None:
    request(world.url, "GET", f"{API}/batches/a%2Fb%3Fc", None, {"Authorization": f"Bearer {world.api_key}"})
    (entry,) = world.admin.requests()
    assert (entry["target"], entry["path"]) == (f"{API}/batches/a%2Fb%3Fc", f"{API}/batches/a/b?c")


def test_journal_keeps_no_secrets(world: TestWorld) -> None:
    secrets = {
        "Authorization": f"Bearer {world.api_key}",
        "Cookie": "s3cret",
        "Proxy-Authorization": "s3cret",
        "X-Api-Key": "s3cret",
        "X-Emulator-Admin-Token": "s3cret",
    }
    request(world.url, "GET", f"{API}/files", None, secrets).ok()
    shown = json.dumps(world.admin.requests())
    assert "s3cret" not in shown
    assert world.api_key not in shown
    assert shown.count("(hidden)") == len(secrets)


def test_header_that_comes_twice_is_told_twice(world: TestWorld) -> None:
    head = f"GET {API}/files HTTP/1.1\r\nHost: x\r\nX-A: 1\r\nX-A: 2\r\nAuthorization: Bearer {world.api_key}\r\n\r\n"
    with closing(connect(world.url)) as wire:
        wire.sendall(head.encode())
        read_reply(wire).ok()
    (entry,) = world.admin.requests()
    assert [pair for pair in entry["headers"] if pair[0] == "x-a"] == [["x-a", "1"], ["x-a", "2"]]


def test_journal_cuts_bodies_at_64_kib(world: TestWorld, api: Api) -> None:
    api.upload(b"x" * 200_000)
    api("POST", "/files", b"\xff\0" * 10, Content_Type=FORM).error(400)
    long, odd = (entry["body"] for entry in world.admin.requests())
    assert len(long) == 64 * 1024
    assert long == form(part("file", b"x" * 200_000, "input.jsonl"), part("purpose", "batch"))[: 64 * 1024].decode()
    assert odd == "\ufffd\0" * 10


@pytest.mark.parametrize(
    ("method", "path", "fault"),
    [
        ("GET", "/nothing", {"place": "path", "expected": "a path of the contract", "found": '"/api/v1/llm/nothing"'}),
        ("PUT", "/files", {"place": "method", "expected": "GET or POST", "found": '"PUT"'}),
    ],
)
def test_journal_says_of_a_request_that_is_no_operation_how_it_broke_the_contract(
    world: TestWorld, api: Api, method: str, path: str, fault: dict[str, str]
) -> None:
    api(method, path)
    assert [entry["violations"] for entry in world.admin.requests()] == [[{**fault, "schema": "paths"}]]


def test_journal_is_filtered_by_operation_and_status(world: TestWorld, api: Api) -> None:
    api("GET", "/files")
    api("GET", "/files?limit=x")
    api("GET", "/batches")
    api("GET", "/nothing")
    api("PUT", "/files")
    found = world.admin.requests
    assert [entry["operation"] for entry in found()] == ["listFiles", "listFiles", "listBatches", None, None]
    assert [entry["status"] for entry in found()] == [200, 400, 200, 404, 405]
    assert [entry["number"] for entry in found(operation="listFiles")] == [0, 1]
    assert [entry["number"] for entry in found(status=200)] == [0, 2]
    assert [entry["number"] for entry in found(status=200, operation="listFiles")] == [0]
    assert [entry["number"] for entry in found(limit=2)] == [3, 4]
    assert [entry["number"] for entry in found(limit=1, status=200)] == [2]
    assert (found(limit=0), found(operation="none"), len(found(limit=99))) == ([], [], 5)


@pytest.mark.parametrize("name", ["status", "limit"])
@pytest.mark.parametrize("text", ["abc", "-1", "1.0", "", "9" * 16, "%D9%A3", "1%00"])
def test_odd_filter_is_refused(world: TestWorld, name: str, text: str) -> None:
    assert admin(world, "GET", f"/requests?{name}={text}").error(400)["param"] == name


def test_journal_forgets_the_oldest_of_more_than_ten_thousand(world: TestWorld) -> None:
    head = f"GET {API}/nothing HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {world.api_key}\r\n\r\n".encode()
    with closing(connect(world.url)) as wire:
        for _ in range(10):
            wire.sendall(head * 1001)
            replies = bytearray()
            while replies.count(b"HTTP/1.1 404") < 1001:
                replies += wire.recv(1 << 20)
    numbers = [entry["number"] for entry in world.admin.requests()]
    assert numbers == list(range(10, 10_010))


def test_request_of_a_client_that_went_away_is_told_without_a_status(world: TestWorld) -> None:
    head = f"POST {API}/files HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: 1000\r\n"
    with closing(connect(world.url)) as wire:
        wire.sendall(f"{head}Authorization: Bearer {world.api_key}\r\n\r\n--".encode())
    (entry,) = next(found for _ in range(10_000) if (found := world.admin.requests()))
    assert (entry["operation"], entry["status"], entry["body"]) == ("uploadFile", None, "--")


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        (
            "/batches?limit=0",
            {"place": "query.limit", "expected": "an integer from 1 to 100", "found": "0", "schema": "limit"},
        ),
        ("/files?order=x", {"place": "query.order", "expected": '"asc" or "desc"', "found": '"x"', "schema": "order"}),
        (
            "/files?colour=%00",
            {
                "place": "query.colour",
                "expected": "text without NUL characters",
                "found": '"\\u0000"',
                "schema": "query",
            },
        ),
    ],
)
def test_violation_is_told_with_place_expected_and_found(
    world: TestWorld, api: Api, path: str, fault: dict[str, str]
) -> None:
    api("GET", path).error(400)
    assert world.admin.requests()[0]["violations"] == [fault]


def test_upload_that_lacks_its_purpose_is_a_violation(world: TestWorld, api: Api) -> None:
    api.send_form(part("file", b"", "a")).error(400)
    assert [fault["place"] for fault in world.admin.requests()[0]["violations"]] == ["body.purpose"]


def test_admin_calls_are_no_requests_of_the_world(world: TestWorld) -> None:
    world.admin.clock()
    world.admin.advance("1h")
    assert world.admin.requests() == []


def test_admin_client_directs_its_world(world: TestWorld) -> None:
    own = "{scenario: my-own, title: Mine, kind: legal, lifecycle: [expires]}"
    assert world.admin.put_scenario("my-own", own)["name"] == "my-own"
    assert "my-own" in [scenario["name"] for scenario in world.admin.scenarios()]
    assert world.admin.use("my-own")["scenario"] == "my-own"
    key = world.admin.add_rule({"on": {"operation": "getBatch", "nth": 1}, "reply": {"status": 502}})
    assert [(rule["rule"], rule["fired"]) for rule in world.admin.rules()] == [(key, 0)]
    world.admin.delete_rules()
    assert world.admin.rules() == []
