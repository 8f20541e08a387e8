"""The drivers of OpenAI's clients, for Python and for Node: what holds for both."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import openai
import pytest
from support.driven import DEADLINE_S, Driven
from support.http import Api
from support.node import openai_for_node

from emulator.clients.catalog import command
from emulator.clients.driver import Driver
from emulator.clients.protocol import RetryPolicy, Returned, Unsupported

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from support.worlds import TestWorld

    Environment: TypeAlias = Mapping[str, str]

CHAT: Final = "/v1/chat/completions"
LONG_S: Final = 59
"""A Retry-After that both clients keep, and which nobody can have waited for within a call's deadline."""
assert LONG_S > DEADLINE_S


@pytest.fixture(scope="module", params=["openai", "openai-node"])
def client(request: pytest.FixtureRequest) -> str:
    """Which client is driven."""
    return str(request.param)


@pytest.fixture(scope="module")
def environment(client: str, request: pytest.FixtureRequest) -> Environment:
    """What the driver finds its client by."""
    if client == "openai":
        return dict(os.environ)
    return {**os.environ, "NODE_PATH": str(openai_for_node(request.config.cache) / "node_modules")}


@pytest.fixture(scope="module")
def driver(client: str, environment: Environment) -> Iterator[Driver]:
    with Driver(command(client), environment=environment) as started:
        yield started


@pytest.fixture
def driven(driver: Driver, world: TestWorld) -> Driven:
    """The driver, connected to the test's world."""
    connected = Driven(driver, world)
    assert connected.connect() == Returned(result={})
    return connected


@pytest.fixture
def api(world: TestWorld) -> Api:
    """The same world, seen without any client."""
    return Api(world.url, world.api_key)


def rule(driven: Driven, operation: str, **effects: Any) -> None:
    driven.world.admin.add_rule({"on": {"operation": operation}, **effects})


def sent(driven: Driven, operation: str) -> list[dict[str, Any]]:
    return driven.world.admin.requests(operation=operation)


def test_hello_says_which_client_it_is(client: str, driver: Driver) -> None:
    version, language = {"openai": (openai.__version__, "python"), "openai-node": ("7.57.0", "javascript")}[client]
    hello = driver.hello
    assert (hello.name, hello.version, hello.language) == ("openai", version, language)
    assert hello.retry == RetryPolicy(max_attempts=3)


# Calls


def test_batches_come_back_as_they_were_sent(driven: Driven, api: Api) -> None:
    batch = driven.create(metadata={"project": "night"})
    assert batch["metadata"] == {"project": "night"}
    assert driven.result("batches.get", batch_id=batch["id"]) == api("GET", f"/batches/{batch['id']}").ok()
    cancelled = driven.result("batches.cancel", batch_id=batch["id"])
    assert (cancelled["id"], cancelled["status"]) == (batch["id"], "cancelling")


def test_files_come_back_as_they_were_sent(driven: Driven, api: Api) -> None:
    file = driven.upload(b"{}\n", filename="a.jsonl", purpose="user_data")
    assert (file["filename"], file["bytes"], file["purpose"]) == ("a.jsonl", 3, "user_data")
    assert driven.result("files.get", file_id=file["id"]) == api("GET", f"/files/{file['id']}").ok()
    deleted = driven.result("files.delete", file_id=file["id"])
    assert deleted == {"id": file["id"], "object": "file", "deleted": True}
    assert api("GET", f"/files/{file['id']}").status == 404


def test_batches_are_listed_a_page_at_a_time(driven: Driven) -> None:
    ids = [driven.create()["id"] for _ in range(3)]
    first = driven.result("batches.list", limit=2)
    assert ([each["id"] for each in first["data"]], first["has_more"]) == ([ids[2], ids[1]], True)
    second = driven.result("batches.list", limit=2, after=ids[1])
    assert ([each["id"] for each in second["data"]], second["has_more"]) == ([ids[0]], False)


def test_files_are_listed_as_they_were_asked_for(driven: Driven) -> None:
    names = ["a.jsonl", "b.jsonl", "c.jsonl"]
    files = [driven.upload(filename=name) for name in names]
    driven.upload(filename="other.jsonl", purpose="user_data")
    page = driven.result("files.list", purpose="batch", order="asc", limit=2, after=files[0]["id"])
    assert ([each["filename"] for each in page["data"]], page["has_more"]) == (names[1:], False)


@pytest.mark.parametrize("args", [{}, {"metadata": None}, {"metadata": {}}, {"metadata": {"ключ": "\u2028 🜁"}}])
def test_create_sends_what_it_was_given_and_no_more(driven: Driven, args: dict[str, Any]) -> None:
    given = {"input_file_id": driven.upload()["id"], "endpoint": CHAT, **args}
    driven.result("batches.create", **given)
    (request,) = sent(driven, "createBatch")
    assert json.loads(request["body"]) == {**given, "completion_window": "24h"}


def test_members_that_are_absent_stay_absent_and_null_stays_null(driven: Driven) -> None:
    batch = driven.create()
    rule(driven, "getBatch", unset=["metadata", "errors"], set={"expires_at": None, "unheard_of": [None]})
    got = driven.result("batches.get", batch_id=batch["id"])
    assert "metadata" not in got
    assert "errors" not in got
    assert (got["expires_at"], got["unheard_of"]) == (None, [None])


@pytest.mark.parametrize(
    ("written", "shown"),
    [("9007199254740991", 2**53 - 1), ("1e999", "Infinity"), (r'"\ud800"', "\ud800"), ('"x"', "x"), ("1.5", 1.5)],
)
def test_values_are_shown_as_the_client_has_them(driven: Driven, written: str, shown: Any) -> None:
    batch = driven.create()
    rule(driven, "getBatch", raw={"created_at": written})
    assert driven.result("batches.get", batch_id=batch["id"])["created_at"] == shown


@pytest.mark.parametrize("written", ["7", '"text"', "null", "[]", '[{"id": "batch_1"}, 7]', "{}"])
def test_reply_of_any_form_is_shown_as_it_is(driven: Driven, written: str) -> None:
    rule(driven, "getBatch", reply={"content_type": "application/json", "body": written})
    assert driven.result("batches.get", batch_id="batch_1") == json.loads(written)


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("batches.create", {"input_file_id": "file_1", "endpoint": CHAT, "max_concurrency": 1}),
        ("files.list", {"sha256": "0" * 64}),
        ("batches.delete", {"batch_id": "batch_1"}),
    ],
)
def test_what_the_client_does_not_have_is_unsupported(driven: Driven, name: str, args: dict[str, Any]) -> None:
    assert driven.call(name, **args) == Unsupported()
    assert driven.world.admin.requests() == []


# Content


@pytest.mark.parametrize("content", [b"", b"\n", bytes(range(256)), bytes(range(256)) * 20_480], ids=len)
def test_bytes_go_up_and_come_down_as_they_are(driven: Driven, content: bytes) -> None:
    file = driven.upload(content, purpose="user_data")
    assert file["bytes"] == len(content)
    assert driven.content(file["id"]) == content


@pytest.mark.parametrize("filename", ["übung 日本.jsonl", '"quoted".jsonl', "100%25.jsonl", "a;b=c.jsonl", "🜁.jsonl"])
def test_filenames_go_up_as_they_are(driven: Driven, filename: str) -> None:
    assert driven.upload(filename=filename)["filename"] == filename


# Errors


@pytest.mark.parametrize(
    ("status", "content_type", "body"),
    [
        (404, "application/json", '{"error":{"message":"Gone.","type":"t","code":404,"param":null}}'),
        (429, "application/json", '{"error":"Rate limit exceeded"}'),
        (403, "application/json", '{"message":"No route."}'),
        (502, "text/html", "<h1>Schön: ∅</h1>"),
        (500, "application/json", ""),
    ],
)
def test_error_keeps_status_and_body(driven: Driven, status: int, content_type: str, body: str) -> None:
    rule(driven, "getBatch", reply={"status": status, "content_type": content_type, "body": body})
    error = driven.raised("batches.get", batch_id="batch_1")
    assert (error.declared, error.status, error.body) == (True, status, body)


def test_error_says_its_class_and_its_message(driven: Driven) -> None:
    error = driven.raised("files.get", file_id="file_unknown")
    assert (error.type, error.status) == ("NotFoundError", 404)
    assert "No file found with id 'file_unknown'" in error.message


def test_error_that_the_client_does_not_document_is_not_declared(driven: Driven) -> None:
    rule(driven, "getBatch", reply={"content_type": "application/json", "body": "{"})
    error = driven.raised("batches.get", batch_id="batch_1")
    assert (error.declared, error.status, error.body) == (False, None, None)
    assert error.type in {"JSONDecodeError", "SyntaxError"}


def test_lost_connection_has_no_status(driven: Driven) -> None:
    rule(driven, "getBatch", close=True)
    error = driven.raised("batches.get", batch_id="batch_1")
    assert (error.type, error.declared, error.status, error.body) == ("APIConnectionError", True, None, None)


def test_client_waits_no_longer_than_it_is_told(driven: Driven) -> None:
    driven.connect(timeout_s=0.25)
    rule(driven, "getBatch", delay="1m")
    error = driven.raised("batches.get", batch_id="batch_1")
    assert (error.type in {"APITimeoutError", "APIConnectionTimeoutError"}, error.declared) == (True, True)


# Retries


def test_call_is_tried_once_when_retries_are_off(driven: Driven) -> None:
    rule(driven, "getBatch", reply={"status": 503})
    assert driven.raised("batches.get", batch_id="batch_1").sleeps == ()
    assert len(sent(driven, "getBatch")) == 1


def test_sleeps_between_attempts_are_told(driven: Driven) -> None:
    driven.connect(retries="default")
    rule(driven, "getBatch", reply={"status": 503})
    error = driven.raised("batches.get", batch_id="batch_1")
    first, second = error.sleeps
    assert (0.375 <= first <= 0.5, 0.75 <= second <= 1) == (True, True)
    assert (len(sent(driven, "getBatch")), error.slept) == (3, False)


def test_sleeps_are_told_of_calls_that_succeed(driven: Driven) -> None:
    batch = driven.create()
    driven.connect(retries="default")
    driven.world.admin.add_rule({"on": {"operation": "getBatch", "nth": 1}, "close": True})
    outcome = driven.call("batches.get", batch_id=batch["id"])
    assert isinstance(outcome, Returned)
    assert len(outcome.sleeps) == 1
    assert driven.call("batches.get", batch_id=batch["id"]).sleeps == ()


def test_nobody_waits_for_a_retry_after(driven: Driven) -> None:
    driven.connect(retries="default")
    rule(driven, "getBatch", reply={"status": 429, "headers": {"Retry-After": str(LONG_S)}})
    assert driven.raised("batches.get", batch_id="batch_1").sleeps == (LONG_S, LONG_S)
    assert len(sent(driven, "getBatch")) == 3


def test_sleeps_move_the_clock_that_was_handed_out(driven: Driven) -> None:
    headers = {"Authorization": f"Bearer {driven.world.api_key}"}
    driven.connect(retries="default", clock={"url": f"{driven.world.url}/_emulator", "headers": headers})
    rule(driven, "getBatch", reply={"status": 429, "headers": {"Retry-After": str(LONG_S)}})
    before = driven.world.admin.clock()["now"]
    error = driven.raised("batches.get", batch_id="batch_1")
    assert (error.sleeps, error.slept) == ((LONG_S, LONG_S), True)
    assert [each["at"] - before for each in sent(driven, "getBatch")] == [0, LONG_S, 2 * LONG_S]


# Connecting


def test_tenant_is_told_on_every_request(driven: Driven) -> None:
    mine = driven.create()["id"]
    driven.connect(on_behalf_of="user 7")
    assert driven.raised("batches.get", batch_id=mine).status == 404
    theirs = driven.create()["id"]
    assert [each["id"] for each in driven.result("batches.list")["data"]] == [theirs]
    told = [dict(each["headers"]).get("x-on-behalf-of") for each in driven.world.admin.requests()]
    assert told == [None] * 2 + ["user 7"] * 4


def test_new_connection_takes_the_place_of_the_last(driven: Driven) -> None:
    driven.create()
    driven.connect(api_key=f"{driven.world.api_key}-other")
    assert driven.result("batches.list")["data"] == []


# The process


def test_what_the_client_prints_goes_to_standard_error(client: str, environment: Environment, world: TestWorld) -> None:
    with Driver(command(client), environment={**environment, "OPENAI_LOG": "debug"}) as talkative:
        driven = Driven(talkative, world)
        driven.connect()
        assert driven.result("batches.list")["data"] == []
    assert "req_" in talkative.stderr


def test_driver_ends_with_its_input(client: str, environment: Environment) -> None:
    with Driver(command(client), environment=environment) as driver:
        pass
    assert driver.exit_code == 0
