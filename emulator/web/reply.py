"""What a handler returns, and the one place that writes it to the wire."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from emulator.domain.files import Content

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Send

JSON = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A reply to be: `body` is a JSON value, or a file's content."""

    body: Any
    status: int = 200
    media_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)

    def blocks(self) -> tuple[bytes, ...]:
        """Return the body's bytes."""
        return self.body.blocks if isinstance(self.body, Content) else (to_json(self.body),)


def to_json(value: object) -> bytes:
    """Write a JSON value, compactly; text that UTF-8 cannot carry, as a path may hold, is shown with question marks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8", "replace")


async def send_reply(reply: Reply, send: Send) -> None:
    """Write a reply to the wire."""
    blocks = reply.blocks()
    headers = {
        "content-type": reply.media_type,
        "content-length": str(sum(map(len, blocks))),
        **{name.lower(): value for name, value in reply.headers.items()},
    }
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": raw})
    for block in blocks:
        await send({"type": "http.response.body", "body": block, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
