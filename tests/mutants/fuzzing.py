"""Hunt for each mutant of the reference client by a campaign of `fuzz`, and print which property catches it, how soon.

Exit code 0 when all are caught in time, but for those that are left to others, 1 when one escapes, 2 when it cannot be done.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.table import Table
from support.mutants import mutants

from emulator.verify.errors import meant
from mutants import picture
from mutants.hunting import hunted
from mutants.playing import server

if TYPE_CHECKING:
    from collections.abc import Sequence

    from support.mutants import Mutant

    from mutants.hunting import Hunted

WIDTH: Final = 140
SEED: Final = 1
SECONDS: Final = 60.0
LEFT: Final = {
    "requires-max-concurrency": "the newest edition does require it; `verify` plays the older ones",
    "strips-an-errors-body": "a driver may say null of no body",
}
"""Mutants that the fuzzer leaves to others, and why."""


def main() -> int:
    """Do what the options say, and return the exit code."""
    options = _options()
    given = options.parse_args()
    table = mutants()
    for name in given.mutants:
        if name not in table:
            options.error(f"expected the name of a mutant, found {name!r}{meant(name, table)}")
    wanted = [table[name] for name in given.mutants or table]
    began = time.perf_counter()
    found = _hunted(wanted, number=given.seed, seconds=given.seconds, workers=given.workers)
    if given.picture is not None:
        given.picture.write_text(picture.write(found, {name: mutant.bug for name, mutant in table.items()}), "utf-8")
    if given.json:
        json.dump([asdict(each) for each in found], sys.stdout, indent=2)
        sys.stdout.write("\n")
    else:
        _show(found, time.perf_counter() - began, Console(width=WIDTH, highlight=False))
    return int(bool(_escaped(found)))


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(prog="mutants.fuzzing", description=__doc__)
    options.add_argument("mutants", nargs="*", metavar="MUTANT", help="only these; without any all of the table")
    options.add_argument("--seed", type=int, default=SEED, help="what is drawn; the same by default")
    options.add_argument("--seconds", type=float, default=SECONDS, help="how long to hunt for each")
    options.add_argument("--workers", type=int, default=2, help="how many processes hunt for each")
    options.add_argument("--json", action="store_true")
    options.add_argument("--picture", type=Path, help="write a picture of it, as SVG")
    return options


def _hunted(wanted: Sequence[Mutant], *, number: int, seconds: float, workers: int) -> list[Hunted]:
    found: list[Hunted] = []
    with server() as url:
        for mutant in wanted:
            each = hunted(mutant, url, number=number, seconds=seconds, workers=workers)
            found.append(each)
            told = f"{len(found)}/{len(wanted)} {each.mutant}: {each.property or 'escaped'}, {each.seconds:.1f} s"
            sys.stderr.write(f"{told}\n")
    return found


def _show(found: Sequence[Hunted], seconds: float, console: Console) -> None:
    table = Table("mutant", "property", "examples", "seconds", "cause", box=None, pad_edge=False)
    for column in (2, 3):
        table.columns[column].justify = "right"
    for each in found:
        table.add_row(each.mutant, each.property or "", str(each.examples), f"{each.seconds:.1f}", each.cause or "")
    console.print(table)
    for each in found:
        if each.property is None and each.mutant in LEFT:
            console.print(f"Left: {each.mutant}: {LEFT[each.mutant]}")
    console.print(f"{len(found)} mutants, {seconds:.0f} s; escaped: {', '.join(_escaped(found)) or 'none'}")


def _escaped(found: Sequence[Hunted]) -> list[str]:
    return [each.mutant for each in found if each.property is None and each.mutant not in LEFT]


if __name__ == "__main__":
    sys.exit(main())
