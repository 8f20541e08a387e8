from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.effort import many

from emulator.domain.clock import SECOND_US
from emulator.domain.limits import RateLimit, Spent, parse_rate_limit, spend

WINDOWS_S = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
fixed = settings(derandomize=True, deadline=None, max_examples=many(200))
limits = st.builds(RateLimit, st.integers(1, 4), st.sampled_from(sorted(WINDOWS_S)))


@pytest.mark.parametrize("window", WINDOWS_S)
def test_limit_is_read_and_written_alike(window: str) -> None:
    assert parse_rate_limit(f"60/{window}") == RateLimit(60, window)
    assert str(RateLimit(60, window)) == f"60/{window}"


@pytest.mark.parametrize(
    "text", ["", "60", "/minute", "60/", "0/minute", "-1/minute", "60/week", "60 / minute", "60/Minute", "1.5/second"]
)
def test_unusable_limit_is_refused_with_the_windows_that_there_are(text: str) -> None:
    with pytest.raises(ValueError, match=r"such as 60/minute \(second, minute, hour, day\)") as refusal:
        parse_rate_limit(text)
    assert f"found {text!r}" in str(refusal.value)


@pytest.mark.parametrize(("window", "length_s"), WINDOWS_S.items())
def test_window_is_counted_from_the_epoch(window: str, length_s: int) -> None:
    limit = RateLimit(2, window)
    border_us = 20_000 * length_s * SECOND_US
    spent: Spent = {}
    for _ in range(2):
        spent, refused_by = spend((limit,), spent, now_us=border_us - 1)
        assert refused_by is None
    assert spend((limit,), spent, now_us=border_us - 1) == (spent, limit)
    assert spend((limit,), spent, now_us=border_us)[1] is None


def test_refused_request_counts_in_no_window() -> None:
    both = (RateLimit(3, "minute"), RateLimit(1, "second"))
    spent, refused_by = spend(both, {}, now_us=0)
    assert refused_by is None
    assert spend(both, spent, now_us=0) == (spent, both[1])
    spent, _ = spend(both, spent, now_us=SECOND_US)
    spent, _ = spend(both, spent, now_us=2 * SECOND_US)
    assert spend(both, spent, now_us=3 * SECOND_US) == (spent, both[0])


def test_without_limits_nothing_is_counted() -> None:
    assert spend((), {}, now_us=0) == ({}, None)


@fixed
@given(st.lists(limits, max_size=4).map(tuple), st.lists(st.integers(0, 90 * SECOND_US), max_size=25))
def test_no_window_lets_in_more_than_its_limit(chosen: tuple[RateLimit, ...], waits: list[int]) -> None:
    spent: Spent = {}
    admitted: list[int] = []
    now_us = 0
    for wait_us in waits:
        now_us += wait_us
        spent, refused_by = spend(chosen, spent, now_us=now_us)
        full = [limit for limit in chosen if _in_window(admitted, limit.window, now_us) >= limit.requests]
        assert refused_by == (full[0] if full else None)
        if refused_by is None:
            admitted.append(now_us)


def _in_window(admitted: list[int], window: str, now_us: int) -> int:
    length_us = WINDOWS_S[window] * SECOND_US
    return sum(each // length_us == now_us // length_us for each in admitted)
