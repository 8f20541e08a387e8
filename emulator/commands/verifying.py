"""What `verify` does: checks chosen, a client and a server found, results shown as they come, reports written.

On a terminal there are tables and a bar, into a pipe goes a line a result. What is checked is `emulator.verify`'s business.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import click

from emulator.clients.catalog import command
from emulator.commands.ending import AS_EXPECTED, code, gathered
from emulator.commands.serving import server
from emulator.verify import reports
from emulator.verify.catalog import ALL
from emulator.verify.known import KnownFailing
from emulator.verify.reports import data, plain
from emulator.verify.reports.watching import watched
from emulator.verify.results import Outcome
from emulator.verify.running import Runner
from emulator.verify.selecting import selected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emulator.commands.verify import Asked
    from emulator.verify.check import Check
    from emulator.verify.results import Result

NAMES: Final = [check.name for check in ALL]


def run(asked: Asked) -> int:
    """Do what was asked, and return the exit code. Raises click.ClickException, EmulatorError, OSError."""
    checks = selected(ALL, run=asked.run, skip=asked.skip)
    if asked.is_list:
        _show_checks(checks, as_json=asked.as_json)
        return AS_EXPECTED
    _refuse_contradictions(asked)
    known = KnownFailing({}) if asked.known_failing is None else KnownFailing.read(asked.known_failing)
    if asked.sdk is not None:
        from emulator.commands import surveying  # noqa: PLC0415 - one client needs no installers

        return surveying.run(asked, checks, known, names=NAMES)
    return _run(asked, checks, known)


def _refuse_contradictions(asked: Asked) -> None:
    if asked.sdk is None and asked.versions is not None:
        raise click.UsageError("--versions is for the releases of an SDK: expected --sdk with it, found none")
    if asked.sdk is not None and asked.python is not None:
        raise click.UsageError("--sdk makes an environment for each release: expected no --python with it")
    if asked.sdk is None and asked.client is None:
        raise click.UsageError("expected --client with the name of a client or exec:COMMAND, found none")


def _run(asked: Asked, checks: Sequence[Check], known: KnownFailing) -> int:
    for file in asked.reports:
        reports.check(file)
    outcome, ended = _played(asked, checks, known)
    _show(outcome, as_json=asked.as_json)
    for file in asked.reports:
        reports.write(outcome, file)
    return code(ended, is_as_expected=outcome.is_as_expected)


def _played(asked: Asked, checks: Sequence[Check], known: KnownFailing) -> tuple[Outcome, int]:
    """Run checks with the client, and return what came of them, and the exit code."""
    driver = command(str(asked.client), python=asked.python)
    with server(asked.url, asked.admin_token) as at, Runner(driver, at.url, token=at.token) as runner:
        coming = map(known.marked, watched(runner.run(checks), total=len(checks)))
        results, ended = gathered(coming, tell=None if asked.as_json or sys.stdout.isatty() else _print_row)
        left = len(checks) - len(results)
        return Outcome(hello=runner.hello, results=results, stale=known.stale(results, NAMES), not_run=left), ended


def _print_row(result: Result) -> None:
    click.echo(plain.row(result))


def _show(outcome: Outcome, *, as_json: bool) -> None:
    if as_json:
        click.echo(data.write(outcome), nl=False)
    elif sys.stdout.isatty():
        from emulator.verify.reports import terminal  # noqa: PLC0415 - a pipe needs no tables

        terminal.show(outcome)
    else:
        click.echo("\n".join(plain.closing(outcome)))


def _show_checks(checks: Sequence[Check], *, as_json: bool) -> None:
    if as_json:
        click.echo(data.dumped([data.described(check) for check in checks]), nl=False)
    elif sys.stdout.isatty():
        from emulator.verify.reports import terminal  # noqa: PLC0415 - a pipe needs no tables

        terminal.show_checks(checks)
    else:
        click.echo("\n".join(map(plain.listed, checks)))
