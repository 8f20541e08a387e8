"""What everybody outside sees of a request: its id on every reply, and its entry in the world's journal."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from emulator.domain import ids
from emulator.engine.records import JournalEntry

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from emulator.domain.batch import Batch
    from emulator.engine.world import World
    from emulator.web.request import Request

BODY_LIMIT: Final = 64 * 1024
SECRET_HEADERS: Final = frozenset(
    {"authorization", "cookie", "proxy-authorization", "x-api-key", "x-emulator-admin-token"}
)


@dataclass
class Observation:
    """One request as it goes along: each part of the way adds what it learns."""

    request_id: str = ""
    number: int = 0
    at: int = 0
    world: World | None = None
    """The world in whose journal the request will stand."""
    touched: World | None = None
    """The world that it was about, the admin API's requests too."""
    moved: Batch | None = None
    """The last batch to which something happened in it."""
    operation: str | None = None
    rule: str | None = None
    status: int | None = None
    body: bytearray = field(default_factory=bytearray)
    violations: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def keep_body(self, data: bytes) -> None:
        """Keep the first 64 KiB of the body."""
        self.body += data[: BODY_LIMIT - len(self.body)]


def observation(request: Request) -> Observation:
    """Return what is being observed of this request."""
    observed: Observation = request.scope["state"]["observed"]
    return observed


class Observing:
    """Middleware: puts an Observation into the scope's state, `X-Request-Id` on the reply, and writes the journal.

    What has been served is written down once the loop has sent it, but before it turns to anything else that came in: who has
    the reply finds the request in the journal, and has not waited for that.
    """

    def __init__(self, app: ASGIApp, *, seed: int, on_done: Callable[[Observation], None]) -> None:
        self._app = app
        self._seed = seed
        self._on_done = on_done
        self._strangers = count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Observe one request."""
        observed = Observation()
        scope.setdefault("state", {})["observed"] = observed

        async def receiving() -> Message:
            message = await receive()
            if data := message.get("body"):
                observed.keep_body(data)
            return message

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                observed.status = message["status"]
                # The id of a request that reaches a world comes from there.
                request_id = observed.request_id or ids.request_id(self._seed, -next(self._strangers))
                message["headers"].append((b"x-request-id", request_id.encode()))
            await send(message)

        try:
            await self._app(scope, receiving, sending)
        finally:
            asyncio.get_running_loop().call_soon(self._end, scope)

    def _end(self, scope: Scope) -> None:
        record(scope)
        self._on_done(scope["state"]["observed"])


def record(scope: Scope) -> None:
    """Write the request into its world's journal, once."""
    observed: Observation = scope["state"]["observed"]
    if observed.world is not None:
        observed.world.record(_entry(scope, observed))
        observed.world = None


def _entry(scope: Scope, observed: Observation) -> JournalEntry:
    query = scope["query_string"].decode("latin-1")
    return JournalEntry(
        number=observed.number,
        request_id=observed.request_id,
        at=observed.at,
        method=scope["method"],
        target=_target(scope),
        path=f"{scope['path']}?{query}" if query else scope["path"],
        headers=tuple([_header(name, value) for name, value in scope["headers"]]),
        body=observed.body.decode("utf-8", "replace"),
        operation=observed.operation,
        status=observed.status,
        rule=observed.rule,
        violations=tuple(observed.violations),
        notes=tuple(observed.notes),
    )


def _target(scope: Scope) -> str:
    """Return path and query as they came, with whatever the client has escaped in them."""
    path: bytes = scope["raw_path"]
    query: bytes = scope["query_string"]
    return (path + b"?" + query if query else path).decode("latin-1")


def _header(raw_name: bytes, raw_value: bytes) -> tuple[str, str]:
    name = raw_name.decode("latin-1")
    return name, "(hidden)" if name in SECRET_HEADERS else raw_value.decode("latin-1")
