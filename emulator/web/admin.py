"""The admin API under `/_emulator`: the door through which people and tools hold the clock and look on."""

from __future__ import annotations

import logging
import secrets
from typing import TYPE_CHECKING, Any, TypeAlias

from starlette.requests import ClientDisconnect, Request

from emulator import __version__
from emulator.domain.errors import EmulatorError, InvalidRequest, MethodNotAllowed, Unauthorized
from emulator.web import admin_payloads as payloads
from emulator.web import admin_views as views
from emulator.web.auth import bearer_key, check_admin
from emulator.web.call import read_on
from emulator.web.errors import InternalFault, error_reply
from emulator.web.reply import Reply, send_reply

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.types import Receive, Scope, Send

    from emulator.engine.machine import Fired
    from emulator.engine.world import World
    from emulator.engine.worlds import Worlds

logger = logging.getLogger(__name__)
Handler: TypeAlias = "Callable[[AdminCall], Awaitable[Any]]"
"""Serves one call and returns its JSON."""


class AdminCall:
    """One call of the admin API, as its handler sees it."""

    def __init__(self, request: Request, worlds: Worlds, uptime_s: Callable[[], float]) -> None:
        self.request = request
        self.worlds = worlds
        self.uptime_s = uptime_s

    def world(self) -> World:
        """Return the world that the call is about: `?world=`, or that of the API key."""
        named = self.request.query_params.get("world")
        if named is not None:
            return self.worlds.find(named)
        key = bearer_key(self.request.headers)
        if key is None:
            raise Unauthorized("Which world? Expected 'Authorization: Bearer <API key>' or ?world=…, found neither.")
        return self.worlds.enter(key)


async def health(call: AdminCall) -> Any:
    """Tell that the server is there."""
    defaults = call.worlds.defaults
    return {
        "status": "ok",
        "version": __version__,
        "edition": defaults.edition,
        "uptime": round(call.uptime_s(), 3),
    }


async def create_world(call: AdminCall) -> Any:
    """Make a world, and the key that opens it."""
    options = payloads.world_options(await payloads.read(call.request, payloads.NEW_WORLD), call.worlds.defaults)
    key = f"mk-{secrets.token_hex(16)}"
    world = call.worlds.create(key, options)
    return {"world": world.id, "api_key": key}


async def list_worlds(call: AdminCall) -> Any:
    """Show all worlds."""
    return {"data": [views.world(state) for state in call.worlds.all()]}


async def delete_world(call: AdminCall) -> Any:
    """Forget a world."""
    identity = call.request.path_params["world"]
    call.worlds.delete(identity)
    return {"world": identity, "deleted": True}


async def get_clock(call: AdminCall) -> Any:
    """Show the world's clock."""
    return views.clock(call.world().state())


async def advance(call: AdminCall) -> Any:
    """Move the world's clock on."""
    world, body = call.world(), await payloads.read(call.request, payloads.ADVANCE)
    if not body:
        raise InvalidRequest('Expected {"by": "90s"} or {"to": 1704070800}, found no body.')
    return _moved(world, _advanced(world, body))


def _advanced(world: World, body: dict[str, Any]) -> list[Fired]:
    if "by" in body:
        return world.advance(by_us=payloads.advance_by(body))
    return world.advance_to(to_us=payloads.advance_to(body))


def _moved(world: World, fired: list[Fired]) -> dict[str, Any]:
    return {**views.clock(world.state()), "data": [views.event(each) for each in fired]}


async def reset(call: AdminCall) -> Any:
    """Make the world as new."""
    return views.world(call.world().reset())


async def list_requests(call: AdminCall) -> Any:
    """Show the journal, newest last, filtered by operation and status; with a limit, its newest entries."""
    query = call.request.query_params
    status, limit = payloads.count(call.request, "status"), payloads.count(call.request, "limit")
    operation = query.get("operation")
    found = [
        entry
        for entry in call.world().journal()
        if operation in {None, entry.operation} and status in {None, entry.status}
    ]
    newest = found if limit is None else found[len(found) - min(limit, len(found)) :]
    return {"data": [views.request(entry) for entry in newest]}


async def list_batches(call: AdminCall) -> Any:
    """Show the batches of all tenants, oldest first, each with what is still to come."""
    return {"data": [views.overview(batch) for batch in call.world().all_batches()]}


async def get_timeline(call: AdminCall) -> Any:
    """Show what has happened to a batch and what is still to come."""
    return views.timeline(call.world().find_batch(call.request.path_params["batch_id"]))


async def step_batch(call: AdminCall) -> Any:
    """Move the world to the instant of the batch's next event."""
    world = call.world()
    return _moved(world, world.step(call.request.path_params["batch_id"]))


ROUTES: Mapping[str, Mapping[str, Handler]] = {
    "/health": {"GET": health},
    "/worlds": {"GET": list_worlds, "POST": create_world},
    "/worlds/{world}": {"DELETE": delete_world},
    "/clock": {"GET": get_clock},
    "/clock/advance": {"POST": advance},
    "/reset": {"POST": reset},
    "/requests": {"GET": list_requests},
    "/batches": {"GET": list_batches},
    "/batches/{batch_id}/timeline": {"GET": get_timeline},
    "/batches/{batch_id}/step": {"POST": step_batch},
}
OPEN_TO_ALL = frozenset({health})


class AdminEndpoint:
    """Serves one path of the admin API, as an ASGI app."""

    def __init__(
        self,
        handlers: Mapping[str, Handler],
        *,
        worlds: Worlds,
        token: str | None,
        uptime_s: Callable[[], float],
    ) -> None:
        self._handlers = handlers
        self._worlds = worlds
        self._token = token
        self._uptime_s = uptime_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        try:
            reply = await self._answer(request)
            if reply.status >= 400:
                await read_on(request)
        except ClientDisconnect:
            return
        await send_reply(reply, send)

    async def _answer(self, request: Request) -> Reply:
        try:
            return Reply(body=await self._handle(request))
        except EmulatorError as error:
            return error_reply(error)
        except ClientDisconnect:
            raise
        except Exception:
            logger.exception("%s %s failed", request.method, request.scope["path"])
            return error_reply(InternalFault("The admin API failed inside the emulator: its log says where."))

    async def _handle(self, request: Request) -> Any:
        handler = self._handlers.get(request.method)
        if handler not in OPEN_TO_ALL:
            check_admin(request.headers, self._token)
        if handler is None:
            raise MethodNotAllowed(request.method, tuple(sorted(self._handlers)))
        return await handler(AdminCall(request, self._worlds, self._uptime_s))
