"""OpenAI's client for Node, pinned, in an environment of its own."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.environments import LIMIT_S, program, run_or_skip
from support.worlds import good_input

if TYPE_CHECKING:
    from support.worlds import TestWorld

SOURCE = Path(__file__).parent / "node"
PACKAGE = ("package.json", "package-lock.json")


@pytest.fixture(scope="session")
def installed(request: pytest.FixtureRequest) -> Path:
    """The package, installed where pytest keeps it, with the script beside it."""
    node, npm = program("node"), program("npm")
    if not (node and npm):
        pytest.skip("there is no Node here: expected node and npm on the path")
    folder: Path = request.config.cache.mkdir("openai-for-node")
    wanted = (SOURCE / "package-lock.json").read_bytes()
    done = folder / "installed-lock.json"
    if not (done.exists() and done.read_bytes() == wanted):
        for name in PACKAGE:
            shutil.copy(SOURCE / name, folder)
        run_or_skip(
            [npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"], folder, "openai for Node cannot be installed"
        )
        done.write_bytes(wanted)
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
