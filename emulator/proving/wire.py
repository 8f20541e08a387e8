"""Requests on a real socket: a client so plain that nothing it sees is its own doing."""

from __future__ import annotations

import select
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, IncompleteRead
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_S: Final = 60.0
"""After so long even a server on a busy machine has failed."""


class TransportFault(Exception):
    """No whole reply came; the message says what happened instead."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request: its target begins with a slash."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole reply; `media_type` is in lower case and without parameters."""

    status: int
    media_type: str
    body: bytes

    def told(self) -> str:
        """Tell it to a person, briefly."""
        text = f"{self.body[:60].decode('utf-8', 'replace')}{'…' if len(self.body) > 60 else ''}"
        return f"{self.status}, {self.media_type or 'of no type'}, {text or 'empty'}"


class _Head:
    """A stream that remembers the last line that was read of it."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.last = b""

    def readline(self, limit: int = -1) -> bytes:
        """Read a line."""
        self.last = self.stream.readline(limit)
        return self.last

    def close(self) -> None:
        """Close the stream."""
        self.stream.close()


class _Response(HTTPResponse):
    """A response whose head must be whole; the library's own takes one that breaks off for a short one."""

    def begin(self) -> None:
        """Read the head."""
        response: Any = self
        head = response.fp = _Head(response.fp)
        try:
            super().begin()
        finally:
            response.fp = response.fp and head.stream
        if head.last not in {b"\r\n", b"\n"}:
            raise IncompleteRead(head.last)


class Wire:
    """A connection that is kept alive, and made anew where it was lost."""

    def __init__(self, address: str) -> None:
        self._connection = HTTPConnection(address, timeout=LONGEST_S)
        self._connection.response_class = _Response
        self.announced: int | None = None
        """How long the body of the reply that is coming in says it is."""

    def exchange(self, request: Request) -> Reply:
        """Make one request and return its reply. Raises TransportFault."""
        self.announced = None
        self._drop_if_closed()
        try:
            self._connection.request(request.method, request.target, request.body, dict(request.headers))
            reply = self._connection.getresponse()
            self.announced = reply.length
            media_type = (reply.headers.get("content-type") or "").partition(";")[0].strip().lower()
            return Reply(reply.status, media_type, reply.read())
        except (HTTPException, OSError, ValueError) as error:
            self._connection.close()
            raise TransportFault(f"{type(error).__name__} ({error})") from None

    def _drop_if_closed(self) -> None:
        """Forget a connection that the server has closed meanwhile, as it may between two requests."""
        held = self._connection.sock
        if held is not None and select.select([held], [], [], 0)[0]:
            self._connection.close()

    def hang_up(self) -> None:
        """End the connection, also while another thread waits for a reply on it."""
        held = self._connection.sock
        if held is not None:
            held.shutdown(2)

    def close(self) -> None:
        """End the connection."""
        self._connection.close()
