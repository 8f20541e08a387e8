"""Environments for clients that cannot be installed beside the tests, kept in pytest's cache from run to run."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from emulator.clients.environments import environment
from emulator.clients.installing import InstallFault, program

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["LIMIT_S", "program", "python_with", "run_or_skip"]

LIMIT_S = 240


def python_with(requirement: str, *, cache: pytest.Cache) -> Path:
    """Return a Python that has this requirement installed, and skip the test if it cannot be had."""
    try:
        return environment(requirement, folder=cache.mkdir("clients"))
    except InstallFault as fault:
        pytest.skip(str(fault))


def run_or_skip(command: Sequence[str | Path], folder: Path, otherwise: str) -> None:
    """Run a command in a folder; skip the test, with what the command said, if it does not succeed."""
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, encoding="utf-8", timeout=LIMIT_S)
    except subprocess.CalledProcessError as error:
        said = " ".join(f"{error.stderr} {error.stdout}".split())
        pytest.skip(f"{otherwise}: {said[:500]}")
    except (OSError, subprocess.TimeoutExpired) as error:
        pytest.skip(f"{otherwise}: {error}")
