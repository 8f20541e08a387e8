"""`driver check`: tells the author of a driver what is still wrong with it. The trials are those of `emulator.clients`."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from emulator.clients.catalog import Command
    from emulator.clients.checking.trial import Result, Trial

_COLOURS: Final = {"passed": "green", "advice": "yellow", "wrong": "bold red", "not tried": "bright_black"}
STDERR_LINES: Final = 5
"""How many last lines of a driver's standard error are shown."""


@click.group()
def driver() -> None:
    """Write drivers, by which clients in any language are tested."""


@driver.command()
@click.argument("client", nargs=-1, required=True, metavar="CLIENT | [--] COMMAND…")
@click.option("--python", type=click.Path(path_type=Path), help="Interpreter for a shipped driver in Python.")
@click.option("--run", "patterns", multiple=True, metavar="GLOB", help="Only trials with such a name; repeatable.")
@click.option(
    "--deadline",
    "deadline_s",
    type=click.FloatRange(0, min_open=True),
    default=15.0,
    show_default=True,
    help="Seconds that a call may take before the driver is killed.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
def check(
    client: tuple[str, ...], python: Path | None, patterns: tuple[str, ...], deadline_s: float, *, as_json: bool
) -> None:
    """Try a driver on a server of its own, and say what is wrong with it and how to mend that.

    CLIENT is the name of a shipped driver, or exec:COMMAND; a COMMAND of one's own may also be given as it is, in one piece or
    in words after --.
    Exit 1 if anything is wrong; advice is no more than that.
    """
    command = _command(client, python)
    trials = _trials(patterns)
    results: list[Result] = []
    if as_json:
        results.extend(_on_the_way(command, trials, deadline_s))
        click.echo(json.dumps(_as_data(command, results), indent=2, ensure_ascii=False))
    elif sys.stdout.isatty():
        results.extend(_on_the_way(command, trials, deadline_s))
        _print_table(results)
    else:
        for result in _on_the_way(command, trials, deadline_s):
            results.append(result)
            _print_lines(result)
    if not as_json:
        click.echo(_summary(results))
    if any(result.verdict in {"wrong", "not tried"} for result in results):
        sys.exit(1)


def _command(client: tuple[str, ...], python: Path | None) -> Command:
    from emulator.clients import catalog  # noqa: PLC0415 - other commands need no clients

    is_program = client[0] not in catalog.CLIENTS and shutil.which(client[0]) is not None
    if len(client) == 1 and not is_program:
        is_line = len(client[0].split()) > 1 and not client[0].startswith(catalog.EXEC)
        return catalog.command(f"{catalog.EXEC}{client[0]}" if is_line else client[0], python=python)
    if python is not None:
        raise click.UsageError(f"--python is for shipped drivers in Python, found {client[0]!r}")
    return catalog.of_words(client)


def _trials(patterns: Sequence[str]) -> tuple[Trial, ...]:
    from emulator.clients.checking.running import TRIALS, matching  # noqa: PLC0415 - it takes the server

    trials = matching(patterns)
    if not trials:
        names = ", ".join(trial.name for trial in TRIALS)
        raise click.UsageError(f"--run: expected the name of a trial ({names}), found {', '.join(patterns)}")
    return trials


def _on_the_way(command: Command, trials: Sequence[Trial], deadline_s: float) -> Iterator[Result]:
    """Yield results, and show on a terminal how far it has come."""
    from emulator.clients.checking.running import checked  # noqa: PLC0415 - it takes the server

    if not sys.stderr.isatty():
        yield from checked(command, trials, deadline_s=deadline_s)
        return
    from rich.console import Console  # noqa: PLC0415 - a pipe needs no progress
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("trying", total=len(trials))
        for result in checked(command, trials, deadline_s=deadline_s):
            progress.update(task, advance=1, description=f"tried {result.trial.name}")
            yield result


def _as_data(command: Command, results: Sequence[Result]) -> dict[str, Any]:
    return {"client": command.name, "counts": _counts(results), "trials": [_facts(result) for result in results]}


def _counts(results: Sequence[Result]) -> dict[str, int]:
    return {verdict: sum(result.verdict == verdict for result in results) for verdict in _COLOURS}


def _facts(result: Result) -> dict[str, Any]:
    wrong = result.wrong
    told = {"at": wrong.at, "expected": wrong.expected, "got": wrong.got, "mend": wrong.mend} if wrong else {}
    return {
        "name": result.trial.name,
        "asks": result.trial.asks,
        "verdict": result.verdict,
        **told,
        "advice": list(result.advice),
        "stderr": result.stderr,
    }


def _summary(results: Sequence[Result]) -> str:
    return ", ".join(f"{count} {verdict}" for verdict, count in _counts(results).items() if count)


def _sentences(result: Result) -> Iterator[tuple[str, str]]:
    """Yield what there is to say of a trial, each sentence with its heading."""
    if wrong := result.wrong:
        yield from (("expected", f"{wrong.at}: {wrong.expected}"), ("got", wrong.got), ("mend", wrong.mend))
    yield from (("advice", sentence) for sentence in result.advice)
    lines = [line for line in result.stderr.splitlines() if line.strip()]
    yield from (("stderr", line) for line in lines[-STDERR_LINES:])


def _print_lines(result: Result) -> None:
    if result.verdict == "not tried":
        return
    click.echo(f"{result.verdict}\t{result.trial.name}\t{result.trial.asks}")
    for heading, sentence in _sentences(result):
        click.echo(f"\t{heading}\t{sentence}")


def _print_table(results: Sequence[Result]) -> None:
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415 - a pipe needs no tables
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("trial", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    table.add_column("what a good driver does, and what this one does")
    for result in (result for result in results if result.verdict != "not tried"):
        cell = Text(result.trial.asks, style="" if result.verdict == "passed" else "bold")
        for heading, sentence in _sentences(result):
            cell.append(f"\n{heading:<9}", style="bold not dim").append(sentence, style="not bold")
        table.add_row(Text(result.trial.name), Text(result.verdict, style=_COLOURS[result.verdict]), cell)
    Console(highlight=False).print(table)
