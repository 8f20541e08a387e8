"""The driver of the official SDK as a program: what ends it, what it keeps to itself, and which releases it takes."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from support.driven import Driven
from support.environments import python_with
from support.retrying import clock_of, refuse

from emulator.clients.catalog import DRIVERS, command
from emulator.clients.driver import Driver, DriverFault
from emulator.clients.protocol import CALLS, Returned, Unsupported

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from support.worlds import TestWorld

FILE = DRIVERS / "mka1_sdk.py"


@pytest.fixture(scope="module")
def release(request: pytest.FixtureRequest) -> Iterator[Driver]:
    """The driver under an interpreter that has nothing but an old release."""
    python = python_with(f"meetkai-mka1=={request.param}", cache=request.config.cache)
    with Driver(command("mka1", python=python)) as started:
        assert started.hello.version == request.param
        yield started


# What ends it


def test_sdk_that_is_not_there_is_told_in_a_sentence() -> None:
    ended = subprocess.run([sys.executable, "-S", FILE], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith(f"meetkai-mka1 cannot be loaded by {sys.executable}: ")
    assert "No module named 'meetkai_mka1'" in ended.stderr
    assert ended.stderr.count("\n") == 1


def talk(*lines: str, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run the driver on these lines, to its end."""
    return subprocess.run(
        [sys.executable, FILE],
        input="".join(f"{line}\n" for line in lines),
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )


CONNECT = '{"id": 1, "call": "connect", "args": {"base_url": "http://127.0.0.1:1", "api_key": "mk-1"}}'


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (["hello"], "Expected a request of driver protocol 1, an object with id, call and args, got b'hello"),
        (['{"id": 1, "call": "files.list", "args": {}}'], "Expected connect before files.list."),
        (
            ['{"id": 1, "call": "connect", "args": {"api_key": "mk-1"}}'],
            "Expected base_url and api_key among the arguments of connect, got ['api_key'].",
        ),
        (
            [CONNECT, '{"id": 2, "call": "files.upload", "args": {"content": "=?="}}'],
            "Expected base64 as content of files.upload, got '=?=': ",
        ),
    ],
    ids=["no-json", "no-connect", "no-address", "no-base64"],
)
def test_request_that_breaks_the_protocol_ends_the_driver_with_a_sentence(lines: list[str], sentence: str) -> None:
    ended = talk(*lines)
    assert ended.returncode == 1
    assert ended.stderr.startswith(sentence)
    assert ended.stderr.count("\n") == 1
    assert len(ended.stdout.splitlines()) == len(lines)


def test_clock_that_cannot_be_moved_ends_the_driver(world: TestWorld) -> None:
    refuse(world, "listFiles")
    with Driver(command("mka1")) as driver:
        Driven(driver, world).connect(retries="default", clock={"url": "http://127.0.0.1:1/_emulator", "headers": {}})
        with pytest.raises(DriverFault) as caught:
            driver.call("files.list", {}, deadline_s=20)
    assert caught.value.kind == "died"
    assert "Expected an answer to POST http://127.0.0.1:1/_emulator/clock/advance" in caught.value.stderr


def test_what_others_print_is_not_among_the_answers(world: TestWorld, tmp_path: Path) -> None:
    noise = "import os, sys\nsys.addaudithook(lambda name, _: name == 'socket.connect' and os.write(1, b'noise\\n'))\n"
    (tmp_path / "sitecustomize.py").write_text(noise)
    with Driver(command("mka1"), environment={**os.environ, "PYTHONPATH": str(tmp_path)}) as driver:
        client = Driven(driver, world)
        client.connect()
        assert client.result("files.list")["data"] == []
        driver.close()
        assert driver.stderr == "noise\n"


# Other releases


@pytest.mark.parametrize("release", ["0.5.25"], indirect=True)
def test_first_release_does_what_it_can(release: Driver, world: TestWorld) -> None:
    client = Driven(release, world)
    client.connect(retries="default", clock=clock_of(world), on_behalf_of="user-1")
    batch = client.create(metadata={"night": "2"})
    world.admin.advance("2h")
    done = client.result("batches.get", batch_id=batch["id"])
    assert (done["status"], done["errors"], "max_concurrency" in done) == ("completed", None, False)
    assert client.content(done["output_file_id"]).count(b"\n") == 3
    refuse(world, "listBatches", headers={"Retry-After": "3600"}, nth=1)
    assert client.call("batches.list").sleeps == (3600.0,)
    error = client.raised("files.content", file_id="file_none")
    assert (error.type, error.declared, error.status) == ("NotFoundError", True, 404)


@pytest.mark.parametrize("release", ["0.5.25"], indirect=True)
@pytest.mark.parametrize(
    ("call", "args"),
    [
        ("files.list", {"sha256": "0" * 64}),
        ("batches.create", {"input_file_id": "file_1", "endpoint": "/v1/embeddings", "max_concurrency": 2}),
    ],
)
def test_argument_that_came_later_is_unsupported(
    release: Driver, world: TestWorld, call: str, args: dict[str, Any]
) -> None:
    client = Driven(release, world)
    client.connect()
    assert isinstance(client.call(call, **args), Unsupported)


@pytest.mark.thorough
@pytest.mark.parametrize("release", ["0.7.1"], indirect=True)
@pytest.mark.parametrize("call", [name for name in CALLS if name != "connect"])
def test_release_without_batches_and_files_supports_none_of_them(release: Driver, world: TestWorld, call: str) -> None:
    client = Driven(release, world)
    assert client.connect() == Returned(result={})
    assert isinstance(client.call(call), Unsupported)
