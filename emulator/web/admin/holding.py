"""Worlds and their time: making them, moving their clocks, and making them as new."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from emulator import __version__
from emulator.domain.errors import InvalidRequest
from emulator.web.admin import payloads, views
from emulator.web.observing import observation

if TYPE_CHECKING:
    from emulator.engine.handle import Moved
    from emulator.engine.world import World
    from emulator.web.admin.call import AdminCall


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
    return _shown(call, _advanced(world, body))


def _advanced(world: World, body: dict[str, Any]) -> Moved:
    if "by" in body:
        return world.advance(by_us=payloads.advance_by(body))
    return world.advance_to(to_us=payloads.advance_to(body))


def _shown(call: AdminCall, moved: Moved) -> dict[str, Any]:
    if moved.fired:
        observation(call.request).moved = moved.fired[-1].after
    return {**views.clock(moved.state), "data": [views.event(each) for each in moved.fired]}


async def step_batch(call: AdminCall) -> Any:
    """Move the world to the instant of the batch's next event."""
    return _shown(call, call.world().step(call.request.path_params["batch_id"]))


async def reset(call: AdminCall) -> Any:
    """Make the world as new."""
    return views.world(call.world().reset())
