"""Sound clients of other people's taste: whatever the fuzzer finds with one of them is its own mistake."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from emulator.clients.catalog import command
from emulator.fuzz.catalog import ALL
from emulator.fuzz.held import Driven
from emulator.fuzz.hunting import Hunt
from emulator.fuzz.playing import Player

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.fuzz.property import Property

pytestmark = pytest.mark.thorough

STRANGERS = Path(__file__).with_name("strangers")
EXAMPLES = 40


@pytest.fixture(scope="module", params=["strict.py", "patient.py", "fetching.mjs", "httpx"])
def stranger(request: pytest.FixtureRequest, server_url: str) -> Iterator[Player]:
    file = STRANGERS / request.param
    program = shutil.which("node") if file.suffix == ".mjs" else sys.executable
    if program is None:
        pytest.skip("node is not installed")
    client = Driven(command(f"exec:{program} {file}" if file.exists() else request.param))
    with Player(client, server_url) as player:
        yield player
    client.close()


@pytest.mark.parametrize("aim", ALL, ids=lambda each: each.name)
def test_nothing_is_found_on_a_sound_client(aim: Property, stranger: Player) -> None:
    hunt = Hunt(aim=aim, player=stranger, number=11, examples=EXAMPLES)
    assert list(hunt.run()) == []
    assert hunt.played >= EXAMPLES
