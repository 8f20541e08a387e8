"""Bodies of requests: read once, whoever asks, and refused with a sentence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from emulator.domain import strictjson
from emulator.domain.errors import EmulatorError, InvalidRequest, TooLarge, UnsupportedMediaType
from emulator.web.observing import observation
from emulator.web.reply import JSON

if TYPE_CHECKING:
    from emulator.web.request import Request

MAX_JSON_BYTES: Final = 1 << 20
"""More than any request of this API needs: its largest field is the metadata, of some ten thousand characters."""
_CHARSET: Final = re.compile(r""";\s*charset\s*=\s*"?([^\s;"]+)""", re.IGNORECASE)


class JsonBody:
    """A request's JSON body. It is read when somebody first asks, and everybody gets the same answer or error."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._read: tuple[Any, tuple[str, ...]] | EmulatorError | None = None

    async def value(self) -> tuple[Any, tuple[str, ...]]:
        """Return the JSON value and the keys that came twice in it."""
        if self._read is None:
            try:
                self._read = await read_json(self._request)
            except EmulatorError as error:
                self._read = error
        if isinstance(self._read, EmulatorError):
            raise self._read
        return self._read

    async def glance(self) -> Any:
        """Return the JSON value, or None when there is none that can be read."""
        try:
            return (await self.value())[0]
        except EmulatorError:
            return None


async def read_json(request: Request) -> tuple[Any, tuple[str, ...]]:
    """Return the JSON value of a body and the keys that came twice in it."""
    check_media_type(request, JSON)
    try:
        return strictjson.loads_noting(await read_body(request, MAX_JSON_BYTES))
    except strictjson.InvalidJson as error:
        raise InvalidRequest(f"The body is not valid JSON: {error}.") from None


def check_media_type(request: Request, expected: str) -> None:
    """Raise UnsupportedMediaType unless the body says that it is of this type, in UTF-8, and not compressed."""
    found = request.headers.get("content-type", "")
    if found == expected and "content-encoding" not in request.headers:
        return
    media_type, charset = found.partition(";")[0].strip().lower(), _CHARSET.search(found)
    if media_type != expected or (charset and charset[1].lower() not in {"utf-8", "utf8"}):
        raise UnsupportedMediaType(expected, found or "none")
    encoding = request.headers.get("content-encoding", "identity")
    if encoding.lower() != "identity":
        raise UnsupportedMediaType(f"{expected} as it is", f"Content-Encoding: {encoding}")


async def read_body(request: Request, limit: int) -> bytes:
    """Return the body. Raises TooLarge above the limit, in bytes."""
    body = b""
    while not request.is_read:
        body += await request.piece()
        if len(body) > limit:
            raise TooLarge("The body", limit)
    return body


async def read_on(request: Request) -> None:
    """Read a refused request to its end: a client still sending may see a reset connection in place of the reply.

    One that waits to be told to send its body is not told to. Raises ClientDisconnect.
    """
    if observation(request).body or "expect" not in request.headers:
        while not request.is_read:
            await request.piece()
