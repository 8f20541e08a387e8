"""One call of the admin API, as its handler sees it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from emulator.domain.errors import Unauthorized
from emulator.web.auth import bearer_key
from emulator.web.observing import observation

if TYPE_CHECKING:
    from emulator.engine.world import World
    from emulator.engine.worlds import Worlds
    from emulator.web.request import Request


class AdminCall:
    """One call of the admin API, as its handler sees it."""

    def __init__(self, request: Request, worlds: Worlds, uptime_s: Callable[[], float]) -> None:
        self.request = request
        self.worlds = worlds
        self.uptime_s = uptime_s

    def world(self) -> World:
        """Return the world that the call is about: `?world=`, or that of the API key. Raises Unauthorized without either."""
        world = self.world_if_any()
        if world is None:
            raise Unauthorized("Which world? Expected 'Authorization: Bearer <API key>' or ?world=…, found neither.")
        return world

    def world_if_any(self) -> World | None:
        """Return the world that the call is about, or None when it names none."""
        named = self.request.parameter("world")
        if named is not None:
            world = self.worlds.find(named)
        elif (key := bearer_key(self.request.headers)) is not None:
            world = self.worlds.enter(key)
        else:
            return None
        observation(self.request).touched = world
        return world


Handler: TypeAlias = Callable[[AdminCall], Awaitable[Any]]
"""Serves one call and returns its JSON."""
