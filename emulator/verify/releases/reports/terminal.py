"""A run over releases on a terminal: the table, in colour, what each release changed, and the sentence at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from emulator.verify.releases.table import ABSENT, Turn, always_failing, groups, rows, steps, summary
from emulator.verify.reports.terminal import STYLES
from emulator.verify.reports.words import Standing, one_line, reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import RenderableType

    from emulator.verify.check import Group as Column
    from emulator.verify.releases.survey import Survey
    from emulator.verify.releases.table import Cell, Row, Step

TURNS: Final = {
    Turn.NOW_FAILS: ("✗", STYLES[Standing.FAIL]),
    Turn.NOW_PASSES: ("✓", STYLES[Standing.PASS]),
    Turn.NO_LONGER_APPLIES: (ABSENT, STYLES[Standing.NOT_APPLICABLE]),
}


def show(survey: Survey, *, console: Console | None = None) -> None:
    """Print what came of a run, on stdout unless it is told otherwise."""
    (console or Console(highlight=False)).print(Group(*_parts(survey)))


def _parts(survey: Survey) -> Iterable[RenderableType]:
    yield _table(survey)
    yield from (Text(one_line(f"{row.label}: {row.why_not}"), style="yellow") for row in rows(survey) if row.why_not)
    for step in steps(survey):
        yield from _step(step)
    if constant := always_failing(survey):
        yield Text("\nin every release", style="bold")
        yield from (_told("✗", STYLES[Standing.FAIL], each.check.name, reason(each)) for each in constant)
    for each in survey.stale:
        yield Text(one_line(f"{each.at}: stale: {each.name}: {each.reason}"), style="bold red")
    yield Text(f"\n{survey.sdk}: {summary(survey)}", style="bold green" if survey.is_as_expected else "bold red")


def _table(survey: Survey) -> Table:
    columns = groups(survey)
    title = Text(survey.sdk, style="bold")
    table = Table(box=SIMPLE_HEAD, show_edge=False, padding=0, title=title, title_justify="left")
    table.add_column("release", style="bold", no_wrap=True)
    for column in (*columns, "all"):
        table.add_column(column, justify="right", no_wrap=True, min_width=5)
    for row in rows(survey):
        table.add_row(row.label, *([] if row.why_not else _cells(row, columns)))
    return table


def _cells(row: Row, columns: Sequence[Column]) -> Iterator[Text]:
    yield from (_cell(row.cells[group]) if group in row.cells else _absent() for group in columns)
    yield _cell(row.total)


def _cell(cell: Cell) -> Text:
    return Text(cell.text, style=STYLES[cell.standing])


def _absent() -> Text:
    return Text(ABSENT, style=STYLES[Standing.NOT_APPLICABLE])


def _step(step: Step) -> Iterator[Text]:
    yield Text(f"\n{step.version}", style="bold").append(f"  since {step.since}", style="not bold bright_black")
    for change in step.changes:
        mark, style = TURNS[change.turn]
        yield _told(mark, style, change.check.name, "" if change.turn is Turn.NOW_PASSES else change.reason)


def _told(mark: str, style: str, name: str, why: str) -> Text:
    told = Text.assemble((f"  {mark} {name}", style), (f"  {why}" if why else "", "bright_black"))
    told.no_wrap, told.overflow = True, "ellipsis"
    return told
