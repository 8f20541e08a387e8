from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.engines import START_US, WALL_US, counts, history, move_to, new_engine, request, seen, submit, upload
from support.worlds import good_input

from emulator.domain.clock import LATEST_US, SECOND_US, START_S
from emulator.domain.errors import InvalidRequest, NotFound, NothingToCome

if TYPE_CHECKING:
    from support.engines import Engine

    from emulator.engine.world import World

DAY_US = 86_400 * SECOND_US


def now_us(world: World) -> int:
    return world.state().settled_us


def test_manual_world_moves_only_when_told(engine: Engine, core: World) -> None:
    batch = submit(core, good_input(1))
    engine.wall.us += 100 * DAY_US
    assert (now_us(core), seen(core, batch).status) == (START_US, "validating")
    core.advance(by_us=60 * SECOND_US)
    assert (now_us(core), seen(core, batch).status) == (START_US + 60 * SECOND_US, "in_progress")


@pytest.mark.parametrize(("clock", "rate"), [("real", 1), ("x360", 360), ("x0.5", 0.5)])
def test_running_world_follows_the_wall_at_its_rate(engine: Engine, clock: str, rate: float) -> None:
    world = engine.world(clock=clock)
    batch = submit(world, good_input(1))
    assert (now_us(world), batch.created_at) == (WALL_US, WALL_US // SECOND_US)
    engine.wall.us += int(3600 * SECOND_US / rate)
    assert abs(now_us(world) - WALL_US - 3600 * SECOND_US) <= rate
    engine.wall.us += int(60 * SECOND_US / rate) + 1
    assert history(seen(world, batch)) == {"validating": 0, "in_progress": 60, "finalizing": 3600, "completed": 3660}


@pytest.mark.parametrize("clock", ["real", "x360"])
def test_advance_adds_to_a_running_world_which_then_goes_on(engine: Engine, clock: str) -> None:
    world = engine.world(clock=clock)
    batch = submit(world, good_input(1))
    moved = world.advance(by_us=3600 * SECOND_US)
    assert [each.after.status for each in moved.fired] == ["in_progress", "finalizing"]
    assert moved.state.settled_us == now_us(world) == WALL_US + 3600 * SECOND_US
    engine.wall.us += 60 * SECOND_US
    assert now_us(world) == WALL_US + 3600 * SECOND_US + 60 * SECOND_US * (1 if clock == "real" else 360)
    assert seen(world, batch).status == "completed"


def test_advance_returns_only_what_it_made_happen(engine: Engine) -> None:
    world = engine.world(clock="real")
    submit(world, good_input(1))
    engine.wall.us += 60 * SECOND_US
    assert [each.after.status for each in world.advance(by_us=3540 * SECOND_US).fired] == ["finalizing"]


@pytest.mark.parametrize("clock", ["real", "x360"])
def test_wall_that_is_set_back_does_not_turn_a_world_back(engine: Engine, clock: str) -> None:
    world = engine.world(clock=clock)
    engine.wall.us += 100 * SECOND_US
    before = now_us(world)
    engine.wall.us -= 5000 * SECOND_US
    assert now_us(world) == before
    assert submit(world, good_input(1)).created_at == before // SECOND_US


def test_event_of_a_running_world_has_its_own_due_time_however_late_one_looks(engine: Engine) -> None:
    world = engine.world(clock="x360")
    batch = submit(world, good_input(1))
    engine.wall.us += 30 * DAY_US
    ended = seen(world, batch)
    assert history(ended)["completed"] == 3660
    assert ended.output_file_id is not None
    assert world.get_file("", ended.output_file_id).created_at == batch.created_at + 3660


def test_tick_world_moves_with_each_request_and_with_nothing_else(engine: Engine) -> None:
    world = engine.world(clock="tick=30m")
    batch = submit(world, good_input(1))
    engine.wall.us += DAY_US
    assert (now_us(world), seen(world, batch).status) == (START_US, "validating")
    assert world.admit().state.settled_us == START_US + 1800 * SECOND_US
    assert seen(world, batch).status == "in_progress"
    world.admit()
    assert seen(world, batch).status == "finalizing"
    world.advance(by_us=60 * SECOND_US)
    assert (now_us(world), seen(world, batch).status) == (START_US + 3660 * SECOND_US, "completed")


def test_tick_world_ends_with_the_year_9999(engine: Engine) -> None:
    world = engine.world(clock="tick=1d")
    world.advance_to(to_us=LATEST_US - SECOND_US)
    assert [world.admit().state.settled_us for _ in range(2)] == [LATEST_US, LATEST_US]


@pytest.mark.parametrize("by_us", [0, 1, 999_999, SECOND_US])
def test_world_moves_by_microseconds(core: World, by_us: int) -> None:
    core.advance(by_us=by_us)
    assert now_us(core) == START_US + by_us
    assert core.advance_to(to_us=START_US + by_us).fired == []


def test_world_can_be_moved_to_the_end_of_the_year_9999(core: World) -> None:
    core.advance_to(to_us=LATEST_US)
    assert now_us(core) == LATEST_US
    assert submit(core, good_input(1)).created_at == 253_402_300_799


def test_world_does_not_go_back(engine: Engine, core: World) -> None:
    submit(core, good_input(1))
    core.advance(by_us=SECOND_US)
    before = engine.dump(core)
    with pytest.raises(InvalidRequest, match="The clock only goes forward") as refusal:
        core.advance_to(to_us=START_US + SECOND_US - 1)
    assert refusal.value.param == "to"
    assert "expected a time from 1704067201.000000 (now) to 253402300799, found 1704067200.999999" in str(refusal.value)
    with pytest.raises(InvalidRequest) as refusal:
        core.advance(by_us=-1)
    assert refusal.value.param == "by"
    assert engine.dump(core) == before


def test_world_does_not_go_past_the_year_9999(engine: Engine, core: World) -> None:
    submit(core, good_input(1))
    before = engine.dump(core)
    with pytest.raises(InvalidRequest, match="until the year 9999"):
        core.advance_to(to_us=LATEST_US + 1)
    with pytest.raises(InvalidRequest, match="until the year 9999"):
        core.advance(by_us=LATEST_US)
    assert engine.dump(core) == before


def test_running_world_stands_at_the_end_of_the_year_9999(engine: Engine) -> None:
    world = engine.world(clock="x999999999")
    engine.wall.us += 10**12
    assert now_us(world) == LATEST_US


def test_step_moves_to_the_batchs_next_event_and_fires_what_is_due_on_the_way(core: World) -> None:
    first = submit(core, good_input(2))
    move_to(core, 30)
    second = submit(core, good_input(2))
    assert [(each.after.id, each.at_us - START_US) for each in core.step(second.id).fired] == [
        (first.id, 60 * SECOND_US),
        (second.id, 90 * SECOND_US),
    ]
    assert now_us(core) == START_US + 90 * SECOND_US


def test_steps_walk_through_a_whole_life(core: World) -> None:
    batch = submit(core, good_input(3))
    walked = []
    while not seen(core, batch).is_over:
        [fired] = core.step(batch.id).fired
        walked.append((fired.at_us // SECOND_US - START_S, fired.after.status.value, counts(fired.after)))
    assert walked == [
        (60, "in_progress", (3, 0, 0)),
        (1240, "in_progress", (3, 1, 0)),
        (2420, "in_progress", (3, 2, 0)),
        (3600, "finalizing", (3, 3, 0)),
        (3660, "completed", (3, 3, 0)),
    ]


@pytest.mark.parametrize(("data", "status"), [(good_input(1), "completed"), (b"", "failed")])
def test_batch_that_has_ended_takes_no_step(core: World, data: bytes, status: str) -> None:
    batch = submit(core, data)
    core.advance(by_us=DAY_US)
    with pytest.raises(NothingToCome) as refusal:
        core.step(batch.id)
    assert (refusal.value.batch_id, refusal.value.status) == (batch.id, status)


def test_unknown_batch_takes_no_step(core: World) -> None:
    with pytest.raises(NotFound, match="No batch found with id 'batch_none'"):
        core.step("batch_none")


def test_step_is_open_to_whoever_holds_the_clock(core: World) -> None:
    batch = submit(core, good_input(1), tenant="ann")
    assert core.step(batch.id).fired
    assert core.find_batch(batch.id) == seen(core, batch)
    with pytest.raises(NotFound):
        core.find_batch("batch_none")


def test_time_without_batches_fires_nothing(core: World) -> None:
    upload(core, good_input(1))
    assert core.advance(by_us=100 * DAY_US).fired == []


@pytest.mark.parametrize("clock", ["manual", "tick=1h", "real", "x360"])
def test_batch_created_within_a_second_is_due_by_that_seconds_start(clock: str) -> None:
    engine = new_engine(clock=clock)
    engine.wall.us += 750_000
    world = engine.world()
    world.advance_to(to_us=WALL_US + DAY_US + 750_000)
    batch = world.create_batch("", request("file_none"))
    assert world.advance(by_us=59_249_999).fired == []
    [fired] = world.advance(by_us=1).fired
    assert (fired.after.id, fired.at_us) == (batch.id, WALL_US + DAY_US + 60 * SECOND_US)
