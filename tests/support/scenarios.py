"""Scenario texts for tests: a good one with a change, the library's, and what is wrong with a text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from emulator import resources
from emulator.scenarios.errors import Problem, ScenarioError
from emulator.scenarios.loader import load_text
from emulator.scenarios.positions import Source
from emulator.scenarios.reading import read

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FOLDER: Final = resources.folder("scenarios")
LIBRARY: Final = {file.stem: file for file in sorted(FOLDER.glob("**/*.yaml"))}
GOOD: Final[dict[str, Any]] = {
    "scenario": "good",
    "title": "All is well",
    "kind": "legal",
    "lifecycle": [
        {"to": "in_progress", "after": "60s"},
        {"to": "finalizing", "after": "1h"},
        {"to": "completed", "after": "60s"},
    ],
}
SOURCE: Final = "good.yaml"


def good(**members: Any) -> str:
    """Return a good scenario with these members changed; None takes one away."""
    return json.dumps({name: member for name, member in {**GOOD, **members}.items() if member is not None}, indent=1)


def problems_of(text: str, files: Mapping[str, Path] = LIBRARY) -> tuple[Problem, ...]:
    """Return what is wrong with a scenario's text: nothing, or what the loader raises."""
    try:
        load_text(text, source=SOURCE, files=files)
    except ScenarioError as error:
        return error.problems
    return ()


def only_problem(text: str, files: Mapping[str, Path] = LIBRARY) -> Problem:
    """Return the one thing that is wrong with a text."""
    [problem] = problems_of(text, files)
    return problem


def plain(text: str) -> Any:
    """Return a good text's data."""
    root, problems = read(Source(SOURCE, text))
    assert root is not None
    assert not problems
    return root.plain()


def is_inside(problem: Problem, text: str) -> bool:
    """Return whether a problem names a character of the text, or its beginning."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    at_start = (problem.line, problem.column) == (1, 1)
    return at_start or 1 <= problem.column <= len(lines[problem.line - 1]) + 1
