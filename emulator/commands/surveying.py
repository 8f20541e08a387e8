"""What `verify --sdk` does: releases found and installed, each held to the checks, and the table of them shown.

What is to be learnt from releases is the business of `emulator.verify.releases`.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from emulator.clients.installing import InstallFault
from emulator.clients.releases import BOUNDARIES, read_versions, releases, sdk
from emulator.commands.ending import code, gathered
from emulator.commands.serving import server
from emulator.verify.releases import reports
from emulator.verify.releases.reports import data, plain
from emulator.verify.releases.reports.watching import watched
from emulator.verify.releases.running import Finished, Surveyor
from emulator.verify.releases.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from emulator.clients.releases import Sdk
    from emulator.commands.verify import Asked
    from emulator.verify.check import Check
    from emulator.verify.known import KnownFailing


def run(asked: Asked, checks: Sequence[Check], known: KnownFailing, *, names: Sequence[str]) -> int:
    """Do what was asked, and return the exit code; `names` are those of all checks there are.

    Raises click.ClickException, EmulatorError, OSError.
    """
    for file in asked.reports:
        reports.check(file)
    with _in_one_sentence():
        of, versions = _wanted(asked)
        survey, ended = _surveyed(asked, of, versions, checks, known, names=names)
    _show(survey, as_json=asked.as_json)
    for file in asked.reports:
        reports.write(survey, file)
    return code(ended, is_as_expected=survey.is_as_expected)


@contextmanager
def _in_one_sentence() -> Iterator[None]:
    try:
        yield
    except InstallFault as fault:
        raise click.ClickException(f"--versions: {fault}") from None


def _wanted(asked: Asked) -> tuple[Sdk, Sequence[str]]:
    """Return the SDK and its releases that are meant."""
    try:
        of = sdk(str(asked.sdk))
    except ValueError as error:
        raise click.UsageError(f"--sdk: {error}") from None
    try:
        return of, releases(of, read_versions(asked.versions or BOUNDARIES))
    except ValueError as error:
        raise click.UsageError(f"--versions: {error}") from None


def _surveyed(  # noqa: PLR0913 - each is a thing of its own
    asked: Asked,
    of: Sdk,
    versions: Sequence[str],
    checks: Sequence[Check],
    known: KnownFailing,
    *,
    names: Sequence[str],
) -> tuple[Survey, int]:
    with server(asked.url, asked.admin_token) as at:
        surveyor = Surveyor(
            sdk=of.name, client=asked.client or of.client, checks=checks, url=at.url, token=at.token, known=known
        )
        events, ended = gathered(watched(surveyor.run(versions), releases=len(versions), checks=len(checks)))
    found = {event.release.version: event.release for event in events if isinstance(event, Finished)}
    checked = [found[version] for version in versions if version in found]
    results = [result for release in checked for result in release.results.values()]
    return Survey(sdk=of.name, checks=checks, releases=checked, stale=known.stale(results, names)), ended


def _show(survey: Survey, *, as_json: bool) -> None:
    if as_json:
        click.echo(data.write(survey), nl=False)
    elif sys.stdout.isatty():
        from emulator.verify.releases.reports import terminal  # noqa: PLC0415 - a pipe needs no tables

        terminal.show(survey)
    else:
        click.echo("\n".join(plain.lines(survey)))
