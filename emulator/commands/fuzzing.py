"""What `fuzz` and `replay` do: a client and a server found, a campaign run, findings written and shown.

On a terminal there is a table that moves, into a pipe goes plain text. What is hunted, and how, is `emulator.fuzz`'s business.
"""

from __future__ import annotations

import json
import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from emulator.clients.catalog import command
from emulator.clients.driver import Driver
from emulator.clients.environments import cache_folder
from emulator.commands.ending import NOT_AS_EXPECTED, code, gathered
from emulator.commands.serving import server
from emulator.fuzz import campaign
from emulator.fuzz.campaign import Found, Plan
from emulator.fuzz.catalog import named
from emulator.fuzz.findings import as_data, write
from emulator.fuzz.held import Driven
from emulator.fuzz.playing import Player
from emulator.fuzz.replaying import files_of, load
from emulator.fuzz.replaying import replay as replayed
from emulator.fuzz.reports import junit, terminal
from emulator.fuzz.reports.summary import Summary

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from emulator.clients.catalog import Command
    from emulator.commands.fuzz import Again, Asked
    from emulator.fuzz.campaign import Event
    from emulator.fuzz.replaying import Replayed


def run(asked: Asked) -> int:
    """Run a campaign, and return the exit code. Raises click.ClickException, EmulatorError, OSError."""
    properties = [each.name for each in named(asked.properties)]
    driver = command(asked.client, python=asked.python)
    client = _said_hello(driver)
    with server(asked.url, asked.admin_token) as at:
        plan = Plan(
            command=driver,
            url=at.url,
            token=at.token,
            properties=properties,
            seed=secrets.randbelow(2**31) if asked.seed is None else asked.seed,
            examples=campaign.EXAMPLES if asked.examples is None and asked.seconds is None else asked.examples,
            seconds=asked.seconds,
            workers=min(asked.workers, len(properties)),
            database=_database(asked),
        )
        summary = Summary(client=client, seed=plan.seed, properties=properties)
        _, ended = gathered(_kept(terminal.watched(campaign.run(plan), summary), asked.out))
    _show(summary, as_json=asked.as_json)
    for error in summary.errors:
        click.echo(f"mka1-emulator: error: {error}", err=True)
    return code(ended or (NOT_AS_EXPECTED if summary.errors else 0), is_as_expected=not summary.findings)


def _said_hello(driver: Command) -> str:
    """Return the name and version of the client, of which a driver tells. Raises DriverFault."""
    with Driver(driver) as trial:
        return f"{trial.hello.name} {trial.hello.version} ({trial.hello.language})"


def _database(asked: Asked) -> Path | None:
    """Return the folder of Hypothesis' examples: with a seed there is none unless it was named."""
    if asked.database is not None or asked.seed is not None:
        return asked.database
    return cache_folder() / "examples" / "".join(letter if letter.isalnum() else "-" for letter in asked.client)


def _kept(events: Iterator[Event], folder: Path) -> Iterator[Event]:
    """Yield events, and write each finding at once: what was found is kept, however it ends."""
    for event in events:
        if isinstance(event, Found):
            write(event.finding, folder)
        yield event


def _show(summary: Summary, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(summary.data(), indent=2))
    else:
        terminal.print_summary(summary)


def replay(again: Again) -> int:
    """Play findings again, and return the exit code. Raises click.ClickException, EmulatorError, OSError."""
    findings = load(files_of(again.files))
    if again.report is not None and not again.report.parent.is_dir():
        raise click.UsageError(f"--report: expected a file in a folder that exists, found {again.report}")
    driver = command(again.client, python=again.python)
    tell = None if again.as_json else terminal.print_replayed
    with (
        server(again.url, again.admin_token) as at,
        _driven(driver) as client,
        Player(client, at.url, token=at.token) as player,
    ):
        found, ended = gathered(replayed(findings, player), tell=tell)
    if again.as_json:
        click.echo(json.dumps([_data(each) for each in found], indent=2))
    if again.report is not None:
        again.report.write_text(junit.write(found, again.client), encoding="utf-8", newline="\n")
    return code(ended, is_as_expected=not any(each.reproduces for each in found))


@contextmanager
def _driven(driver: Command) -> Iterator[Driven]:
    client = Driven(driver)
    try:
        yield client
    finally:
        client.close()


def _data(each: Replayed) -> dict[str, object]:
    violation = each.violation
    now = (
        None if violation is None else {"cause": violation.cause, "expected": violation.expected, "got": violation.got}
    )
    return {
        "file": str(each.file),
        "reproduces": each.reproduces,
        "now": now,
        "happened": list(each.happened),
        **_named(each),
    }


def _named(each: Replayed) -> dict[str, object]:
    told = as_data(each.finding)
    return {name: told[name] for name in ("name", "property", "reason", "cause")}


__all__: Sequence[str] = ("replay", "run")
