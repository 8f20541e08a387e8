"""A worker of a campaign: a process that hunts for its share of the properties, with a client and a world of its own.

It tells what happens through a queue, and ends by itself: when all is done, when the time is up, when it is told to, and when
nobody is left who would. The monotonic clock is one for all processes of a machine: `until` means the same in each.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING, Final

from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.database import DirectoryBasedExampleDatabase

from emulator.clients.driver import DriverFault
from emulator.clients.environments import cache_folder
from emulator.domain.errors import EmulatorError
from emulator.fuzz.catalog import find
from emulator.fuzz.events import Found, Stopped, Tally
from emulator.fuzz.findings import Finding
from emulator.fuzz.held import Driven
from emulator.fuzz.hunting import Hunt
from emulator.fuzz.playing import Player, TimeUp

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from multiprocessing.queues import Queue

    from emulator.fuzz.events import Event, Plan

FIRST_S: Final = 0.5
"""For how long each property is hunted in its first turn, where there is a bound on the time; each further turn is twice as
long as the last, so that what is easy to find is found soon, whichever property it breaks."""
SLICE_S: Final = 20.0
"""How long a turn is at most."""
LAST_S: Final = 4.0
"""For how long before the end nothing new is drawn, so that what was caught can be made small; a tenth of a short time."""
REPORT_EVERY_S: Final = 0.1


def work(number: int, plan: Plan, properties: Sequence[str], until: float, events: Queue[Event]) -> None:
    """Hunt for each property of a worker's share."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the campaign ends its workers itself
    Thread(target=_end_with_parent, daemon=True).start()
    set_hypothesis_home_dir(cache_folder() / "hypothesis")
    error = None
    try:
        with _hunting(plan, until) as player:
            _Worker(number, plan, player, events).run(properties)
    except TimeUp:
        pass
    except OSError as fault:
        error = f"the server does not go on: {fault}"
    except (DriverFault, EmulatorError) as fault:
        error = str(fault)
    except Exception as fault:
        error = f"{type(fault).__name__}: {fault}"
    events.put(Stopped(number, error))


def _end_with_parent() -> None:
    """End this process when its parent is gone, in whatever way: nobody is left who would."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


@contextmanager
def _hunting(plan: Plan, until: float) -> Iterator[Player]:
    """Give a player with a client of its own; told to end, it is in a hurry, and then lets go of them in peace."""
    player: Player | None = None

    def hurry(*_: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if player is None:
            raise TimeUp
        player.hurry()

    signal.signal(signal.SIGTERM, hurry)
    client = Driven(plan.command)
    try:
        with Player(client, plan.url, token=plan.token, until=until) as player:
            try:
                yield player
            finally:
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
    finally:
        client.close()


@dataclass
class _Turns:
    """What a property's turns have come to."""

    tally: Tally
    known: set[str] = field(default_factory=set)
    number: int = 0


@dataclass
class _Worker:
    """One worker's share of a campaign. What is `owed` whatever the property, all hunts pass over together."""

    number: int
    plan: Plan
    player: Player
    events: Queue[Event]
    owed: set[str] = field(default_factory=set)

    def run(self, properties: Sequence[str]) -> None:
        """Hunt for each property until its examples are through, or in turns until the time is up."""
        left = {name: _Turns(Tally(self.number, name)) for name in properties}
        slice_s = FIRST_S
        while left:
            slice_s = min(slice_s, max(0.0, self._last_s() - monotonic()) / len(left))
            for name, turns in list(left.items()):
                if monotonic() >= self._last_s():
                    return
                self._hunt(name, turns, slice_s * find(name).share)
                if self.plan.examples is not None and turns.tally.examples >= self.plan.examples:
                    del left[name]
            slice_s = min(SLICE_S, 2 * slice_s)

    def _hunt(self, name: str, turns: _Turns, slice_s: float) -> None:
        """Hunt for one property for one turn, and tell of it."""
        began, calls, before = monotonic(), self.player.calls, turns.tally
        told = 0.0

        def tell(*, at_once: bool = False) -> None:
            nonlocal told
            now = monotonic()
            turns.tally = Tally(
                worker=self.number,
                property=name,
                examples=before.examples + hunt.played,
                calls=before.calls + self.player.calls - calls,
                seconds=before.seconds + now - began,
                unsteady=before.unsteady + hunt.unsteady,
            )
            if at_once or now - told > REPORT_EVERY_S:
                told = now
                self.events.put(turns.tally)

        hunt = self._begun(name, turns, slice_s)
        hunt.watch = tell
        for catch in hunt.run():
            finding = Finding.of(catch)
            self.events.put(Found(finding, before.examples + catch.examples, before.seconds + catch.seconds))
        tell(at_once=True)
        turns.number += 1

    def _begun(self, name: str, turns: _Turns, slice_s: float) -> Hunt:
        plan = self.plan
        is_in_turns = plan.seconds is not None and plan.examples is None
        return Hunt(
            aim=find(name),
            player=self.player,
            number=plan.seed + 7919 * turns.number,
            until=min(self._last_s(), monotonic() + slice_s) if is_in_turns else self._last_s(),
            examples=None if plan.examples is None else plan.examples - turns.tally.examples,
            database=None if plan.database is None else DirectoryBasedExampleDatabase(plan.database / name),
            known=turns.known,
            owed=self.owed,
        )

    def _last_s(self) -> float:
        """Return from when on nothing new is drawn."""
        return self.player.until - min(LAST_S, (self.plan.seconds or 0) / 10)
