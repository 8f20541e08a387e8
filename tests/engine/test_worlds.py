from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from support.engines import (
    KEY,
    Engine,
    counts,
    move_to,
    new_engine,
    options,
    seen,
    submit,
    upload,
)
from support.worlds import good_input

from emulator.domain.clock import SECOND_US
from emulator.domain.errors import InvalidRequest, NotFound, TooManyWorlds, Unauthorized
from emulator.domain.limits import RateLimit
from emulator.engine.records import JournalEntry
from emulator.engine.worlds import world_id

if TYPE_CHECKING:
    from emulator.engine.world import World

DAY_S = 86_400


def entry(number: int) -> JournalEntry:
    return JournalEntry(
        number=number,
        request_id=f"req_{number}",
        at=0,
        method="GET",
        target="/",
        path="/",
        headers=(),
        body="",
        operation=None,
        status=200,
    )


def test_world_of_a_key_does_not_give_the_key_away() -> None:
    assert re.fullmatch(r"world_[0-9a-f]{24}", world_id("mk-secret"))
    assert len({world_id(key) for key in ("", "mk-1", "mk-2", "MK-1", "\udcff", "é")}) == 6


def test_key_opens_the_same_world_again(engine: Engine) -> None:
    file = upload(engine.world("mk-1"), b"1\n")
    assert engine.world("mk-1").get_file("", file.id) == file
    assert [state.id for state in engine.worlds.all()] == [world_id("mk-1")]


def test_world_made_on_first_use_has_the_servers_options() -> None:
    engine = new_engine(seed=7, clock="tick=1s", scenario="expired-partial", edition="0.5.25")
    expected = options(seed=7, clock="tick=1s", scenario="expired-partial", edition="0.5.25")
    assert engine.world().state().options == expected


def test_world_follows_its_own_options(engine: Engine) -> None:
    world = engine.world(seed=3, scenario="stuck-validating")
    batch = submit(world, good_input(1))
    assert batch.scenario.name == "stuck-validating"
    move_to(world, 3660)
    assert seen(world, batch).status == "validating"


def test_world_of_an_unknown_scenario_is_not_made(engine: Engine) -> None:
    with pytest.raises(InvalidRequest, match="No scenario is named 'hapy-path': did you mean happy-path"):
        engine.world(scenario="hapy-path")
    assert engine.worlds.all() == []


def test_world_of_an_unknown_clock_is_not_made(engine: Engine) -> None:
    with pytest.raises(ValueError, match="expected manual"):
        engine.world(clock="fast")
    assert engine.worlds.all() == []


def test_worlds_are_told_in_the_order_of_their_making(engine: Engine) -> None:
    keys = [f"mk-{number}" for number in range(20)]
    for key in keys:
        engine.world(key)
    engine.worlds.delete(world_id("mk-3"))
    engine.worlds.delete(world_id("mk-19"))
    engine.world("mk-new")
    left = [key for key in keys if key not in {"mk-3", "mk-19"}]
    assert [state.id for state in engine.worlds.all()] == [*map(world_id, left), world_id("mk-new")]


def test_worlds_are_at_most_so_many() -> None:
    engine = new_engine(limit=2)
    engine.world("mk-1")
    engine.world("mk-2", seed=1)
    for chosen in ({}, {"seed": 1}):
        with pytest.raises(TooManyWorlds) as refusal:
            engine.world("mk-3", **chosen)
        assert refusal.value.limit == 2
    assert engine.world("mk-1").state().made == 0
    engine.worlds.delete(world_id("mk-1"))
    assert engine.world("mk-3").state().made == 2


def test_deleted_world_is_gone_with_all_that_was_in_it(engine: Engine, core: World) -> None:
    submit(core, good_input(1))
    core.record(entry(0))
    engine.worlds.delete(core.id)
    for ask in (core.state, core.all_batches, core.reset, core.admit, lambda: engine.worlds.find(core.id)):
        with pytest.raises(NotFound) as refusal:
            ask()
        assert (refusal.value.kind, refusal.value.id) == ("world", core.id)
    with pytest.raises(NotFound):
        engine.worlds.delete(core.id)
    fresh = engine.world()
    assert (fresh.all_batches(), fresh.journal()) == ((), ())
    assert fresh.state().counters.files == 0


def test_request_that_ends_after_its_world_is_not_recorded(engine: Engine, core: World) -> None:
    engine.worlds.delete(core.id)
    core.record(entry(0))
    assert engine.world().journal() == ()


def test_only_known_keys_open_a_closed_set() -> None:
    engine = new_engine(api_keys=frozenset({"mk-1", "mk-2"}))
    with pytest.raises(Unauthorized):
        engine.worlds.enter("mk-3")
    assert engine.worlds.all() == []
    assert engine.worlds.enter("mk-1").id == world_id("mk-1")


def test_world_that_was_made_on_request_opens_a_closed_set_until_it_is_deleted() -> None:
    engine = new_engine(api_keys=frozenset({"mk-1"}))
    made = engine.world("mk-3", seed=1)
    assert engine.worlds.enter("mk-3").id == made.id
    engine.worlds.delete(made.id)
    with pytest.raises(Unauthorized):
        engine.worlds.enter("mk-3")


def test_world_can_be_found_by_its_id(engine: Engine, core: World) -> None:
    file = upload(core, b"1\n")
    assert engine.worlds.find(core.id).get_file("", file.id) == file


def test_requests_are_numbered_from_nought(core: World) -> None:
    admissions = [core.admit() for _ in range(3)]
    assert [each.number for each in admissions] == [0, 1, 2]
    assert len({each.request_id for each in admissions}) == 3
    assert all(re.fullmatch(r"req_[0-9a-f]{32}", each.request_id) for each in admissions)
    assert admissions[-1].state.counters.requests == 3
    assert [each.refused_by for each in admissions] == [None] * 3


def test_rate_limit_refuses_within_its_window_and_numbers_all_the_same() -> None:
    engine = new_engine(rate_limits=(RateLimit(2, "minute"), RateLimit(3, "hour")))
    world = engine.world()
    refusals = [str(world.admit().refused_by) for _ in range(3)]
    world.advance(by_us=60 * SECOND_US)
    refusals += [str(world.admit().refused_by) for _ in range(2)]
    world.advance(by_us=3540 * SECOND_US)
    admission = world.admit()
    assert refusals == ["None", "None", "2/minute", "None", "3/hour"]
    assert (admission.refused_by, admission.number) == (None, 5)


def test_rate_limits_are_counted_for_each_world_apart() -> None:
    engine = new_engine(rate_limits=(RateLimit(1, "day"),))
    one, other = engine.world("mk-1"), engine.world("mk-2")
    assert [one.admit().refused_by, other.admit().refused_by] == [None, None]
    assert one.admit().refused_by == RateLimit(1, "day")


def test_tick_counts_towards_the_window_that_it_reaches() -> None:
    world = new_engine(rate_limits=(RateLimit(1, "minute"),), clock="tick=30s").world()
    assert [world.admit().refused_by for _ in range(4)] == [None, None, RateLimit(1, "minute"), None]


def test_reset_world_is_as_new_and_gives_the_same_ids_again(engine: Engine) -> None:
    world = engine.world(seed=9, clock="manual")
    new = engine.dump(world)

    def use() -> tuple[object, ...]:
        admission = world.admit()
        batch = submit(world, good_input(3))
        fired = move_to(world, DAY_S)
        world.record(entry(admission.number))
        return admission, batch, fired, engine.dump(world)

    first = use()
    state = world.reset()
    assert engine.dump(world) == new
    assert (world.journal(), state.counters.requests, state.spent) == ((), 0, {})
    assert state == world.state()
    assert use() == first


def test_reset_gives_the_rate_limits_back() -> None:
    world = new_engine(rate_limits=(RateLimit(1, "day"),)).world()
    world.admit()
    world.reset()
    assert world.admit().refused_by is None


@pytest.mark.parametrize("clock", ["real", "x360"])
def test_reset_world_that_runs_starts_at_the_wall_again(engine: Engine, clock: str) -> None:
    world = engine.world(clock=clock)
    world.advance(by_us=DAY_S * SECOND_US)
    engine.wall.us += 5 * SECOND_US
    assert world.reset().settled_us == engine.wall.us


def test_reset_touches_no_other_world_and_not_their_order(engine: Engine) -> None:
    one, other = engine.world("mk-1"), engine.world("mk-2")
    submit(other, good_input(1))
    before = engine.dump(other)
    one.reset()
    assert engine.dump(other) == before
    assert [state.id for state in engine.worlds.all()] == [one.id, other.id]


def test_journal_keeps_the_newest_10000_requests(core: World) -> None:
    for number in range(10_003):
        core.record(entry(number))
    assert [each.number for each in core.journal()] == list(range(3, 10_003))


def test_journal_is_each_worlds_own(engine: Engine) -> None:
    engine.world("mk-1").record(entry(1))
    engine.world("mk-2").record(entry(2))
    assert [each.number for each in engine.world("mk-1").journal()] == [1]


def test_command_that_is_refused_leaves_no_trace_even_of_a_ticking_clock(engine: Engine) -> None:
    world = engine.world(clock="real")
    batch = submit(world, good_input(1))
    before = engine.dump(world)
    engine.wall.us += 3660 * SECOND_US
    with pytest.raises(NotFound):
        world.get_batch("", "batch_none")
    assert engine.dump(world) == before
    assert counts(seen(world, batch)) == (1, 1, 0)


def test_seed_alone_decides_the_ids() -> None:
    ids = {
        submit(new_engine(seed=seed, scenario=scenario).world(key), good_input(1)).id
        for seed in (0, 1)
        for scenario in ("happy-path", "expired-partial")
        for key in (KEY, "mk-2")
    }
    assert len(ids) == 2
