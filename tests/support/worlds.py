"""Worlds for tests: each test has one of its own, on a server that all of them share."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from emulator.client import AdminClient

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class TestWorld:
    """A fresh world: its server's address, the key that opens it, and its admin API."""

    __test__ = False

    url: str
    api_key: str
    admin: AdminClient

    @property
    def openai_url(self) -> str:
        """What OpenAI's clients take as their base URL."""
        return f"{self.url}/api/v1/llm"


def new_world(url: str, **options: Any) -> TestWorld:
    made = AdminClient(url).create_world(**options)
    return TestWorld(url=url, api_key=made["api_key"], admin=AdminClient(url, api_key=made["api_key"]))


CHAT: Final = "/v1/chat/completions"
BODIES: dict[str, dict[str, Any]] = {
    CHAT: {"model": "m-1", "messages": [{"role": "user", "content": "Name a colour."}]},
    "/v1/responses": {"model": "m-1", "input": "Name a colour."},
    "/v1/embeddings": {"model": "e-1", "input": "a colour", "dimensions": 8},
    "/v1/images/generations": {"prompt": "a colour"},
}
"""A good body for each endpoint."""


def line(custom_id: str, *, url: str = CHAT, **body: Any) -> dict[str, Any]:
    """Return a good line of an input file; `body` adds members to a good body."""
    return {"custom_id": custom_id, "method": "POST", "url": url, "body": {**BODIES[url], **body}}


def jsonl(lines: Iterable[object]) -> bytes:
    """Return lines as the bytes of an input file."""
    return b"".join(json.dumps(each).encode() + b"\n" for each in lines)


def good_input(count: int, *, url: str = CHAT) -> bytes:
    """Return an input file of so many good lines, with the custom_ids row-1, row-2, …"""
    return jsonl(line(f"row-{number}", url=url) for number in range(1, count + 1))
