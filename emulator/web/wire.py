"""How replies get onto the wire: through the ASGI server, or, where a rule wants what it would not do, past it."""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from starlette.requests import ClientDisconnect

from emulator.web.observing import record
from emulator.web.reply import raw_headers

if sys.platform == "linux":
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from starlette.types import Receive, Scope, Send

    from emulator.web.reply import Reply

TRANSPORT: Final = "mka1_emulator.transport"
"""The scope's extension under which the server hands out a connection's `transport`, and a future, `lost`, of its end."""
CLOSING: Final = (b"connection", b"close")
"""What a reply says with which the connection ends, unless its own headers say how it ends: nobody is to use it again."""
_RUDE_CLOSE: Final = struct.pack("ii", 1, 0)
"""SO_LINGER on, for no time at all: closing such a socket sends an RST."""

_SIOCOUTQNSD: Final = 0x894B
"""Linux's request for the number of bytes that a socket has not sent yet."""
_POLL_S: Final = 0.001
"""No event tells when a socket has sent everything."""


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
    """One connection, for one reply."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._transport: Any = scope["extensions"][TRANSPORT]["transport"]
        self._scope = scope
        self._receive = receive
        self._send = send
        self._is_past_server = False

    async def send(self, reply: Reply) -> None:
        """Send a reply."""
        await self.start(reply)
        *blocks, last = reply.blocks() or (b"",)
        for block in blocks:
            await self.send_body(block)
        await self.end(last)

    async def start(self, reply: Reply) -> None:
        """Send a reply's head: through the server, but past it where it would not send such a reply."""
        self._is_past_server = reply.is_odd
        if self._is_past_server:
            closing = () if reply.frames_itself else (CLOSING,)
            self._write(self.head(reply, *closing))
        else:
            await self._send({"type": "http.response.start", "status": reply.status, "headers": raw_headers(reply)})

    async def send_body(self, data: bytes) -> None:
        """Send a piece of the body."""
        if self._is_past_server:
            self._write(data)
        else:
            await self._send({"type": "http.response.body", "body": data, "more_body": True})

    async def end(self, data: bytes = b"") -> None:
        """End the body, with its last piece; after a reply that went past the server, the connection ends with it."""
        if self._is_past_server:
            await self.cut(data, rudely=False)
        else:
            await self._send({"type": "http.response.body", "body": data, "more_body": False})

    async def gone(self) -> None:
        """Wait until the client has gone."""
        while (await self._receive())["type"] != "http.disconnect":
            pass

    def head(self, reply: Reply, *more: tuple[bytes, bytes]) -> bytes:
        """Return a reply's head as the server would write it, with these headers as well."""
        lines = [f"HTTP/1.1 {reply.status} {_phrase(reply.status)}".encode()]
        request_id: str = self._scope["state"]["observed"].request_id
        headers = [*raw_headers(reply), (b"x-request-id", request_id.encode()), *more]
        return b"\r\n".join([*lines, *(name + b": " + value for name, value in headers), b"", b""])

    async def cut(self, data: bytes, *, rudely: bool) -> None:
        """Write bytes past the server and end the connection: rudely, with an RST, or in good order."""
        self._write(data)
        if rudely:
            await self._reset()
        else:
            self._transport.close()
        await self.gone()

    def _write(self, data: bytes) -> None:
        """Write bytes past the server, if there is still somebody to get them; who does finds the request in the journal."""
        record(self._scope)
        if not self._transport.is_closing():
            self._transport.write(data)

    async def _reset(self) -> None:
        """Send an RST once everything has gone out: what it overtakes would be lost."""
        while not self._transport.is_closing() and _unsent(self._transport):  # noqa: ASYNC110 - see _POLL_S
            await asyncio.sleep(_POLL_S)
        if not self._transport.is_closing():
            opened = self._transport.get_extra_info("socket")
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RUDE_CLOSE)
            self._transport.abort()


def _unsent(transport: Any) -> int:
    """Return how many bytes wait until the client has room for them, those with the system among them where it tells."""
    unsent: int = transport.get_write_buffer_size()
    if sys.platform == "linux":
        descriptor = transport.get_extra_info("socket").fileno()
        unsent += struct.unpack("i", fcntl.ioctl(descriptor, _SIOCOUTQNSD, bytes(4)))[0]
    return unsent


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
