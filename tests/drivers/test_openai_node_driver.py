"""The driver of OpenAI's client for Node: what is its alone."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any, Final

import pytest
from support.driven import DEADLINE_S, Driven
from support.environments import program
from support.node import openai_for_node

from emulator.clients.catalog import DRIVERS, command
from emulator.clients.driver import Driver
from emulator.clients.protocol import Returned, Unsupported, write_request

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from support.worlds import TestWorld

FILE: Final = DRIVERS / "openai_node.mjs"


@pytest.fixture(scope="module")
def installed(request: pytest.FixtureRequest) -> Path:
    return openai_for_node(request.config.cache)


@pytest.fixture(scope="module")
def environment(installed: Path) -> Mapping[str, str]:
    return {**os.environ, "NODE_PATH": str(installed / "node_modules")}


@pytest.fixture(scope="module")
def driver(environment: Mapping[str, str]) -> Iterator[Driver]:
    with Driver(command("openai-node"), environment=environment) as started:
        yield started


@pytest.fixture
def driven(driver: Driver, world: TestWorld) -> Driven:
    connected = Driven(driver, world)
    assert connected.connect() == Returned(result={})
    return connected


def run(folder: Path, lines: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run the driver in a folder, on these lines, to its end."""
    node = program("node") or pytest.skip("there is no Node here")
    kept = {name: value for name, value in os.environ.items() if name != "NODE_PATH"}
    return subprocess.run(
        [node, FILE],
        cwd=folder,
        env=kept | environment,
        input=lines,
        check=False,
        capture_output=True,
        timeout=DEADLINE_S,
    )


# Where the package is


def test_package_is_found_from_the_current_folder_upwards(installed: Path) -> None:
    folder = installed / "node_modules" / "openai" / "core"
    done = run(folder)
    assert (done.returncode, json.loads(done.stdout)["version"]) == (0, "7.57.0"), done.stderr


def test_package_that_is_missing_is_said_in_a_sentence(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert (done.returncode, done.stdout) == (1, b"")
    (said,) = done.stderr.decode().splitlines()
    assert said.startswith(f"openai_node.mjs: expected the npm package openai in {tmp_path} or in NODE_PATH")
    assert "npm install openai@7.57.0" in said


def test_package_that_cannot_be_loaded_is_said_in_a_sentence(tmp_path: Path) -> None:
    package = tmp_path / "node_modules" / "openai"
    package.mkdir(parents=True)
    (package / "index.js").write_text("throw new Error('too old')")
    done = run(tmp_path)
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.endswith(b"too old\n")


# Lines


def test_line_ends_with_a_line_feed_alone(installed: Path, world: TestWorld) -> None:
    # Node's own reading of lines takes these for the end of one, too.
    metadata = {"a\u2028b": "\u2029\r\x85"}
    connect = {"base_url": world.url, "api_key": world.api_key, "on_behalf_of": None, "retries": "off", "timeout_s": 5}
    create = {"input_file_id": "file_1", "endpoint": "/v1/embeddings", "metadata": metadata}
    lines = [{"id": 1, "call": "connect", "args": connect}, {"id": 2, "call": "batches.create", "args": create}]
    written = "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines).encode()
    done = run(installed, written)
    assert [json.loads(line).get("id") for line in done.stdout.decode().split("\n")[:-1]] == [None, 1, 2], done.stderr
    (request,) = world.admin.requests()
    assert json.loads(request["body"])["metadata"] == metadata


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"rubbish\n", "expected a request as a JSON object on a line, found rubbish"),
        (write_request(1, "batches.get", {"batch_id": "b"}, deadline_s=1), "expected connect before the first call"),
    ],
)
def test_request_that_makes_no_sense_ends_the_driver(installed: Path, line: bytes, said: str) -> None:
    done = run(installed, line)
    assert done.returncode == 1
    assert said in done.stderr.decode()


# Values


@pytest.mark.parametrize(
    ("limit", "is_number"), [(2**53 - 1, True), (-(2**53) + 1, True), (1.5, True), (2**53, False), (-(2**60), False)]
)
def test_number_that_is_none_of_javascripts_is_unsupported(driven: Driven, limit: float, is_number: bool) -> None:
    outcome = driven.call("batches.list", limit=limit)
    assert (outcome == Unsupported()) != is_number
    assert [each["path"].partition("limit=")[2] for each in driven.world.admin.requests()] == [str(limit)] * is_number


def test_value_that_no_line_can_hold_is_cut(driven: Driven) -> None:
    batch = driven.create()
    nested = [{"text": "[", "times": 100_000}, {"text": "]", "times": 100_000}]
    driven.world.admin.add_rule({"on": {"operation": "getBatch"}, "raw": {"created_at": nested}})
    got = driven.result("batches.get", batch_id=batch["id"])
    assert json.dumps(got["created_at"]).count("[") == 98
    assert got["status"] == "validating"


def test_error_that_no_line_can_hold_is_cut(driven: Driven) -> None:
    body = ['{"error":{"message":"m","more":', {"text": "[", "times": 100_000}, {"text": "]", "times": 100_000}, "}}"]
    reply = {"status": 400, "content_type": "application/json", "body": body}
    driven.world.admin.add_rule({"on": {"operation": "getBatch"}, "reply": reply})
    error = driven.raised("batches.get", batch_id="batch_1")
    assert (error.declared, error.status) == (True, 400)
    assert (error.body or "").endswith("]]}}")


def test_page_shows_what_the_client_does_not_keep_to_itself(driven: Driven) -> None:
    assert driven.result("batches.list") == {"data": [], "has_more": False}


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ('{"error":{"message":"ü"}}', '{"error":{"message":"ü"}}'),
        ('{"message":"üüüüüüüüüü"}', '{"message":"üüüüüüüüüü"}'),
        ('{"error": {}}', '{"error":{}}'),
        ("{}", "{}"),
        ('{"error":{"error":"m"}}', '{"error":{"error":"m"}}'),
        ('{"error":"m"}', '{"error":"m"}'),
        ('{"error":7}', '{"error":7}'),
        ('{"detail":"m"}', '{"detail":"m"}'),
        ("[1]", "[1]"),
        ("null", "null"),
        ('{"error":"m","more":1}', '{"error":"m"}'),
        ("7", ""),
        ('"m"', ""),
    ],
)
def test_body_of_an_error_is_what_the_client_keeps_of_it(driven: Driven, body: str, shown: str) -> None:
    reply: dict[str, Any] = {"status": 503, "content_type": "application/json", "body": body}
    driven.world.admin.add_rule({"on": {"operation": "getBatch"}, "reply": reply})
    assert driven.raised("batches.get", batch_id="batch_1").body == shown


def test_reply_without_content_is_the_clients_error(driven: Driven) -> None:
    driven.world.admin.add_rule({"on": {"operation": "getFileContent"}, "reply": {"status": 204}})
    error = driven.raised("files.content", file_id="file_1")
    assert (error.type, error.declared) == ("TypeError", False)
