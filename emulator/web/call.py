"""One call of an operation of the API, as its handler sees it: who calls, with which parameters, and the body."""

from __future__ import annotations

import re
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.validation import Fault
from emulator.domain import strictjson
from emulator.domain.errors import InvalidRequest, TooLarge, UnsupportedMediaType
from emulator.web.reply import JSON

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from starlette.requests import Request

    from emulator.contract.catalog import Contract, Operation
    from emulator.engine.world import World
    from emulator.web.observing import Observation

MAX_JSON_BYTES: Final = 1 << 20
"""More than any request of this API needs: its largest field is the metadata, of some ten thousand characters."""
_CHARSET: Final = re.compile(r""";\s*charset\s*=\s*"?([^\s;"]+)""", re.IGNORECASE)


def observation(request: Request) -> Observation:
    """Return what is being observed of this request."""
    observed: Observation = request.scope["state"]["observed"]
    return observed


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request that was let in. `parameters` holds the declared ones, read and with their defaults."""

    request: Request
    contract: Contract
    operation: Operation
    world: World
    tenant: str
    parameters: Mapping[str, Any]

    async def json_body(self) -> dict[str, Any]:
        """Return the JSON body. Raises InvalidRequest, TooLarge, UnsupportedMediaType."""
        observed = observation(self.request)
        with self.reading():
            body, twice = await read_json(self.request)
        observed.notes += [f"duplicate key '{key}': the last one counts" for key in twice]
        self.refuse(self.operation.body_faults(JSON, body))
        return dict(body)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Note in the journal when the body cannot be read: that breaks the contract too."""
        try:
            yield
        except (InvalidRequest, TooLarge, UnsupportedMediaType) as error:
            observation(self.request).violations.append(asdict(_unreadable(error, self.operation.id)))
            raise

    def refuse(self, faults: Sequence[Fault]) -> None:
        """Note in the journal where the request breaks the contract, and raise InvalidRequest if it does."""
        observation(self.request).violations += [asdict(fault) for fault in faults]
        if faults:
            raise invalid(faults[0])


def _unreadable(error: InvalidRequest | TooLarge | UnsupportedMediaType, operation: str) -> Fault:
    if isinstance(error, UnsupportedMediaType):
        return Fault("header.Content-Type", error.expected, error.found, operation)
    if isinstance(error, TooLarge):
        return Fault("body", f"at most {error.limit:,} bytes", "more", operation)
    place = f"body.{error.param}" if error.param else "body"
    return Fault(place, "a body that can be read", str(error), operation)


def invalid(fault: Fault) -> InvalidRequest:
    """Return the error that tells a client of a fault; `param` names the place without saying where in the request."""
    return InvalidRequest(fault.sentence(), fault.place.partition(".")[2] or None)


async def read_json(request: Request) -> tuple[Any, tuple[str, ...]]:
    """Return the JSON value of a body and the keys that came twice in it."""
    check_media_type(request, JSON)
    try:
        return strictjson.loads_noting(await _read(request))
    except strictjson.InvalidJson as error:
        raise InvalidRequest(f"The body is not valid JSON: {error}.") from None


def check_media_type(request: Request, expected: str) -> None:
    """Raise UnsupportedMediaType unless the body says that it is of this type, in UTF-8, and not compressed."""
    found = request.headers.get("content-type", "")
    media_type, charset = found.partition(";")[0].strip().lower(), _CHARSET.search(found)
    if media_type != expected or (charset and charset[1].lower() not in {"utf-8", "utf8"}):
        raise UnsupportedMediaType(expected, found or "none")
    encoding = request.headers.get("content-encoding", "identity")
    if encoding.lower() != "identity":
        raise UnsupportedMediaType(f"{expected} as it is", f"Content-Encoding: {encoding}")


async def _read(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_JSON_BYTES:
            raise TooLarge("The body", MAX_JSON_BYTES)
    return bytes(body)


async def read_on(request: Request) -> None:
    """Read a refused request to its end: a client still sending may see a reset connection in place of the reply.

    One that waits to be told to send its body is not told to. Raises ClientDisconnect.
    """
    if observation(request).body or "expect" not in request.headers:
        with suppress(RuntimeError):  # so Starlette says that the body has been read to its end
            async for _ in request.stream():
                pass
