"""Small programs that are to be drivers, good and bad ones: each written to a file, and run as a process."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from emulator.clients.catalog import Command

if TYPE_CHECKING:
    from pathlib import Path

HELLO: Final = '{"driver": 1, "name": "odd", "version": "1.0", "language": "any"}'
PRELUDE: Final = f"""
import json, os, signal, subprocess, sys, time

def write(text):
    os.write(1, text if isinstance(text, bytes) else text.encode())

def say(**members):
    write(json.dumps(members) + "\\n")

def ask():
    return json.loads(sys.stdin.readline() or sys.exit())

def hello():
    write('{HELLO}\\n')

def serve():
    while True:
        request = ask()
        say(id=request["id"], result=request["args"])
"""
"""What the programs in Python below can use."""


def python(folder: Path, text: str) -> Command:
    """Return how a program in Python is run; it has PRELUDE before it."""
    return program(folder, PRELUDE + text)


def program(folder: Path, text: str, name: str = "odd.py") -> Command:
    """Return how a program in Python is run as it stands."""
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return Command("odd", (sys.executable, "-I", "-W", "error", str(file)))


def bash(text: str) -> Command:
    """Return how a program in Bash is run."""
    return Command("odd", ("bash", "-c", text))
