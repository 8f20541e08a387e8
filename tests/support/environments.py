"""Environments for clients that cannot be installed beside the tests, kept in pytest's cache from run to run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence

LIMIT_S: Final = 240
HERE: Final = Path(sys.executable).parent


def program(name: str) -> str | None:
    """Return where a program is: beside this interpreter, or on the path."""
    return shutil.which(name, path=f"{HERE}{os.pathsep}{os.environ.get('PATH', '')}")


def python_with(requirement: str, *, cache: pytest.Cache) -> Path:
    """Return a Python that has this requirement installed, and skip the test if it cannot be had."""
    folder = cache.mkdir(f"{requirement}-py{sys.version_info.major}.{sys.version_info.minor}".replace("=", "-"))
    python = folder / "venv" / "bin" / "python"
    made = folder / "made"
    if not (made.exists() and python.exists()):
        shutil.rmtree(folder / "venv", ignore_errors=True)
        for command in _commands(folder / "venv", python, requirement):
            run_or_skip(command, folder, f"{requirement} cannot be installed")
        made.touch()
    return python


def _commands(venv: Path, python: Path, requirement: str) -> Sequence[Sequence[str | Path]]:
    if uv := program("uv"):
        return [
            [uv, "venv", "--quiet", "--python", sys.executable, venv],
            [uv, "pip", "install", "--quiet", "--python", python, requirement],
        ]
    return [[sys.executable, "-m", "venv", venv], [python, "-m", "pip", "install", "--quiet", requirement]]


def run_or_skip(command: Sequence[str | Path], folder: Path, otherwise: str) -> None:
    """Run a command in a folder; skip the test, with what the command said, if it does not succeed."""
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, encoding="utf-8", timeout=LIMIT_S)
    except subprocess.CalledProcessError as error:
        said = " ".join(f"{error.stderr} {error.stdout}".split())
        pytest.skip(f"{otherwise}: {said[:500]}")
    except (OSError, subprocess.TimeoutExpired) as error:
        pytest.skip(f"{otherwise}: {error}")
