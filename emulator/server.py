"""Running the server: its parts put together, its socket bound, in the foreground or in a thread of its own.

The one place that asks what time it is on the wall.
"""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import threading
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import uvicorn

from emulator import resources
from emulator.contract.catalog import load
from emulator.engine.records import WorldOptions
from emulator.engine.services import Services
from emulator.engine.store.memory import MemoryStore
from emulator.engine.worlds import Worlds
from emulator.scenarios.library import Library
from emulator.web.app import create_app
from emulator.web.protocol import Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import FrameType

    from starlette.applications import Starlette

    from emulator.settings import Settings

PATIENCE_S: Final = 0.5
"""For how long a server that is told to stop lets requests go on."""
LIMIT_S: Final = 0.9
"""After so long its process ends whatever it is at: moving a clock over very many lines takes longer, in one piece."""
QUIET_S: Final = 0.005
"""So long after it has come up, a server loads what it has not needed yet: whoever waited for it has been answered by then."""
LATER: Final = (
    "emulator.scenarios.compiled",
    "emulator.domain.scenario",
    "emulator.domain.steps",
    "emulator.domain.outcomes",
    "emulator.engine.intake",
    "emulator.inference",
    "emulator.engine.results",
)
"""What the first batch needs, and nothing before it, in the order in which it does."""
GARBAGE: Final = 10_000
"""How many objects may have come since garbage was last looked for."""
LOGGING: Final[dict[str, Any]] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain", "stream": "ext://sys.stderr"}},
    "loggers": {
        "emulator": {"handlers": ["stderr"], "level": "INFO"},
        "uvicorn.error": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
    },
}


class CannotListenError(OSError):
    """The host and port cannot be had; the message says why."""


def build(settings: Settings) -> Starlette:
    """Return the app of a new server, with nothing in it yet.

    Raises ContractError when the contract is broken, InvalidRequest when the settings name an unknown scenario,
    ScenarioError when a file of the folders that they name is wrong.
    """
    started = time.monotonic_ns()
    wall_start_us = time.time_ns() // 1000

    def wall_us() -> int:
        """Return the wall's time; a machine whose clock is set back meanwhile does not turn worlds back."""
        return wall_start_us + (time.monotonic_ns() - started) // 1000

    library = Library(resources.folder("scenarios"), *settings.scenarios)
    library.read_all(settings.scenarios)
    services = Services(
        store=MemoryStore(),
        library=library,
        contract=cache(load),
        wall_us=wall_us,
        rate_limits=settings.rate_limits,
    )
    options = WorldOptions(
        seed=settings.seed,
        clock=settings.clock,
        scenario=services.library.check(settings.scenario),
        edition=settings.edition,
    )
    worlds = Worlds(services, defaults=options, api_keys=frozenset(settings.api_keys), limit=settings.max_worlds)
    return create_app(settings, worlds, uptime_s=lambda: (time.monotonic_ns() - started) / 1e9)


def bind(host: str, port: int) -> socket.socket:
    """Return a socket that is bound there, and not yet listening. Raises CannotListenError."""
    with ExitStack() as on_failure:
        try:
            family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
            bound = on_failure.enter_context(socket.socket(family, socket.SOCK_STREAM))
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind((host, port))
        except (OSError, OverflowError, UnicodeError) as error:
            told = "it is no port" if isinstance(error, OverflowError) else "it is no host's name"
            reason = getattr(error, "strerror", told)
            raise CannotListenError(f"cannot listen on {host}:{port}: {reason}") from None
        on_failure.pop_all()
    return bound


def url_of(bound: socket.socket) -> str:
    """Return the address that clients of this socket use."""
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Server(uvicorn.Server):
    """A uvicorn server that tells when it is ready."""

    def __init__(self, app: Starlette, on_ready: Callable[[], None], *, log_config: dict[str, Any] | None) -> None:
        config = uvicorn.Config(
            app,
            access_log=False,
            http=Protocol,
            lifespan="off",
            log_config=log_config,
            proxy_headers=False,
            server_header=False,
            ws="none",
        )
        super().__init__(config)
        self._on_ready = on_ready

    def handle_exit(self, _sig: int, _frame: FrameType | None) -> None:
        """Stop, and at a second signal at once. That is a good end: uvicorn's own would go on to die of the signal."""
        self.force_exit = self.should_exit
        self.should_exit = True
        last = threading.Timer(LIMIT_S, os._exit, (0,))  # nothing is lost by it: all is in memory
        last.daemon = True
        last.start()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()
        asyncio.get_running_loop().call_later(QUIET_S, _load, iter(LATER))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let requests go on for a while, then hang up: to their handlers it is as if the client had gone."""
        asyncio.get_running_loop().call_later(PATIENCE_S, self._hang_up)
        await super().shutdown(sockets)

    def _hang_up(self) -> None:
        for connection in self.server_state.connections:
            connection.transport.abort()


def _load(modules: Iterator[str]) -> None:
    """Import the next of these modules, and leave the others to the loop's next turns, so that no request waits for all."""
    for name in modules:
        import_module(name)
        asyncio.get_running_loop().call_soon(_load, modules)
        return


def serve(settings: Settings, *, on_ready: Callable[[str], None], logging: Mapping[str, Any] = LOGGING) -> None:
    """Serve in the foreground until SIGINT or SIGTERM; `on_ready` gets the server's address once it listens."""
    app = build(settings)
    # The process is the server's own: all that is there by now stays, and what requests leave behind is looked through when
    # there is more of it than a request or two leave.
    gc.freeze()
    gc.set_threshold(GARBAGE)
    with bind(settings.host, settings.port) as bound:
        _Server(app, lambda: on_ready(url_of(bound)), log_config=dict(logging)).run(sockets=[bound])


@dataclass(frozen=True, slots=True)
class Running:
    """A server that is up. `url` has no slash at its end."""

    url: str


@contextmanager
def running(settings: Settings) -> Iterator[Running]:
    """Serve in a thread while the block is open, on a real socket, ready when the block is entered."""
    with hosting(build(settings), host=settings.host, port=settings.port) as server:
        yield server


@contextmanager
def hosting(app: Starlette, *, host: str, port: int) -> Iterator[Running]:
    """Serve an app that is built already, as `running` does."""
    ready = threading.Event()
    with bind(host, port) as bound:
        server = _Server(app, ready.set, log_config=None)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True, name="mka1-emulator")
        thread.start()
        ready.wait()
        try:
            yield Running(url_of(bound))
        finally:
            server.should_exit = True
            thread.join()
