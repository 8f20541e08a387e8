"""Drivers of a few lines, each with a way of its own: programs in a folder, and the `--client` that runs them."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

HELLO = '{"driver": 1, "name": "small", "version": "0.1", "language": "python"}'
PROGRAM = """\
import json, os, signal, sys

def say(**answer):
    print(json.dumps(answer), flush=True)

print({hello!r}, flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    number, call = asked["id"], asked["call"]
    if call == "connect":
        say(id=number, result={{}})
        continue
    {way}
"""
HAS_NOTHING = "say(id=number, unsupported=True)"
"""An SDK without any calls."""
TALKS_RUBBISH = "print('what?', flush=True)"
HANGS = "signal.pause()"
STOPS_THE_SERVER = "os.kill(int(os.environ['SERVER']), signal.SIGKILL); say(id=number, unsupported=True)"


def small_driver(folder: Path, way: str = HAS_NOTHING, *, hello: str = HELLO) -> str:
    """Write a driver that answers each call but `connect` in a way, and return what `--client` is to be."""
    file = folder / "driver.py"
    file.write_text(PROGRAM.format(hello=hello, way=way), encoding="utf-8")
    return f"exec:{shlex.join((sys.executable, str(file)))}"
