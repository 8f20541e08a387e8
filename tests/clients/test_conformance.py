"""Schemathesis, which makes its requests from the contract alone, finds nothing in which the server breaks it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from support.environments import LIMIT_S
from support.servers import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

CONFIGURED: Final = Path(__file__).parent / "conformance"
COMMAND: Final = Path(sys.executable).with_name("schemathesis")
TICK: Final = "tick=5s"
"""So slow that batches can be cancelled, and so fast that some complete while schemathesis is at work."""


@pytest.fixture
def strict_url() -> Iterator[str]:
    with serving(clock=TICK, api_keys=("mk-one", "mk-other")) as url:
        yield url


def attack(url: str, folder: Path) -> tuple[str, dict[str, Any]]:
    """Let schemathesis at a server, and return what it printed and its report."""
    shutil.copytree(CONFIGURED, folder, dirs_exist_ok=True)  # it keeps notes in the folder where it runs
    report = folder / "report.json"
    options = ("--checks", "all", "--report", "json", "--report-json-path", str(report))
    ran = subprocess.run(
        [COMMAND, "--no-color", "run", f"{url}/openapi.json", *options],
        cwd=folder,
        check=False,
        capture_output=True,
        encoding="utf-8",
        timeout=LIMIT_S,
    )
    assert report.exists(), ran.stdout + ran.stderr
    return ran.stdout, json.loads(report.read_text(encoding="utf-8"))


@pytest.mark.thorough
def test_server_keeps_its_own_contract(strict_url: str, tmp_path: Path) -> None:
    printed, report = attack(strict_url, tmp_path)
    assert (report["failures"], report["errors"], report["exit_code"]) == ([], [], 0), printed
    assert (report["operations"]["tested"], report["operations"]["skipped"]) == (9, 0)
    assert {phase["status"] for phase in report["phases"].values()} == {"success"}
