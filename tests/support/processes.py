"""The command line as people run it: in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAIN = "from emulator.cli import main; main()"
READY = "mka1-emulator: listening on "
PATIENCE_S = 30


@dataclass(frozen=True)
class Ended:
    """What a process left behind; `stdout` is what came after its ready line, if it had one."""

    code: int
    stdout: str
    stderr: str


def run(*arguments: str, environment: Mapping[str, str] | None = None) -> Ended:
    """Run the command line to its end."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", MAIN, *arguments],
        env=clean(environment),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


class Serving:
    """A server in a process; ready once this is made."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        self.process = process
        self.ready_line = process.stdout.readline()
        self.url = self.ready_line.removeprefix(READY).rstrip("\n")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> Ended:
        """End the server with a signal."""
        self.process.send_signal(how)
        stdout, stderr = self.process.communicate(timeout=PATIENCE_S)
        return Ended(self.process.returncode, stdout, stderr)


@contextmanager
def serving_process(
    *options: str, environment: Mapping[str, str] | None = None, program: str = MAIN
) -> Iterator[Serving]:
    """Run `serve` on a free port, unless the options say otherwise, and be sure that it ends with the block."""
    command = [sys.executable, "-W", "error", "-c", program, "serve", *options]
    given = clean({"MKA1_EMULATOR_PORT": "0", **(environment or {})})
    with subprocess.Popen(command, env=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield Serving(process)
        finally:
            process.kill()


def clean(environment: Mapping[str, str] | None) -> dict[str, str]:
    """Return this process' environment without what would change a server, and with this."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MKA1_EMULATOR_")}
    return {**kept, **(environment or {})}
