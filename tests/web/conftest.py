from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.http import Api

if TYPE_CHECKING:
    from support.worlds import TestWorld


@pytest.fixture
def api(world: TestWorld) -> Api:
    return Api(world.url, world.api_key)
