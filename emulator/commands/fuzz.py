"""`fuzz` and `replay`: their options. What they do stands in `fuzzing`, which other commands need not load."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from emulator.domain.clock import parse_duration

if TYPE_CHECKING:
    from types import ModuleType


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The options of a campaign, as they were given."""

    client: str
    python: Path | None
    url: str | None
    admin_token: str | None
    examples: int | None
    seconds: float | None
    seed: int | None
    properties: tuple[str, ...]
    out: Path
    database: Path | None
    workers: int | None
    as_json: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """The options of a replay, as they were given."""

    files: tuple[Path, ...]
    client: str
    python: Path | None
    url: str | None
    admin_token: str | None
    report: Path | None
    as_json: bool


def _client(command: Any) -> Any:
    """Add the options that say which client, and which server."""
    for option in (
        click.option(
            "--admin-token", envvar="MKA1_EMULATOR_ADMIN_TOKEN", show_envvar=True, help="That server's token."
        ),
        click.option("--url", help="A server that is running; without it one is started for the run."),
        click.option(
            "--python", type=click.Path(path_type=Path), help="Interpreter for the driver of a client in Python."
        ),
        click.option(
            "--client",
            required=True,
            metavar="NAME|exec:CMD",
            help="The client: one that is shipped with a driver, or one's own.",
        ),
    ):
        command = option(command)
    return command


class _Seconds(click.ParamType[float]):
    """A duration, in seconds: `600`, `90s`, `10m`."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            seconds = parse_duration(value) / 1e6
        except ValueError as error:
            self.fail(str(error), param, ctx)
        if seconds <= 0:
            self.fail(f"expected more than no time, found {value!r}", param, ctx)
        return seconds


@click.command()
@_client
@click.option(
    "--examples", type=click.IntRange(min=1), help="Examples for each property; 300 if there is no bound on time."
)
@click.option("--seconds", type=_Seconds(), help="Bound on the whole run, shrinking included: 600, 90s, 10m.")
@click.option("--seed", type=int, help="Draw the same examples as last time with this seed.")
@click.option("--property", "properties", multiple=True, metavar="NAME", help="Only this property; repeatable.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("findings"),
    show_default=True,
    help="Folder for findings.",
)
@click.option(
    "--database",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of Hypothesis' examples, kept between runs.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    help="How many processes hunt side by side; as many as there are processors.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the summary and the findings as JSON.")
def fuzz(**options: Any) -> None:
    """Let Hypothesis look for ways to break a client. Exit 0: nothing found; 1: findings; 2: not understood."""
    sys.exit(_fuzzing().run(Asked(**options)))


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@_client
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write JUnit XML to this file.")
@click.option("--json", "as_json", is_flag=True, help="Print what came of each finding as JSON.")
def replay(**options: Any) -> None:
    """Play findings again: files, or folders of them. Exit 1: one still reproduces; 0: none does; 2: not understood."""
    sys.exit(_fuzzing().replay(Again(**options)))


def _fuzzing() -> ModuleType:
    try:
        from emulator.commands import fuzzing  # noqa: PLC0415 - it takes Hypothesis, which is an extra
    except ModuleNotFoundError as error:
        raise click.ClickException(f"this needs {error.name}: pip install 'mka1-emulator[fuzz]'") from None
    return fuzzing
