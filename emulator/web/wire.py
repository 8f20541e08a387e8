"""How replies get onto the wire: through the ASGI server, or, where a rule wants what it would not do, past it."""

from __future__ import annotations

import asyncio
import socket
import struct
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from starlette.requests import ClientDisconnect

from emulator.web.reply import raw_headers, send_reply

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from starlette.types import Receive, Scope, Send

    from emulator.web.reply import Reply

TRANSPORT: Final = "mka1_emulator.transport"
"""The scope's extension under which the server hands out a connection's `transport`, and a future, `lost`, of its end."""
_RUDE_CLOSE: Final = struct.pack("ii", 1, 0)
"""SO_LINGER on, for no time at all: closing such a socket sends an RST."""


async def hold(scope: Scope, waiting: Awaitable[None]) -> None:
    """Wait. Raises ClientDisconnect as soon as nobody is there any more to wait for the reply."""
    held, lost = asyncio.ensure_future(waiting), scope["extensions"][TRANSPORT]["lost"]
    try:
        await asyncio.wait({held, lost}, return_when=asyncio.FIRST_COMPLETED)
        if not held.done():
            raise ClientDisconnect
    finally:
        held.cancel()
    await held


class Wire:
    """One connection, for one reply; `request_id` goes into every head."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, *, request_id: str) -> None:
        self._transport: Any = scope["extensions"][TRANSPORT]["transport"]
        self._receive = receive
        self._send = send
        self._request_id = request_id

    async def send(self, reply: Reply) -> None:
        """Send a reply; one that frames itself, or that is no final reply, goes past the server and ends the connection."""
        if reply.status < 200 or reply.frames_itself:
            await self.cut(self.head(reply) + b"".join(reply.blocks()), rudely=False)
        else:
            await send_reply(reply, self._send)

    async def start(self, reply: Reply) -> None:
        """Send a reply's head, through the server."""
        await self._send({"type": "http.response.start", "status": reply.status, "headers": raw_headers(reply)})

    async def send_body(self, data: bytes) -> None:
        """Send a piece of the body, through the server."""
        await self._send({"type": "http.response.body", "body": data, "more_body": True})

    async def end(self) -> None:
        """End the body, through the server."""
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def gone(self) -> None:
        """Wait until the client has gone."""
        while (await self._receive())["type"] != "http.disconnect":
            pass

    def head(self, reply: Reply) -> bytes:
        """Return a reply's head as the server would write it."""
        lines = [f"HTTP/1.1 {reply.status} {_phrase(reply.status)}".encode()]
        headers = [*raw_headers(reply), (b"x-request-id", self._request_id.encode())]
        return b"\r\n".join([*lines, *(name + b": " + value for name, value in headers), b"", b""])

    async def cut(self, data: bytes, *, rudely: bool) -> None:
        """Write bytes past the server and end the connection: rudely, with an RST, or in good order."""
        self._transport.write(data)
        while self._transport.get_write_buffer_size() and not self._transport.is_closing():  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0)
        if rudely:
            self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RUDE_CLOSE)
            self._transport.abort()
        else:
            self._transport.close()
        await self.gone()


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
