"""Running the checks over releases: first an environment for each, then the checks in each, some releases at once.

Yields what happens as it happens; who shows it is none of its business.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from threading import Event as Flag
from typing import TYPE_CHECKING, Final, TypeAlias

from emulator.clients.catalog import command
from emulator.clients.driver import DriverFault
from emulator.clients.environments import environment
from emulator.clients.installing import InstallFault, Trouble
from emulator.verify.releases.survey import Release
from emulator.verify.results import Outcome, Result
from emulator.verify.running import Runner

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from emulator.verify.check import Check
    from emulator.verify.known import KnownFailing

AT_ONCE: Final = 2


@dataclass(frozen=True, slots=True)
class Ready:
    """The environment of a release is there."""

    version: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A check of a release has come to its end."""

    version: str
    result: Result


@dataclass(frozen=True, slots=True)
class Finished:
    """A release has come to its end, whether or not it could be checked."""

    release: Release


Event: TypeAlias = Ready | Checked | Finished


class _Channel:
    """What jobs tell, and whether they are to stop; None is the end of a job."""

    def __init__(self) -> None:
        self.events: SimpleQueue[Event | None] = SimpleQueue()
        self.stopped = Flag()

    def until_a_job_ends(self) -> Iterator[Event]:
        """Yield what jobs tell, up to the end of any of them."""
        while (event := self.events.get()) is not None:
            yield event


@dataclass(frozen=True, slots=True, kw_only=True)
class Surveyor:
    """Holds releases of an SDK, which the package index knows by its name, to checks; the client is its driver.

    `url` and `token` are the server's; environments are kept in `folder`, by default the cache folder.
    """

    sdk: str
    client: str
    checks: Sequence[Check]
    url: str
    token: str | None = None
    known: KnownFailing | None = None
    folder: Path | None = None
    at_once: int = AT_ONCE

    def run(self, versions: Sequence[str]) -> Generator[Event, None, None]:
        """Hold releases to the checks, and yield what happens.

        A release that cannot be installed, or whose driver does not start, is finished without an outcome. Raises
        InstallFault when there is no such release, ClientUnknown when no driver runs under the Python of an environment.
        """
        command(self.client, python=Path(sys.executable))
        pythons: dict[str, Path] = {}
        for version, made in self._made(versions):
            if isinstance(made, InstallFault):
                yield Finished(Release(version=version, why_not=str(made)))
            else:
                pythons[version] = made
                yield Ready(version)
        yield from self._checked(pythons)

    def _made(self, versions: Sequence[str]) -> Iterator[tuple[str, Path | InstallFault]]:
        with ThreadPoolExecutor(self.at_once) as pool:
            try:
                yield from zip(versions, pool.map(self._make, versions), strict=True)
            finally:
                pool.shutdown(cancel_futures=True)

    def _make(self, version: str) -> Path | InstallFault:
        try:
            return environment(f"{self.sdk}=={version}", folder=self.folder)
        except InstallFault as fault:
            if fault.trouble in {Trouble.NO_SUCH_RELEASE, Trouble.NO_SUCH_PACKAGE}:
                raise
            return fault

    def _checked(self, pythons: dict[str, Path]) -> Iterator[Event]:
        channel = _Channel()
        with ThreadPoolExecutor(self.at_once) as pool:
            jobs = [pool.submit(self._job, version, python, channel) for version, python in pythons.items()]
            try:
                for _ in jobs:
                    yield from channel.until_a_job_ends()
            finally:
                channel.stopped.set()
                pool.shutdown(cancel_futures=True)
        for job in jobs:
            job.result()

    def _job(self, version: str, python: Path, channel: _Channel) -> None:
        try:
            channel.events.put(Finished(self._release(version, python, channel)))
        finally:
            channel.events.put(None)

    def _release(self, version: str, python: Path, channel: _Channel) -> Release:
        try:
            with Runner(command(self.client, python=python), self.url, token=self.token) as runner:
                if runner.hello.version != version:
                    return Release(version=version, why_not=f"its driver holds another release: {runner.hello.version}")
                results = list(self._results(version, runner, channel))
                left = len(self.checks) - len(results)
                return Release(version=version, outcome=Outcome(hello=runner.hello, results=results, not_run=left))
        except DriverFault as fault:
            return Release(version=version, why_not=f"its driver does not start: {fault}")

    def _results(self, version: str, runner: Runner, channel: _Channel) -> Iterator[Result]:
        for found in runner.run(self.checks):
            result = self.known.marked(found) if self.known else found
            channel.events.put(Checked(version, result))
            yield result
            if channel.stopped.is_set():
                return
