"""What is to be seen on stderr while releases run: two bars on a terminal, else a line a release."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from emulator.verify.releases.running import Checked, Finished, Ready
from emulator.verify.releases.table import row_of
from emulator.verify.reports.words import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.progress import Progress

    from emulator.verify.releases.running import Event
    from emulator.verify.releases.survey import Release


def watched(events: Iterable[Event], *, releases: int, checks: int) -> Iterator[Event]:
    """Yield events as they come, and show that they do."""
    if sys.stderr.isatty():
        yield from _with_bars(events, releases=releases, checks=checks)
        return
    for event in events:
        if isinstance(event, Finished):
            click.echo(_told(event.release), err=True)
        yield event


def _told(release: Release) -> str:
    row = row_of([release])
    return f"{release.version}\t{one_line(row.why_not) or row.total.text}"


def _with_bars(events: Iterable[Event], *, releases: int, checks: int) -> Iterator[Event]:
    with _bars() as progress:
        making = progress.add_task("environments", total=releases, told="")
        running = progress.add_task("checks", total=releases * checks, told="")
        for event in events:
            match event:
                case Ready(version):
                    progress.update(making, advance=1, told=version)
                case Checked(version, result):
                    progress.update(running, advance=1, told=f"{version} {result.check.name}")
                case Finished(release):
                    progress.console.print(_told(release).expandtabs(), markup=False)
            yield event


def _bars() -> Progress:
    from rich.console import Console  # noqa: PLC0415 - a pipe needs no progress
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn  # noqa: PLC0415

    columns = (
        SpinnerColumn(),
        "{task.description:<12}",
        BarColumn(),
        MofNCompleteColumn(),
        "[cyan]{task.fields[told]}",
    )
    return Progress(
        *(TextColumn(column) if isinstance(column, str) else column for column in columns),
        console=Console(stderr=True, highlight=False),
        transient=True,
    )
