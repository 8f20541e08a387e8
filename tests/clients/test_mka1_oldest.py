"""The first release of the official SDK, in an environment of its own, against its own edition and the newest."""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.environments import python_with
from support.worlds import CHAT, good_input, jsonl, new_world

from emulator.engine.worlds import world_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.worlds import TestWorld

RELEASE = "meetkai-mka1==0.5.25"
DRIVER = Path(__file__).parent / "oldest" / "driver.py"


class Oldest:
    """The first release, called in another process; `world` is where its calls go."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.world: TestWorld

    def answer(self, call: str, **args: Any) -> dict[str, Any]:
        """Make one call, such as `batches.get`, and return what came of it."""
        assert self._process.stdin
        assert self._process.stdout
        request = {"url": self.world.url, "api_key": self.world.api_key, "call": call, "args": args}
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answered: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answered

    def call(self, call: str, **args: Any) -> Any:
        """Make a call that succeeds, and return its result."""
        answered = self.answer(call, **args)
        assert "result" in answered, answered
        return answered["result"]

    def upload(self, content: bytes) -> str:
        file = {"file_name": "input.jsonl", "content": base64.b64encode(content).decode()}
        return str(self.call("files.upload", file=file, purpose="batch")["id"])

    def create(self, content: bytes, **more: Any) -> str:
        return str(self.call("batches.create", input_file_id=self.upload(content), endpoint=CHAT, **more)["id"])

    def read(self, file_id: str) -> bytes:
        return base64.b64decode(self.call("files.content", file_id=file_id))


@pytest.fixture(scope="session")
def driver(request: pytest.FixtureRequest) -> Iterator[Oldest]:
    python = python_with(RELEASE, cache=request.config.cache)
    with subprocess.Popen([python, DRIVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8") as process:
        yield Oldest(process)


@pytest.fixture(params=["0.5.25", "0.12.114"])
def oldest(request: pytest.FixtureRequest, driver: Oldest, server_url: str) -> Iterator[Oldest]:
    driver.world = new_world(server_url, edition=request.param)
    yield driver
    driver.world.admin.delete_world(world_id(driver.world.api_key))


def test_completed_batch_has_every_result(oldest: Oldest) -> None:
    batch_id = oldest.create(good_input(3), metadata={"project": "night"})
    oldest.world.admin.advance("61m")
    done = oldest.call("batches.get", batch_id=batch_id)
    assert (done["status"], done["metadata"]) == ("completed", {"project": "night"})
    assert done["request_counts"] == {"total": 3, "completed": 3, "failed": 0}
    results = [json.loads(line)["custom_id"] for line in oldest.read(done["output_file_id"]).splitlines()]
    assert results == ["row-1", "row-2", "row-3"]


def test_failed_batch_lists_its_errors(oldest: Oldest) -> None:
    batch_id = oldest.create(jsonl(["no object"]))
    oldest.world.admin.advance("60s")
    (fault,) = oldest.call("batches.get", batch_id=batch_id)["errors"]["data"]
    assert (fault["code"], fault["line"]) == ("invalid_json_line", 1)


def test_cancelled_batch_keeps_finished_lines(oldest: Oldest) -> None:
    batch_id = oldest.create(good_input(4))
    oldest.world.admin.advance("31m")
    assert oldest.call("batches.cancel", batch_id=batch_id)["status"] == "cancelling"
    oldest.world.admin.advance("10m")
    cancelled = oldest.call("batches.get", batch_id=batch_id)
    assert cancelled["status"] == "cancelled"
    assert oldest.read(cancelled["output_file_id"]).count(b"\n") == 2


def test_lists_page_to_their_end(oldest: Oldest) -> None:
    newest_first = [oldest.create(good_input(1)) for _ in range(3)][::-1]
    page = oldest.call("batches.list", limit=2)
    rest = oldest.call("batches.list", limit=2, after=page["last_id"])
    assert [batch["id"] for batch in page["data"] + rest["data"]] == newest_first
    assert (page["has_more"], rest["has_more"]) == (True, False)
    assert len(oldest.call("files.list", order="asc", purpose="batch")["data"]) == 3


def test_file_can_be_seen_and_deleted(oldest: Oldest) -> None:
    file_id = oldest.upload(good_input(1))
    assert oldest.call("files.get", file_id=file_id)["filename"] == "input.jsonl"
    assert oldest.call("files.delete", file_id=file_id)["deleted"]


def test_unknown_content_has_an_error_type_of_its_own(oldest: Oldest) -> None:
    error = oldest.answer("files.content", file_id="file_unknown")
    assert (error["raised"], error["status"]) == ("NotFoundError", 404)
    assert error["message"] == "No file found with id 'file_unknown'."


def test_other_errors_keep_status_and_body(oldest: Oldest) -> None:
    error = oldest.answer("batches.get", batch_id="batch_unknown")
    assert (error["raised"], error["status"]) == ("SDKDefaultError", 404)
    assert json.loads(error["body"])["error"]["type"] == "not_found_error"
