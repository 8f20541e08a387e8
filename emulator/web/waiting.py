"""Waiting for a world's time to come: for delays that are counted on its clock."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from emulator.domain.errors import NotFound

if TYPE_CHECKING:
    from emulator.engine.world import World


class Waiting:
    """Wakes whoever waits for a time. A clock that is not running moves through requests alone: each of them tells."""

    def __init__(self) -> None:
        self._asked = asyncio.Event()

    def notify(self) -> None:
        """Tell that a request was served, which may have moved a clock."""
        self._asked.set()
        self._asked = asyncio.Event()

    async def until(self, world: World, at_us: int) -> None:
        """Return once it is that time in the world, or the world is gone."""
        with suppress(NotFound):
            while (state := world.state()).settled_us < at_us:
                left_s = float((at_us - state.settled_us) / state.clock.rate) / 1e6 if state.clock.rate else None
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._asked.wait(), left_s)
