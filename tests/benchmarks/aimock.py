"""aimock, a mock of LLM APIs for Node, whose batches move on with each look at them: the pinned release, and how it is run.

It is installed beside its lock file when it is first wanted.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).with_name("node")
PACKAGE: Final = "@copilotkit/aimock"
VERSION: Final[str] = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))["dependencies"][PACKAGE]
LIMIT_S: Final = 240


class Missing(Exception):
    """There is no aimock here; the message says why."""


def command() -> tuple[str, ...]:
    """Return the command that starts aimock on a free port; install it if need be. Raises Missing."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not (node and npm):
        raise Missing("expected node and npm on the path")
    if _installed() != VERSION:
        _install(npm)
    program = FOLDER / "node_modules" / PACKAGE / "dist" / "aimock-cli.js"
    return node, str(program), "--config", str(FOLDER / "aimock.json")


def _installed() -> str | None:
    """Return the release that is installed."""
    try:
        package = (FOLDER / "node_modules" / PACKAGE / "package.json").read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    version: str = json.loads(package)["version"]
    return version


def _install(npm: str) -> None:
    done = subprocess.run(
        [npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=FOLDER,
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=LIMIT_S,
    )
    if done.returncode != 0:
        raise Missing(f"npm could not install it: {' '.join(done.stderr.split())[-400:]}")
