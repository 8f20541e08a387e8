"""Drivers that are wrong in ways of their own, for the fuzzer to find and to survive: programs on the standard library alone."""

from __future__ import annotations

import os
import select
import shlex
import sys
from pathlib import Path
from typing import Final

from support.programs import PRELUDE

GOOD: Final = '{"raised": {"type": "E", "declared": true, "status": None, "body": None, "message": "no"}}'
"""A client that refuses everything in a declared error."""
PROGRAM: Final = """
true, false = True, False
hello()
while True:
    asked = ask()
    number, call, args = asked["id"], asked["call"], asked["args"]
    if call == "connect":
        given = args
        say(id=number)
        continue
    {way}
"""
ENDING_S: Final = 5.0
"""How long a process that was killed may take to be gone."""
REFUSES: Final = f"say(id=number, **{GOOD})"
RAISES: Final = (
    "say(id=number, raised={'type': 'OddError', 'declared': False, 'status': None, 'body': None, 'message': 'Odd.'})"
)
HANGS: Final = "signal.pause()"
LACKS: Final = "say(id=number, unsupported=True)"
DIES: Final = "sys.exit(7)"
PRINTS: Final = "\n    while True: write('x' * 65536)"
FORKS: Final = f"""
    subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()', {{mark!r}}])
    {REFUSES}
"""
"""Starts a program at each call, and leaves it behind."""


def odd(folder: Path, way: str) -> str:
    """Write a driver that answers each call but `connect` in a way, and return what `--client` is to be."""
    file = folder / "odd.py"
    file.write_text(PRELUDE + PROGRAM.replace("{way}", way), encoding="utf-8")
    return f"exec:{shlex.join((sys.executable, '-I', str(file)))}"


def processes(mark: str) -> list[int]:
    """Return which processes have this among their words, and do not come to their end within a while."""
    return [process for process in _with(mark) if not _ends(process)]


def _ends(process: int) -> bool:
    """Wait for the end of a process, which may have been killed just now, and say whether it came."""
    try:
        handle = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], ENDING_S)[0])
    finally:
        os.close(handle)


def _with(mark: str) -> list[int]:
    there = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        there += [int(process.name)] * any(mark in word for word in words)
    return there
