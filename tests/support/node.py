"""OpenAI's client for Node, pinned, installed in pytest's cache and kept there from run to run."""

from __future__ import annotations

import fcntl
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from support.environments import program, run_or_skip

if TYPE_CHECKING:
    from collections.abc import Sequence

SOURCE: Final = Path(__file__).parents[1] / "clients" / "node"
PACKAGE: Final = ("package.json", "package-lock.json")


def openai_for_node(cache: pytest.Cache) -> Path:
    """Return a folder in which the package is installed, and skip the test if it cannot be had."""
    npm = program("npm")
    if not (program("node") and npm):
        pytest.skip("there is no Node here: expected node and npm on the path")
    folder: Path = cache.mkdir("openai-for-node")
    # Workers of one run, each with a file of tests that needs it, install it once.
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _install(folder, [npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"])
    return folder


def _install(folder: Path, command: Sequence[str]) -> None:
    wanted = (SOURCE / "package-lock.json").read_bytes()
    done = folder / "installed-lock.json"
    if not (done.exists() and done.read_bytes() == wanted):
        for name in PACKAGE:
            shutil.copy(SOURCE / name, folder)
        run_or_skip(command, folder, "openai for Node cannot be installed")
        done.write_bytes(wanted)
