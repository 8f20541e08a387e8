"""The workflows of a README: blocks of YAML that hold the steps of a job, and how their scripts are run without a CI.

What a step `uses` is not run: it belongs to the CI.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml

from support.examples import ADDRESS, LIMIT_S, blocks
from support.processes import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PORT: Final = ADDRESS.rpartition(":")[2]
"""Where the workflows say that the server is."""


@dataclass(frozen=True)
class Step:
    """A step of a job: its script, and the environment that it adds to the job's."""

    name: str
    script: str
    environment: Mapping[str, str]


@dataclass(frozen=True)
class Workflow:
    """The steps of one job that have a script; `place` is where it stands."""

    place: str
    steps: tuple[Step, ...]

    def __str__(self) -> str:
        return self.place


def workflows(file: str) -> Iterator[Workflow]:
    """Yield the workflows of a file."""
    for block in blocks(file):
        job = yaml.safe_load(block.text) if block.language == "yaml" else None
        if isinstance(job, dict) and "steps" in job:
            yield Workflow(f"{file}:{block.line}", tuple(_steps(job)))


def _steps(job: Mapping[str, Any]) -> Iterator[Step]:
    for step in job["steps"]:
        if "run" in step:
            yield Step(step["name"], step["run"], {**job.get("env", {}), **step.get("env", {})})


@dataclass(frozen=True)
class Job:
    """A folder in which steps are run, with a port of its own in the place of the one that the workflows name."""

    folder: Path
    port: int
    environment: Mapping[str, str]

    def run(self, step: Step) -> subprocess.CompletedProcess[str]:
        """Run a step's script to its end. What it leaves running in the background must not hold its output."""
        given = {**self.environment, **step.environment}
        paths = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", self._own(step.script)],
            cwd=self.folder,
            env=clean({"PATH": paths, **{name: self._own(value) for name, value in given.items()}}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            encoding="utf-8",
            timeout=LIMIT_S,
        )

    def _own(self, text: str) -> str:
        return text.replace(PORT, str(self.port))
