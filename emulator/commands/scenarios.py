"""`scenarios list | show | graph`: the library of scenarios, for people and for programs.

Tables and colours are for a terminal; into a pipe goes plain text, or with `--json` data. What a scenario means is said by
`emulator.scenarios.drawing`, and only here printed.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

import click

from emulator import resources
from emulator.domain.lifecycle import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from emulator.domain.scenario import Scenario
    from emulator.scenarios.library import Library

    Command = TypeVar("Command", bound=Callable[..., Any])

KINDS: Final = ("legal", "hostile")
_COLOURS: Final = {"legal": "green", "hostile": "red"}
_STATUS_COLOURS: Final = {
    Status.COMPLETED: "green",
    Status.FAILED: "red",
    Status.EXPIRED: "yellow",
    Status.CANCELLED: "bright_black",
}


@click.group()
def scenarios() -> None:
    """See what the scenarios do to a batch and its client."""


def folders(command: Command) -> Command:
    """Add the option with which folders join the library."""
    return click.option(
        "--scenarios",
        "folders",
        multiple=True,
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        help="Folder of scenario files that join the library; repeatable.",
    )(command)


def library(given: Iterable[Path]) -> Library:
    """Return the library of the program's own scenarios and those of these folders."""
    from emulator.scenarios.library import Library  # noqa: PLC0415 - other commands need no scenarios

    return Library(resources.folder("scenarios"), *given)


# list


@scenarios.command("list")
@click.option("--kind", type=click.Choice(KINDS), help="Only those of this kind.")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
@folders
def list_scenarios(kind: Literal["legal", "hostile"] | None, folders: tuple[Path, ...], *, as_json: bool) -> None:
    """List the scenarios by kind."""
    from emulator.scenarios.drawing.canvas import clean  # noqa: PLC0415 - other commands need no scenarios

    known = library(folders)
    wanted = [each for each in KINDS if kind in {None, each}]
    found = [scenario for scenario in map(known.scenario, known.names) if scenario.kind in wanted]
    found.sort(key=lambda scenario: (KINDS.index(scenario.kind), scenario.name))
    if as_json:
        click.echo(json.dumps([facts(scenario) for scenario in found], indent=2, ensure_ascii=False))
    elif sys.stdout.isatty():
        _print_tables(found)
    else:
        for each in found:
            click.echo("\t".join((each.kind, each.name, clean(each.title), clean(each.seen_in or ""), _words(each))))


def facts(scenario: Scenario) -> dict[str, Any]:
    """Return what a list says of a scenario."""
    return {
        "name": scenario.name,
        "title": scenario.title,
        "kind": scenario.kind,
        "tolerates": list(scenario.tolerates),
        "breaks": list(scenario.breaks),
        "seen_in": scenario.seen_in,
        "client": scenario.client,
    }


def _words(scenario: Scenario) -> str:
    return ", ".join(scenario.tolerates or scenario.breaks)


def _print_tables(found: list[Scenario]) -> None:
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415 - a pipe needs no tables
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    from emulator.scenarios.drawing.canvas import clean  # noqa: PLC0415

    console = Console(highlight=False)
    for kind in dict.fromkeys(scenario.kind for scenario in found):
        colour = _COLOURS[kind]
        table = Table(box=SIMPLE_HEAD, title=Text(kind, style=f"bold {colour}"), title_justify="left", pad_edge=False)
        table.add_column("scenario", style=f"bold {colour}", no_wrap=True)
        table.add_column("what happens")
        table.add_column("asks of its client" if kind == "legal" else "breaks", style="magenta")
        table.add_column("seen in", style="bright_black", overflow="fold")
        for each in found:
            if each.kind == kind:
                cells = (each.name, clean(each.title), _words(each), clean(each.seen_in or ""))
                table.add_row(*map(Text, cells))
        console.print(table)


# show


@scenarios.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print the data of the file and what it means as JSON.")
@folders
def show(name: str, folders: tuple[Path, ...], *, as_json: bool) -> None:
    """Show a scenario's file as it stands, and say what it means."""
    from emulator.scenarios.drawing import told  # noqa: PLC0415

    scenario = library(folders).scenario(name)
    parts = told(scenario)
    if as_json:
        meaning = {part.heading: list(part.phrases) for part in parts}
        said = {**facts(scenario), "text": scenario.text, "meaning": meaning}
        click.echo(json.dumps(said, indent=2, ensure_ascii=False))
        return
    _print_source(scenario.text)
    for part in parts:
        click.echo(f"\n{_styled(part.heading, _COLOURS.get(part.heading, 'cyan'))}")
        for phrase in part.phrases:
            click.echo(f"  {_coloured(phrase)}")


def _print_source(text: str) -> None:
    if not sys.stdout.isatty():
        click.echo(text.rstrip("\n"))
        return
    from rich.console import Console  # noqa: PLC0415 - a pipe needs no colours
    from rich.syntax import Syntax  # noqa: PLC0415

    Console().print(Syntax(text.rstrip("\n"), "yaml", theme="ansi_dark", background_color="default", word_wrap=True))


def _coloured(phrase: str) -> str:
    """Return a phrase in which the status that ends a batch has its colour."""
    before, colon, last = phrase.rpartition(": ")
    colour = next((colour for status, colour in _STATUS_COLOURS.items() if last == status), None)
    return f"{before}{colon}{_styled(last, colour)}" if colour else phrase


def _styled(text: str, colour: str) -> str:
    """Return a text in bold and in colour, unless the environment says that it wants none; a pipe never gets any."""
    return text if os.environ.get("NO_COLOR") else click.style(text, fg=colour, bold=True)


# graph


@scenarios.command()
@click.argument("name")
@click.option(
    "--format",
    "form",
    type=click.Choice(["mermaid", "svg"]),
    help="What to draw: Mermaid, which is the default, or an SVG; without it the file's name decides.",
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write it to this file.")
@folders
def graph(name: str, form: str | None, out: Path | None, folders: tuple[Path, ...]) -> None:
    """Draw a scenario: what can happen to a batch, and when."""
    from emulator.scenarios.drawing import mermaid, svg  # noqa: PLC0415

    by_name = "svg" if out is not None and out.suffix.lower() == ".svg" else "mermaid"
    draw = svg if (form or by_name) == "svg" else mermaid
    picture = draw(library(folders).scenario(name))
    if out is None:
        click.echo(picture, nl=False)
    else:
        out.write_text(picture, encoding="utf-8", newline="\n")
