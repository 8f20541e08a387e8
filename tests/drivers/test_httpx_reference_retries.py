"""The reference client: when it tries again, how long it waits, and what it makes of a connection that fails."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import pytest
from support.reference import CALLS, IMPATIENCE_S, connected, requests, rule, started

from emulator.clients.drivers.reference_client.retrying import retry_after_s
from emulator.clients.protocol import Raised, Returned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.driven import Driven
    from support.worlds import TestWorld

    from emulator.clients.driver import Driver
    from emulator.clients.protocol import Outcome

ALL_PAUSES = (0.5, 1.0, 2.0)
ONCE_ONLY = {"createBatch", "uploadFile", "deleteFile"}
TWICE_IS_ONCE = sorted(CALLS.keys() - ONCE_ONLY)
PASSING = [408, 425, 429, 500, 502, 503, 504]
NOW = 1704067200.0


@pytest.fixture(scope="module")
def driver() -> Iterator[Driver]:
    with started() as running:
        yield running


@pytest.fixture
def driven(driver: Driver, world: TestWorld) -> Driven:
    return connected(driver, world)


def outcome(driven: Driven, operation: str) -> Outcome:
    """Make a call of an operation."""
    name, args = CALLS[operation]
    return driven.call(name, **args)


def failed(driven: Driven, operation: str, **effects: Any) -> Raised:
    """Make a call that a rule, for each of its requests, lets end in an error."""
    rule(driven, operation, **effects)
    error = outcome(driven, operation)
    assert isinstance(error, Raised), error
    assert error.declared
    return error


# Statuses


@pytest.mark.parametrize("operation", TWICE_IS_ONCE)
@pytest.mark.parametrize("status", PASSING)
def test_what_passes_is_tried_four_times(driven: Driven, operation: str, status: int) -> None:
    error = failed(driven, operation, reply={"status": status, "body": "later"})
    assert (error.type, error.status, error.body) == ("ApiError", status, "later")
    assert error.sleeps == ALL_PAUSES
    assert len(requests(driven, operation)) == 4


@pytest.mark.parametrize("operation", TWICE_IS_ONCE)
@pytest.mark.parametrize("status", [200, 307, 400, 401, 403, 404, 409, 413, 422, 501, 505, 520])
def test_what_stays_is_tried_once(driven: Driven, operation: str, status: int) -> None:
    rule(driven, operation, reply={"status": status, "headers": {"Retry-After": "1"}})
    assert outcome(driven, operation).sleeps == ()
    assert len(requests(driven, operation)) == 1


@pytest.mark.parametrize("operation", sorted(ONCE_ONLY))
@pytest.mark.parametrize("status", PASSING)
def test_what_may_have_taken_effect_is_tried_again_only_when_turned_away(
    driven: Driven, operation: str, status: int
) -> None:
    error = failed(driven, operation, reply={"status": status, "headers": {"Retry-After": "1"}})
    assert error.status == status
    assert len(requests(driven, operation)) == (4 if status == 429 else 1)


@pytest.mark.parametrize("times", [1, 2, 3])
def test_call_returns_as_soon_as_an_attempt_succeeds(driven: Driven, times: int) -> None:
    rule(driven, "listBatches", times=times, reply={"status": 503})
    returned = outcome(driven, "listBatches")
    assert isinstance(returned, Returned)
    assert returned.sleeps == ALL_PAUSES[:times]


def test_each_attempt_is_the_same_request(driven: Driven) -> None:
    rule(driven, "uploadFile", times=1, reply={"status": 429})
    file = driven.upload(b"\x00\r\n", filename="ü", purpose="vision")
    first, second = requests(driven, "uploadFile")
    assert [first[name] for name in ("target", "headers", "body")] == [
        second[name] for name in ("target", "headers", "body")
    ]
    assert driven.content(file["id"]) == b"\x00\r\n"


@pytest.mark.parametrize("effect", [{"reply": {"status": 429}}, {"reset": True}])
def test_without_retries_each_call_is_tried_once(driven: Driven, effect: dict[str, Any]) -> None:
    driven.connect(retries="off")
    assert failed(driven, "getBatch", **effect).sleeps == ()
    assert len(requests(driven)) == 1


def test_clock_of_the_world_moves_while_the_client_sleeps(driven: Driven) -> None:
    world = driven.world
    clock = {"url": f"{world.url}/_emulator", "headers": {"Authorization": f"Bearer {world.api_key}"}}
    driven.connect(retries="default", clock=clock)
    error = failed(driven, "getBatch", reply={"status": 503})
    assert (error.sleeps, error.slept) == (ALL_PAUSES, True)
    assert [request["at"] - NOW for request in requests(driven)] == [0, 0, 1, 3]


# Retry-After


@pytest.mark.parametrize(
    ("asked", "pauses"),
    [
        ("0", ALL_PAUSES),
        ("1", (1.0, 1.0, 2.0)),
        ("7", (7.0, 7.0, 7.0)),
        ("30", (30.0, 30.0, 30.0)),
        ("31", ()),
        ("9" * 400, ()),
        ("-1", ALL_PAUSES),
        ("7.5", ALL_PAUSES),
        ("1e1", ALL_PAUSES),
        ("\xb2", ALL_PAUSES),
        ("soon", ALL_PAUSES),
        ("", ALL_PAUSES),
        ("Mon, 01 Jan 0001 00:00:00 GMT", ALL_PAUSES),
        ("Fri, 31 Dec 1999 23:59:59 GMT", ALL_PAUSES),
        ("Tue, 31 Dec 9999 23:59:59 GMT", ()),
        ("Tue, 99 Foo 9999 99:99:99 GMT", ALL_PAUSES),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_pauses_are_what_the_server_asks_for(
    driven: Driven, status: int, asked: str, pauses: tuple[float, ...]
) -> None:
    error = failed(driven, "getBatch", reply={"status": status, "headers": {"Retry-After": asked}})
    assert (error.status, error.sleeps) == (status, pauses)


@pytest.mark.parametrize(
    ("headers", "asked_s"),
    [
        ({}, None),
        ({"retry-after": "12"}, 12.0),
        ({"retry-after": " 12 "}, 12.0),
        ({"retry-after": "Mon, 01 Jan 2024 00:00:09 GMT"}, 9.0),
        ({"retry-after": "Monday, 01-Jan-24 00:00:09 GMT"}, 9.0),
        ({"retry-after": "Mon Jan  1 00:00:09 2024"}, 9.0),
        ({"retry-after": "Sun, 31 Dec 2023 23:59:59 GMT"}, 0.0),
        ({"retry-after": "Mon, 01 Jan 2024 00:00:09 GMT", "date": "Mon, 01 Jan 2024 00:00:04 GMT"}, 5.0),
        ({"retry-after": "Mon, 01 Jan 2024 00:00:09 GMT", "date": "today"}, 9.0),
        ({"retry-after": "tomorrow", "date": "Mon, 01 Jan 2024 00:00:04 GMT"}, None),
    ],
)
def test_date_to_wait_for_is_by_the_servers_clock(headers: dict[str, str], asked_s: float | None) -> None:
    assert retry_after_s(headers, NOW) == asked_s


# Connections


@pytest.mark.parametrize("operation", TWICE_IS_ONCE)
def test_connection_that_is_reset_is_tried_again(driven: Driven, operation: str) -> None:
    error = failed(driven, operation, reset=True)
    assert (error.type, error.status, error.sleeps) == ("TransportFault", None, ALL_PAUSES)
    assert len(requests(driven, operation)) == 4


@pytest.mark.parametrize("operation", sorted(ONCE_ONLY))
@pytest.mark.parametrize(("effect", "kind"), [({"reset": True}, "TransportFault"), ({"close": True}, "BrokenReply")])
def test_what_may_have_taken_effect_is_not_tried_again(
    driven: Driven, operation: str, effect: dict[str, Any], kind: str
) -> None:
    error = failed(driven, operation, **effect)
    assert (error.type, error.status, error.sleeps) == (kind, None, ())
    assert len(requests(driven, operation)) == 1


@pytest.mark.parametrize(
    "effect", [{"reset": True}, {"close": True}, {"close": {"body": 20}}, {"reply": {"status": 503}}], ids=str
)
def test_lost_reply_makes_no_twin(driven: Driven, effect: dict[str, Any]) -> None:
    failed(driven, "createBatch", after=True, **effect)
    assert len(driven.world.admin.batches()) == 1


@pytest.mark.parametrize("operation", CALLS)
@pytest.mark.parametrize(
    "effect",
    [
        {"close": True},
        {"close": {"head": 5}},
        {"close": {"head": 40}},
        {"close": {"body": 0}},
        {"close": {"body": 6}},
        {"headers": {"Content-Length": "99999"}},
        {"headers": {"Content-Length": ["3", "5"]}},
        {"headers": {"Content-Length": "many"}},
        {"headers": {"Transfer-Encoding": "chunked"}},
        {"headers": {"Transfer-Encoding": "gzip"}},
    ],
    ids=str,
)
def test_reply_that_is_not_whole_is_a_declared_error(driven: Driven, operation: str, effect: dict[str, Any]) -> None:
    error = failed(driven, operation, reply={"body": "garbage"}, **effect)
    assert (error.type, error.status, error.sleeps) == ("BrokenReply", None, ())


def test_reset_within_the_body_is_tried_again(driven: Driven) -> None:
    rule(driven, "listBatches", times=1, after=True, reset={"body": 10})
    returned = outcome(driven, "listBatches")
    assert isinstance(returned, Returned)
    assert returned.sleeps == (0.5,)


def test_body_that_is_longer_than_it_says_does_not_get_into_the_next_reply(driven: Driven) -> None:
    rule(driven, "listBatches", times=1, headers={"Content-Length": "5"})
    assert driven.raised("batches.list").type == "UnreadableReply"
    assert driven.result("batches.list")["data"] == []


def test_body_that_trickles_in_is_taken_if_it_comes(driven: Driven) -> None:
    rule(driven, "listBatches", drip={"bytes": 1, "every": "1ms"})
    assert driven.result("batches.list")["data"] == []


@pytest.mark.parametrize(
    "effect",
    [
        {"delay": "1h"},
        {"delay": "1h", "after": True},
        {"drip": {"first": 20, "bytes": 1, "every": "1h"}},
        {"drip": {"bytes": 1, "every": "10ms"}, "reply": {"body": [{"text": "x", "times": 1_000_000}]}},
    ],
    ids=str,
)
@pytest.mark.parametrize("operation", ["createBatch", "getBatch", "getFileContent"])
def test_call_ends_in_time_and_is_not_tried_again(driven: Driven, operation: str, effect: dict[str, Any]) -> None:
    driven.connect(retries="default", timeout_s=IMPATIENCE_S)
    effect = {"reply": {"body": "x" * 100}, **effect}
    error = failed(driven, operation, **effect)
    assert (error.type, error.status, error.sleeps) == ("TimedOut", None, ())


def test_server_that_is_not_there_is_tried_again(driven: Driven) -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        driven.connect(base_url=f"http://127.0.0.1:{unheard.getsockname()[1]}", retries="default")
        error = driven.raised("batches.list")
    assert (error.type, error.status, error.sleeps) == ("TransportFault", None, ALL_PAUSES)


@pytest.mark.parametrize("base_url", ["ftp://127.0.0.1", "nonsense", "http://a..b", ""])
def test_address_that_is_none_is_refused(driven: Driven, base_url: str) -> None:
    assert driven.connect(base_url=base_url) == Returned(result={})
    error = driven.raised("batches.list")
    assert (error.type, error.declared, error.sleeps) == ("InvalidArgument", True, ())
