"""Hunting for mutants: a campaign for each, as `fuzz` runs it, until the first finding."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import TYPE_CHECKING

from emulator.fuzz import campaign
from emulator.fuzz.catalog import ALL
from emulator.fuzz.events import Found, Plan, Stopped, Tally

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.mutants import Mutant

    from emulator.fuzz.events import Event
    from emulator.fuzz.findings import Finding


class Broken(Exception):
    """A campaign came to a wrong end; the message says how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hunted:
    """What came of a hunt: the property that a mutant broke and the cause, or None.

    `examples` are those of all properties, and `seconds` the wall's, from the start of the processes to the finding, by when
    it has been made small.
    """

    mutant: str
    property: str | None
    cause: str | None
    examples: int
    seconds: float


def hunted(mutant: Mutant, url: str, *, number: int, seconds: float, workers: int) -> Hunted:
    """Hunt for a mutant for so many seconds at most; `number` seeds what is drawn. Raises Misfit, Broken."""
    began = monotonic()
    with TemporaryDirectory() as folder:
        plan = Plan(
            command=mutant.command(Path(folder)),
            url=url,
            token=None,
            properties=[each.name for each in ALL],
            seed=number,
            seconds=seconds,
            workers=workers,
        )
        with closing(campaign.run(plan)) as events:
            first, examples = _first(events)
            took = monotonic() - began
    return Hunted(
        mutant=mutant.name,
        property=None if first is None else first.property,
        cause=None if first is None else first.cause,
        examples=examples,
        seconds=took,
    )


def _first(events: Iterator[Event]) -> tuple[Finding | None, int]:
    """Return the first finding, and how many examples were played by then. Raises Broken."""
    played: dict[str, int] = {}
    for event in events:
        match event:
            case Tally():
                played[event.property] = event.examples
            case Found():
                return event.finding, sum(played.values())
            case Stopped(error=str(why)):
                raise Broken(why)
    return None, sum(played.values())
