"""Connections to one server, kept between requests, on nothing but the standard library. They know nothing of what is said."""

from __future__ import annotations

import selectors
import weakref
from collections import deque
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from http.client import HTTPResponse
    from urllib.parse import SplitResult

PATIENCE_S: Final = 60
"""For how long a server may be silent, unless somebody is less patient."""
KEPT: Final = 8
"""How many connections are kept."""
KEPT_S: Final = 3
"""For how long: servers commonly hang up on those that were idle for five seconds."""


class _Plain(HTTPConnection):
    """A connection on which a request's head and body leave in one piece: apart, they would wake the server twice."""

    def __init__(self, address: str, *, timeout: float) -> None:
        super().__init__(address, timeout=timeout)
        self._written = bytearray()

    def send(self, data: Any) -> None:
        """Keep what is to be sent until the request is whole."""
        self._written += data

    def getresponse(self) -> HTTPResponse:
        """Send the request, and return its reply."""
        written, self._written = self._written, bytearray()
        super().send(written)
        return super().getresponse()


class _Secure(_Plain, HTTPSConnection):
    """The same, over TLS."""


_KINDS: Final[Mapping[str, type[_Plain]]] = {"http": _Plain, "https": _Secure}

_Idle: TypeAlias = "deque[tuple[HTTPConnection, float]]"
"""Connections, and since when they have been idle; a thread takes one and puts it back."""


class Connections:
    """Connections to the server at `url`, which has no slash at its end. Threads may share them.

    Raises ValueError when `url` is no server's address.
    """

    def __init__(self, url: str, *, patience_s: float = PATIENCE_S) -> None:
        parts = _parts(url)
        self.url = url.rstrip("/")
        self._address, self._prefix = parts.netloc, parts.path.rstrip("/")
        self._kind = _KINDS[parts.scheme]
        self._patience_s = patience_s
        self._idle: _Idle = deque()
        weakref.finalize(self, _close, self._idle)

    def close(self) -> None:
        """Close all that are not in use."""
        _close(self._idle)

    def exchange(
        self, method: str, target: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[HTTPResponse, bytes]:
        """Send a request, once, and return the reply with its body. Raises OSError."""
        connection = self._taken() or self._kind(self._address, timeout=self._patience_s)
        is_reusable = False
        try:
            connection.request(method, self._prefix + target, body, dict(headers))
            reply = connection.getresponse()
            content = reply.read()
            is_reusable = not reply.will_close
        except HTTPException as error:
            raise error if isinstance(error, OSError) else _NoHTTP(self.url, error) from None
        finally:
            self._give_back(connection, is_reusable=is_reusable)
        return reply, content

    def _taken(self) -> HTTPConnection | None:
        """Return a kept connection that the server has not hung up on, so that nothing has to be sent twice."""
        while True:
            try:
                connection, since = self._idle.pop()
            except IndexError:
                return None
            if monotonic() - since < KEPT_S and not _has_something_to_read(connection):
                return connection
            connection.close()

    def _give_back(self, connection: HTTPConnection, *, is_reusable: bool) -> None:
        if is_reusable and len(self._idle) < KEPT:
            self._idle.append((connection, monotonic()))
        else:
            connection.close()


class _NoHTTP(OSError):
    """What answers does not speak HTTP/1.1."""

    def __init__(self, url: str, error: HTTPException) -> None:
        super().__init__(f"{url}: expected a reply of HTTP/1.1, found {type(error).__name__}: {error}")


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in _KINDS and parts.hostname and (parts.port or True)
    except ValueError:
        is_address = False
    if not is_address or parts.query or parts.fragment:
        raise ValueError(f"expected a server's address such as http://127.0.0.1:8787, found {url!r}")
    return parts


def _has_something_to_read(connection: HTTPConnection) -> bool:
    """Return whether an idle connection has been closed by the server, or it has said something unasked."""
    with selectors.DefaultSelector() as selector:
        selector.register(connection.sock, selectors.EVENT_READ)
        return bool(selector.select(timeout=0))


def _close(idle: _Idle) -> None:
    while idle:
        idle.pop()[0].close()
