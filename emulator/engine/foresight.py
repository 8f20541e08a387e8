"""What is to happen to a batch, worked out before it does, while the server has nothing else to do.

Whoever moves a clock waits for all that happens then: lines to be counted, results to be written. All of it follows from values
that nobody changes, so it can be had ready, and holds as long as they are the very same.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from emulator.engine.coming import coming

if TYPE_CHECKING:
    from emulator.domain.batch import Batch
    from emulator.engine.coming import Coming, Surroundings

LARGEST_INPUT: Final = 4096
"""Batches with larger files, in bytes, are left until it is their time: nobody else is to wait for what may not be wanted."""
MOST_EVENTS: Final = 64
WORLDS: Final = 256
"""For how many worlds a batch's future is kept."""


class Foresight:
    """The futures of batches, one a world: that of the batch to which something happens next."""

    def __init__(self) -> None:
        self._futures: dict[str, _Future] = {}

    def next_of(self, world_id: str, batch: Batch, around: Surroundings) -> Coming | None:
        """Return what happens to the batch next; None when its life is over."""
        future = self._futures.get(world_id)
        if future and future.begins_with(batch, around) and future.events:
            return future.events.popleft()
        return coming(batch, around)

    def look_ahead(self, world_id: str, batch: Batch, around: Surroundings) -> None:
        """Work out more of the batch's life: up to the next event in which its lines are read."""
        if around.file is None or around.file.content.size > LARGEST_INPUT:
            return
        future = self._futures.get(world_id)
        if future is None or not future.begins_with(batch, around):
            self._futures.pop(world_id, None)
            if len(self._futures) == WORLDS:
                del self._futures[next(iter(self._futures))]
            future = self._futures[world_id] = _Future(around, batch)
        future.grow()


@dataclass(slots=True)
class _Future:
    """The events that a batch goes through until it is `last`, as far as they have been worked out."""

    around: Surroundings
    last: Batch
    events: deque[Coming] = field(default_factory=deque)
    is_known: bool = False

    def begins_with(self, batch: Batch, around: Surroundings) -> bool:
        """Whether this is the future of that batch, as it is and as things are."""
        first = self.events[0].before if self.events else self.last
        return first is batch and self.around.are(around)

    def grow(self) -> None:
        """Work out more events, up to the next in which lines are read: at most one piece of work that takes time."""
        while not self.is_known:
            following = self._following()
            self.is_known = following is None or following.results is not None
            if following is not None:
                self.events.append(following)
                self.last = following.after
                if following.reads_lines:
                    return

    def _following(self) -> Coming | None:
        if len(self.events) == MOST_EVENTS:
            return None
        try:
            return coming(self.last, self.around)
        except Exception:  # it comes again at its own time, to whoever moves the clock
            return None
