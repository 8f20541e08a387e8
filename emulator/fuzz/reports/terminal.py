"""A campaign, and a replay, as text: a table that moves on a terminal while it runs, lines into a pipe, a summary at the end."""

from __future__ import annotations

import sys
from time import monotonic
from typing import TYPE_CHECKING, Final

from emulator.fuzz.events import Found
from emulator.fuzz.files import file_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.table import Table

    from emulator.fuzz.events import Event
    from emulator.fuzz.findings import Finding
    from emulator.fuzz.replaying import Replayed
    from emulator.fuzz.reports.summary import Row, Summary

LINE_EVERY_S: Final = 10.0
"""How often a pipe is told how far it has come."""
HEADINGS: Final = ("property", "examples", "a second", "calls", "seconds", "findings")
VERDICTS: Final = ("reproduces", "breaks otherwise", "fixed", "not applicable", "not played")


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
    _say(opening(summary))
    for event in events:
        if isinstance(event, Found):
            _say(_one_line(event.finding))
        if summary.seconds - told >= LINE_EVERY_S:
            told = summary.seconds
            _say(progress(summary))
        yield event


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201


def _live(events: Iterable[Event], summary: Summary) -> Iterator[Event]:
    from rich.console import Console  # noqa: PLC0415 - a pipe needs no tables
    from rich.live import Live  # noqa: PLC0415

    console = Console(stderr=True, highlight=False)
    console.print(opening(summary), markup=False)
    with Live(table(summary), console=console, transient=True, refresh_per_second=8) as live:
        for event in events:
            if isinstance(event, Found):
                live.console.print(_one_line(event.finding), markup=False)
            live.update(table(summary))
            yield event


def opening(summary: Summary) -> str:
    """Return what a campaign is about, in a line."""
    return f"fuzzing {summary.client}, seed {summary.seed}"


def _one_line(finding: Finding) -> str:
    return f"found by {finding.property}: {finding.reason}"


def progress(summary: Summary) -> str:
    """Return how far a campaign has come, in a line."""
    bound = "" if summary.bound_s is None else f" of {summary.bound_s:.0f} s"
    unsteady = f", {summary.unsteady} that never came again" if summary.unsteady else ""
    return (
        f"{summary.seconds:.0f} s{bound}: {summary.examples} examples ({summary.rate(summary.examples):.0f}/s), "
        f"{summary.calls} calls ({summary.rate(summary.calls):.0f}/s), {len(summary.found)} findings{unsteady}"
    )


def _cells(row: Row) -> tuple[str, ...]:
    return (row.name, str(row.examples), f"{row.rate:.0f}", str(row.calls), f"{row.seconds:.1f}", str(row.findings))


def table(summary: Summary) -> Table:
    """Return a campaign as a table; what is hunted just now stands out."""
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    shown = Table(box=SIMPLE_HEAD, pad_edge=False, caption=progress(summary), caption_justify="left")
    for heading in HEADINGS:
        shown.add_column(heading, justify="left" if heading == "property" else "right", no_wrap=True)
    for row in summary.rows:
        colour = "red" if row.findings else "green" if row.examples else "bright_black"
        shown.add_row(*_cells(row), style=f"bold {colour}" if row.is_hunted else colour)
    return shown


def print_summary(summary: Summary) -> None:
    """Print what a campaign has come to, on stdout."""
    if sys.stdout.isatty():
        from rich.console import Console  # noqa: PLC0415

        Console(highlight=False).print(table(summary))
    else:
        print("\t".join(HEADINGS))  # noqa: T201
        for row in summary.rows:
            print("\t".join(_cells(row)))  # noqa: T201
        print(progress(summary))  # noqa: T201
    print(f"client {summary.client}, seed {summary.seed}")  # noqa: T201
    for each in summary.findings:
        print(_told(each.finding))  # noqa: T201


def _told(finding: Finding) -> str:
    lines = (f"\n{finding.property}: {finding.reason}", f"  expected {finding.expected}", f"  got      {finding.got}")
    return "\n".join((*lines, f"  {file_of(finding)}"))


# A replay


def print_replayed(replayed: Replayed) -> None:
    """Print what came of a finding this time, on stdout."""
    finding, violation = replayed.finding, replayed.violation
    lines = [f"{replayed.verdict}\t{replayed.name}\t{replayed.problem or (finding.reason if finding else '')}"]
    if violation is not None:
        otherwise = [f"  now: {violation.cause}"] if replayed.verdict == "breaks otherwise" else []
        lines += [*otherwise, f"  expected {violation.expected}", f"  got      {violation.got}"]
        lines += [f"  {line}" for line in replayed.happened]
    print("\n".join(lines), flush=True)  # noqa: T201


def print_verdicts(replayed: Sequence[Replayed]) -> None:
    """Print how many there are of each verdict, on stdout."""
    verdicts = [each.verdict for each in replayed]
    counts = ", ".join(f"{verdicts.count(each)} {each}" for each in VERDICTS if each in verdicts)
    print(f"{len(replayed)} findings: {counts or 'none was played'}")  # noqa: T201
