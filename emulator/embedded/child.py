"""A server in a process of its own, for `Emulator(process=True)`.

Settings come as a line of JSON on its standard input, and the address goes as one to its standard output. The input's end is
the parent's: it ends the server, however the parent came to it.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.errors import ContractError
from emulator.domain.errors import EmulatorError
from emulator.domain.limits import parse_rate_limit
from emulator.server import LOGGING, serve
from emulator.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

QUIET: Final[Mapping[str, Any]] = {
    **LOGGING,
    "loggers": {**LOGGING["loggers"], "uvicorn.error": {**LOGGING["loggers"]["uvicorn.error"], "level": "ERROR"}},
}
"""Whoever started this has something else to show than each request of a client under test that is no HTTP."""


def main() -> None:
    """Serve until the standard input ends."""
    line = sys.stdin.readline()
    if not line:
        return
    threading.Thread(target=_await_end, daemon=True).start()
    try:
        serve(_settings(json.loads(line)), on_ready=lambda url: _say(url=url), logging=QUIET)
    except (ContractError, EmulatorError, OSError) as error:
        _say(error=str(error))


def _settings(given: Mapping[str, Any]) -> Settings:
    several = {name: tuple(given[name]) for name in ("api_keys", "cors")}
    limits = tuple(map(parse_rate_limit, given["rate_limits"]))
    return Settings(**{**given, **several, "rate_limits": limits, "scenarios": tuple(map(Path, given["scenarios"]))})


def _await_end() -> None:
    while os.read(0, 1024):  # past sys.stdin: a daemon thread that holds its lock would be in the way of a good end
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _say(**said: str) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()
