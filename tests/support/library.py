"""The library of scenarios, for tests: what there is, and the end to which a good client comes with each."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import httpx

from emulator import resources
from emulator.scenarios.library import Library
from emulator.verify.endings import ALL, rows
from support.worlds import line

__all__ = ["ALL", "FILES", "HOSTILE", "LEGAL", "LINES", "api_get", "content_lines", "rows", "scenario"]

if TYPE_CHECKING:
    from emulator.domain.scenario import Scenario
    from support.worlds import TestWorld

FILES: Final = sorted(resources.folder("scenarios").glob("*/*.yaml"))
LEGAL: Final = [file.stem for file in FILES if file.parent.name == "legal"]
HOSTILE: Final = [file.stem for file in FILES if file.parent.name == "hostile"]

LINES: Final = [line(f"row-{number}") for number in range(1, 9)]
"""What is submitted: row-1 to row-8."""


@cache
def _library() -> Library:
    return Library(resources.folder("scenarios"))


def scenario(name: str) -> Scenario:
    """Return a scenario of the library."""
    return _library().scenario(name)


def api_get(world: TestWorld, path: str) -> httpx.Response:
    """Return what the API answers, past every SDK."""
    return httpx.get(f"{world.openai_url}{path}", headers={"Authorization": f"Bearer {world.api_key}"}, timeout=5)


def content_lines(world: TestWorld, file_id: str) -> list[dict[str, Any]]:
    """Return the lines of a result file."""
    return [json.loads(text) for text in api_get(world, f"/files/{file_id}/content").content.splitlines()]
