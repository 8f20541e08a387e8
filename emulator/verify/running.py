"""Running checks, one after the other: each on a fresh world, all with one driver, which is started anew when it breaks.

Yields results as they come; who prints them is none of its business.
"""

from __future__ import annotations

import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Self

from emulator.client import AdminClient
from emulator.clients.driver import Driver, DriverFault
from emulator.verify.check import Failed, NotApplicable
from emulator.verify.results import Result, Verdict
from emulator.verify.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from emulator.clients.catalog import Command
    from emulator.clients.protocol import Hello
    from emulator.verify.check import Check, Group, Setting

KILLS: Final = 3
"""After so many broken drivers the rest of a group counts as failed."""
SEED: Final = 0
SHAPELESS: Final = (LookupError, TypeError, ValueError, AttributeError)
"""What taking a result apart ends in when it has not the shape of a reply."""


class Runner:
    """Runs checks with one client against one server, whose admin API is open to `token`.

    The driver is started when the runner is entered. Raises DriverFault when it says no hello.
    """

    def __init__(self, command: Command, url: str, *, token: str | None = None) -> None:
        self._command, self._url, self._token = command, url, token
        self._admin = AdminClient(url, token=token)
        self._kills: dict[Group, int] = {}

    def __enter__(self) -> Self:
        self._driver = Driver(self._command)
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(DriverFault):  # of a run that was broken off; else the last check has told it
            self._driver.close()
        self._admin.close()

    @property
    def hello(self) -> Hello:
        """What the driver says of its SDK."""
        return self._driver.hello

    def run(self, checks: Sequence[Check]) -> Iterator[Result]:
        """Run checks, and yield what came of each. The driver ends with the last, which tells of an answer too many."""
        for left, check in zip(range(len(checks) - 1, -1, -1), checks, strict=True):
            began = time.monotonic()
            found = self._judged(check, is_last=left == 0)
            yield _timed(found, time.monotonic() - began)

    def _judged(self, check: Check, *, is_last: bool) -> Result:
        kills = self._kills.get(check.group, 0)
        if kills >= KILLS:
            return _failure(check, at="driver", expected="a driver", got=f"none: {kills} broke in this group already")
        try:
            result = self._played(check)
            if is_last:
                self._driver.close()
        except DriverFault as fault:
            self._kills[check.group] = kills + 1
            return _failure(check, at=f"driver: {fault.kind}", expected="an answer", got=str(fault))
        return result

    def _played(self, check: Check) -> Result:
        """Play a check, and return what came of it. Raises DriverFault."""
        try:
            self._play(check)
        except Failed as failed:
            return _failure(check, at=failed.at, expected=failed.expected, got=failed.got)
        except NotApplicable as reason:
            return Result(check=check, verdict=Verdict.NOT_APPLICABLE, reason=str(reason))
        except SHAPELESS as error:
            got = f"something else: {type(error).__name__}: {error}"
            return _failure(check, at="result", expected="the members of the reply, each of its type", got=got)
        return Result(check=check, verdict=Verdict.PASS)

    def _play(self, check: Check) -> None:
        with self._world(check.setting) as (admin, api_key):
            stage = Stage(self._living(), admin, url=self._url, api_key=api_key, setting=check.setting)
            stage.connect()
            check.play(stage)

    def _living(self) -> Driver:
        """Return the driver, or if it broke a new one."""
        if not self._driver.is_alive:
            self._driver = Driver(self._command)
        return self._driver

    @contextmanager
    def _world(self, setting: Setting) -> Iterator[tuple[AdminClient, str]]:
        with ExitStack() as leaving:
            made = self._admin.create_world(**_options(setting))
            leaving.callback(self._admin.delete_world, made["world"])
            admin = AdminClient(self._url, api_key=made["api_key"], token=self._token)
            leaving.callback(admin.close)
            yield admin, made["api_key"]


def _options(setting: Setting) -> Mapping[str, object]:
    given = {"scenario": setting.scenario, "edition": setting.edition}
    return {"clock": "manual", "seed": SEED, **{name: value for name, value in given.items() if value is not None}}


def _failure(check: Check, *, at: str, expected: str, got: str) -> Result:
    return Result(check=check, verdict=Verdict.FAIL, at=at, expected=expected, got=got)


def _timed(result: Result, seconds: float) -> Result:
    return replace(result, seconds=seconds)
