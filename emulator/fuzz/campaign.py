"""A campaign: a hunt for each property, one after the other and over again until the time is up, on several workers.

Each worker is a process with a client and a world of its own, and properties of its own; the server is shared. Events come
through one queue. With a seed, and a number of examples, what is drawn is the same each time.
"""

from __future__ import annotations

import multiprocessing
import queue
import signal
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from hypothesis.database import DirectoryBasedExampleDatabase

from emulator.clients.driver import DriverFault
from emulator.fuzz.catalog import find
from emulator.fuzz.findings import Finding
from emulator.fuzz.held import Driven
from emulator.fuzz.hunting import Hunt
from emulator.fuzz.playing import Player

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from multiprocessing.queues import Queue
    from pathlib import Path

    from emulator.clients.catalog import Command

EXAMPLES: Final = 300
"""How many examples each property gets when neither a number nor a time is given."""
SLICE_S: Final = 20.0
"""For how long at most a property is hunted before it is another's turn, where there is a bound on the time."""
TURNS: Final = 2
"""How many turns each property gets at least."""
GRACE_S: Final = 10.0
"""How long after its end a worker may still be at it before it is ended."""
REPORT_EVERY_S: Final = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a campaign is to do. `examples` is for each property, `seconds` for the whole; None is no bound.

    `seed` seeds what is drawn; `database` is the folder of Hypothesis' examples, or None for none.
    """

    command: Command
    url: str
    token: str | None
    properties: Sequence[str]
    seed: int
    examples: int | None = None
    seconds: float | None = None
    workers: int = 1
    database: Path | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """How far a property has come in one worker, all its turns together."""

    worker: int
    property: str
    examples: int
    calls: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Found:
    """A finding, and after how many examples and seconds of its property it was found."""

    finding: Finding
    examples: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Stopped:
    """A worker has come to its end; `error` says why, if that was not the plan's."""

    worker: int
    error: str | None = None


Event: TypeAlias = Tally | Found | Stopped


def run(plan: Plan) -> Iterator[Event]:
    """Run a campaign and yield what happens. Whoever stops listening ends it."""
    context = multiprocessing.get_context("spawn")
    events: Queue[Event] = context.Queue()
    shares = [plan.properties[number :: plan.workers] for number in range(plan.workers)]
    until = None if plan.seconds is None else monotonic() + plan.seconds
    workers = [
        context.Process(target=_work, args=(number, plan, share, until, events), daemon=True)
        for number, share in enumerate(shares)
        if share
    ]
    for worker in workers:
        worker.start()
    try:
        yield from _events(events, len(workers), None if until is None else until + GRACE_S, workers)
    finally:
        for worker in workers:
            worker.terminate()
            worker.join()


def _events(events: Queue[Event], running: int, until: float | None, workers: Sequence[Any]) -> Iterator[Event]:
    """Yield events until all workers have stopped, or should have, or have died."""
    while running:
        try:
            event = events.get(timeout=0.5)
        except queue.Empty:
            if (until is not None and monotonic() > until) or not any(worker.is_alive() for worker in workers):
                yield Stopped(-1, "a worker did not come to its end")
                return
            continue
        running -= isinstance(event, Stopped)
        yield event


# The monotonic clock is one for all processes of a machine: `until` means the same in each.


def _work(number: int, plan: Plan, properties: Sequence[str], until: float | None, events: Queue[Event]) -> None:
    """Hunt for each property of a worker's share."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the campaign ends its workers itself
    error = None
    try:
        client = Driven(plan.command)
        try:
            with Player(client, plan.url, token=plan.token) as player:
                _Worker(number, plan, player, events, until).run(properties)
        finally:
            client.close()
    except DriverFault as fault:
        error = str(fault)
    except Exception as fault:
        error = f"{type(fault).__name__}: {fault}"
    events.put(Stopped(number, error))


@dataclass
class _Worker:
    """One worker's share of a campaign."""

    number: int
    plan: Plan
    player: Player
    events: Queue[Event]
    until: float | None
    share: int = 1

    def run(self, properties: Sequence[str]) -> None:
        """Hunt for each property until its examples are through, or in turns until the time is up."""
        self.share = len(properties)
        hunts = {name: _Turns(set()) for name in properties}
        turn = 0
        while hunts:
            for name, turns in list(hunts.items()):
                if self.until is not None and monotonic() >= self.until:
                    return
                self._hunt(name, turns, turn)
                if self.plan.examples is not None and turns.examples >= self.plan.examples:
                    del hunts[name]
            turn += 1

    def _hunt(self, name: str, turns: _Turns, turn: int) -> None:
        began, calls, examples = monotonic(), self.player.calls, turns.examples
        hunt = Hunt(
            aim=find(name),
            player=self.player,
            number=self.plan.seed + 7919 * turn,
            until=self._slice_end(began),
            examples=None if self.plan.examples is None else self.plan.examples - turns.examples,
            database=None if self.plan.database is None else DirectoryBasedExampleDatabase(self.plan.database),
            known=turns.known,
        )
        reported = 0.0

        def tell(*, at_once: bool = False) -> None:
            nonlocal reported
            now = monotonic()
            turns.examples = examples + hunt.progress.examples
            if at_once or now - reported > REPORT_EVERY_S:
                reported = now
                done = Tally(
                    self.number,
                    name,
                    turns.examples,
                    turns.calls + self.player.calls - calls,
                    turns.seconds + now - began,
                )
                self.events.put(done)

        hunt.watch = lambda _progress: tell()
        for catch in hunt.run():
            self.events.put(Found(Finding.of(catch), examples + catch.examples, turns.seconds + catch.seconds))
        tell(at_once=True)
        turns.calls += self.player.calls - calls
        turns.seconds += monotonic() - began

    def _slice_end(self, now: float) -> float:
        if self.until is None:
            return float("inf")
        if self.plan.examples is not None:
            return self.until
        fair = (self.plan.seconds or 0) / (TURNS * self.share)
        return min(self.until, now + min(SLICE_S, fair))


@dataclass
class _Turns:
    """What a property's turns have come to."""

    known: set[str]
    examples: int = 0
    calls: int = 0
    seconds: float = 0.0
