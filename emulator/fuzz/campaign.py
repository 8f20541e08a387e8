"""A campaign: workers side by side, each a process with properties of its own, and the events that come of them.

With a seed, and a number of examples, what is found is the same each time.
"""

from __future__ import annotations

import multiprocessing
import queue
import signal
from contextlib import contextmanager
from math import inf
from time import monotonic
from typing import TYPE_CHECKING, Final

from emulator.fuzz.events import Found, Stopped
from emulator.fuzz.working import work

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from multiprocessing.context import SpawnProcess
    from multiprocessing.queues import Queue

    from emulator.fuzz.events import Event, Plan

EXAMPLES: Final = 300
"""How many examples each property gets when neither a number nor a time is given."""
ENDING_S: Final = 3.0
"""How long a worker that was told to end may take for it."""
OVERTIME_S: Final = 0.5
"""How long after the end a worker may come to it by itself."""
GLANCE_S: Final = 0.2
"""How often to look whether the workers still run."""
ENDS: Final = (signal.SIGINT, signal.SIGTERM)


def run(plan: Plan) -> Generator[Event, None, None]:
    """Run a campaign and yield what happens. Whoever stops listening ends it.

    What every client owes, whatever the property, is found once: by the first of the plan's properties that it comes up with,
    so that a finding of the same name can come again, from a property that stands before the last one's.
    """
    until = inf if plan.seconds is None else monotonic() + plan.seconds
    context = multiprocessing.get_context("spawn")
    events: Queue[Event] = context.Queue()
    shares = [plan.properties[number :: plan.workers] for number in range(plan.workers)]
    workers = [
        context.Process(target=work, args=(number, plan, share, until, events), daemon=True)
        for number, share in enumerate(shares)
        if share
    ]
    yield from _firsts(_all(workers, events, until), plan.properties)


def _firsts(events: Iterator[Event], properties: Sequence[str]) -> Iterator[Event]:
    """Yield events, without findings that an earlier property has come up with."""
    ranks: dict[str, int] = {}
    for event in events:
        if isinstance(event, Found):
            rank = properties.index(event.finding.property)
            if rank >= ranks.get(event.finding.name, len(properties)):
                continue
            ranks[event.finding.name] = rank
        yield event


def _all(workers: Sequence[SpawnProcess], events: Queue[Event], until: float) -> Iterator[Event]:
    """Yield the workers' events to the last, and leave none of them running, however it ends."""
    running = dict(enumerate(workers))
    for worker in workers:
        worker.start()
    try:
        with _noting_signals() as signals:
            yield from _coming(running, events, until + OVERTIME_S, signals)
            for worker in running.values():
                worker.terminate()
            yield from _coming(running, events, monotonic() + ENDING_S, [])
        if signals:
            raise KeyboardInterrupt
        yield from (Stopped(number, f"worker {number + 1} did not come to its end") for number in running)
    finally:
        for worker in workers:
            worker.kill()
            worker.join()


@contextmanager
def _noting_signals() -> Iterator[list[int]]:
    """Give a list to which requests to end are added, while the block is open: none of them interrupts anything in it."""
    noted: list[int] = []
    before = {each: signal.signal(each, lambda number, _: noted.append(number)) for each in ENDS}
    try:
        yield noted
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _coming(
    running: dict[int, SpawnProcess], events: Queue[Event], until: float, signals: Sequence[int]
) -> Iterator[Event]:
    """Yield what comes until no worker runs, or it is past the time, or there is a signal."""
    while running and monotonic() < until and not signals:
        try:
            event = events.get(timeout=GLANCE_S)
        except queue.Empty:
            yield from _fallen(running)
            continue
        if isinstance(event, Stopped):
            running.pop(event.worker, None)
        yield event


def _fallen(running: dict[int, SpawnProcess]) -> Iterator[Event]:
    """Yield the end of workers that came to it without a word; one that was told to has not begun yet."""
    for number, worker in list(running.items()):
        if not worker.is_alive():
            del running[number]
            why = f"worker {number + 1} ended before its time, with exit code {worker.exitcode}"
            yield Stopped(number, None if worker.exitcode == -signal.SIGTERM else why)
