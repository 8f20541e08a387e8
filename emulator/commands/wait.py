"""`wait`: until a server answers that was started in the background. A command about the wall's time, not a world's."""

from __future__ import annotations

import json
import sys
import time
from threading import TIMEOUT_MAX, Event, Thread
from typing import TYPE_CHECKING, Any, Final

import click

from emulator.domain.clock import SECOND_US, parse_duration
from emulator.settings import Settings

if TYPE_CHECKING:
    from emulator.connections import Connections

DEFAULTS: Final = Settings()
DEFAULT_URL: Final = f"http://{DEFAULTS.host}:{DEFAULTS.port}"
PAUSE_S: Final = 0.05
"""Between two tries."""
PATIENCE_S: Final = 5
"""For how long one try may be without a word."""


@click.command()
@click.option("--url", default=DEFAULT_URL, show_default=True, help="Where the server will be.")
@click.option("--timeout", default="30s", show_default=True, help="For how long to wait, such as 90s or 10m.")
def wait(url: str, timeout: str) -> None:
    """Wait until an emulator answers; exit 1 if none has in time."""
    watch = _Watch(url)
    ready = watch.within(_seconds(timeout))
    if ready is None:
        message = f"expected an emulator at {watch.url} within {timeout}, saw last: {watch.seen}"
        click.echo(f"mka1-emulator: {' '.join(message.split())}", err=True)
        sys.exit(1)
    click.echo(f"mka1-emulator {ready['version']} is ready at {watch.url}")


def _seconds(timeout: str) -> float:
    """Return how many seconds a duration is, at most as many as a thread can wait. Raises click.UsageError."""
    try:
        duration_us = parse_duration(timeout)
    except ValueError as error:
        raise click.UsageError(f"--timeout: {error}") from None
    if not duration_us:
        raise click.UsageError(f"--timeout: expected more than no time at all, found {timeout!r}")
    return min(duration_us / SECOND_US, TIMEOUT_MAX)


class _Watch:
    """Tries to reach a server, from a thread of its own: no try can last so long that the time-out is missed."""

    def __init__(self, url: str) -> None:
        self._connections = _connections(url)
        self._ready = Event()
        self._health: dict[str, Any] = {}
        self.url = self._connections.url
        self.seen = "nothing yet"

    def within(self, timeout_s: float) -> dict[str, Any] | None:
        """Return what the server says of its health, or None when it has said nothing in time."""
        Thread(target=self._keep_trying, daemon=True).start()
        return self._health if self._ready.wait(timeout_s) else None

    def _keep_trying(self) -> None:
        while not self._ready.is_set():
            try:
                self.seen = self._try()
            except OSError as error:
                self.seen = error.strerror or str(error)
            time.sleep(PAUSE_S)

    def _try(self) -> str:
        """Ask once, and return what was seen. Raises OSError."""
        reply = self._connections.exchange("GET", "/_emulator/health")
        if reply.status != 200:
            return f"HTTP {reply.status}"
        health = _read(reply.content)
        if health is None:
            return "HTTP 200, but not from an emulator"
        self._health = health
        self._ready.set()
        return "an emulator"


def _connections(url: str) -> Connections:
    from emulator.connections import Connections  # noqa: PLC0415 - other commands speak no HTTP

    try:
        return Connections(url, patience_s=PATIENCE_S)
    except ValueError as error:
        raise click.UsageError(f"--url: {error}") from None


def _read(content: bytes) -> dict[str, Any] | None:
    """Return what an emulator says of its health, or None when it was none that said this."""
    try:
        health = json.loads(content)
    except ValueError:
        return None
    return health if isinstance(health, dict) and {"version", "edition", "uptime"} <= health.keys() else None
