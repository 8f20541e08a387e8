"""Looking ahead changes nothing but how long others wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st
from support.effort import many
from support.engines import move_to, new_engine, output_rows, request, seen, submit, upload
from support.walks import Walk, Walker, fresh, walks
from support.worlds import good_input

from emulator.domain.outcomes import LinePattern, LineRule, Outcome
from emulator.engine.coming import Surroundings, coming
from emulator.engine.foresight import LARGEST_INPUT, WORLDS, Foresight

if TYPE_CHECKING:
    from emulator.domain.batch import Batch
    from emulator.engine.world import World

LINES = 3


def surroundings(world: World, batch: Batch) -> Surroundings:
    """Return what the batch's future depends on."""
    services, state = world._services, world.state()
    return Surroundings(
        file=world.get_file(batch.tenant, batch.request.input_file_id),
        lines=state.lines,
        contract=services.contract(state.options.edition),
        seed=state.options.seed,
    )


@settings(derandomize=True, deadline=None, max_examples=many(400))
@given(walks, st.lists(st.integers(0, 3), min_size=1, max_size=5))
def test_walk_with_a_look_ahead_now_and_then_equals_one_without(walk: Walk, looks: list[int]) -> None:
    dumps = []
    for pattern in (looks, [0]):
        engine, world = fresh(seed=3)
        walker = Walker(world)
        for number, (wait_us, step) in enumerate(walk):
            for _ in range(pattern[number % len(pattern)]):
                world.look_ahead()
            walker.fired += world.advance(by_us=wait_us).fired
            step.take(walker)
        dumps.append((walker.fired, engine.dump(world)))
    assert dumps[0] == dumps[1]


def test_what_was_seen_ahead_is_what_happens() -> None:
    world = new_engine().world()
    batch = submit(world, good_input(LINES))
    around, foresight = surroundings(world, batch), Foresight()
    foresight.look_ahead("w", batch, around)
    foresight.look_ahead("w", batch, around)
    foreseen = foresight.next_of("w", batch, around)
    assert foreseen is not None
    assert foreseen.before is batch
    assert foresight.next_of("w", foreseen.after, around) is not None
    again = coming(batch, around)
    assert again is not None
    assert (again.at_us, again.after) == (foreseen.at_us, foreseen.after)


def test_each_look_reads_lines_once_at_most() -> None:
    world = new_engine().world()
    batch = submit(world, good_input(LINES))
    foresight, around = Foresight(), surroundings(world, batch)
    seen_ahead = []
    for _ in range(3):
        foresight.look_ahead("w", batch, around)
        future = foresight._futures["w"]
        seen_ahead.append([event.reads_lines for event in future.events])
    assert seen_ahead[0] == [True]
    assert seen_ahead[1] == seen_ahead[2]
    assert (seen_ahead[1].count(True), seen_ahead[1][-1]) == (2, True)


def test_what_has_changed_meanwhile_is_seen_anew() -> None:
    world = new_engine().world()
    batch = submit(world, good_input(LINES))
    world.look_ahead()
    world.look_ahead()
    world.add_lines([LineRule(LinePattern(custom_id="row-1"), Outcome(content="told"))])
    move_to(world, 24 * 3600)
    rows = output_rows(world, seen(world, batch))
    said = [row["response"]["body"]["choices"][0]["message"]["content"] for row in rows]
    assert [each == "told" for each in said] == [True, False, False]


def test_input_that_is_deleted_meanwhile_is_missed() -> None:
    world = new_engine().world()
    batch = submit(world, good_input(LINES))
    world.look_ahead()
    world.delete_file("", batch.request.input_file_id)
    move_to(world, 3600)
    assert seen(world, batch).status == "failed"


def test_world_that_is_reset_does_not_remember_a_future() -> None:
    world = new_engine().world()
    submit(world, good_input(LINES))
    world.look_ahead()
    world.reset()
    batch = submit(world, good_input(LINES + 1))
    move_to(world, 24 * 3600)
    assert len(output_rows(world, seen(world, batch))) == LINES + 1


def test_nothing_is_seen_ahead_where_there_is_nothing_to_come() -> None:
    engine = new_engine()
    world = engine.world()
    world.look_ahead()
    engine.worlds.delete(world.id)
    world.look_ahead()


def test_large_file_waits_for_its_time() -> None:
    world = new_engine().world()
    data = good_input(60)
    assert len(data) > LARGEST_INPUT
    batch = submit(world, data)
    foresight = Foresight()
    foresight.look_ahead("w", batch, surroundings(world, batch))
    assert not foresight._futures


def test_futures_of_so_many_worlds_are_kept_and_no_more() -> None:
    world = new_engine().world()
    file = upload(world, good_input(1))
    foresight = Foresight()
    batch = world.create_batch("", request(file.id))
    around = surroundings(world, batch)
    for number in range(WORLDS + 1):
        foresight.look_ahead(f"w{number}", batch, around)
    assert len(foresight._futures) == WORLDS
    assert "w0" not in foresight._futures
