"""The runner's side of the driver protocol: one driver, one call at a time, and each way in which that can go wrong.

Owns the order of requests and answers. What is in a line is the business of `protocol`; pipes are that of `process`.
"""

from __future__ import annotations

import signal
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, Literal, NoReturn, Self, TypeAlias

from emulator.clients.members import Malformed
from emulator.clients.process import LONGEST_LINE, Late, Overlong, Process, Stopped
from emulator.clients.protocol import OtherProtocol, read_answer, read_hello, write_request
from emulator.domain.errors import EmulatorError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from emulator.clients.catalog import Command
    from emulator.clients.protocol import Hello, Outcome

Kind: TypeAlias = Literal[
    "cannot-start", "no-hello", "other-protocol", "rubbish", "died", "hung", "twice", "out-of-order", "flood"
]
CLOSING_S: Final = 2.0
"""For how long a driver may take to end, once its standard input has."""
FLOOD: Final = 1000
"""So many lines that nobody asked for, one upon another, are a flood."""
_GRACE_S: Final = 1.0
_QUIET_S: Final = 0.05


class DriverFault(EmulatorError):
    """A driver does not keep the protocol. `stderr` is the end of what it wrote there, up to 64 KiB."""

    def __init__(self, kind: Kind, message: str, *, stderr: str = "") -> None:
        super().__init__(message)
        self.kind: Kind = kind
        self.message = message
        self.stderr = stderr


class Driver:
    """A driver in a process of its own, which has said hello. After a fault that process is dead."""

    def __init__(
        self, command: Command, *, hello_deadline_s: float = 30, environment: Mapping[str, str] | None = None
    ) -> None:
        """Start the driver, in this environment or else the runner's, and wait for its hello. Raises DriverFault."""
        self._name = command.name
        self._number = 0
        self._call = ""
        self._is_over = False
        try:
            self._process = Process(command.argv, environment=environment)
        except (OSError, ValueError) as error:
            raise DriverFault("cannot-start", f"the driver of {self._name} cannot be started: {error}") from None
        try:
            self.hello: Hello = self._hello(hello_deadline_s)
        except BaseException:
            self._end()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        try:
            self.close()
        except DriverFault:
            if error is None:
                raise

    @property
    def is_alive(self) -> bool:
        """Whether calls can be made."""
        return not self._is_over and self._process.exit_code is None

    @property
    def exit_code(self) -> int | None:
        """How the process has ended: its exit code, or a signal's number, negated; None while it runs."""
        return self._process.exit_code

    @property
    def stderr(self) -> str:
        """The end of what the driver has written to standard error, as far as that has been read."""
        return self._process.stderr

    def call(self, name: str, args: Mapping[str, Any], *, deadline_s: float) -> Outcome:
        """Make a call and return what came of it; a driver that takes longer is killed. Raises DriverFault.

        An answer that comes once too often is met with, and is a fault, at the next call or at `close`.
        """
        if self._is_over:
            raise DriverFault("died", f"the driver of {self._name} runs no more: {name} cannot be called")
        request = write_request(self._number + 1, name, args, deadline_s=deadline_s)
        self._number += 1
        self._call = name
        try:
            return self._exchange(request, deadline_s)
        except BaseException:
            self._end()  # who is interrupted here must not take this answer for that to the next request
            raise

    def close(self, *, patience_s: float = CLOSING_S) -> None:
        """End the driver's input, give it so long to end, and kill what is left of it and of what it has started.

        Once is enough. Raises DriverFault if the driver has said something that nobody asked for.
        """
        if self._is_over:
            return
        try:
            self._process.end_input()
            self._take_leave(monotonic() + patience_s)
        finally:
            self._end()

    def _end(self) -> None:
        self._is_over = True
        self._process.kill()

    # What comes

    def _hello(self, deadline_s: float) -> Hello:
        try:
            return read_hello(self._process.line(until=monotonic() + deadline_s))
        except Late:
            self._fail("no-hello", f"said no hello within {deadline_s:g} s")
        except Stopped:
            self._fail("no-hello", f"{self._how_it_stopped()} before it had said hello")
        except Overlong:
            self._fail("flood", f"said more than {LONGEST_LINE:,} bytes without a newline where a hello was due")
        except OtherProtocol as error:
            self._fail("other-protocol", f"speaks another version of the protocol: {error}")
        except Malformed as error:
            self._stray("rubbish", f"did not say hello: {error}")

    def _exchange(self, request: bytes, deadline_s: float) -> Outcome:
        self._process.send(request)
        line = self._line(deadline_s)
        try:
            answer = read_answer(line, call=self._call, number=self._number)
        except Malformed as error:
            self._stray("rubbish", f"did not answer {self._request}: {error}")
        if answer.id != self._number:
            kind: Kind = "twice" if 1 <= answer.id < self._number else "out-of-order"
            once_more = " once more" if kind == "twice" else ""
            self._stray(kind, f"answered request {answer.id}{once_more}, where {self._request} was to be answered")
        if self._process.has_unsent:
            self._stray("out-of-order", f"answered {self._request} before it had read it to its end")
        return answer.outcome

    def _line(self, deadline_s: float) -> bytes:
        patience_s = min(deadline_s, _GRACE_S) if self._process.is_deaf else deadline_s
        try:
            return self._process.line(until=monotonic() + patience_s)
        except Late:
            if self._process.is_deaf:
                self._fail("died", f"has closed its standard input, so that it cannot get {self._request}")
            unread = " and did not even read it to its end" if self._process.has_unsent else ""
            self._fail("hung", f"did not answer {self._request} within {deadline_s:g} s{unread}")
        except Stopped:
            self._fail("died", f"{self._how_it_stopped()} without an answer to {self._request}")
        except Overlong:
            self._fail("flood", f"answered {self._request} with more than {LONGEST_LINE:,} bytes without a newline")

    def _take_leave(self, until: float) -> None:
        """Wait for the end of a driver that is told to end. Raises DriverFault if it still says something."""
        try:
            line = self._process.line(until=until)
        except Stopped:
            self._process.wait(max(0.0, until - monotonic()))
            return
        except Late:
            return
        except Overlong:
            self._fail("flood", f"said more than {LONGEST_LINE:,} bytes after its last answer")
        self._report_extra(line)

    def _report_extra(self, line: bytes) -> NoReturn:
        try:
            answer = read_answer(line, call=self._call, number=self._number)
        except Malformed as error:
            self._stray("rubbish", f"said something when all was answered: {error}")
        if 1 <= answer.id <= self._number:
            self._stray("twice", f"answered request {answer.id} once more, when all was answered")
        self._stray("out-of-order", f"answered request {answer.id}, which was never made")

    # Faults

    @property
    def _request(self) -> str:
        return f"request {self._number} ({self._call})"

    def _stray(self, kind: Kind, what: str) -> NoReturn:
        """Fail because of a line, unless that was only the beginning of a flood."""
        until = monotonic() + _GRACE_S
        try:
            for _ in range(FLOOD):
                self._process.line(until=min(until, monotonic() + _QUIET_S))
        except (Late, Stopped):
            self._fail(kind, what)
        except Overlong:
            pass
        self._fail("flood", f"{what}; and much more came after that")

    def _fail(self, kind: Kind, what: str) -> NoReturn:
        self._end()
        stderr = self._process.stderr
        last = next((f": {line.strip()[:200]}" for line in reversed(stderr.splitlines()) if line.strip()), "")
        told = last if kind in {"no-hello", "died"} else ""
        raise DriverFault(kind, f"the driver of {self._name} {what}{told}", stderr=stderr) from None

    def _how_it_stopped(self) -> str:
        code = self._process.wait(_GRACE_S)
        if code is None:
            return "has closed its standard output, though it runs on,"
        return f"ended with exit code {code}" if code >= 0 else f"was ended by {_signal(-code)}"


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
