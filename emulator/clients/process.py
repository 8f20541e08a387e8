"""A program that is spoken to over pipes, in lines, and that may do anything: it never blocks who speaks to it.

Owns the process, its pipes, and the group of all processes that it starts. It must not know what the lines mean.
"""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress
from selectors import EVENT_READ, EVENT_WRITE, DefaultSelector
from time import monotonic
from typing import IO, TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

LONGEST_LINE: Final = 64 << 20
"""Bytes. A file of 5 MB in base64 has to pass; what comes without an end does not."""
KEPT_STDERR: Final = 64 << 10
"""Bytes of standard error that are kept: the last ones."""
GLANCE_S: Final = 0.1
"""How often to look whether a silent program still runs: others that it has started may hold its pipes open."""
KILLED_S: Final = 10.0
"""How long a killed program may take to be gone. One that may not be killed, for it is another user's, stays."""
_CHUNK: Final = 64 << 10
_MOST_LAST_WORDS: Final = 1 << 20


class Stopped(Exception):
    """The program has ended, or has closed its standard output."""


class Late(Exception):
    """No line came in time."""


class Overlong(Exception):
    """A line is longer than any may be."""


class Process:
    """One program that runs; `kill` must come in the end.

    `is_deaf` is whether it has closed its standard input.
    """

    def __init__(self, argv: Sequence[str], *, environment: Mapping[str, str] | None = None) -> None:
        """Start the program; without an environment it gets this process' own. Raises OSError, ValueError."""
        self._process = subprocess.Popen(  # noqa: S603 - whose program it is, the user has said
            argv,
            bufsize=0,
            env=environment,
            start_new_session=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self._stdin = _unblocked(self._process.stdin)
        self._stdout = _unblocked(self._process.stdout)
        self._stderr = _unblocked(self._process.stderr)
        self._unsent = bytearray()
        self._unread = bytearray()
        self._searched = 0
        self._last_words = bytearray()
        self._is_open = True
        self._is_over = False
        self.is_deaf = False
        self._selector = DefaultSelector()
        self._selector.register(self._stdout, EVENT_READ, self._read)
        self._selector.register(self._stderr, EVENT_READ, self._read_stderr)

    @property
    def exit_code(self) -> int | None:
        """How the program has ended: its exit code, or the number of a signal, negated; None as long as it runs."""
        return self._process.poll()

    @property
    def has_unsent(self) -> bool:
        """Whether the program has left something in front of its door."""
        return bool(self._unsent)

    @property
    def stderr(self) -> str:
        """The end of what the program has written to standard error, as far as that has been read."""
        return self._last_words.decode("utf-8", "replace")

    # To the program

    def send(self, data: bytes) -> None:
        """Write as much as the pipe takes; the rest goes while `line` waits."""
        self._unsent += data
        self._write()
        if self._unsent:
            self._selector.register(self._stdin, EVENT_WRITE, self._write)

    def _write(self) -> None:
        try:
            del self._unsent[: os.write(self._stdin.fileno(), bytes(self._unsent[:_CHUNK]))]
        except BlockingIOError:
            return
        except BrokenPipeError:
            self.is_deaf = True
            self._unsent.clear()
        if not self._unsent:
            self._forget(self._stdin)

    def end_input(self) -> None:
        """Close the program's standard input, which asks it to end."""
        self._unsent.clear()
        self._forget(self._stdin)
        self._stdin.close()

    # From the program

    def line(self, *, until: float) -> bytes:
        """Return the next line, without its newline, waiting for it until this time of the monotonic clock.

        Raises Late, Stopped, Overlong.
        """
        is_late = False
        while (end := self._unread.find(b"\n", self._searched)) < 0:
            self._searched = len(self._unread)
            self._check(is_late=is_late)
            left = until - monotonic()
            is_late = left <= 0  # one more look then: it may have come while nobody was looking
            self._move(max(0.0, min(left, GLANCE_S)))
        line = bytes(self._unread[:end])
        del self._unread[: end + 1]
        self._searched = 0
        return line

    def _check(self, *, is_late: bool) -> None:
        if len(self._unread) > LONGEST_LINE:
            raise Overlong
        if not self._is_open:
            raise Stopped
        if is_late:
            raise Late

    def _move(self, patience_s: float) -> None:
        """Read and write what can be, waiting at most so long for it."""
        before = len(self._unread)
        for key, _ in self._selector.select(patience_s):
            move: Callable[[], object] = key.data
            move()
        if len(self._unread) == before and self._process.poll() is not None:
            self._is_open = self._read()  # what it wrote just before it ended

    def _read(self) -> bool:
        """Read what has come, and tell whether that was anything."""
        data = _taken(self._stdout)
        self._unread += data or b""
        if data == b"":
            self._is_open = False
            self._forget(self._stdout)
        return bool(data)

    def _read_stderr(self) -> bool:
        """Read what has come on standard error, keep its end, and tell whether that was anything."""
        data = _taken(self._stderr)
        self._last_words += data or b""
        del self._last_words[:-KEPT_STDERR]
        if data == b"":
            self._forget(self._stderr)
        return bool(data)

    # The end

    def wait(self, patience_s: float) -> int | None:
        """Give the program so long to end, and return its exit code, or None if it runs on."""
        with suppress(subprocess.TimeoutExpired):
            return self._process.wait(patience_s)
        return None

    def kill(self) -> None:
        """End the program and all that it has started, and let go of its pipes; once is enough."""
        if self._is_over:
            return
        self._is_over = True
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self.wait(KILLED_S)
        for _ in range(_MOST_LAST_WORDS // _CHUNK):
            if not self._read_stderr():
                break
        self._selector.close()
        for pipe in (self._stdin, self._stdout, self._stderr):
            pipe.close()

    def _forget(self, pipe: IO[bytes]) -> None:
        if not pipe.closed and pipe in self._selector.get_map():
            self._selector.unregister(pipe)


def _unblocked(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe  # noqa: S101 - it was asked for
    os.set_blocking(pipe.fileno(), False)
    return pipe


def _taken(pipe: IO[bytes]) -> bytes | None:
    """Return what can be read without waiting: nothing at all at the end, None if there is nothing yet."""
    try:
        return os.read(pipe.fileno(), _CHUNK)
    except BlockingIOError:
        return None
