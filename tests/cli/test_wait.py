from __future__ import annotations

import json
import socket
import socketserver
import subprocess
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from support.processes import MAIN, PATIENCE_S, clean, run, serving_process

from emulator import __version__
from emulator.server import bind, url_of

if TYPE_CHECKING:
    from collections.abc import Iterator

SHORT = "1s"
"""Enough for a few tries."""


@contextmanager
def waiting(*options: str) -> Iterator[subprocess.Popen[str]]:
    """Start `wait`, and be sure that it ends with the block."""
    command = [sys.executable, "-W", "error", "-c", MAIN, "wait", *options]
    with subprocess.Popen(
        command, env=clean(None), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A socket that takes connections, for a test to answer."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        taken.settimeout(PATIENCE_S)
        yield taken


def answer(listener: socket.socket, reply: bytes) -> None:
    """Take one connection, read what comes first, and answer it with these bytes."""
    with listener.accept()[0] as wire:
        wire.settimeout(PATIENCE_S)
        assert wire.recv(65536).startswith(b"GET /_emulator/health HTTP/1.1\r\n")
        wire.sendall(reply)


@contextmanager
def always(reply: bytes) -> Iterator[str]:
    """Be a server that answers everything with these bytes; give its address."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(65536)
            self.request.sendall(reply)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        try:
            yield url_of(server.socket)
        finally:
            server.shutdown()


def http(status: str, body: str) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode()


def test_server_that_is_up_is_ready() -> None:
    with serving_process() as server:
        ended = run("wait", "--url", f"{server.url}/", "--timeout", "20s")
    assert (ended.code, ended.stdout, ended.stderr) == (
        0,
        f"mka1-emulator {__version__} is ready at {server.url}\n",
        "",
    )


def test_locked_server_is_ready_without_its_keys() -> None:
    with serving_process("--api-key", "mk-1", "--admin-token", "t") as server:
        assert run("wait", "--url", server.url).code == 0


def test_server_may_start_later(listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    with waiting("--url", f"http://127.0.0.1:{port}", "--timeout", "20s") as waiter:
        answer(listener, http("502 Bad Gateway", "not yet"))  # so it has begun to wait
        listener.close()
        with serving_process("--port", str(port)) as server:
            stdout, stderr = waiter.communicate(timeout=PATIENCE_S)
    assert (waiter.returncode, stdout, stderr) == (0, f"mka1-emulator {__version__} is ready at {server.url}\n", "")


def missed(url: str, seen: str) -> tuple[int, str, str]:
    return 1, "", f"mka1-emulator: expected an emulator at {url} within {SHORT}, saw last: {seen}\n"


def test_refused_connection_is_told() -> None:
    with bind("127.0.0.1", 0) as unheard:
        url = url_of(unheard)
        ended = run("wait", "--url", url, "--timeout", SHORT)
    assert (ended.code, ended.stdout, ended.stderr) == missed(url, "Connection refused")


def test_host_that_nobody_knows_is_told() -> None:
    ended = run("wait", "--url", "http://no-such-host.invalid", "--timeout", SHORT)
    assert (ended.code, ended.stdout, ended.stderr.count("\n")) == (1, "", 1)
    assert "expected an emulator at http://no-such-host.invalid within 1s, saw last: " in ended.stderr


def test_server_that_takes_connections_and_is_silent_is_no_reason_to_wait_longer(listener: socket.socket) -> None:
    url = url_of(listener)
    ended = run("wait", "--url", url, "--timeout", SHORT)
    assert (ended.code, ended.stdout, ended.stderr) == missed(url, "nothing yet")


HEALTH = {"status": "ok", "version": "1.2.3", "edition": "0.12.114", "uptime": 1.0}


@pytest.mark.parametrize(
    ("reply", "seen"),
    [
        (http("502 Bad Gateway", "<h1>Bad gateway</h1>"), "HTTP 502"),
        (http("404 Not Found", json.dumps(HEALTH)), "HTTP 404"),
        (http("200 OK", "<h1>Welcome</h1>"), "HTTP 200, but not from an emulator"),
        (http("200 OK", '{"status":"ok","version":"1.2.3"}'), "HTTP 200, but not from an emulator"),
        (http("200 OK", "[]"), "HTTP 200, but not from an emulator"),
    ],
    ids=["502", "404", "a web page", "another's health", "a list"],
)
def test_what_answers_in_an_emulators_place_is_told(reply: bytes, seen: str) -> None:
    with always(reply) as url:
        ended = run("wait", "--url", url, "--timeout", SHORT)
    assert (ended.code, ended.stdout, ended.stderr) == missed(url, seen)


def test_what_speaks_no_http_is_told() -> None:
    with always(b"220 mail.example ESMTP\r\n") as url:
        ended = run("wait", "--url", url, "--timeout", SHORT)
    assert (ended.code, ended.stdout, ended.stderr.count("\n")) == (1, "", 1)
    assert f"{url}: expected a reply of HTTP/1.1, found b'220 mail.example" in ended.stderr


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--timeout", "soon"), "--timeout: expected a duration such as 90s, 10m, 24h, 1d or a number of seconds"),
        (("--timeout", "-1"), "--timeout: expected a duration"),
        (("--timeout", "0s"), "--timeout: expected more than no time at all, found '0s'"),
        (("--url", "127.0.0.1:8787"), "--url: expected a server's address such as http://127.0.0.1:8787"),
        (("--url", "http://127.0.0.1:many"), "--url: expected a server's address such as http://127.0.0.1:8787"),
        (("elsewhere",), "unexpected extra argument (elsewhere)"),
    ],
)
def test_odd_option_is_told_in_one_line(options: tuple[str, ...], sentence: str) -> None:
    ended = run("wait", *options)
    assert (ended.code, ended.stdout, ended.stderr.count("\n")) == (2, "", 1)
    assert ended.stderr.startswith("mka1-emulator: error: ")
    assert sentence in ended.stderr


def test_time_out_may_be_as_long_as_time_is() -> None:
    with serving_process() as server:
        assert run("wait", "--url", server.url, "--timeout", "2000000d").code == 0
