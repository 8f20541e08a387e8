"""A run over releases as lines of text, for a pipe: the table, separated by tabs, and then what each release changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.verify.releases.table import ABSENT, always_failing, groups, rows, steps, summary
from emulator.verify.reports.words import one_line, reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.verify.check import Group
    from emulator.verify.releases.survey import Survey
    from emulator.verify.releases.table import Row


def lines(survey: Survey) -> Iterator[str]:
    """Yield the lines."""
    columns = groups(survey)
    yield "\t".join(("release", *columns, "all"))
    for row in rows(survey):
        yield "\t".join((row.label, *_cells(row, columns)))
    for step in steps(survey):
        yield f"\n{step.version}, since {step.since}"
        for change in step.changes:
            yield f"{change.turn}\t{change.check.name}\t{change.reason}".rstrip()
    if constant := always_failing(survey):
        yield "\nin every release"
        for result in constant:
            yield f"fails\t{result.check.name}\t{reason(result)}"
    for each in survey.stale:
        yield one_line(f"{each.at}: stale: {each.name}: {each.reason}")
    yield f"\n{survey.sdk}: {summary(survey)}"


def _cells(row: Row, columns: list[Group]) -> Iterator[str]:
    if row.why_not:
        yield one_line(row.why_not)
        return
    yield from (row.cells[group].text if group in row.cells else ABSENT for group in columns)
    yield row.total.text
