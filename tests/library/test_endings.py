"""Each scenario of the library, driven with the official SDK to the end that a good client reaches."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from support.endings import CANCELLED_AFTER, HOSTILE_ENDINGS, LEGAL_ENDINGS, OF_THE_WORLD, TIMEOUTS_MS
from support.good_client import GoodClient, Summary
from support.library import LINES, scenario

if TYPE_CHECKING:
    from support.worlds import TestWorld

ENDINGS = {**LEGAL_ENDINGS, **HOSTILE_ENDINGS}
RACING = {"connection-reset", "connection-closed"}
DIRECTING = {name for name in ENDINGS if scenario(name).rules}


def run(world: TestWorld, name: str, *, chosen: str | None = None) -> Summary:
    with GoodClient(world, timeout_ms=TIMEOUTS_MS.get(name, 5000)) as client:
        return client.run(LINES, cancel_after=CANCELLED_AFTER.get(name), scenario=chosen)


def told(summary: Summary, name: str) -> Summary:
    """Return a summary without what chance decides: whether a call still takes a connection that has just ended."""
    return replace(summary, errors=tuple(dict.fromkeys(summary.errors))) if name in RACING else summary


@pytest.mark.parametrize("name", ENDINGS)
def test_good_client_reaches_its_end_in_a_world_of_this_scenario(world: TestWorld, name: str) -> None:
    world.admin.call("PUT", "/scenario", {"name": name})
    assert told(run(world, name), name) == told(ENDINGS[name], name)


@pytest.mark.parametrize("name", sorted(DIRECTING - OF_THE_WORLD))
def test_good_client_reaches_the_same_end_with_one_batch_of_this_scenario(world: TestWorld, name: str) -> None:
    assert told(run(world, name, chosen=name), name) == told(ENDINGS[name], name)
