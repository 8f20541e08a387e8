"""The driver of the official SDK, as a process, against a real server: ordinary methods and coroutines."""

from __future__ import annotations

import json
import socket
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import pytest
from support.driven import DEADLINE_S, Driven
from support.http import Api
from support.retrying import clock_of, refuse

from emulator.clients.catalog import command
from emulator.clients.driver import Driver
from emulator.clients.protocol import Raised, Returned, Unsupported

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.worlds import TestWorld

CLIENTS = ("mka1", "mka1-async")
BUDGET_S = 15
"""For so long the SDK goes on trying."""
DAY_S = 86_400.0
END_OF_TIME_S = 253_402_300_799
"""The last second of the year 9999."""


@pytest.fixture(scope="module", params=CLIENTS)
def driver(request: pytest.FixtureRequest) -> Iterator[Driver]:
    with Driver(command(request.param)) as started:
        yield started


@pytest.fixture
def driven(driver: Driver, world: TestWorld) -> Driven:
    """The SDK in a world, each call tried once."""
    client = Driven(driver, world)
    client.connect()
    return client


@pytest.fixture
def batch_id(driven: Driven) -> str:
    return str(driven.create(metadata={"night": "2"})["id"])


# Hello


def test_hello_names_the_sdk_and_its_release(driver: Driver) -> None:
    hello = driver.hello
    assert (hello.name, hello.version, hello.language) == ("meetkai-mka1", version("meetkai-mka1"), "python")


# Calls and their results


def test_batch_is_taken_to_its_results(driven: Driven) -> None:
    batch = driven.create(metadata={"night": "2"}, max_concurrency=3)
    assert (batch["status"], batch["metadata"], batch["max_concurrency"]) == ("validating", {"night": "2"}, 3)
    driven.world.admin.advance("2h")
    done = driven.result("batches.get", batch_id=batch["id"])
    assert done["request_counts"] == {"total": 3, "completed": 3, "failed": 0}
    results = [json.loads(line) for line in driven.content(done["output_file_id"]).splitlines()]
    assert [line["custom_id"] for line in results] == ["row-1", "row-2", "row-3"]


@pytest.mark.parametrize(
    ("call", "args", "path"),
    [
        ("batches.get", {"batch_id": "{batch}"}, "/batches/{batch}"),
        ("batches.list", {"limit": 1}, "/batches?limit=1"),
        ("batches.list", {"after": "{batch}"}, "/batches?after={batch}"),
        ("files.get", {"file_id": "{file}"}, "/files/{file}"),
        ("files.list", {"order": "asc", "limit": 5, "purpose": "batch"}, "/files?order=asc"),
        ("files.list", {"after": "{file}", "sha256": "0" * 64}, "/files?after={file}"),
    ],
)
def test_result_is_the_reply_member_by_member(
    driven: Driven, batch_id: str, call: str, args: dict[str, Any], path: str
) -> None:
    ids = {"batch": batch_id, "file": driven.result("batches.get", batch_id=batch_id)["input_file_id"]}
    given = {name: value.format(**ids) if isinstance(value, str) else value for name, value in args.items()}
    reply = Api(driven.world.url, driven.world.api_key)("GET", path.format(**ids)).ok()
    assert driven.result(call, **given) == reply


def test_cancel_and_delete_return_what_they_did(driven: Driven, batch_id: str) -> None:
    cancelled = driven.result("batches.cancel", batch_id=batch_id)
    assert (cancelled["status"], cancelled["cancelled_at"]) == ("cancelling", None)
    file_id = driven.upload()["id"]
    assert driven.result("files.delete", file_id=file_id) == {"id": file_id, "object": "file", "deleted": True}


@pytest.mark.parametrize("content", [b"", b"\x00\xff\r\n", bytes(range(256)) * 4096], ids=["empty", "binary", "1 MB"])
def test_bytes_go_up_and_come_down_as_they_are(driven: Driven, content: bytes) -> None:
    file = driven.upload(content, filename="größe 1.txt", purpose="assistants")
    assert (file["filename"], file["bytes"]) == ("größe 1.txt", len(content))
    assert driven.content(file["id"]) == content


def test_absent_is_told_from_null(driven: Driven, batch_id: str) -> None:
    rule = {"set": {"output_file_id": None}, "unset": ["error_file_id", "errors"]}
    driven.world.admin.add_rule({"on": {"operation": "getBatch"}, **rule})
    batch = driven.result("batches.get", batch_id=batch_id)
    assert batch["output_file_id"] is None
    assert not {"error_file_id", "errors"} & batch.keys()


def test_unknown_status_is_shown_as_it_came(driven: Driven, batch_id: str) -> None:
    driven.world.admin.add_rule({"on": {"operation": "getBatch"}, "set": {"status": "paused"}})
    assert driven.result("batches.get", batch_id=batch_id)["status"] == "paused"


@pytest.mark.parametrize(("given", "sent"), [({}, ...), ({"metadata": None}, None), ({"metadata": {}}, {})])
def test_arguments_are_sent_as_given(driven: Driven, given: dict[str, Any], sent: Any) -> None:
    driven.create(**given)
    (request,) = driven.world.admin.requests(operation="createBatch")
    assert json.loads(request["body"]).get("metadata", ...) == sent


@pytest.mark.parametrize(
    ("call", "args"),
    [
        ("batches.delete", {}),
        ("batches.get_async", {"batch_id": "batch_1"}),
        ("chat.completions", {}),
        ("batches.get", {"batch_id": "batch_1", "verbose": True}),
        ("batches.get", {"batch_id": "batch_1", "x_on_behalf_of": "user-1"}),
        ("connect", {"base_url": "http://127.0.0.1:1", "api_key": "mk-1", "proxy": "none"}),
    ],
)
def test_what_the_sdk_does_not_have_is_unsupported(driven: Driven, call: str, args: dict[str, Any]) -> None:
    assert isinstance(driven.call(call, **args), Unsupported)
    assert driven.world.admin.requests() == []


def test_tenant_goes_along_with_every_call(driven: Driven) -> None:
    driven.connect(on_behalf_of="user-1")
    file_id = driven.upload()["id"]
    assert driven.result("files.list")["first_id"] == file_id
    driven.connect(on_behalf_of="user-2")
    assert driven.raised("files.get", file_id=file_id).status == 404


def test_later_connect_changes_the_world(driven: Driven) -> None:
    driven.upload()
    driven.connect(api_key="mk-another")
    assert driven.result("files.list")["data"] == []


def test_connection_is_closed_when_another_is_asked_for(driven: Driven) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as pool:
        rest = pool.submit(answer_one, server)
        driven.connect(base_url=f"http://127.0.0.1:{server.getsockname()[1]}")
        assert driven.result("files.list")["data"] == []
        driven.connect()
        assert rest.result() == b""


def answer_one(server: socket.socket) -> bytes:
    """Answer the first request with an empty list, and return what comes then, be it the end."""
    server.settimeout(DEADLINE_S)
    wire, _ = server.accept()
    wire.settimeout(DEADLINE_S)
    with wire, wire.makefile("rb") as request:
        while request.readline() != b"\r\n":
            pass
        body = b'{"object": "list", "data": [], "has_more": false, "first_id": null, "last_id": null}'
        wire.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body))
        wire.sendall(body)
        return request.read(1)


# Errors


def test_error_with_a_class_of_its_own_is_declared(driven: Driven) -> None:
    error = driven.raised("files.content", file_id="file_none")
    assert (error.type, error.declared, error.status) == ("GetFileContentNotFoundError", True, 404)
    assert error.message == "No file found with id 'file_none'."


def test_other_errors_keep_status_and_body(driven: Driven, batch_id: str) -> None:
    reply = {"status": 418, "content_type": "text/html", "body": "<p>Käse</p>"}
    driven.world.admin.add_rule({"on": {"operation": "getBatch"}, "reply": reply})
    error = driven.raised("batches.get", batch_id=batch_id)
    assert (error.type, error.declared, error.status, error.body) == ("SDKDefaultError", True, 418, "<p>Käse</p>")


def test_reply_that_breaks_the_schema_ends_in_a_declared_error(driven: Driven, batch_id: str) -> None:
    driven.world.admin.add_rule({"on": {"operation": "getBatch"}, "set": {"created_at": "soon"}})
    error = driven.raised("batches.get", batch_id=batch_id)
    assert (error.type, error.declared, error.status) == ("ResponseValidationError", True, 200)
    assert json.loads(str(error.body))["created_at"] == "soon"


def test_no_server_is_a_declared_error_without_status(driven: Driven) -> None:
    driven.connect(base_url="http://127.0.0.1:1")
    error = driven.raised("batches.list")
    assert (error.type, error.declared, error.status, error.body) == ("ConnectError", True, None, None)


def test_server_that_says_nothing_is_waited_for_as_long_as_asked(driven: Driven) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        driven.connect(base_url=f"http://127.0.0.1:{silent.getsockname()[1]}", timeout_s=0.1)
        outcome = driven.driver.call("files.list", {}, deadline_s=4)  # the SDK waits for 5 s by itself
    assert isinstance(outcome, Raised)
    assert (outcome.type, outcome.declared, outcome.status) == ("ReadTimeout", True, None)


def test_refused_argument_is_undeclared_and_sends_nothing(driven: Driven) -> None:
    error = driven.raised("batches.create", input_file_id=7, endpoint="/v1/embeddings")
    assert (error.type, error.declared, error.status) == ("ValidationError", False, None)
    assert driven.world.admin.requests() == []


# Sleeps


def test_retries_end_with_the_budget_and_nothing_is_slept(driven: Driven) -> None:
    driven.connect(retries="default")
    refuse(driven.world, "listBatches")
    before = driven.world.admin.clock()["now"]
    error = driven.raised("batches.list")
    assert (error.status, error.slept) == (503, False)
    assert sum(error.sleeps[:-1]) <= BUDGET_S < sum(error.sleeps)
    assert len(driven.world.admin.requests()) == len(error.sleeps) + 1
    assert driven.world.admin.clock()["now"] == before


def test_same_calls_wait_equally_long(driven: Driven) -> None:
    refuse(driven.world, "listBatches")
    driven.connect(retries="default")
    first = driven.raised("batches.list").sleeps
    driven.connect(retries="default")
    assert driven.raised("batches.list").sleeps == first


def test_retries_switched_off_mean_one_attempt(driven: Driven) -> None:
    refuse(driven.world, "listBatches")
    assert driven.raised("batches.list").sleeps == ()
    assert len(driven.world.admin.requests()) == 1


def test_retry_after_of_a_day_costs_nothing(driven: Driven) -> None:
    driven.connect(retries="default")
    refuse(driven.world, "listFiles", status=429, headers={"Retry-After": "86400"}, nth=1)
    outcome = driven.call("files.list")
    assert isinstance(outcome, Returned)
    assert outcome.sleeps == (DAY_S,)
    assert driven.call("files.list") == Returned(result=outcome.result)


def test_clock_is_moved_before_the_next_attempt(driven: Driven) -> None:
    driven.connect(retries="default", clock=clock_of(driven.world))
    refuse(driven.world, "getBatch", status=429, headers={"Retry-After": "7200"}, nth=1)
    outcome = driven.call("batches.get", batch_id=driven.create()["id"])
    assert isinstance(outcome, Returned)
    assert (outcome.sleeps, outcome.slept) == ((7200.0,), True)
    assert outcome.result["status"] == "completed"


def test_date_in_retry_after_is_held_against_the_clock_of_the_world(driven: Driven) -> None:
    driven.connect(retries="default", clock=clock_of(driven.world))
    until = formatdate(driven.world.admin.clock()["now"] + 90, usegmt=True)
    refuse(driven.world, "listFiles", status=429, headers={"Retry-After": until}, nth=1)
    assert driven.call("files.list").sleeps == (90.0,)


@pytest.mark.parametrize("driver", ["mka1"], indirect=True)
def test_sleep_that_the_system_refuses_is_refused(driven: Driven) -> None:
    driven.connect(retries="default")
    refuse(driven.world, "listFiles", status=429, headers={"Retry-After": "10000000000"}, nth=1)
    error = driven.raised("files.list")
    assert (error.type, error.declared, error.sleeps) == ("OverflowError", False, ())


@pytest.mark.parametrize("driver", ["mka1-async"], indirect=True)
def test_sleep_without_end_is_told_as_one_to_the_end_of_time(driven: Driven) -> None:
    driven.connect(retries="default", clock=clock_of(driven.world))
    refuse(driven.world, "listFiles", status=429, headers={"Retry-After": "9e300"}, nth=[1, 3])
    assert [driven.call("files.list").sleeps for _ in range(2)] == [(END_OF_TIME_S,), (END_OF_TIME_S,)]
    assert driven.world.admin.clock()["now"] == END_OF_TIME_S
