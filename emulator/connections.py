"""Connections to one server, kept between requests, whatever is said on them: sockets, and httptools to read the replies.

A whole exchange costs its caller some tens of microseconds, which the standard library's client takes several times over.
"""

from __future__ import annotations

import select
import socket
import weakref
from collections import deque
from dataclasses import dataclass
from time import monotonic
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeAlias
from urllib.parse import urlsplit

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

if TYPE_CHECKING:
    from collections.abc import Mapping
    from urllib.parse import SplitResult

PATIENCE_S: Final = 60
"""For how long a server may be silent, unless somebody is less patient."""
KEPT: Final = 8
"""How many connections are kept."""
KEPT_S: Final = 3
"""For how long: servers commonly hang up on those that were idle for five seconds."""
_PORTS: Final = {"http": 80, "https": 443}
_PIECE: Final = 1 << 16
_SHOWN: Final = 40

_Idle: TypeAlias = "deque[tuple[_Connection, float]]"
"""Connections, and since when they have been idle; a thread takes one and puts it back."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply, whole: `media_type` is in lower case and without parameters, empty when the reply does not say."""

    status: int
    media_type: str
    content: bytes


class Connections:
    """Connections to the server at `url`, which has no slash at its end. Threads may share them.

    `headers` go with every request. Raises ValueError when `url` is no server's address.
    """

    def __init__(
        self, url: str, *, headers: Mapping[str, str] = MappingProxyType({}), patience_s: float = PATIENCE_S
    ) -> None:
        parts = _parts(url)
        self.url = url.rstrip("/")
        self._address = (parts.hostname or "", parts.port or _PORTS[parts.scheme])
        self._is_secure = parts.scheme == "https"
        self._prefix = parts.path.rstrip("/")
        own = {"Host": parts.netloc.rpartition("@")[2], "Accept-Encoding": "identity"}
        self._always = _lines({**own, **headers})
        self._patience_s = patience_s
        self._idle: _Idle = deque()
        weakref.finalize(self, _close, self._idle)

    def close(self) -> None:
        """Close all that are not in use."""
        _close(self._idle)

    def exchange(
        self, method: str, target: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Send a request, once, and return its reply. Raises OSError, and ValueError for what HTTP cannot carry."""
        request = self._written(method, target, body, headers)
        connection = self._taken() or self._opened()
        try:
            reply = connection.exchange(request)
        finally:
            self._give_back(connection)
        return reply

    def _written(self, method: str, target: str, body: bytes | None, headers: Mapping[str, str] | None) -> bytes:
        """Return a request in one piece: a head and a body that leave apart would wake the server twice.

        Raises ValueError for what would break the head.
        """
        if not target.isprintable() or " " in target:
            raise ValueError(f"expected a path that HTTP can carry, found {target!r}")
        lines = _lines(headers) if headers else ""
        length = f"Content-Length: {len(body or b'')}\r\n" if body is not None or method != "GET" else ""
        head = f"{method} {self._prefix}{target} HTTP/1.1\r\n{self._always}{lines}{length}\r\n"
        return head.encode("latin-1") + (body or b"")

    def _opened(self) -> _Connection:
        opened = socket.create_connection(self._address, timeout=self._patience_s)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._is_secure:
            import ssl  # noqa: PLC0415 - which most never need

            opened = ssl.create_default_context().wrap_socket(opened, server_hostname=self._address[0])
        return _Connection(opened, self.url)

    def _taken(self) -> _Connection | None:
        """Return a kept connection that the server has not hung up on, so that nothing has to be sent twice."""
        while True:
            try:
                connection, since = self._idle.pop()
            except IndexError:
                return None
            if monotonic() - since < KEPT_S and connection.is_silent():
                return connection
            connection.close()

    def _give_back(self, connection: _Connection) -> None:
        if connection.is_reusable and len(self._idle) < KEPT:
            self._idle.append((connection, monotonic()))
        else:
            connection.close()


class _Connection:
    """One connection: `is_reusable` once an exchange has left it so."""

    def __init__(self, opened: socket.socket, url: str) -> None:
        self._socket = opened
        self._url = url
        self._poll = select.poll() if hasattr(select, "poll") else None  # Windows has none
        if self._poll:
            self._poll.register(opened, select.POLLIN)
        self.is_reusable = False

    def close(self) -> None:
        self._socket.close()

    def is_silent(self) -> bool:
        """Return whether the server has neither hung up nor said anything unasked while the connection was idle."""
        if self._poll:
            return not self._poll.poll(0)
        return not select.select([self._socket], [], [], 0)[0]

    def exchange(self, request: bytes) -> Reply:
        """Send a request, and return the reply. Raises OSError."""
        self.is_reusable = False
        self._socket.sendall(request)
        reading = _Reading()
        while reading.reply is None:
            piece = self._socket.recv(_PIECE)
            if not piece and not reading.ends_with_connection:
                raise ConnectionResetError(f"{self._url}: {reading.cut_short()}")
            try:
                reading.take(piece)
            except (HttpParserError, HttpParserUpgrade):
                found = f"found {piece[:_SHOWN]!r}"
                raise OSError(f"{self._url}: expected a reply of HTTP/1.1, {found}") from None
        self.is_reusable = reading.keeps_connection
        return reading.reply


class _Reading:
    """A reply as it comes in: what httptools calls back with. `reply` is there once it is whole."""

    def __init__(self) -> None:
        self._parser = HttpResponseParser(self)
        self._headers: dict[bytes, bytes] = {}
        self._body: list[bytes] = []
        self._has_head = False
        self.reply: Reply | None = None
        self.keeps_connection = False

    def take(self, piece: bytes) -> None:
        """Read on; nothing more is the end of the connection."""
        if piece:
            self._parser.feed_data(piece)
        else:
            self._end()

    @property
    def ends_with_connection(self) -> bool:
        """Whether the reply does not say how long it is."""
        return self._has_head and not {b"content-length", b"transfer-encoding"} & self._headers.keys()

    def cut_short(self) -> str:
        """Say that the connection has ended too early."""
        return "the reply was cut short" if self._has_head else "the server closed connection without response"

    def _end(self) -> None:
        media_type = self._headers.get(b"content-type", b"").decode("latin-1").partition(";")[0]
        self.reply = Reply(self._parser.get_status_code(), media_type.strip().lower(), b"".join(self._body))

    # What httptools calls

    def on_message_begin(self) -> None:
        self.keeps_connection = False  # if this is a second reply, nobody asked for it

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.lower()] = value

    def on_headers_complete(self) -> None:
        self._has_head = True

    def on_body(self, data: bytes) -> None:
        self._body.append(data)

    def on_message_complete(self) -> None:
        if self.reply is not None:
            return
        if self._parser.get_status_code() < 200:  # the reply proper is still to come
            self._headers.clear()
            self._has_head = False
        else:
            self.keeps_connection = self._parser.should_keep_alive() and not self.ends_with_connection
            self._end()


def _lines(headers: Mapping[str, str]) -> str:
    """Return headers as they stand in a head. Raises ValueError for a value that would break it."""
    for value in headers.values():
        if not value.isprintable():
            raise ValueError(f"expected headers that HTTP can carry, found {value!r}")
    return "".join([f"{name}: {value}\r\n" for name, value in headers.items()])


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in _PORTS and parts.hostname and (parts.port or True)
    except ValueError:
        is_address = False
    if not is_address or parts.query or parts.fragment:
        raise ValueError(f"expected a server's address such as http://127.0.0.1:8787, found {url!r}")
    return parts


def _close(idle: _Idle) -> None:
    while idle:
        idle.pop()[0].close()
