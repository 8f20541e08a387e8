"""What is to be seen on a terminal's stderr while checks run: how far it has come, and how many have failed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from emulator.verify.reports.words import Standing, standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.progress import Progress

    from emulator.verify.results import Result


def watched(results: Iterable[Result], *, total: int) -> Iterator[Result]:
    """Yield results as they come, and show that they do."""
    if not sys.stderr.isatty():
        yield from results
        return
    failed = 0
    with _bar() as progress:
        task = progress.add_task("", total=total, failed="")
        for result in results:
            failed += standing(result) is Standing.FAIL
            told = f"[bold red]{failed} failed[/]" if failed else ""
            progress.update(task, advance=1, description=result.check.name, failed=told)
            yield result


def _bar() -> Progress:
    from rich.console import Console  # noqa: PLC0415 - a pipe needs no progress
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn  # noqa: PLC0415

    columns = (SpinnerColumn(), BarColumn(), MofNCompleteColumn(), "{task.fields[failed]}", "[cyan]{task.description}")
    return Progress(
        *(TextColumn(column) if isinstance(column, str) else column for column in columns),
        console=Console(stderr=True, highlight=False),
        transient=True,
    )
