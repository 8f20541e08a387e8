"""Servers with options of their own, for what the one that all tests share does not show."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from emulator import resources
from emulator.contract.catalog import load
from emulator.domain.clock import START_S
from emulator.domain.limits import parse_rate_limit
from emulator.engine.records import WorldOptions
from emulator.engine.services import Services
from emulator.engine.store.memory import MemoryStore
from emulator.engine.worlds import Worlds
from emulator.scenarios.library import Library
from emulator.server import hosting, running
from emulator.settings import Settings
from emulator.web.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from emulator.contract.catalog import Contract
    from emulator.engine.store.interface import Store


@contextmanager
def serving(*, rate_limits: Sequence[str] = (), **settings: Any) -> Iterator[str]:
    """Run a server with manual clocks while the block is open, and give its URL."""
    limits = tuple(map(parse_rate_limit, rate_limits))
    with running(Settings(**{"port": 0, "clock": "manual", "rate_limits": limits, **settings})) as server:
        yield server.url


@contextmanager
def hosted(
    *, contract: Callable[[str], Contract] = load, store: Store | None = None, validate_replies: bool = True
) -> Iterator[str]:
    """Run a server whose engine was given this contract, or this store, and give its URL."""
    settings = Settings(port=0, clock="manual", validate_replies=validate_replies)
    services = Services(
        store=store or MemoryStore(),
        library=Library(resources.folder("scenarios")),
        contract=cache(contract),
        wall_us=lambda: START_S * 1_000_000,
    )
    defaults = WorldOptions(seed=0, clock="manual", scenario="happy-path", edition=settings.edition)
    app = create_app(settings, Worlds(services, defaults=defaults), uptime_s=lambda: 0.0)
    with hosting(app, host=settings.host, port=0) as server:
        yield server.url
