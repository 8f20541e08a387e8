"""The command line as it shows itself on a terminal."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys

from support.processes import MAIN, PATIENCE_S, clean


def on_terminal(*arguments: str) -> tuple[int, str]:
    """Run the command line with a terminal for its output, and return its exit code and what was seen, without colours."""
    terminal, theirs = pty.openpty()
    program = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", MAIN, *arguments],
        env=clean({"TERM": "xterm-256color", "COLUMNS": "140"}),
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    seen = bytearray()
    try:
        while block := _read(terminal):
            seen += block
    finally:
        os.close(terminal)
        program.kill()
    return program.wait(PATIENCE_S), re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen.decode())


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so when the last program has closed a terminal
        return b""
