from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.scenarios.drawing.axis import Room, laid_out

MINUTE_US, HOUR_US = 60_000_000, 3_600_000_000
TIMES = st.lists(st.integers(1, 24 * HOUR_US), min_size=1, max_size=30)


@given(TIMES)
def test_later_times_stand_further_right(times: list[int]) -> None:
    axis = laid_out(times, [], width=800)
    places = [axis.x(at_us) for at_us in sorted({0, *times})]
    assert all(before < after for before, after in pairwise(places))
    assert places[0] == 0
    assert places[-1] == pytest.approx(axis.width)


@given(TIMES)
def test_axis_is_as_wide_as_it_was_asked_to_be(times: list[int]) -> None:
    assert laid_out(times, [], width=800).width == pytest.approx(800)


@given(TIMES, st.integers(0, 24 * HOUR_US))
def test_a_place_names_the_time_that_stands_there(times: list[int], at_us: int) -> None:
    axis = laid_out(times, [], width=800)
    shown_us = min(at_us, axis.end_us)
    assert abs(axis.time_us(axis.x(shown_us)) - shown_us) <= 2


@given(TIMES)
def test_ticks_stand_at_their_times(times: list[int]) -> None:
    axis = laid_out(times, [], width=800)
    assert all(tick.x == pytest.approx(axis.x(tick.at_us), abs=0.01) for tick in axis.ticks())


@pytest.mark.parametrize("asked", [40.0, 96.0, 300.0])
def test_what_needs_room_gets_it(asked: float) -> None:
    axis = laid_out([MINUTE_US, HOUR_US], [Room(0, MINUTE_US, asked)], width=800)
    assert axis.x(MINUTE_US) >= asked - 0.01


def test_axis_grows_when_all_that_must_stand_on_it_does_not_fit() -> None:
    times = [minute * MINUTE_US for minute in range(1, 41)]
    axis = laid_out(times, [Room(before, after, 34) for before, after in pairwise(times)], width=800)
    assert axis.width > 800
    assert all(axis.x(after) - axis.x(before) >= 33.9 for before, after in pairwise(times))


def test_hours_in_which_nothing_happens_are_cut_short() -> None:
    axis = laid_out([MINUTE_US, HOUR_US, 24 * HOUR_US], [], width=800)
    assert [stretch.is_broken for stretch in axis.stretches] == [False, False, True]
    assert not any(HOUR_US < tick.at_us < 24 * HOUR_US for tick in axis.ticks())


@pytest.mark.parametrize("times", [[24 * HOUR_US], [12 * HOUR_US, 24 * HOUR_US], [1_000_000, 59 * MINUTE_US]])
def test_time_that_dwarfs_nothing_is_not_cut_short(times: list[int]) -> None:
    assert not any(stretch.is_broken for stretch in laid_out(times, [], width=800).stretches)


def test_crowded_axis_has_an_end() -> None:
    times = [second * 1_000_000 for second in range(1, 400)]
    axis = laid_out([*times, 24 * HOUR_US], [Room(before, after, 34) for before, after in pairwise(times)], width=800)
    assert axis.width == pytest.approx(2600)
    assert all(tick.x <= axis.width + 0.01 for tick in axis.ticks())
