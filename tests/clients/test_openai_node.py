"""OpenAI's client for Node, pinned, in an environment of its own."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.environments import LIMIT_S, program
from support.node import SOURCE, openai_for_node
from support.worlds import good_input

if TYPE_CHECKING:
    from support.worlds import TestWorld


@pytest.fixture(scope="session")
def installed(request: pytest.FixtureRequest) -> Path:
    """A folder that has the package, with the script beside it."""
    folder = openai_for_node(request.config.cache)
    shutil.copy(SOURCE / "life.mjs", folder)
    return folder


@pytest.fixture
def seen(installed: Path, world: TestWorld) -> Any:
    """What the script saw of one batch's life."""
    ran = subprocess.run(
        ["node", "life.mjs"],
        cwd=installed,
        check=False,
        capture_output=True,
        encoding="utf-8",
        env={"PATH": str(Path(program("node") or "").parent), "SERVER_URL": world.url, "API_KEY": world.api_key}
        | {"INPUT": good_input(3).decode()},
        timeout=LIMIT_S,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_node_client_takes_a_batch_through_its_life(seen: Any) -> None:
    assert seen["statuses"] == ["validating", "in_progress", "in_progress", "finalizing"]
    assert (seen["status"], seen["batch"]["request_counts"]["completed"]) == ("completed", 3)
    results = [json.loads(line) for line in seen["output"].splitlines()]
    assert [result["custom_id"] for result in results] == ["row-1", "row-2", "row-3"]
    assert len(seen["pages"]["listed"]) == 25
    assert seen["pages"]["listed"] == seen["pages"]["ids"]
    assert (seen["file"]["status"], seen["file"]["filename"]) == ("processed", "input.jsonl")
    assert (seen["cancelled"]["status"], seen["deleted"]["deleted"]) == ("cancelling", True)
    assert seen["files"] == [f"{seen['batch']['id']}_output.jsonl"]
    assert seen["errors"] == [
        ["NotFoundError", 404, "No batch found with id 'batch_unknown'."],
        ["ConflictError", 409, "Cannot cancel a batch with status 'completed'."],
    ]
