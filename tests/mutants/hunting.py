"""Hunting for mutants: all properties in turns, each turn longer than the last, until a script breaks one of them."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import TYPE_CHECKING, Final

from support.searching import Search

from emulator.fuzz.catalog import ALL
from emulator.fuzz.held import Driven
from emulator.fuzz.playing import Player

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from support.mutants import Mutant

    from emulator.fuzz.property import Property

FIRST_S: Final = 0.3
"""For how many seconds each property is searched in the first turn; in each further turn twice as long."""
MOST: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Hunted:
    """What came of a hunt: the property that a mutant broke and the cause, or None; `examples` are of that property."""

    mutant: str
    property: str | None
    cause: str | None
    examples: int
    seconds: float


def hunted(mutant: Mutant, url: str, *, number: int, seconds: float) -> Hunted:
    """Hunt for a mutant for so many seconds at most; `number` seeds what is drawn. Raises Misfit, DriverFault."""
    began = monotonic()
    with TemporaryDirectory() as folder:
        client = Driven(mutant.command(Path(folder)))
        try:
            with Player(client, url) as player:
                search = Search(player, number, until=began + seconds)
                aim = _broken(search)
        finally:
            client.close()
    return Hunted(
        mutant=mutant.name,
        property=None if aim is None else aim.name,
        cause=None if search.violation is None else search.violation.cause,
        examples=sum(search.examples.values()) if aim is None else search.examples[aim.name],
        seconds=monotonic() - began,
    )


def _broken(search: Search) -> Property | None:
    """Return the first property that is broken, or None when the time is up."""
    for turn in count():
        for aim in ALL:
            search.draw(aim, MOST, seconds=FIRST_S * 2**turn)
            if search.is_over:
                return None if search.violation is None else aim
    return None


def all_hunted(mutants: Sequence[Mutant], url: str, *, number: int, seconds: float, jobs: int) -> Iterator[Hunted]:
    """Hunt for mutants, so many at a time in processes of their own, and yield what came of each as it comes."""
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        coming = [pool.submit(hunted, mutant, url, number=number, seconds=seconds) for mutant in mutants]
        try:
            for done in as_completed(coming):
                yield done.result()
        finally:
            pool.shutdown(cancel_futures=True)
