"""A run on a terminal: a table of its groups, the failures told, and the sentence at the end."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from emulator.verify.reports.words import (
    Standing,
    by_group,
    client,
    count,
    facts,
    one_line,
    reason,
    summary,
    those,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import RenderableType

    from emulator.verify.check import Check
    from emulator.verify.results import Outcome, Result, Stale

BAR: Final = 24
STYLES: Final = {
    Standing.PASS: "green",
    Standing.FAIL: "bold red",
    Standing.KNOWN: "yellow",
    Standing.NOT_APPLICABLE: "bright_black",
}


def show(outcome: Outcome) -> None:
    """Print what came of a run."""
    Console(highlight=False).print(Group(*_parts(outcome)))


def show_checks(checks: Sequence[Check]) -> None:
    """Print what there is to check, a table for each group."""
    console = Console(highlight=False)
    for group in dict.fromkeys(check.group for check in checks):
        console.print(_listed(group, [check for check in checks if check.group is group]))


def _listed(group: str, checks: Iterable[Check]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, title=Text(group, style="bold cyan"), title_justify="left")
    table.add_column("check", style="bold", overflow="fold")
    table.add_column("expects")
    table.add_column("contract", style="bright_black")
    for check in checks:
        table.add_row(*(Text(one_line(text)) for text in (check.name, check.expects, check.place)))
    return table


def _parts(outcome: Outcome) -> Iterable[RenderableType]:
    yield _groups(outcome)
    yield from map(_failure, those(outcome.results, Standing.FAIL))
    if notes := [*map(_known, those(outcome.results, Standing.KNOWN)), *map(_stale, outcome.stale)]:
        yield Text()
        yield from notes
    yield Text(f"\n{summary(outcome)}", style="bold green" if outcome.is_as_expected else "bold red")


def _groups(outcome: Outcome) -> Table:
    title = Text(client(outcome.hello), style="bold")
    table = Table(box=SIMPLE_HEAD, pad_edge=False, title=title, title_justify="left")
    table.add_column("group")
    table.add_column("")
    for name in ("passed", "failed", "known", "n/a"):
        table.add_column(name, justify="right")
    for group, results in by_group(outcome.results).items():
        table.add_row(group, _bar(results), *_cells(results))
    return table


def _cells(results: Sequence[Result]) -> Iterable[Text]:
    counts = count(results)
    applicable = len(results) - counts[Standing.NOT_APPLICABLE]
    passed = f"{counts[Standing.PASS]}/{applicable}" if applicable else "-"
    yield Text(passed, style=STYLES[Standing.PASS] if counts[Standing.PASS] == applicable else "")
    for each in (Standing.FAIL, Standing.KNOWN, Standing.NOT_APPLICABLE):
        yield Text(str(counts[each]), style=STYLES[each]) if counts[each] else Text("-", style="bright_black")


def _bar(results: Sequence[Result]) -> Text:
    """Return a bar in which whatever did not pass is seen, however little it is."""
    counts = count(results)
    bar, left = Text(), BAR
    for each in (Standing.FAIL, Standing.KNOWN, Standing.NOT_APPLICABLE):
        cells = min(left, math.ceil(BAR * counts[each] / len(results)))
        bar.append("━" * cells, style=STYLES[each])
        left -= cells
    return Text("━" * left, style=STYLES[Standing.PASS]) + bar


def _failure(result: Result) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bright_black", no_wrap=True)
    table.add_column(overflow="fold")
    for name, text in facts(result).items():
        table.add_row(name, Text(one_line(text), style={"expected": "green", "got": "red"}.get(name, "")))
    return Group(Text(f"\nfailed: {result.check.name}", style="bold red"), Padding(table, (0, 0, 0, 4)))


def _known(result: Result) -> Text:
    return Text(f"known to fail: {result.check.name}: {reason(result)}", style=STYLES[Standing.KNOWN])


def _stale(stale: Stale) -> Text:
    return Text(one_line(f"{stale.at}: stale: {stale.name}: {stale.reason}"), style="bold red")
