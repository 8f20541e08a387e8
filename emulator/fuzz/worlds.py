"""A world in which scripts are played, the same each time, and the client's requests in it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from emulator.client import AdminClient, AdminError
from emulator.faces.journal import of_client

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emulator.faces.journal import Sent

SEED: Final = 0
JOURNAL: Final = 2
"""How many requests of the journal are read after a call; more only where there were more, and then GROWTH times as many."""
GROWTH: Final = 10
MOST_REQUESTS: Final = 2000
"""Of more requests in one call only the last ones are read."""


class World:
    """A world of the server, and the key that opens it."""

    def __init__(self, url: str, token: str | None) -> None:
        with AdminClient(url, token=token) as server:
            made = server.create_world(clock="manual", seed=SEED)
        self.api_key = made["api_key"]
        self.admin = AdminClient(url, api_key=self.api_key, token=token)
        self._id = made["world"]
        self._last_request = -1

    def begin(self) -> None:
        """Make it as new. Raises AdminError where somebody has deleted it."""
        self.admin.reset()
        self._last_request = -1

    def leave(self) -> None:
        """Delete it, if it is still there."""
        with suppress(AdminError, OSError):
            self.admin.delete_world(self._id)
        self.admin.close()

    def new_requests(self) -> Sequence[Sent]:
        """Return the client's requests since the last time."""
        limit = JOURNAL
        found = self.admin.requests(limit=limit)
        while len(found) == limit < MOST_REQUESTS and found[0]["number"] > self._last_request + 1:
            limit = min(MOST_REQUESTS, limit * GROWTH)
            found = self.admin.requests(limit=limit)
        new = [entry for entry in found if entry["number"] > self._last_request]
        self._last_request = found[-1]["number"] if found else self._last_request
        return of_client(new)
