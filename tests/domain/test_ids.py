from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.effort import many

from emulator.domain import ids

if TYPE_CHECKING:
    from collections.abc import Callable

MAKERS = {"batch": ids.batch_id, "file": ids.file_id, "req": ids.request_id}
fixed = settings(derandomize=True, deadline=None, max_examples=many(100))
makers = pytest.mark.parametrize(("prefix", "make"), MAKERS.items())


@makers
@fixed
@given(seed=st.integers(), number=st.integers(0))
def test_id_is_its_prefix_and_32_hex_digits(
    prefix: str, make: Callable[[int, int], str], seed: int, number: int
) -> None:
    assert re.fullmatch(rf"{prefix}_[0-9a-f]{{32}}", make(seed, number))


@makers
def test_ids_of_one_world_and_of_other_seeds_are_distinct(prefix: str, make: Callable[[int, int], str]) -> None:
    made = {make(seed, number) for seed in range(-20, 20) for number in range(200)}
    assert len(made) == 40 * 200, prefix


def test_ids_of_kinds_do_not_share_their_digits() -> None:
    assert len({make(0, 0).partition("_")[2] for make in MAKERS.values()}) == 3


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (ids.batch_id(0, 0), "batch_927f4b04df1250ceb4feee9dec19f86b"),
        (ids.file_id(0, 0), "file_900b82d7e6e9c7de3f00adec9fb6fbd7"),
        (ids.request_id(0, 0), "req_e8ca29ae9c894dbc95d4341ec5084a26"),
    ],
)
def test_ids_stay_what_they_were_in_earlier_releases(found: str, expected: str) -> None:
    assert found == expected


def test_line_has_one_id_for_its_row_and_one_for_its_request() -> None:
    row, request = ids.line_id(0, "batch_1", 0), ids.line_request_id(0, "batch_1", 0)
    assert re.fullmatch(r"response_[0-9a-f]{32}", row)
    assert re.fullmatch(r"req_[0-9a-f]{32}", request)
    assert row.partition("_")[2] != request.partition("_")[2]


def test_line_ids_differ_by_seed_and_batch_and_line() -> None:
    pairs = [
        (ids.line_id(seed, batch, index), ids.line_request_id(seed, batch, index))
        for seed in (0, 1)
        for batch in ("batch_1", "batch_2")
        for index in (0, 1)
    ]
    assert len({each for pair in pairs for each in pair}) == 16
