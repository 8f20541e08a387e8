"""A prover on a server of its own, for what it proves joins the server's library."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from emulator.proving.prover import Prover
from emulator.server import running
from emulator.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def prover() -> Iterator[Prover]:
    with running(Settings(port=0, clock="manual")) as server:
        yield Prover(server.url)
