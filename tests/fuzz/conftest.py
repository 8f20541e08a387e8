from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from emulator.clients.catalog import command
from emulator.fuzz.held import Driven
from emulator.fuzz.playing import Player

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def player(server_url: str) -> Iterator[Player]:
    """Return what plays scripts with the reference client."""
    client = Driven(command("httpx"))
    with Player(client, server_url) as playing:
        yield playing
    client.close()
