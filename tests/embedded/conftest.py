from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from emulator import Emulator

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def emulator(server_url: str) -> Iterator[Emulator]:
    with Emulator(url=server_url) as emulator:
        yield emulator
