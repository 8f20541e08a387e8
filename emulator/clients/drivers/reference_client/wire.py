"""One exchange: a request goes out, a whole reply comes in, within a time.

Owns the connection and its time-outs. Requests say `Connection: close`, so each exchange has one to itself: no request is
lost to a connection that the server was about to close, and what a broken reply leaves behind never gets into the next.
Redirects, cookies, and the environment's proxies are nobody's business here. It must not know what requests and replies
mean.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import httpx

from .errors import BrokenReply, InvalidArgument, TimedOut, TransportFault

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

_CANNOT_BE_SENT: Final = (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError, UnicodeError)


@dataclass(frozen=True)
class Reply:
    """A whole reply; names of headers may be looked up in any case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Wire:
    """Sends requests. `pause_s`: how many seconds the server may let pass without a byte."""

    def __init__(self, *, pause_s: float) -> None:
        self._pause_s = pause_s
        self._transport = httpx.HTTPTransport(verify=_trusted())

    def exchange(self, request: httpx.Request, *, until: float) -> Reply:
        """Return the reply to a request, which is to be here by this time of the monotonic clock.

        Raises InvalidArgument, TransportFault.
        """
        try:
            return self._exchange(request, until)
        except _CANNOT_BE_SENT as error:
            raise InvalidArgument(f"expected a request that can be sent, got: {error}") from error
        except httpx.TimeoutException as error:
            raise TimedOut(f"the server let too much time pass: {type(error).__name__}") from error
        except httpx.RemoteProtocolError as error:
            raise BrokenReply(f"expected a whole HTTP reply, but: {error}") from error
        except httpx.TransportError as error:
            raise TransportFault(f"the connection failed: {str(error) or type(error).__name__}") from error

    def _exchange(self, request: httpx.Request, until: float) -> Reply:
        pause_s = min(self._pause_s, max(until - time.monotonic(), 0.001))
        request.extensions["timeout"] = httpx.Timeout(pause_s).as_dict()
        response = self._transport.handle_request(request)
        try:
            body = _read(response, until)
        finally:
            response.close()
        return Reply(response.status_code, response.headers, body)

    def close(self) -> None:
        """Let go of all connections."""
        self._transport.close()


def _read(response: httpx.Response, until: float) -> bytes:
    """Return the body as it is on the wire; one that trickles in is given up in time, though it never pauses for long."""
    body = bytearray()
    for piece in response.iter_raw():
        body += piece
        if time.monotonic() > until:
            raise TimedOut(f"the reply was not whole in time: {len(body)} bytes of it came")
    return bytes(body)


@cache
def _trusted() -> ssl.SSLContext:
    """Return whom to trust; reading that takes long, so once will do for all clients."""
    return httpx.create_ssl_context()
