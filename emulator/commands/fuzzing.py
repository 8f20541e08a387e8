"""What `fuzz` and `replay` do: a client and a server found, a campaign run, findings written and shown.

On a terminal there is a table that moves, into a pipe goes plain text. What is hunted, and how, is `emulator.fuzz`'s business.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
from contextlib import contextmanager
from tempfile import TemporaryFile
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

import click

from emulator.clients.catalog import command
from emulator.clients.driver import Driver
from emulator.clients.environments import cache_folder
from emulator.commands.ending import IN_VAIN, code, gathered
from emulator.commands.serving import server
from emulator.fuzz import campaign
from emulator.fuzz.catalog import named
from emulator.fuzz.events import Found, Plan
from emulator.fuzz.files import write
from emulator.fuzz.findings import as_data
from emulator.fuzz.held import Driven
from emulator.fuzz.playing import Player
from emulator.fuzz.replaying import files_of
from emulator.fuzz.replaying import replay as replayed
from emulator.fuzz.reports import junit, terminal
from emulator.fuzz.reports.summary import Summary

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from emulator.clients.catalog import Command
    from emulator.commands.fuzz import Again, Asked
    from emulator.fuzz.events import Event
    from emulator.fuzz.replaying import Replayed

LEAST_S: Final = 0.1


def run(asked: Asked) -> int:
    """Run a campaign, and return the exit code. Raises click.ClickException, EmulatorError, OSError."""
    until = None if asked.seconds is None else monotonic() + asked.seconds
    _end_as_if_interrupted()
    properties = [each.name for each in named(asked.properties)]
    driver = command(asked.client, python=asked.python)
    _make_folder(asked.out)
    client = _said_hello(driver)
    with server(asked.url, asked.admin_token) as at:
        plan = Plan(
            command=driver,
            url=at.url,
            token=at.token,
            properties=properties,
            seed=secrets.randbelow(2**31) if asked.seed is None else asked.seed,
            examples=campaign.EXAMPLES if asked.examples is None and asked.seconds is None else asked.examples,
            seconds=None if until is None else max(LEAST_S, until - monotonic()),
            workers=min(asked.workers or os.cpu_count() or 1, len(properties)),
            database=_database(asked),
        )
        summary = Summary(client=client, seed=plan.seed, properties=properties, bound_s=plan.seconds)
        _, ended = gathered(terminal.watched(_kept(campaign.run(plan), summary, asked.out), summary))
    return _ended(summary, ended, as_json=asked.as_json)


def _end_as_if_interrupted() -> None:
    """Let a request to end, from whomever, be one by the keyboard: what was found is kept, and nothing runs on."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def _make_folder(folder: Path) -> None:
    """Make the folder of findings, and be sure that they can be written. Raises click.UsageError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        why = error.strerror or error
        raise click.UsageError(f"--out: expected a folder that can be written, found {folder}: {why}") from None


def _said_hello(driver: Command) -> str:
    """Return the name and version of the client, of which a driver tells. Raises DriverFault."""
    with Driver(driver) as trial:
        return f"{trial.hello.name} {trial.hello.version} ({trial.hello.language})"


def _database(asked: Asked) -> Path | None:
    """Return the folder of Hypothesis' examples: with a seed there is none unless it was named."""
    if asked.database is not None or asked.seed is not None:
        return asked.database
    return cache_folder() / "examples" / "".join(letter if letter.isalnum() else "-" for letter in asked.client)


def _kept(events: Iterator[Event], summary: Summary, folder: Path) -> Iterator[Event]:
    """Yield events, and write each finding at once: what was found is kept, however it ends."""
    for event in events:
        if isinstance(event, Found):
            try:
                write(event.finding, folder)
            except OSError as error:
                summary.fail(f"a finding cannot be written: {error}")
        yield event


def _ended(summary: Summary, ended: int, *, as_json: bool) -> int:
    """Show what a campaign has come to, and return the exit code."""
    if not (summary.examples or summary.errors or ended):
        summary.fail("the time was up before anything was played: expected more --seconds")
    if as_json:
        click.echo(json.dumps(summary.data(), indent=2))
    else:
        terminal.print_summary(summary)
    _complain(summary.errors)
    return code(ended or (IN_VAIN if summary.errors else 0), is_as_expected=not summary.found)


def _complain(problems: Sequence[str]) -> None:
    for problem in problems:
        click.echo(f"mka1-emulator: error: {' '.join(problem.split())}", err=True)


def replay(again: Again) -> int:
    """Play findings again, and return the exit code. Raises click.ClickException, EmulatorError, OSError."""
    _end_as_if_interrupted()
    files = files_of(again.files)
    if again.report is not None and not again.report.parent.is_dir():
        raise click.UsageError(f"--report: expected a file in a folder that exists, found {again.report}")
    driver = command(again.client, python=again.python)
    tell = None if again.as_json else terminal.print_replayed
    with (
        _driven(driver) as client,
        server(again.url, again.admin_token) as at,
        Player(client, at.url, token=at.token) as player,
    ):
        found, ended = gathered(replayed(files, player), tell=tell)
    if again.as_json:
        click.echo(json.dumps([_data(each) for each in found], indent=2))
    else:
        terminal.print_verdicts(found)
    if again.report is not None:
        again.report.write_text(junit.write(found, again.client), encoding="utf-8", newline="\n")
    problems = [each.problem for each in found if each.problem]
    _complain(problems)
    return code(ended or (IN_VAIN if problems else 0), is_as_expected=not any(each.is_broken for each in found))


@contextmanager
def _driven(driver: Command) -> Iterator[Driven]:
    client = Driven(driver)
    try:
        yield client
    finally:
        client.close()


def _data(each: Replayed) -> dict[str, Any]:
    violation, finding = each.violation, each.finding
    known = {} if finding is None else as_data(finding)
    now = {} if violation is None else {"cause": violation.cause, "expected": violation.expected, "got": violation.got}
    return {
        "file": str(each.file),
        "verdict": each.verdict,
        "reproduces": each.is_broken,
        **{name: known.get(name) for name in ("property", "reason", "cause")},
        "name": each.name,
        "now": now or None,
        "happened": list(each.happened),
        "problem": each.problem or None,
    }


__all__: Sequence[str] = ("replay", "run")
