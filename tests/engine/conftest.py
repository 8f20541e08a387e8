from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.engines import Engine, new_engine

if TYPE_CHECKING:
    from emulator.engine.world import World


@pytest.fixture
def engine() -> Engine:
    return new_engine()


@pytest.fixture
def core(engine: Engine) -> World:
    """A manual world of the happy path."""
    return engine.world()
