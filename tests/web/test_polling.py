"""A batch that is asked for again and again, which is shown as it was until something happens to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support.http import Api
from support.servers import serving
from support.worlds import good_input, new_world

from emulator.web.showing import KEPT

if TYPE_CHECKING:
    from support.worlds import TestWorld


@pytest.fixture
def api(world: TestWorld) -> Api:
    return Api(world.url, world.api_key)


def test_batch_is_shown_as_it_is_after_each_of_its_events(world: TestWorld, api: Api) -> None:
    batch = api.create(api.upload(good_input(3))["id"])
    shown = [batch, *(api("GET", f"/batches/{batch['id']}").ok() for _ in range(2))]
    assert shown == [batch] * 3
    for by, status in [("2m", "in_progress"), ("3510s", "finalizing"), ("1h", "completed")]:
        world.admin.advance(by)
        seen = [api("GET", f"/batches/{batch['id']}").ok() for _ in range(2)]
        assert [each["status"] for each in seen] == [status] * 2
        assert seen[0] == api("GET", "/batches").ok()["data"][0]


@pytest.mark.parametrize(
    "meddling", [{"set": {"status": "odd", "request_counts.total": 7}}, {"garble": 9}, {"unset": ["id"]}]
)
def test_rule_that_meddles_with_a_reply_leaves_the_next_alone(
    world: TestWorld, api: Api, meddling: dict[str, Any]
) -> None:
    batch = api.create()
    before = api("GET", f"/batches/{batch['id']}").ok()
    world.admin.add_rule({"on": {"operation": "getBatch", "times": 1}, **meddling})
    assert api("GET", f"/batches/{batch['id']}").content != api("GET", f"/batches/{batch['id']}").content
    assert api("GET", f"/batches/{batch['id']}").ok() == before


def test_two_worlds_with_the_same_ids_are_told_apart(server_url: str) -> None:
    worlds = [new_world(server_url) for _ in range(2)]
    apis = [Api(each.url, each.api_key) for each in worlds]
    ids = [each.create(each.upload(good_input(1))["id"])["id"] for each in apis]
    assert ids[0] == ids[1]
    worlds[0].admin.advance("2m")
    assert [each("GET", f"/batches/{ids[0]}").ok()["status"] for each in apis] == ["in_progress", "validating"]


def test_more_batches_than_are_kept_are_shown_all_the_same(api: Api) -> None:
    ids = [api.create()["id"] for _ in range(KEPT + 2)]
    assert [api("GET", f"/batches/{each}").ok()["id"] for each in [*ids, *ids]] == [*ids, *ids]


def test_edition_decides_what_is_shown_of_the_same_batch(world: TestWorld, api: Api) -> None:
    batch = api.create()
    assert "max_concurrency" in api("GET", f"/batches/{batch['id']}").ok()
    world.admin.use("old-server")
    assert api("GET", f"/batches/{batch['id']}").ok().keys() != batch.keys()


def test_clock_that_ticks_moves_what_is_shown() -> None:
    with serving(clock="tick=40m") as url:
        api = Api(url, "mk-1")
        batch = api.create(api.upload(good_input(1))["id"])
        statuses = [api("GET", f"/batches/{batch['id']}").ok()["status"] for _ in range(3)]
    assert statuses == ["in_progress", "completed", "completed"]
