from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.engines import (
    START_US,
    counts,
    custom_ids,
    error_rows,
    history,
    move_to,
    output_rows,
    seen,
    submit,
)
from support.worlds import good_input

from emulator.domain.clock import SECOND_US
from emulator.domain.errors import CancelRefused, NotFound

if TYPE_CHECKING:
    from support.engines import Engine

    from emulator.domain.batch import Batch
    from emulator.engine.world import World

DAY_S = 86_400


def cancel(world: World, batch: Batch, *, at: float) -> Batch:
    move_to(world, at)
    return world.cancel_batch(batch.tenant, batch.id)


@pytest.mark.parametrize(
    ("at", "before", "expected_counts", "finished"),
    [
        (0, {"validating": 0}, (0, 0, 0), 0),
        (59, {"validating": 0}, (0, 0, 0), 0),
        (60, {"validating": 0, "in_progress": 60}, (10, 0, 0), 0),
        (413, {"validating": 0, "in_progress": 60}, (10, 0, 0), 0),
        (1500, {"validating": 0, "in_progress": 60}, (10, 4, 0), 4),
        (3599, {"validating": 0, "in_progress": 60}, (10, 9, 0), 9),
        (3600, {"validating": 0, "in_progress": 60, "finalizing": 3600}, (10, 10, 0), 10),
        (3659, {"validating": 0, "in_progress": 60, "finalizing": 3600}, (10, 10, 0), 10),
    ],
)
def test_cancelled_batch_keeps_finished_lines(
    core: World, at: float, before: dict[str, int], expected_counts: tuple[int, int, int], finished: int
) -> None:
    batch = submit(core, good_input(10))
    cancelled = cancel(core, batch, at=at)
    assert (cancelled.status, counts(cancelled)) == ("cancelling", expected_counts)
    assert (cancelled.output_file_id, cancelled.error_file_id) == (None, None)
    move_to(core, DAY_S)
    ended = seen(core, batch)
    assert history(ended) == {**before, "cancelling": at, "cancelled": at + 600}
    assert counts(ended) == expected_counts
    assert custom_ids(output_rows(core, ended)) == [f"row-{number}" for number in range(1, finished + 1)]
    assert (ended.output_file_id is None) == (finished == 0)
    assert ended.error_file_id is None


def test_no_line_finishes_while_cancelling(core: World) -> None:
    batch = submit(core, good_input(3540))
    cancel(core, batch, at=1000)
    for second in (1001, 1300, 1599.999999):
        move_to(core, second)
        assert (seen(core, batch).status, counts(seen(core, batch))) == ("cancelling", (3540, 940, 0))


@pytest.mark.parametrize("again_at", [700, 800, 1299, 1300, 2000, DAY_S])
def test_further_cancel_changes_nothing(engine: Engine, again_at: float) -> None:
    core = engine.world()
    batch = submit(core, good_input(4))
    cancel(core, batch, at=700)
    move_to(core, again_at)
    before, dump = seen(core, batch), engine.dump(core)
    assert before.status in {"cancelling", "cancelled"}
    assert core.cancel_batch("", batch.id) == before
    assert engine.dump(core) == dump


@pytest.mark.parametrize(
    ("data", "scenario", "at", "status"),
    [
        (good_input(1), "happy-path", 3660, "completed"),
        (b"7\n", "happy-path", 60, "failed"),
        (good_input(1), "expired-partial", DAY_S, "expired"),
        (good_input(1), "stuck-validating", DAY_S, "expired"),
    ],
)
def test_batch_that_ended_otherwise_cannot_be_cancelled(
    engine: Engine, data: bytes, scenario: str, at: float, status: str
) -> None:
    core = engine.world()
    batch = submit(core, data, scenario=scenario)
    move_to(core, at)
    before = engine.dump(core)
    with pytest.raises(CancelRefused) as refusal:
        core.cancel_batch("", batch.id)
    assert str(refusal.value) == f"Cannot cancel a batch with status '{status}'."
    assert engine.dump(core) == before


@pytest.mark.parametrize("scenario", ["expired-partial", "stuck-validating"])
def test_cancel_ends_a_batch_that_would_have_expired(core: World, scenario: str) -> None:
    batch = submit(core, good_input(10), scenario=scenario)
    cancel(core, batch, at=7200)
    move_to(core, 2 * DAY_S)
    ended = seen(core, batch)
    assert ended.status == "cancelled"
    assert list(history(ended).values())[-2:] == [7200, 7800]
    assert error_rows(core, ended) == []


@pytest.mark.parametrize(
    ("scenario", "expected_counts", "finished", "listed"),
    [("expired-partial", (10, 4, 0), 4, 6), ("stuck-validating", (10, 0, 0), 0, 10)],
)
def test_batch_cancelled_five_minutes_before_its_window_closes_expires(
    core: World, scenario: str, expected_counts: tuple[int, int, int], finished: int, listed: int
) -> None:
    batch = submit(core, good_input(10), scenario=scenario)
    cancel(core, batch, at=DAY_S - 300)
    move_to(core, 2 * DAY_S)
    ended = seen(core, batch)
    assert (ended.status, counts(ended)) == ("expired", expected_counts)
    assert history(ended)["cancelling"] == DAY_S - 300
    assert history(ended)["expired"] == DAY_S
    assert "cancelled" not in history(ended)
    assert len(output_rows(core, ended)) == finished
    assert len(error_rows(core, ended)) == listed


@pytest.mark.parametrize(("before_end", "status"), [(601, "cancelled"), (600, "cancelled"), (599, "expired")])
def test_cancel_that_ends_as_the_window_closes_still_ends(core: World, before_end: int, status: str) -> None:
    batch = submit(core, good_input(1), scenario="stuck-validating")
    cancel(core, batch, at=DAY_S - before_end)
    move_to(core, DAY_S)
    assert seen(core, batch).status == status


def test_cancel_between_two_seconds_counts_from_its_own_instant(core: World) -> None:
    batch = submit(core, good_input(1))
    cancel(core, batch, at=100.25)
    core.advance_to(to_us=START_US + 700_250_000 - 1)
    assert seen(core, batch).status == "cancelling"
    core.advance(by_us=1)
    assert history(seen(core, batch)) == {"validating": 0, "in_progress": 60, "cancelling": 100, "cancelled": 700}


def test_cancel_at_the_instant_of_a_step_comes_after_it(core: World) -> None:
    batch = submit(core, good_input(1))
    cancelled = cancel(core, batch, at=3600)
    assert history(cancelled) == {"validating": 0, "in_progress": 60, "finalizing": 3600, "cancelling": 3600}
    with pytest.raises(CancelRefused):
        cancel(core, submit(core, good_input(1)), at=3600 + 3660)


def test_cancel_touches_no_other_batch(core: World) -> None:
    batches = [submit(core, good_input(2)) for _ in range(3)]
    cancel(core, batches[1], at=100)
    move_to(core, DAY_S)
    assert [seen(core, batch).status for batch in batches] == ["completed", "cancelled", "completed"]


def test_cancelled_batch_finds_its_lines_after_its_input_was_deleted(core: World) -> None:
    batch = submit(core, good_input(10))
    move_to(core, 1500)
    core.delete_file("", batch.request.input_file_id)
    core.cancel_batch("", batch.id)
    move_to(core, DAY_S)
    assert len(output_rows(core, seen(core, batch))) == 4


def test_unknown_batch_cannot_be_cancelled(core: World) -> None:
    batch = submit(core, good_input(1), tenant="ann")
    for tenant, identity in (("", batch.id), ("bob", batch.id), ("ann", "batch_none"), ("ann", "")):
        with pytest.raises(NotFound) as refusal:
            core.cancel_batch(tenant, identity)
        assert (refusal.value.kind, refusal.value.id) == ("batch", identity)
    assert seen(core, batch).status == "validating"
    assert core.advance(by_us=60 * SECOND_US).fired[0].after.id == batch.id
