"""The driver of OpenAI's client for Python: what is its alone."""

from __future__ import annotations

import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import pytest
from support.driven import DEADLINE_S, Driven

from emulator.clients.catalog import DRIVERS, command
from emulator.clients.driver import Driver
from emulator.clients.protocol import Raised, Returned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.worlds import TestWorld

FILE: Final = DRIVERS / "openai_python.py"


@pytest.fixture(scope="module")
def driver() -> Iterator[Driver]:
    with Driver(command("openai")) as started:
        yield started


@pytest.fixture
def driven(driver: Driver, world: TestWorld) -> Driven:
    connected = Driven(driver, world)
    assert connected.connect() == Returned(result={})
    return connected


@pytest.mark.parametrize("batch_id", ["", ".."])
def test_refusal_of_an_id_is_not_declared(driven: Driven, batch_id: str) -> None:
    error = driven.raised("batches.get", batch_id=batch_id)
    assert (error.type, error.declared, error.status) == ("ValueError", False, None)
    assert driven.world.admin.requests() == []


def test_page_shows_what_the_contract_has_of_it(driven: Driven) -> None:
    ids = [driven.create()["id"] for _ in range(2)]
    page = driven.result("batches.list")
    assert (page["object"], page["first_id"], page["last_id"]) == ("list", ids[1], ids[0])


def test_bytes_of_an_error_that_are_no_text_are_replaced(driven: Driven) -> None:
    reply = {"status": 502, "content_type": "text/plain; charset=latin-1", "base64": "/2E="}
    driven.world.admin.add_rule({"on": {"operation": "getBatch"}, "reply": reply})
    assert driven.raised("batches.get", batch_id="batch_1").body == "\ufffda"


def test_client_that_cannot_be_made_is_an_error_of_the_client(driven: Driven) -> None:
    outcome = driven.connect(base_url="http://127.0.0.1:port")
    assert isinstance(outcome, Raised)
    assert (outcome.type, outcome.declared) == ("InvalidURL", False)


def test_connections_end_with_their_client(driven: Driven) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as pool:
        serving = pool.submit(answer_one, server)
        driven.connect(base_url=f"http://127.0.0.1:{server.getsockname()[1]}")
        assert driven.result("batches.get", batch_id="batch_1") == {}
        with serving.result() as wire:
            driven.connect()
            assert wire.recv(1) == b""


def answer_one(server: socket.socket) -> socket.socket:
    """Answer one request on a connection that stays open, and return that."""
    wire, _ = server.accept()
    wire.settimeout(DEADLINE_S)
    wire.recv(65536)
    wire.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
    return wire


def test_client_that_is_missing_is_said_in_a_sentence() -> None:
    alone = subprocess.run(
        [sys.executable, "-S", FILE], check=False, capture_output=True, encoding="utf-8", timeout=DEADLINE_S
    )
    assert (alone.returncode, alone.stdout) == (1, "")
    assert alone.stderr.startswith("openai_python.py: expected the package openai, which `pip install openai` installs")
    assert len(alone.stderr.splitlines()) == 1
