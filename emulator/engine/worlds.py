"""All worlds of a server: which key opens which, and how new ones are made."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

from emulator.domain.errors import NotFound, TooManyWorlds, Unauthorized
from emulator.engine.handle import new_state
from emulator.engine.world import World

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emulator.engine.records import WorldOptions, WorldState
    from emulator.engine.services import Services
    from emulator.engine.store.interface import Transaction


@lru_cache
def world_id(api_key: str) -> str:
    """Return the id of the world that a key opens; it does not give the key away."""
    return f"world_{sha256(api_key.encode('utf-8', 'surrogateescape')).hexdigest()[:24]}"


class Worlds:
    """The worlds of one store.

    Without `api_keys` every key opens a world of its own, made on first use; with them only those keys do, and the
    keys of worlds that were made on request. `defaults` are the options of a world made on first use.
    """

    def __init__(
        self,
        services: Services,
        *,
        defaults: WorldOptions,
        api_keys: frozenset[str] = frozenset(),
        limit: int = 1000,
    ) -> None:
        self.services = services
        self.defaults = defaults
        self._known = frozenset(map(world_id, api_keys))
        self._limit = limit

    def enter(self, api_key: str) -> World:
        """Return the world that this key opens. Raises Unauthorized, TooManyWorlds."""
        identity = world_id(api_key)
        if not self.services.store.has_world(identity):
            if self._known and identity not in self._known:
                raise Unauthorized("Authorization: expected an API key that this server knows, found another.")
            with self.services.store.transaction() as work:
                self._add(work, identity, self.defaults)
        return World(identity, self.services)

    def create(self, api_key: str, options: WorldOptions) -> World:
        """Make a world that this key opens. Raises TooManyWorlds, InvalidRequest for an unknown scenario."""
        self.services.library.check(options.scenario)
        with self.services.store.transaction() as work:
            return self._add(work, world_id(api_key), options)

    def _add(self, work: Transaction, identity: str, options: WorldOptions) -> World:
        others = work.worlds()
        if len(others) >= self._limit:
            raise TooManyWorlds(self._limit)
        made = others[-1].made + 1 if others else 0
        work.put_world(new_state(identity, made=made, options=options, wall_us=self.services.wall_us()))
        return World(identity, self.services)

    def find(self, identity: str) -> World:
        """Return the world with this id. Raises NotFound."""
        with self.services.store.transaction() as work:
            if work.world(identity) is None:
                raise NotFound("world", identity)
        return World(identity, self.services)

    def all(self) -> Sequence[WorldState]:
        """Return all worlds in the order in which they were made."""
        with self.services.store.transaction() as work:
            return work.worlds()

    def delete(self, identity: str) -> None:
        """Forget a world and all that is in it. Raises NotFound."""
        self.find(identity)
        with self.services.store.transaction() as work:
            work.delete_world(identity)
