"""`verify`: its options. What it does with them stands in `verifying`, which other commands need not load."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The options, as they were given."""

    client: str | None
    python: Path | None
    url: str | None
    admin_token: str | None
    known_failing: Path | None
    run: tuple[str, ...]
    skip: tuple[str, ...]
    reports: tuple[Path, ...]
    as_json: bool
    is_list: bool
    sdk: str | None
    versions: str | None


@click.command()
@click.option("--client", metavar="NAME|exec:CMD", help="The client: one that is shipped with a driver, or one's own.")
@click.option("--python", type=click.Path(path_type=Path), help="Interpreter for the driver of a client in Python.")
@click.option("--url", help="A server that is running; without it one is started for the run.")
@click.option("--admin-token", envvar="MKA1_EMULATOR_ADMIN_TOKEN", show_envvar=True, help="That server's token.")
@click.option(
    "--known-failing", type=click.Path(path_type=Path), help="File of checks that are known to fail, a name a line."
)
@click.option(
    "--run", metavar="PATTERN", multiple=True, help="Only these checks, such as 'list.*', or a group; repeatable."
)
@click.option("--skip", metavar="PATTERN", multiple=True, help="Not these checks; repeatable.")
@click.option(
    "--report",
    "reports",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Write a report: .html is a page, .xml JUnit's, .json data; repeatable.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what came of it, or the list, as JSON.")
@click.option("--sdk", metavar="NAME", help="Instead of one client, releases of an SDK on the package index.")
@click.option("--versions", metavar="WHICH", help="Of that: boundaries, all, newest, or such as 0.12.90,0.12.128.")
@click.option("--list", "is_list", is_flag=True, help="Only print the checks.")
def verify(**options: Any) -> None:
    """Hold a client to the contract: named checks, each in a world of its own.

    Exit 0 if all is as expected, 1 if anything is not, 2 if it cannot be done.
    """
    from emulator.commands import verifying  # noqa: PLC0415 - other commands need no checks

    sys.exit(verifying.run(Asked(**options)))
