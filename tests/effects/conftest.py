from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.effects import Stage, new_stage

if TYPE_CHECKING:
    from support.worlds import TestWorld


@pytest.fixture
def stage(world: TestWorld) -> Stage:
    return new_stage(world)
