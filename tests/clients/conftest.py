"""Clients of each kind, one a test, each in a world of its own; servers with limits and locks; environments apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openai
import pytest
from support.clients import STYLES, Official, Style, official
from support.servers import serving
from support.worlds import TestWorld, new_world

from emulator.client import AdminClient

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(params=STYLES)
def style(request: pytest.FixtureRequest) -> Style:
    """How the SDK's methods are called."""
    chosen: Style = request.param
    return chosen


@pytest.fixture
def sdk(world: TestWorld, style: Style) -> Iterator[Official]:
    with official(world, style) as client:
        yield client


@pytest.fixture
def client(world: TestWorld) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=world.openai_url, api_key=world.api_key, max_retries=0) as opened:
        yield opened


@pytest.fixture(scope="session")
def limited_url() -> Iterator[str]:
    """A server that answers one request a minute."""
    with serving(rate_limits=("1/minute",)) as url:
        yield url


@pytest.fixture
def limited(limited_url: str) -> TestWorld:
    return new_world(limited_url)


@pytest.fixture(scope="session")
def locked_out() -> Iterator[TestWorld]:
    """A server that knows one key, and a client with another."""
    with serving(api_keys=("mk-known",)) as url:
        yield TestWorld(url=url, api_key="mk-stranger", admin=AdminClient(url, api_key="mk-known"))
