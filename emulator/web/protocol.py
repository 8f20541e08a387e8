"""HTTP/1.1 as the server speaks it: uvicorn's, with what clients of this API would trip over, and rules need."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from emulator.domain.errors import InvalidRequest
from emulator.web.errors import error_reply
from emulator.web.reply import JSON
from emulator.web.wire import TRANSPORT

if TYPE_CHECKING:
    import asyncio

# Java's HttpClient offers HTTP/2 with every request. Who is offered may stay with HTTP/1.1 (RFC 9110, section 7.8), but
# uvicorn's parser takes what follows such an offer for another protocol, and the request loses its body.
_OFFER: Final = re.compile(rb"\r\nupgrade:[ \t]*h2c[ \t]*(?=\r\n)", re.IGNORECASE)
_UNREADABLE: Final = (
    "The request is not valid HTTP/1.1: expected a head of printable ASCII, and a body that is framed as the head says."
)
_ENOUGH: Final = 1 << 15
"""Bytes of a body with which something can be begun."""
_NO_REQUEST_ID: Final = f"req_{'0' * 32}"
_PLAIN: Final = [b"content-type", b"content-length", b"x-request-id"]
"""The headers of a reply of which nothing needs to be looked at: the emulator has made them itself."""


class Cycle(RequestResponseCycle):
    """One request and its reply, which is written in one piece where it is one: head and body apart cost twice as much."""

    _head: Any = None

    async def receive(self) -> Any:
        """Wait for a part of the request; what has come of it is told before the client's going is."""
        message = await super().receive()
        if self.disconnected and self.body:
            message = {"type": "http.request", "body": bytes(self.body), "more_body": True}
            self.body.clear()
        return message

    async def send(self, message: Any) -> None:
        """Send a part of the reply; a head waits for what follows it."""
        if message["type"] == "http.response.start" and not self.response_started:
            self._head = message
            return
        head, self._head = self._head, None
        if head is None:
            await super().send(message)
        elif not self._is_plain(head, message):
            await super().send(head)
            await super().send(message)
        else:
            self._send_whole(head, message["body"])

    def _is_plain(self, head: Any, message: Any) -> bool:
        return (
            [name for name, _ in head["headers"]] == _PLAIN
            and not message["more_body"]
            and head["headers"][1][1] == b"%d" % len(message["body"])
            and self.keep_alive
            and not self.disconnected
            and not self.flow.write_paused
            and self.scope["method"] != "HEAD"
        )

    def _send_whole(self, head: Any, body: bytes) -> None:
        lines = [STATUS_LINE[head["status"]]]
        for name, value in (*self.default_headers, *head["headers"]):
            lines += (name, b": ", value, b"\r\n")
        lines += (b"\r\n", body)
        self.transport.write(b"".join(lines))
        self.response_started = self.response_complete = True
        self.waiting_for_100_continue = False
        self.message_event.set()
        self.on_response()


class Protocol(HttpToolsProtocol):
    """One connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin a connection."""
        self.lost: asyncio.Future[None] = self.loop.create_future()
        self.unanswered: list[RequestResponseCycle] = []
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """End a connection, and tell whoever is holding up a reply: uvicorn tells the last of pipelined requests alone."""
        self.lost.set_result(None)
        for cycle in self.unanswered:
            cycle.disconnected = not cycle.response_complete
            cycle.message_event.set()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """Begin a request; the connection's transport goes along, for rules that end it in their own way."""
        super().on_message_begin()
        self.scope["extensions"] = {TRANSPORT: {"transport": self.transport, "lost": self.lost}}

    def on_headers_complete(self) -> None:
        """Begin to answer a request, or keep it until those before it are answered."""
        super().on_headers_complete()
        self.cycle.__class__ = Cycle  # uvicorn cannot be told of another
        self.unanswered = [*(cycle for cycle in self.unanswered if not cycle.response_complete), self.cycle]

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body, and wake its handler once there is enough: clients send uploads in a dozen small ones."""
        if not self.cycle.response_complete:
            self.cycle.body += body
        if len(self.cycle.body) >= _ENOUGH:
            super().on_body(b"")

    def data_received(self, data: bytes) -> None:
        """Take bytes from the client."""
        if b"2c" in data or b"2C" in data:
            in_body = getattr(self.cycle, "more_body", False)
            data = data if in_body else _without_offer(data)
        super().data_received(data)

    def send_400_response(self, _msg: str) -> None:
        """Refuse what cannot be read, with an error of the usual form, and close."""
        reply = error_reply(InvalidRequest(_UNREADABLE))
        (body,) = reply.blocks()
        headers = {
            "content-type": JSON,
            "content-length": str(len(body)),
            "x-request-id": _NO_REQUEST_ID,
            "connection": "close",
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self.transport.write(STATUS_LINE[reply.status] + lines.encode() + b"\r\n" + body)
        self.transport.close()


def _without_offer(data: bytes) -> bytes:
    head, end, rest = data.partition(b"\r\n\r\n")
    return _OFFER.sub(b"", head + end[:2]) + end[2:] + rest
