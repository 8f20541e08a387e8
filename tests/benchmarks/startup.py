"""From process start to first answer: the emulator, and a bare Starlette app on uvicorn with the same options.

Both are programs of their own that tell their address on stdout; the answer is to a list of batches. Exit code 1 when
the ratio of the medians is above its bound.
"""

from __future__ import annotations

import argparse
import http.client
import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import Final
from urllib.parse import urlsplit

from support.processes import clean

from benchmarks.comparing import COMPILED, Comparison, show

BOUND: Final = 1.5
BARE: Final = (sys.executable, str(Path(__file__).with_name("bare.py")))
EMULATOR: Final = (str(Path(sys.executable).with_name("mka1-emulator")), "serve", "--port", "0")
PATH: Final = "/api/v1/llm/batches"


def first_answer(command: tuple[str, ...]) -> float:
    """Start a server, wait for its first answer, and return how long that took, in seconds."""
    began = perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=clean(COMPILED)) as server:
        assert server.stdout is not None
        try:
            _ask(urlsplit(server.stdout.readline().split()[-1]).netloc)
            return perf_counter() - began
        finally:
            server.kill()


def _ask(address: str) -> None:
    connection = http.client.HTTPConnection(address, timeout=30)
    connection.request("GET", PATH, headers={"Authorization": "Bearer mk-startup"})
    reply = connection.getresponse()
    assert reply.status == 200, reply.read()
    reply.read()
    connection.close()


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(prog="benchmarks.startup", description=__doc__)
    options.add_argument("--rounds", type=int, default=20)
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    comparison = Comparison("process start to first answer")
    for command in (BARE, EMULATOR):
        first_answer(command)  # once for nothing, so that compiled modules are there and files are in memory
    for _ in range(chosen.rounds):
        comparison.measure(baseline=lambda: first_answer(BARE), subject=lambda: first_answer(EMULATOR))
    show([comparison], title="Start", columns=("bare Starlette", "emulator"), as_json=chosen.json)
    sys.exit(comparison.ratio > BOUND)


if __name__ == "__main__":
    main()
