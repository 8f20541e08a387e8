"""A campaign as text: a table that moves on a terminal while it runs, and a summary at its end."""

from __future__ import annotations

import sys
from time import monotonic
from typing import TYPE_CHECKING, Final

from emulator.fuzz.findings import file_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.table import Table

    from emulator.fuzz.campaign import Event
    from emulator.fuzz.findings import Finding
    from emulator.fuzz.replaying import Replayed
    from emulator.fuzz.reports.summary import Summary

LINE_EVERY_S: Final = 10.0
"""How often a pipe is told how far it has come."""
HEADINGS: Final = ("property", "examples", "calls", "seconds", "findings")


def watched(events: Iterable[Event], summary: Summary) -> Iterator[Event]:
    """Yield events as they come, note them in the summary, and show on stderr how far it has come."""
    began = monotonic()

    def noted() -> Iterator[Event]:
        for event in events:
            summary.seconds = monotonic() - began
            summary.take(event)
            yield event

    yield from (_live(noted(), summary) if sys.stderr.isatty() else _lines(noted(), summary))


def _lines(events: Iterable[Event], summary: Summary) -> Iterator[Event]:
    told = 0.0
    for event in events:
        if summary.seconds - told >= LINE_EVERY_S:
            told = summary.seconds
            print(progress(summary), file=sys.stderr, flush=True)  # noqa: T201
        yield event


def _live(events: Iterable[Event], summary: Summary) -> Iterator[Event]:
    from rich.console import Console  # noqa: PLC0415 - a pipe needs no tables
    from rich.live import Live  # noqa: PLC0415

    with Live(console=Console(stderr=True), transient=True, refresh_per_second=8) as live:
        for event in events:
            live.update(table(summary))
            yield event


def progress(summary: Summary) -> str:
    """Return how far a campaign has come, in a line."""
    return (
        f"{summary.seconds:.0f} s: {summary.examples} examples, {summary.calls} calls, {summary.rate:.0f} calls/s, "
        f"{len(summary.findings)} findings"
    )


def table(summary: Summary) -> Table:
    """Return a campaign as a table."""
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    shown = Table(box=SIMPLE_HEAD, pad_edge=False, caption=progress(summary), caption_justify="left")
    for heading in HEADINGS:
        shown.add_column(heading, justify="left" if heading == "property" else "right")
    for name in summary.properties:
        examples, calls, seconds, found = summary.of(name)
        colour = "bold red" if found else "green" if examples else "bright_black"
        shown.add_row(f"[{colour}]{name}[/]", str(examples), str(calls), f"{seconds:.1f}", f"[{colour}]{found}[/]")
    return shown


def print_summary(summary: Summary) -> None:
    """Print what a campaign has come to, on stdout."""
    if sys.stdout.isatty():
        from rich.console import Console  # noqa: PLC0415

        Console(highlight=False).print(table(summary))
    else:
        print("\t".join(HEADINGS))  # noqa: T201
        for name in summary.properties:
            examples, calls, seconds, found = summary.of(name)
            print(f"{name}\t{examples}\t{calls}\t{seconds:.1f}\t{found}")  # noqa: T201
        print(progress(summary))  # noqa: T201
    print(f"client {summary.client}, seed {summary.seed}")  # noqa: T201
    for each in summary.findings:
        print(_told(each.finding))  # noqa: T201


def _told(finding: Finding) -> str:
    lines = (f"\n{finding.property}: {finding.reason}", f"  expected {finding.expected}", f"  got      {finding.got}")
    return "\n".join((*lines, f"  {file_of(finding)}"))


def print_replayed(replayed: Replayed) -> None:
    """Print what came of a finding this time, on stdout."""
    finding = replayed.finding
    if replayed.violation is None:
        print(f"fixed\t{finding.name}\t{finding.reason}", flush=True)  # noqa: T201
        return
    print(f"reproduces\t{finding.name}\t{finding.reason}")  # noqa: T201
    print(f"  expected {replayed.violation.expected}\n  got      {replayed.violation.got}")  # noqa: T201
    for line in replayed.happened:
        print(f"  {line}", flush=True)  # noqa: T201
