"""A client in the fuzzer's hands: behind its driver, in a process that is started anew when it breaks, or in this process."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, Protocol

from emulator.clients.driver import Driver, DriverFault
from emulator.clients.protocol import Hello, RetryPolicy, read_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emulator.clients.catalog import Command
    from emulator.clients.protocol import Outcome

LEAVE_S: Final = 0.5
"""How long a driver may take to end."""


class Held(Protocol):
    """A client that can be called."""

    @property
    def hello(self) -> Hello:
        """Who it is."""

    @property
    def is_ready(self) -> bool:
        """Whether it has been connected since it was last started: what breaks must be connected again."""

    def call(self, name: str, args: Mapping[str, Any], *, deadline_s: float) -> Outcome:
        """Make a call. Raises DriverFault."""

    def close(self) -> None:
        """Let go of it."""


class Driven:
    """A client behind its driver. Raises DriverFault when that says no hello."""

    def __init__(self, command: Command) -> None:
        self._command = command
        self._driver = Driver(command)
        self.hello = self._driver.hello

    @property
    def is_ready(self) -> bool:
        """Whether the driver lives."""
        return self._driver.is_alive

    def call(self, name: str, args: Mapping[str, Any], *, deadline_s: float) -> Outcome:
        """Make a call; a driver that broke is started anew first. Raises DriverFault."""
        if not self._driver.is_alive:
            self._driver = Driver(self._command)
        return self._driver.call(name, args, deadline_s=deadline_s)

    def close(self) -> None:
        """End the driver; what it still has to say is of no interest."""
        with suppress(DriverFault):
            self._driver.close(patience_s=LEAVE_S)


class InProcess:
    """A client in this process: `answer` makes a call and returns what came of it, as drivers answer, without an id.

    What `answer` raises is nobody's finding, but a fault of its own, and goes through. There are no deadlines here.
    """

    is_ready = True

    def __init__(
        self, answer: Callable[[str, Mapping[str, Any]], Mapping[str, Any]], *, name: str = "in-process"
    ) -> None:
        self._answer = answer
        self.hello = Hello(name=name, version="", language="python", retry=RetryPolicy())

    def call(self, name: str, args: Mapping[str, Any], *, deadline_s: float) -> Outcome:  # noqa: ARG002 - of the protocol
        """Make a call."""
        line = json.dumps({"id": 1, **self._answer(name, args)}).encode()
        return read_answer(line, call=name, number=1).outcome

    def close(self) -> None:
        """Nothing is held."""
