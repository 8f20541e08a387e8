"""Going through a batch's life from event to event, with a look at each and in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from emulator.proving.cancelling import Canceller
    from emulator.proving.watching import Watch
    from emulator.proving.world import Truth

LOOKS: Final = 6
"""How often a batch of many lines is looked at between two steps; one of a few is at the end of each line."""
FEW: Final = 10


class Walk:
    """A walk from a batch's creation until nothing more is to come."""

    def __init__(self, watch: Watch, canceller: Canceller) -> None:
        self._watch = watch
        self._canceller = canceller
        self._world = watch.stage.world
        self._has_few = watch.stage.sample.lines <= FEW
        self._boundaries = sorted(watch.boundaries())
        self._step: float | None = None
        self._stride = 0.0

    def go(self) -> None:
        """Walk it. Raises Stuck."""
        self._watch.look()
        while (ahead := self._ahead(truth := self._watch.truth())) is not None:
            self._look_between(ahead)
            self._canceller.cancel_if_due(truth)
            if ahead > self._world.now:
                self._world.advance_to(ahead)
                self._watch.look()
            self._list_at_boundary()

    def _look_between(self, ahead: float) -> None:
        middle = float(int((self._world.now + ahead) / 2))
        if self._has_few and middle > self._world.now:
            self._world.advance_to(middle)
            self._watch.look()

    def _list_at_boundary(self) -> None:
        if self._boundaries and self._boundaries[0] <= self._world.now:
            self._boundaries = [at for at in self._boundaries if at > self._world.now]
            self._watch.list()

    def _ahead(self, truth: Truth) -> float | None:
        """Return the instant of the next look, or None when there is no reason for one."""
        events = [at for at in (self._event(truth), *self._boundaries[:1]) if at is not None]
        return max(min(events), self._world.now) if events else None

    def _event(self, truth: Truth) -> float | None:
        """Return when something happens next; of what happens to many lines, now and then something."""
        if self._has_few or truth.next_at is None or not truth.steps_at:
            return truth.next_at
        step = truth.steps_at[0]
        if step != self._step:
            self._step, self._stride = step, (step - self._world.now) / LOOKS
        return min(step, max(truth.next_at, float(int(self._world.now + self._stride))))
