"""Play checks with each mutant of the reference client, and print who catches whom.

Exit code 0 when each check is failed by a mutant and each mutant caught by a check, 1 when not, 2 when it cannot be done.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from typing import TYPE_CHECKING, TypeVar

from rich.console import Console
from rich.progress import track
from support.mutants import mutants

from emulator.verify.catalog import ALL
from emulator.verify.errors import VerifyError, meant
from emulator.verify.selecting import selected
from mutants import caught
from mutants.playing import all_played, server
from mutants.telling import Found, show

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from support.mutants import Mutant

    from emulator.verify.check import Check

WIDTH = 120
Each = TypeVar("Each")


def main() -> int:
    """Do what the options say, and return the exit code."""
    options = _options()
    given = options.parse_args()
    try:
        wanted, checks = _wanted(given.mutants), selected(ALL, run=given.run)
    except (LookupError, VerifyError) as error:
        options.error(str(error))
    if given.write and (given.mutants or given.run):
        options.error("--write is for all mutants and all checks: expected no names and no --run with it")
    found = _found(wanted, checks, jobs=given.jobs)
    if given.write:
        caught.write(found.played)
    if given.json:
        json.dump(found.data(), sys.stdout, indent=2)
        sys.stdout.write("\n")
    else:
        show(found, Console(width=WIDTH, highlight=False))
    return int(bool(found.idle or found.escaped))


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(prog="mutants", description=__doc__)
    options.add_argument("mutants", nargs="*", metavar="MUTANT", help="only these; without any all of the table")
    options.add_argument(
        "--run", action="append", default=[], metavar="PATTERN", help="only these checks, as for verify"
    )
    options.add_argument("--jobs", type=_jobs, default=os.cpu_count() or 1, help="how many mutants at a time")
    options.add_argument("--write", action="store_true", help=f"write {caught.FILE.name}, which the tests play")
    options.add_argument("--json", action="store_true")
    return options


def _jobs(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"expected a number of 1 or more, found {text!r}")
    return int(text)


def _wanted(names: Sequence[str]) -> list[Mutant]:
    """Return the mutants of these names, or all. Raises LookupError."""
    table = mutants()
    for name in names:
        if name not in table:
            raise LookupError(f"expected the name of a mutant, found {name!r}{meant(name, table)}")
    return [table[name] for name in names or table]


def _found(wanted: Sequence[Mutant], checks: Sequence[Check], *, jobs: int) -> Found:
    began = time.perf_counter()
    with server() as url:
        coming = _watched(all_played(dict.fromkeys(wanted, checks), url, jobs=jobs), total=len(wanted))
        played = {each.mutant.name: each for each in coming}
    in_order = [played[mutant.name] for mutant in wanted]
    return Found(checks=checks, played=in_order, seconds=time.perf_counter() - began)


def _watched(coming: Iterable[Each], *, total: int) -> Iterable[Each]:
    console = Console(stderr=True)
    return track(coming, "mutants", total=total, console=console, transient=True, disable=not console.is_terminal)


if __name__ == "__main__":
    sys.exit(main())
