"""HTTP/1.1 as the server speaks it: uvicorn's, but for two things that clients of this API would trip over."""

from __future__ import annotations

import re
from typing import Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from emulator.domain.errors import InvalidRequest
from emulator.web.errors import error_reply
from emulator.web.reply import JSON

# Java's HttpClient offers HTTP/2 with every request. Who is offered may stay with HTTP/1.1 (RFC 9110, section 7.8), but
# uvicorn's parser takes what follows such an offer for another protocol, and the request loses its body.
_OFFER: Final = re.compile(rb"\r\nupgrade:[ \t]*h2c[ \t]*(?=\r\n)", re.IGNORECASE)
_UNREADABLE: Final = (
    "The request is not valid HTTP/1.1: expected a head of printable ASCII, and a body that is framed as the head says."
)
_NO_REQUEST_ID: Final = f"req_{'0' * 32}"


class Protocol(HttpToolsProtocol):
    """One connection."""

    def data_received(self, data: bytes) -> None:
        """Take bytes from the client."""
        in_body = getattr(self.cycle, "more_body", False)
        super().data_received(data if in_body else _without_offer(data))

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
