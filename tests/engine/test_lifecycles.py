from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from support.engines import (
    START_US,
    content,
    counts,
    custom_ids,
    error_rows,
    history,
    move_to,
    output_rows,
    seen,
    submit,
    upload,
)
from support.worlds import BODIES, good_input

from emulator.domain.clock import SECOND_US, START_S
from emulator.domain.pagination import FileQuery, PageQuery

if TYPE_CHECKING:
    from emulator.engine.machine import Fired
    from emulator.engine.world import World

DAY_S = 86_400
LIVES = {
    "happy-path": {"validating": 0, "in_progress": 60, "finalizing": 3600, "completed": 3660},
    "expired-partial": {"validating": 0, "in_progress": 60, "expired": DAY_S},
    "stuck-validating": {"validating": 0, "expired": DAY_S},
}


@pytest.mark.parametrize(("scenario", "expected"), LIVES.items())
def test_each_scenario_keeps_its_times(core: World, scenario: str, expected: dict[str, int]) -> None:
    batch = submit(core, good_input(10), scenario=scenario)
    core.advance(by_us=3 * DAY_S * SECOND_US)
    assert history(seen(core, batch)) == expected


@pytest.mark.parametrize("scenario", LIVES)
def test_status_changes_at_its_second_and_not_a_microsecond_before(core: World, scenario: str) -> None:
    batch = submit(core, good_input(10), scenario=scenario)
    entered = list(LIVES[scenario].items())
    for (before, _), (after, second) in pairwise(entered):
        core.advance_to(to_us=START_US + second * SECOND_US - 1)
        assert seen(core, batch).status == before
        core.advance(by_us=1)
        assert seen(core, batch).status == after


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (0, (0, 0, 0)),
        (59.999999, (0, 0, 0)),
        (60, (10, 0, 0)),
        (413.999999, (10, 0, 0)),
        (414, (10, 1, 0)),
        (767, (10, 1, 0)),
        (768, (10, 2, 0)),
        (3599, (10, 9, 0)),
        (3600, (10, 10, 0)),
        (3660, (10, 10, 0)),
    ],
)
def test_counts_are_nought_while_validating_and_then_grow_line_by_line(
    core: World, second: float, expected: tuple[int, int, int]
) -> None:
    batch = submit(core, good_input(10))
    move_to(core, second)
    assert counts(seen(core, batch)) == expected


@pytest.mark.parametrize(
    ("second", "expected"),
    [(60, (10, 0, 0)), (959, (10, 0, 0)), (960, (10, 1, 0)), (3660, (10, 4, 0)), (DAY_S, (10, 4, 0))],
)
def test_lines_that_the_window_cut_off_count_neither_as_completed_nor_as_failed(
    core: World, second: float, expected: tuple[int, int, int]
) -> None:
    batch = submit(core, good_input(10), scenario="expired-partial")
    move_to(core, second)
    assert counts(seen(core, batch)) == expected


@pytest.mark.parametrize("second", [0, 60, 3599, 3600, 3659])
def test_file_ids_are_null_until_the_end(core: World, second: float) -> None:
    batch = submit(core, good_input(3))
    move_to(core, second)
    assert (seen(core, batch).output_file_id, seen(core, batch).error_file_id) == (None, None)
    assert len(core.list_files("", FileQuery(page=PageQuery(limit=100))).items) == 1
    move_to(core, 3660)
    assert seen(core, batch).output_file_id is not None


@pytest.mark.parametrize("endpoint", BODIES)
def test_completed_batch_has_a_row_for_each_line_in_order(core: World, endpoint: str) -> None:
    batch = submit(core, good_input(5, url=endpoint), endpoint=endpoint)
    move_to(core, 3660)
    ended = seen(core, batch)
    found = output_rows(core, ended)
    assert custom_ids(found) == [f"row-{number}" for number in range(1, 6)]
    assert all(row["response"]["status_code"] == 200 and row["error"] is None for row in found)
    assert ended.error_file_id is None
    ids = [row["id"] for row in found] + [row["response"]["request_id"] for row in found]
    assert len(set(ids)) == 10


def test_reply_to_a_line_was_created_when_the_line_finished(core: World) -> None:
    batch = submit(core, good_input(3))
    move_to(core, 3660)
    created = [row["response"]["body"]["created"] for row in output_rows(core, seen(core, batch))]
    assert created == [START_S + 1240, START_S + 2420, START_S + 3600]


def test_result_file_is_a_file_of_the_batchs_tenant(core: World) -> None:
    batch = submit(core, good_input(1), tenant="ann")
    move_to(core, DAY_S)
    ended = seen(core, batch)
    assert ended.output_file_id is not None
    file = core.get_file("ann", ended.output_file_id)
    assert (file.filename, file.purpose) == (f"{batch.id}_output.jsonl", "batch")
    assert file.created_at == START_S + 3660
    assert file.content.size == len(content(file)) > 0


def test_expired_batch_keeps_finished_lines_and_lists_the_others(core: World) -> None:
    batch = submit(core, good_input(10), scenario="expired-partial")
    move_to(core, DAY_S)
    ended = seen(core, batch)
    assert custom_ids(output_rows(core, ended)) == [f"row-{number}" for number in range(1, 5)]
    unfinished = error_rows(core, ended)
    assert custom_ids(unfinished) == [f"row-{number}" for number in range(5, 11)]
    assert {row["error"]["code"] for row in unfinished} == {"batch_expired"}
    assert all(row["response"] is None and row["id"].startswith("response_") for row in unfinished)
    assert ended.error_file_id is not None
    assert core.get_file("", ended.error_file_id).filename == f"{batch.id}_error.jsonl"


def test_batch_that_expires_before_any_line_finished_has_no_output_file(core: World) -> None:
    batch = submit(core, good_input(2), scenario="expired-partial")
    move_to(core, DAY_S)
    ended = seen(core, batch)
    assert ended.output_file_id is None
    assert custom_ids(error_rows(core, ended)) == ["row-1", "row-2"]


def test_batch_that_expires_in_validation_lists_every_line(core: World) -> None:
    batch = submit(core, good_input(3), scenario="stuck-validating")
    move_to(core, DAY_S)
    ended = seen(core, batch)
    assert counts(ended) == (3, 0, 0)
    assert ended.output_file_id is None
    assert custom_ids(error_rows(core, ended)) == ["row-1", "row-2", "row-3"]
    assert {row["error"]["code"] for row in error_rows(core, ended)} == {"batch_expired"}


def test_batch_that_expires_in_validation_without_its_input_has_no_files(core: World) -> None:
    batch = submit(core, good_input(3), scenario="stuck-validating")
    core.delete_file("", batch.request.input_file_id)
    move_to(core, DAY_S)
    ended = seen(core, batch)
    assert (ended.status, counts(ended)) == ("expired", (0, 0, 0))
    assert (ended.output_file_id, ended.error_file_id) == (None, None)


def test_batch_that_expires_in_validation_without_lines_has_no_files(core: World) -> None:
    batch = submit(core, b"\n", scenario="stuck-validating")
    move_to(core, DAY_S)
    assert (seen(core, batch).status, seen(core, batch).error_file_id) == ("expired", None)


def test_large_batch_ends_with_every_line(core: World) -> None:
    batch = submit(core, good_input(5000))
    fired = move_to(core, 3660)
    assert len(fired) == 1 + 3540 + 1
    ended = seen(core, batch)
    assert counts(ended) == (5000, 5000, 0)
    assert custom_ids(output_rows(core, ended)) == [f"row-{number}" for number in range(1, 5001)]


def _times(fired: list[Fired]) -> list[tuple[float, str, int]]:
    return [(each.at_us / SECOND_US - START_S, each.after.id, each.after.lines.done) for each in fired]


def test_batches_go_through_their_lives_side_by_side(core: World) -> None:
    first = submit(core, good_input(2))
    move_to(core, 600)
    second = submit(core, good_input(1))
    assert _times(core.advance(by_us=DAY_S * SECOND_US).fired) == [
        (660, second.id, 0),
        (1830, first.id, 1),
        (3600, first.id, 2),
        (3660, first.id, 2),
        (4200, second.id, 1),
        (4260, second.id, 1),
    ]


def test_batches_due_at_the_same_instant_go_in_the_order_of_their_creation(core: World) -> None:
    made = [submit(core, good_input(1)) for _ in range(12)]
    fired = core.advance(by_us=DAY_S * SECOND_US).fired
    assert [each.after.id for each in fired] == [batch.id for batch in made] * 3


def test_world_goes_on_where_its_batches_have_ended(core: World) -> None:
    submit(core, good_input(1))
    assert len(core.advance(by_us=DAY_S * SECOND_US).fired) == 3
    assert core.advance(by_us=DAY_S * SECOND_US).fired == []
    later = submit(core, good_input(1))
    assert later.created_at == START_S + 2 * DAY_S
    assert history(later) == {"validating": 0}


def test_one_input_file_serves_several_batches(core: World) -> None:
    file = upload(core, good_input(2))
    batch = submit(core, content(file))
    again = submit(core, content(file))
    move_to(core, 3660)
    one, two = output_rows(core, seen(core, batch)), output_rows(core, seen(core, again))
    assert custom_ids(one) == custom_ids(two)
    assert {row["id"] for row in one}.isdisjoint(row["id"] for row in two)


def test_scenario_of_a_batch_goes_before_the_worlds(core: World) -> None:
    assert submit(core, good_input(1)).scenario.name == "happy-path"
    assert submit(core, good_input(1), scenario="expired-partial").scenario.name == "expired-partial"
