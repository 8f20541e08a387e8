"""What is printed of who catches whom: a table for people, one object for programs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.table import Table
from support.mutants import for_the_fuzzer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from emulator.verify.check import Check
    from mutants.playing import Played


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """All that was played, in the order of the table, and how many seconds of the wall it took."""

    checks: Sequence[Check]
    played: Sequence[Played]
    seconds: float

    @property
    def idle(self) -> list[str]:
        """The checks that no mutant fails."""
        failed = {result.check.name for played in self.played for result in played.failures}
        return [check.name for check in self.checks if check.name not in failed]

    @property
    def escaped(self) -> list[str]:
        """The mutants that no check catches, but for those that are left to the fuzzer."""
        return [
            played.mutant.name
            for played in self.played
            if not played.failures and played.mutant.name not in for_the_fuzzer()
        ]

    def data(self) -> dict[str, Any]:
        """Return all of it as JSON has it."""
        return {
            "checks": len(self.checks),
            "seconds": round(self.seconds, 1),
            "mutants": list(map(_described, self.played)),
            "checks_that_no_mutant_fails": self.idle,
            "mutants_that_no_check_catches": self.escaped,
        }


def show(found: Found, console: Console) -> None:
    """Print the table, and what escaped."""
    table = Table("mutant", "checks", "in", box=None, pad_edge=False)
    table.columns[1].justify = "right"
    for played in found.played:
        table.add_row(played.mutant.name, str(len(played.failures)), _groups(played))
    console.print(table)
    console.print(f"{len(found.played)} mutants, {len(found.checks)} checks, {found.seconds:.0f} s")
    console.print(f"Checks that no mutant fails: {', '.join(found.idle) or 'none'}")
    console.print(f"Mutants that no check catches: {', '.join(found.escaped) or 'none'}")


def _groups(played: Played) -> str:
    counts = Counter(str(result.check.group) for result in played.failures)
    return ", ".join(f"{group} {count}" for group, count in counts.items())


def _described(played: Played) -> dict[str, Any]:
    return {
        "name": played.mutant.name,
        "bug": played.mutant.bug,
        "seconds": round(played.seconds, 1),
        "caught_by": [result.check.name for result in played.failures],
    }
