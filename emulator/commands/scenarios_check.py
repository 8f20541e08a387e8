"""`scenarios check`: proves that scenarios are what they say. What that takes is the business of `emulator.proving`."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from emulator import resources
from emulator.commands.scenarios import folders, scenarios

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from emulator.domain.scenario import Scenario
    from emulator.proving.verdict import Verdict
    from emulator.scenarios.positions import Source


@scenarios.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the verdicts as JSON.")
@folders
def check(files: tuple[Path, ...], folders: tuple[Path, ...], *, as_json: bool) -> None:
    """Prove that scenarios are legal, or break what they say; without FILES, those of the whole library.

    Each is played on a manual clock with batches of 1, 3 and 200 lines, for each endpoint, and cancelled in each stage. Exit
    1 if any is not what it says.
    """
    from emulator.proving.report import as_data  # noqa: PLC0415 - other commands need no proof

    loaded = dict(_loaded(files, folders))
    sources = {scenario.name: source for source, scenario in loaded.items()}
    proved = _on_the_way([*loaded.values()], folders)
    verdicts = sorted(proved, key=lambda verdict: (verdict.kind == "hostile", verdict.scenario))
    if as_json:
        click.echo(json.dumps(as_data(verdicts, sources), indent=2, ensure_ascii=False))
    else:
        _print(verdicts, sources)
    if not all(verdict.is_proved for verdict in verdicts):
        sys.exit(1)


def _loaded(files: Iterable[Path], folders: Iterable[Path]) -> Iterator[tuple[Source, Scenario]]:
    """Yield the scenarios in these files, or else in the whole library. Raises ScenarioError for the first that is wrong."""
    from emulator.scenarios.loader import load  # noqa: PLC0415 - it takes pydantic
    from emulator.scenarios.positions import Source  # noqa: PLC0415

    all_folders = (resources.folder("scenarios"), *folders)
    known = {file.stem: file for folder in all_folders for file in sorted(folder.glob("**/*.yaml"))}
    for file in files or known.values():
        text = file.read_text(encoding="utf-8")
        yield Source(str(file), text), replace(load(file, files=known).compiled(), text=text)


def _on_the_way(scenarios: Sequence[Scenario], folders: Sequence[Path]) -> Iterator[Verdict]:
    """Yield verdicts, and show on a terminal how far it has come."""
    from emulator.proving.workers import proved  # noqa: PLC0415 - other commands need no server

    if not sys.stderr.isatty():
        yield from proved(scenarios, folders)
        return
    from rich.console import Console  # noqa: PLC0415 - a pipe needs no progress
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("proving", total=len(scenarios))
        for verdict in proved(scenarios, folders):
            progress.update(task, advance=1, description=f"proved {verdict.scenario}")
            yield verdict


def _print(verdicts: Sequence[Verdict], sources: dict[str, Source]) -> None:
    from emulator.proving.report import sentences, words  # noqa: PLC0415 - other commands need no proof

    if sys.stdout.isatty():
        _print_table(verdicts)
    else:
        for each in verdicts:
            verdict = "proved" if each.is_proved else "not proved"
            click.echo("\t".join((each.scenario, each.kind, str(each.runs), verdict, words(each))))
    for each in verdicts:
        for sentence in sentences(each, sources[each.scenario]):
            click.echo(sentence)


def _print_table(verdicts: Iterable[Verdict]) -> None:
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415 - a pipe needs no tables
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    from emulator.proving.report import words  # noqa: PLC0415

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in ("scenario", "kind", "runs", "verdict", "words"):
        table.add_column(name, justify="right" if name == "runs" else "left", no_wrap=name == "scenario")
    for each in verdicts:
        verdict = "[green]proved[/]" if each.is_proved else "[bold red]not proved[/]"
        table.add_row(each.scenario, each.kind, str(each.runs), verdict, words(each))
    Console(highlight=False).print(table)
