from __future__ import annotations

import gc
import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from support.canned import PATIENCE_S, canned, json_reply

from emulator import AdminError
from emulator.client import AdminClient
from emulator.connections import Connections

if TYPE_CHECKING:
    from support.worlds import TestWorld

OK = json_reply()


def test_connection_is_kept_between_calls() -> None:
    with canned([OK, OK, OK], hangs_up=False) as server, AdminClient(server.url) as admin:
        assert [admin.rules() for _ in range(3)] == [[], [], []]
        assert [len(asked) for asked in server.asked] == [3]


@pytest.mark.parametrize("farewell", [b"", json_reply(status=408)])
def test_connection_that_the_server_has_hung_up_is_not_used(farewell: bytes) -> None:
    with canned([OK + farewell], [OK], [OK]) as server, AdminClient(server.url) as admin:
        for _ in range(3):
            assert admin.rules() == []
            assert server.hung_up.acquire(timeout=PATIENCE_S)
        assert [len(asked) for asked in server.asked] == [1, 1, 1]


def test_connection_that_has_been_idle_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("emulator.connections.KEPT_S", 0)
    with canned([OK], [OK], hangs_up=False) as server, AdminClient(server.url) as admin:
        assert [admin.rules(), admin.rules()] == [[], []]
        assert [len(asked) for asked in server.asked] == [1, 1]


def test_connection_on_which_the_server_says_more_than_it_was_asked_is_not_used() -> None:
    with canned([OK + OK], [OK], hangs_up=False) as server, AdminClient(server.url) as admin:
        assert [admin.rules(), admin.rules()] == [[], []]
        assert [len(asked) for asked in server.asked] == [1, 1]


def test_call_whose_reply_is_lost_is_not_made_again() -> None:
    with canned([OK, b""], [OK]) as server, AdminClient(server.url) as admin:
        admin.rules()
        with pytest.raises(OSError, match=r"closed connection without response|reset"):
            admin.advance("1h")
        assert [len(asked) for asked in server.asked] == [2]


def test_closed_client_keeps_no_connection_and_may_go_on() -> None:
    with canned([OK], [OK], hangs_up=False) as server:
        with AdminClient(server.url) as admin:
            admin.rules()
        assert server.abandoned.acquire(timeout=PATIENCE_S)
        assert admin.rules() == []
        admin.close()
        assert server.abandoned.acquire(timeout=PATIENCE_S)


def test_client_that_nobody_holds_any_more_keeps_no_connection() -> None:
    with canned([OK], hangs_up=False) as server:
        AdminClient(server.url).rules()
        gc.collect()
        assert server.abandoned.acquire(timeout=PATIENCE_S)


def test_reply_that_closes_its_connection_is_taken() -> None:
    closing = OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1)
    with canned([closing], [closing]) as server, AdminClient(server.url) as admin:
        assert [admin.rules(), admin.rules()] == [[], []]


def test_threads_share_a_client(world: TestWorld) -> None:
    with ThreadPoolExecutor(16) as threads:
        keys = list(threads.map(lambda _: world.admin.add_rule({"truncate": 1}), range(100)))
    assert len({*keys}) == len(world.admin.rules()) == 100


def test_path_of_the_address_comes_before_that_of_the_call() -> None:
    with canned([OK]) as server, AdminClient(f"{server.url}/behind/") as admin:
        admin.rules()
        assert server.asked[0][0].startswith(b"GET /behind/_emulator/rules HTTP/1.1\r\n")


@pytest.mark.parametrize(
    "url", ["", "localhost:8787", "ftp://a", "http://", "http://a:b", "http://a:70000", "http://a?b", "http://a#b", "http://["]
)  # fmt: skip
def test_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"expected a server's address such as http://127.0.0.1:8787, found '"):
        AdminClient(url)


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        (json_reply(b"<h1>Welcome</h1>", kind="text/html"), "200 of text/html"),
        (json_reply(b"{", status=404), "404 of application/json"),
        (json_reply(b'{"detail":"Not Found"}', status=404), "404 of application/json"),
        (json_reply(b'{"error":{"message":5}}', status=500), "500 of application/json"),
    ],
)
def test_server_that_is_no_emulator_is_told(reply: bytes, found: str) -> None:
    with canned([reply]) as server, AdminClient(server.url) as admin, pytest.raises(AdminError) as refused:
        admin.health()
    assert str(refused.value) == f"{server.url}: expected an emulator's admin API, found a reply {found}"


def test_server_that_speaks_no_http_is_told() -> None:
    with canned([b"SSH-2.0-OpenSSH\r\n"]) as server, AdminClient(server.url) as admin:
        told = re.escape(f"{server.url}: expected a reply of HTTP/1.1, found b'SSH-2.0-OpenSSH")
        with pytest.raises(OSError, match=told):
            admin.health()


@pytest.mark.parametrize(
    ("written", "content"),
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", b"abcde"),
        (b"HTTP/1.1 200 OK\r\n\r\nuntil the end", b"until the end"),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nab", b"ab"),
        (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab", b"ab"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
    ],
)
def test_reply_is_read_to_where_it_says_that_it_ends(written: bytes, content: bytes) -> None:
    with canned([written]) as server:
        reply = Connections(server.url).exchange("GET", "/")
    assert (reply.status in {200, 204}, reply.media_type, reply.content) == (True, "", content)


def test_reply_that_ends_with_its_connection_leaves_none_to_use_again() -> None:
    with canned([b"HTTP/1.1 200 OK\r\n\r\none"], [b"HTTP/1.1 200 OK\r\n\r\ntwo"]) as server:
        connections = Connections(server.url)
        assert [connections.exchange("GET", "/").content for _ in range(2)] == [b"one", b"two"]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", "the reply was cut short"),
        (b"HTTP/1.1 200 OK\r\nContent-Le", "closed connection without response"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "expected a reply of HTTP/1.1, found b'HTTP/1.1 200 OK"),
    ],
)
def test_reply_that_is_none_is_told(written: bytes, told: str) -> None:
    with canned([written]) as server, pytest.raises(OSError, match=re.escape(told)):
        Connections(server.url).exchange("GET", "/")


def test_head_and_body_leave_in_one_piece() -> None:
    with canned([OK]) as server:
        Connections(server.url, headers={"X-Colour": "red"}).exchange("PUT", "/a", b"body", {"X-Shade": "dark"})
    host = server.url.removeprefix("http://")
    assert server.asked == [[
        f"PUT /a HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: identity\r\nX-Colour: red\r\nX-Shade: dark\r\n"
        "Content-Length: 4\r\n\r\nbody".encode()
    ]]  # fmt: skip


@pytest.mark.parametrize("value", ["a\r\nX-Other: b", "a\nb", "a\0"])
def test_header_that_would_break_the_head_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="expected headers that HTTP can carry, found"):
        AdminClient("http://127.0.0.1:9", api_key=value)


@pytest.mark.parametrize("target", ["/a b", "/a\r\nX-Other: b"])
def test_path_that_would_break_the_head_is_refused(target: str) -> None:
    with pytest.raises(ValueError, match="expected a path that HTTP can carry, found"):
        Connections("http://127.0.0.1:9").exchange("GET", target)
