from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.effort import many
from support.engines import EVERYTHING, START_US, content, error_rows, new_engine, output_rows
from support.walks import (
    Cut,
    Delete,
    Walk,
    Walker,
    digest_of_a_long_walk,
    fresh,
    partitions,
    walk_through,
    walks,
)

from emulator.domain.clock import SECOND_US
from emulator.domain.errors import EmulatorError
from emulator.domain.pagination import FileQuery, PageQuery
from emulator.web.admin import views as admin_views

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from emulator.domain.batch import Batch
    from emulator.engine.world import World

DOCUMENTED = {
    "validating": {"in_progress", "failed", "cancelling", "expired"},
    "in_progress": {"finalizing", "cancelling", "expired"},
    "finalizing": {"completed", "cancelling", "expired"},
    "cancelling": {"cancelled", "completed", "expired"},
}
thorough = settings(derandomize=True, deadline=None, max_examples=many(1200))
fixed = settings(derandomize=True, deadline=None, max_examples=many(400))


@thorough
@given(walks, partitions)
def test_advancing_in_any_steps_equals_advancing_at_once(walk: Walk, partition: Sequence[Sequence[Cut]]) -> None:
    at_once, world = fresh()
    in_steps, twin = fresh()
    one, other = walk_through(world, walk), walk_through(twin, walk, partition)
    assert other.fired == one.fired
    assert in_steps.dump(twin) == at_once.dump(world)


@fixed
@given(walks, st.lists(st.integers(0, 3000), min_size=1, max_size=12), st.sampled_from([1, 360]))
def test_looking_often_equals_looking_once_at_a_clock_that_runs(walk: Walk, looks: list[int], rate: int) -> None:
    dumps = []
    for looked_at in (looks, []):
        engine = new_engine(clock=f"x{rate}")
        world = engine.world()
        walker = Walker(world)
        for wait_us, step in walk:
            start_us, end_us = engine.wall.us, engine.wall.us + wait_us // rate
            for share in sorted(looked_at):
                engine.wall.us = start_us + (end_us - start_us) * share // 3000
                world.state()
            engine.wall.us = end_us
            step.take(walker)
        world.state()
        dumps.append(engine.dump(world))
    assert dumps[0] == dumps[1]


@fixed
@given(walks)
def test_same_seed_and_same_calls_come_to_the_same_bytes(walk: Walk) -> None:
    found = []
    for _ in range(2):
        engine, world = fresh(seed=5)
        found.append((walk_through(world, walk).fired, engine.dump(world)))
    assert repr(found[0]) == repr(found[1])


@pytest.mark.parametrize("hash_seed", ["1", "31337"])
def test_another_process_comes_to_the_same_bytes(hash_seed: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", "from support.walks import digest_of_a_long_walk as d; print(d())"],
        cwd=Path(__file__).parents[1],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == digest_of_a_long_walk()


PAGES = [PageQuery(limit=limit, order=order) for limit in (1, 3, 100) for order in ("asc", "desc")]
TENANT_READS: list[Callable[[World, str], Any]] = [
    lambda world, tenant: [world.list_batches(tenant, page) for page in PAGES],
    lambda world, tenant: [world.list_files(tenant, FileQuery(page=page, purpose="batch")) for page in PAGES],
    lambda world, tenant: [content(file) for file in world.list_files(tenant, EVERYTHING).items],
    lambda world, tenant: [list(file.content.lines()) for file in world.list_files(tenant, EVERYTHING).items],
    lambda world, tenant: [world.get_batch(tenant, batch.id) for batch in world.all_batches()],
    lambda world, tenant: world.get_file(tenant, "file_none"),
    lambda world, tenant: world.list_batches(tenant, PageQuery(limit=1, after="batch_none")),
]
ADMIN_READS: list[Callable[[World, str], Any]] = [
    lambda world, _: [admin_views.overview(batch) for batch in world.all_batches()],
    lambda world, _: [admin_views.timeline(world.find_batch(batch.id)) for batch in world.all_batches()],
    lambda world, _: admin_views.world(world.state()),
    lambda world, _: admin_views.clock(world.state()),
    lambda world, _: world.journal(),
    lambda world, _: world.advance(by_us=0),
    lambda world, _: world.step("batch_none"),
]
reads = st.lists(
    st.tuples(st.sampled_from(TENANT_READS + ADMIN_READS), st.sampled_from(("", "ann", "bob"))), max_size=8
)


@fixed
@given(walks, reads)
def test_reads_change_nothing(walk: Walk, asked: list[tuple[Callable[[World, str], Any], str]]) -> None:
    engine, world = fresh()
    walk_through(world, walk)
    before, answers = repr(engine.dump(world)), [_answer(world, *each) for each in asked]
    assert repr(engine.dump(world)) == before
    assert [_answer(world, *each) for each in asked] == answers


def _answer(world: World, read: Callable[[World, str], Any], tenant: str) -> Any:
    try:
        return read(world, tenant)
    except EmulatorError as refusal:
        return str(refusal)


@fixed
@given(walks)
def test_events_come_in_order_and_keep_the_table(walk: Walk) -> None:
    _, world = fresh()
    walker = walk_through(world, walk)
    order = [(each.at_us, each.after.number) for each in walker.fired]
    assert order == sorted(order)
    for each in walker.fired:
        before, after = each.before.status.value, each.after.status.value
        assert before == after or after in DOCUMENTED[before]
        assert each.before.lines.done <= each.after.lines.done
    assert all(START_US <= at_us <= world.state().settled_us for at_us, _ in order)


@fixed
@given(walks)
def test_histories_keep_the_table_and_end_within_the_window(walk: Walk) -> None:
    _, world = fresh()
    walk_through(world, walk)
    for batch in world.all_batches():
        entered = [entry.status.value for entry in batch.history]
        assert all(after in DOCUMENTED[before] for before, after in pairwise(entered))
        assert [entry.at_us for entry in batch.history] == sorted(entry.at_us for entry in batch.history)
        assert batch.history[-1].at_us <= (batch.created_at + 86_400) * SECOND_US
        assert batch.is_over or world.state().settled_us < (batch.created_at + 86_400) * SECOND_US


@fixed
@given(walks)
def test_files_and_counts_agree_at_every_end(walk: Walk) -> None:
    _, world = fresh()
    kept = [(wait_us, step) for wait_us, step in walk if not isinstance(step, Delete)]
    files = {file.id: file for file in walk_through(world, kept).files}
    for batch in world.all_batches():
        file = files[batch.request.input_file_id]
        usable = (file.tenant, file.purpose) == (batch.tenant, "batch")
        _check_results(world, batch, _custom_ids(content(file)) if usable else [])


def _check_results(world: World, batch: Batch, asked: list[str]) -> None:
    lines = batch.lines
    output, error = output_rows(world, batch), error_rows(world, batch)
    assert lines.completed + lines.failed <= lines.total
    if not batch.is_over:
        assert (batch.output_file_id, batch.error_file_id) == (None, None)
        return
    expired = lines.total - lines.completed - lines.failed if batch.status == "expired" else 0
    assert (len(output), len(error)) == (lines.completed, lines.failed + expired)
    assert (batch.output_file_id is None, batch.error_file_id is None) == (not output, not error)
    assert bool(batch.errors) == (batch.status == "failed")
    answered = Counter(row["custom_id"] for row in (*output, *error))
    assert answered <= Counter(asked)
    if batch.status in {"completed", "expired"}:
        assert answered == Counter(asked)
        assert lines.total == len(asked)
    rows = [row["id"] for row in (*output, *error)]
    assert len(set(rows)) == len(rows)


def _custom_ids(data: bytes) -> list[str]:
    rows = [json.loads(line) for line in data.split(b"\n") if line.strip()]
    found = [row.get("custom_id") for row in rows if isinstance(row, dict)]
    return [each for each in found if isinstance(each, str)]


def test_walks_reach_every_status_and_every_kind_of_file() -> None:
    reached: Counter[str] = Counter()

    @settings(derandomize=True, deadline=None, max_examples=300, database=None)
    @given(walks)
    def look(walk: Walk) -> None:
        _, world = fresh()
        walk_through(world, walk)
        for batch in world.all_batches():
            reached[batch.status.value] += 1
            reached["with output"] += batch.output_file_id is not None
            reached["with errors"] += batch.error_file_id is not None
            reached["partial"] += batch.output_file_id is not None and batch.lines.completed < batch.lines.total

    look()
    wanted = {*DOCUMENTED, "completed", "failed", "cancelled", "expired", "with output", "with errors", "partial"}
    assert {name for name in wanted if reached[name] < 3} == set()
