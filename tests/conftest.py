"""One server a session, a fresh world a test, and no error in the server's log that a test did not ask for."""

from __future__ import annotations

import logging
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from support.effort import WANTED_BY, is_thorough
from support.worlds import TestWorld, new_world

from emulator.engine.worlds import world_id
from emulator.server import running
from emulator.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator


def pytest_configure() -> None:
    """Let Ctrl-C mean something to what tests start: a shell that runs them in the background has it ignored."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


LONG: Final = (
    "mutants", "fuzz", "readme", "benchmarks", "clients", "demo", "plugin", "proving", "drivers", "releases", "engine", "cli",
)  # fmt: skip
"""Folders of tests that take long together: they come first, so that no worker sits idle in the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest together, and skip what takes long, unless it is wanted."""
    here = Path(__file__).parent
    items.sort(key=lambda item: item.path.is_relative_to(here) and item.path.relative_to(here).parts[0] not in LONG)
    if not is_thorough():
        skip = pytest.mark.skip(reason=f"takes long: runs where {WANTED_BY} is set")
        for item in items:
            if item.get_closest_marker("thorough"):
                item.add_marker(skip)


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    with running(Settings(port=0, clock="manual", max_worlds=100_000)) as server:
        yield server.url


@pytest.fixture
def world(server_url: str) -> Iterator[TestWorld]:
    fresh = new_world(server_url)
    yield fresh
    fresh.admin.delete_world(world_id(fresh.api_key))


@pytest.fixture(autouse=True)
def no_errors_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail a test in which a reply broke the contract, or anything else went wrong inside the server."""
    yield
    errors = [record.getMessage() for record in caplog.get_records("call") if record.levelno >= logging.ERROR]
    assert not errors
