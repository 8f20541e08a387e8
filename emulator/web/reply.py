"""What a handler returns, and the one place that writes it to the wire."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from emulator.domain.files import Content
from emulator.domain.paths import UNCHANGED, Changes

if TYPE_CHECKING:
    from starlette.types import Send

JSON: Final = "application/json"
_FRAMING: Final = frozenset({"content-length", "transfer-encoding", "connection"})
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)
_WITHOUT_BODY: Final = frozenset({*range(100, 200), 204, 304})
"""Replies with these statuses end with their heads (RFC 9110, section 6.4.1)."""


class Written(dict[str, Any]):
    """A JSON object that has been held against the contract, with its bytes; whatever is made of it is a plain one again."""

    def __init__(self, members: dict[str, Any]) -> None:
        super().__init__(members)
        self.bytes = to_json(members)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A reply to be: `body` is a JSON value, a file's content, or bytes as they stand.

    `changes` are what a scenario makes of it, once it has been seen to keep the contract.
    """

    body: Any
    status: int = 200
    media_type: str | None = JSON
    headers: tuple[tuple[str, str], ...] = ()
    changes: Changes = UNCHANGED

    @property
    def is_json(self) -> bool:
        """Whether the body is still a JSON value."""
        return not isinstance(self.body, Content | bytes)

    @property
    def frames_itself(self) -> bool:
        """Whether its own headers say where it ends, rightly or wrongly."""
        return bool(self.headers) and any(name.lower() in _FRAMING for name, _ in self.headers)

    @property
    def is_odd(self) -> bool:
        """Whether no server would send it: it frames itself, is no final reply, or has a body where none may be."""
        return self.frames_itself or (self.status in _WITHOUT_BODY and (self.status < 200 or any(self.blocks())))

    def written(self) -> Reply:
        """Return the reply with its body as bytes, so that they are made once."""
        if not self.is_json:
            return self
        return Reply(body=to_json(self.body), status=self.status, media_type=self.media_type, headers=self.headers)

    def blocks(self) -> tuple[bytes, ...]:
        """Return the body's bytes."""
        if isinstance(self.body, Content):
            return self.body.blocks
        return (self.body,) if isinstance(self.body, bytes) else (to_json(self.body),)


def to_json(value: object) -> bytes:
    """Write a JSON value, compactly; text that UTF-8 cannot carry, as a path may hold, is shown with question marks."""
    return value.bytes if type(value) is Written else _ENCODER.encode(value).encode("utf-8", "replace")


def raw_headers(reply: Reply) -> list[tuple[bytes, bytes]]:
    """Return a reply's headers as they go onto the wire."""
    raw = [(b"content-type", reply.media_type.encode("latin-1", "replace"))] if reply.media_type else []
    if not reply.frames_itself and reply.status not in _WITHOUT_BODY:
        raw.append((b"content-length", b"%d" % sum(map(len, reply.blocks()))))
    raw += [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in reply.headers]
    return raw


async def send_reply(reply: Reply, send: Send) -> None:
    """Write a reply to the wire."""
    written = reply.written()
    await send({"type": "http.response.start", "status": written.status, "headers": raw_headers(written)})
    await send({"type": "http.response.body", "body": b"".join(written.blocks()), "more_body": False})
