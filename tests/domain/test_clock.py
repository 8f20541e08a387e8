from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.effort import many

from emulator.domain.clock import LATEST_US, SECOND_US, START_S, Clock, parse_clock, parse_duration, seconds

WALL_US = 1_763_740_800_123_456
instants = st.integers(0, LATEST_US)
fixed = settings(derandomize=True, deadline=None, max_examples=many(200))


@pytest.mark.parametrize(
    ("written", "expected_us"),
    [
        ("90s", 90_000_000),
        ("10m", 600_000_000),
        ("24h", 86_400_000_000),
        ("1d", 86_400_000_000),
        ("250ms", 250_000),
        ("0.001ms", 1),
        ("1.5h", 5_400_000_000),
        ("0.000001s", 1),
        ("0", 0),
        ("90", 90_000_000),
        (" 5 s ", 5_000_000),
        (90, 90_000_000),
        (0, 0),
        (0.25, 250_000),
        (1e-7, 0),
        (1e11, 10**17),
        ("253402300799s", LATEST_US),
    ],
)
def test_durations_are_read_to_the_microsecond(written: object, expected_us: int) -> None:
    assert parse_duration(written) == expected_us


NO_DURATIONS = [
    "", " ", "s", "soon", "-1s", "+1s", "1w", "1S", "1e3", "1h30m", "1,5s", "1.s", ".5s", "1 0s", "1s\n1s", "1\u0663s",
    True, False, None, [], {}, b"90s", -1, -0.5, float("nan"), float("inf"), float("-inf"), 1e300, 10**12,
]  # fmt: skip


@pytest.mark.parametrize("written", NO_DURATIONS)
def test_unusable_duration_is_refused_with_what_was_found(written: object) -> None:
    with pytest.raises(ValueError, match="expected a duration such as 90s, 10m, 24h, 1d") as refusal:
        parse_duration(written)
    assert f"found {written!r}" in str(refusal.value)


@pytest.mark.parametrize("written", ["253402300799.000001s", "99999999d", 253_402_300_800, "999999999999d"])
def test_duration_beyond_the_year_9999_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match="which reaches beyond the year 9999"):
        parse_duration(written)


@fixed
@given(st.integers(0, LATEST_US))
def test_duration_written_out_in_full_is_read_back_exactly(duration_us: int) -> None:
    whole, rest = divmod(duration_us, SECOND_US)
    assert parse_duration(f"{whole}.{rest:06d}s") == duration_us


@fixed
@given(st.text(max_size=12) | st.integers() | st.floats() | st.booleans() | st.none())
def test_any_value_is_a_duration_or_a_value_error(value: object) -> None:
    try:
        duration_us = parse_duration(value)
    except ValueError:
        return
    assert 0 <= duration_us <= LATEST_US


@pytest.mark.parametrize(
    ("text", "starts_us", "rate", "tick_us"),
    [
        ("manual", START_S * SECOND_US, None, 0),
        ("tick=30m", START_S * SECOND_US, None, 1_800_000_000),
        ("tick=0", START_S * SECOND_US, None, 0),
        ("real", WALL_US, 1, 0),
        ("x360", WALL_US, 360, 0),
        ("x1", WALL_US, 1, 0),
        ("x0.5", WALL_US, Fraction(1, 2), 0),
        ("x999999999", WALL_US, 999_999_999, 0),
    ],
)
def test_each_clock_starts_in_its_own_place_with_its_own_rate(
    text: str, starts_us: int, rate: Any, tick_us: int
) -> None:
    exact = None if rate is None else Fraction(rate)
    assert parse_clock(text, wall_us=WALL_US) == Clock(text, starts_us, WALL_US, exact, tick_us)


def test_manual_clock_starts_at_the_samples_creation() -> None:
    assert parse_clock("manual", wall_us=WALL_US).world_us == 1_704_067_200_000_000


@pytest.mark.parametrize("text", ["", "x", "x0", "x0.0", "x-1", "X2", "x1e3", "x 2", "fast", "manual ", "Real", "360"])
def test_unknown_clock_is_refused_with_the_ones_that_there_are(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected manual, real, xN .* or tick=DURATION") as refusal:
        parse_clock(text, wall_us=WALL_US)
    assert f"found {text!r}" in str(refusal.value)


@pytest.mark.parametrize("text", ["tick=", "tick=soon", "tick=-1s", "tick=x2", "tick=99999999d"])
def test_tick_needs_a_duration(text: str) -> None:
    with pytest.raises(ValueError, match="expected a duration"):
        parse_clock(text, wall_us=WALL_US)


@fixed
@given(instants)
def test_clock_without_a_rate_stands_still(wall_us: int) -> None:
    assert parse_clock("manual", wall_us=WALL_US).now_us(wall_us) == START_S * SECOND_US
    assert parse_clock("tick=1s", wall_us=WALL_US).now_us(wall_us) == START_S * SECOND_US


@pytest.mark.parametrize(
    ("text", "passed_us", "moved_us"),
    [
        ("real", 1, 1),
        ("x360", 1, 360),
        ("x360", 10_000_000, 3_600_000_000),
        ("x0.5", 3, 1),
        ("x0.333333", 1_000_000, 333_333),
    ],
)
def test_running_clock_moves_at_its_rate(text: str, passed_us: int, moved_us: int) -> None:
    assert parse_clock(text, wall_us=WALL_US).now_us(WALL_US + passed_us) == WALL_US + moved_us


@pytest.mark.parametrize("text", ["real", "x360", "x0.5"])
def test_wall_that_was_set_back_does_not_turn_the_world_back(text: str) -> None:
    clock = parse_clock(text, wall_us=WALL_US)
    assert clock.now_us(WALL_US - 1) == WALL_US
    moved = clock.moved_to(WALL_US + 50, wall_us=WALL_US - 5)
    assert moved.now_us(WALL_US) == WALL_US + 50


@pytest.mark.parametrize("text", ["manual", "real", "x999999999"])
def test_no_clock_goes_beyond_the_year_9999(text: str) -> None:
    clock = parse_clock(text, wall_us=WALL_US)
    assert clock.now_us(LATEST_US * 2) <= LATEST_US
    assert clock.moved_to(LATEST_US + 1, wall_us=WALL_US).now_us(LATEST_US * 2) == LATEST_US


@fixed
@given(st.sampled_from(["real", "x2", "x360"]), st.lists(st.integers(0, 10**12), min_size=1, max_size=6))
def test_clock_moved_to_where_it_is_at_any_instants_goes_on_as_if_it_had_not_been(text: str, waits: list[int]) -> None:
    untouched = clock = parse_clock(text, wall_us=WALL_US)
    wall_us = WALL_US
    for wait_us in waits:
        wall_us += wait_us
        clock = clock.moved_to(clock.now_us(wall_us), wall_us=wall_us)
        assert clock.now_us(wall_us) == untouched.now_us(wall_us)


@fixed
@given(st.lists(st.integers(0, 10**13), min_size=1, max_size=8))
def test_steps_of_a_clock_add_up_to_the_microsecond(steps: list[int]) -> None:
    clock = parse_clock("manual", wall_us=WALL_US)
    for step_us in steps:
        clock = clock.moved_to(clock.now_us(WALL_US) + step_us, wall_us=WALL_US)
    assert clock.now_us(WALL_US) == START_S * SECOND_US + sum(steps)


@pytest.mark.parametrize(
    ("time_us", "second"), [(0, 0), (999_999, 0), (1_000_000, 1), (1_704_067_200_999_999, START_S)]
)
def test_timestamp_is_the_second_that_an_instant_lies_in(time_us: int, second: int) -> None:
    assert seconds(time_us) == second
