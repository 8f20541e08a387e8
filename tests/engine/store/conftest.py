from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from emulator.engine.store.memory import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.engine.store.interface import Store

STORES: dict[str, Callable[[], Store]] = {"memory": MemoryStore}
"""Every implementation, and how to make an empty one: each test here runs with each of them."""


@pytest.fixture(params=STORES.values(), ids=list(STORES), scope="session")
def new_store(request: pytest.FixtureRequest) -> Callable[[], Store]:
    made: Callable[[], Store] = request.param
    return made


@pytest.fixture
def store(new_store: Callable[[], Store]) -> Store:
    return new_store()
