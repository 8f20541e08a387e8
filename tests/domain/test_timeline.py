from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.batches import HAPPY, life, new_batch, step, walked
from support.effort import many

from emulator.domain import timeline
from emulator.domain.clock import SECOND_US, START_S
from emulator.domain.lifecycle import TRANSITIONS, IllegalTransition, Status
from emulator.domain.steps import Amount, Step

if TYPE_CHECKING:
    from emulator.domain.batch import Batch

START_US = START_S * SECOND_US
DAY_S = 86_400
fixed = settings(derandomize=True, deadline=None, max_examples=many(300))


def share(percent: int) -> Amount:
    return Amount(Fraction(percent, 100), "share")


def count(lines: int) -> Amount:
    return Amount(Fraction(lines), "lines")


def statuses(batch: Batch, *, lines: int = 4) -> list[tuple[str, float]]:
    """Return each status that a batch will enter, with the second after its creation."""
    return [
        (event.to.value, event.at_us / SECOND_US - batch.created_at)
        for event, _ in life(batch, lines=lines)
        if event.to
    ]


def progress(batch: Batch, *, lines: int) -> list[tuple[int, float]]:
    """Return each change of the finished lines, with the second after the batch's creation."""
    found: list[tuple[int, float]] = []
    done = batch.lines.done
    for event, after in life(batch, lines=lines):
        if after.lines.done != done:
            done = after.lines.done
            found.append((done, event.at_us / SECOND_US - batch.created_at))
    return found


def test_happy_path_has_the_samples_timing() -> None:
    assert statuses(new_batch(now_us=START_US)) == [("in_progress", 60), ("finalizing", 3600), ("completed", 3660)]


@pytest.mark.parametrize("lines", [1, 2, 3, 7, 60, 3539, 3540])
def test_line_k_of_n_finishes_at_its_share_of_3540_seconds_rounded_up(lines: int) -> None:
    expected = [(number, 60 - (-number * 3540 // lines)) for number in range(1, lines + 1)]
    assert progress(new_batch(now_us=START_US), lines=lines) == expected


@pytest.mark.parametrize("lines", [3541, 5000, 50_000])
def test_lines_that_share_a_second_finish_in_one_event(lines: int) -> None:
    expected = {60 - (-number * 3540 // lines): number for number in range(1, lines + 1)}
    assert progress(new_batch(now_us=START_US), lines=lines) == [(done, at) for at, done in expected.items()]


@pytest.mark.parametrize(("lines", "line", "at"), [(3, 1, 1240), (3, 2, 2420), (3, 3, 3600), (7, 1, 566), (7, 6, 3095)])
def test_finish_of_a_line_can_be_asked_afterwards(lines: int, line: int, at: int) -> None:
    ended = walked(new_batch(now_us=START_US), lines=lines, until_us=START_US + DAY_S * SECOND_US)
    assert timeline.finish_us(ended, line) == START_US + at * SECOND_US


@pytest.mark.parametrize("fraction_us", [1, 499_999, 999_999])
def test_times_count_from_the_second_that_created_at_shows(fraction_us: int) -> None:
    batch = new_batch(now_us=START_US + fraction_us)
    assert batch.created_at == START_S
    assert statuses(batch) == statuses(new_batch(now_us=START_US))
    assert progress(batch, lines=9) == progress(new_batch(now_us=START_US), lines=9)


@pytest.mark.parametrize(
    ("amount", "lines", "done"),
    [
        (share(40), 10, 4),
        (share(40), 4, 1),
        (share(40), 2, 0),
        (share(0), 10, 0),
        (share(100), 3, 3),
        (share(33), 100, 33),
        (count(3), 10, 3),
        (count(0), 10, 0),
        (count(11), 10, 10),
    ],
)
def test_progress_is_a_count_or_a_share_rounded_down(amount: Amount, lines: int, done: int) -> None:
    script = (step("in_progress"), step(progress=amount, after=100), step("expired", at=DAY_S))
    ended = walked(new_batch(script), lines=lines, until_us=DAY_S * SECOND_US)
    assert ended.lines.done == done
    assert ended.status is Status.EXPIRED


def test_lines_of_each_progress_step_spread_over_that_step() -> None:
    script = (
        step("in_progress", after=60),
        step(progress=count(2), after=100),
        step(after=50, progress=count(2)),
        step(progress=share(80), at=1000),
        step("finalizing", after=30),
    )
    assert progress(new_batch(script), lines=5) == [(1, 110), (2, 160), (3, 605), (4, 1000), (5, 1030)]


def test_progress_never_goes_back() -> None:
    script = (step("in_progress"), step(progress=count(3), after=30), step(progress=count(1), after=30))
    assert progress(new_batch(script), lines=5) == [(1, 10), (2, 20), (3, 30)]


def test_lines_only_run_while_in_progress() -> None:
    script = (step(progress=share(100), after=30), step("in_progress"), step("finalizing", after=10))
    assert progress(new_batch(script), lines=1) == [(1, 40)]


def test_progress_without_time_is_there_at_once() -> None:
    script = (step("in_progress"), step(progress=count(3)), step("expired", at=100))
    assert progress(new_batch(script), lines=5) == [(3, 0)]


def test_step_never_comes_before_the_one_that_it_follows() -> None:
    script = (step("in_progress", after=100), step("finalizing", at=40), step("completed", after=5))
    assert statuses(new_batch(script)) == [("in_progress", 100), ("finalizing", 100), ("completed", 105)]


@pytest.mark.parametrize("script", [(), HAPPY[:1], HAPPY[:2], (step(progress=share(50), after=10),)])
def test_batch_whose_script_ends_early_expires_with_its_window(script: tuple[Step, ...]) -> None:
    assert statuses(new_batch(script, now_us=START_US))[-1] == ("expired", DAY_S)


@pytest.mark.parametrize(
    ("completed_at", "expected"),
    [
        (DAY_S - 1, ("completed", DAY_S - 1)),
        (DAY_S, ("completed", DAY_S)),
        (DAY_S + 0.000001, ("expired", DAY_S)),
        (DAY_S + 1, ("expired", DAY_S)),
    ],
)
def test_step_due_as_the_window_closes_goes_first(completed_at: float, expected: tuple[str, float]) -> None:
    script = (step("in_progress"), step("finalizing", after=1), step("completed", at=completed_at))
    assert statuses(new_batch(script, now_us=START_US))[-1] == expected


def test_lines_due_as_the_window_closes_are_finished() -> None:
    script = (step("in_progress", after=60), step("finalizing", at=DAY_S + 60))
    batch = new_batch(script)
    assert progress(batch, lines=1440)[-1] == (1439, DAY_S)
    assert statuses(batch, lines=1440)[-1] == ("expired", DAY_S)


def test_nothing_follows_an_end() -> None:
    ended = walked(new_batch(), lines=3, until_us=DAY_S * SECOND_US)
    assert timeline.next_event(ended) is None
    assert ended.plan.steps == ended.plan.on_cancel == ()


def test_cancel_replaces_what_was_still_to_come() -> None:
    batch = walked(new_batch(now_us=START_US), lines=3540, until_us=START_US + 1000 * SECOND_US)
    cancelled = timeline.cancelled(batch, at_us=START_US + 1000 * SECOND_US)
    assert statuses(cancelled) == [("cancelling", 1000), ("cancelled", 1600)]
    assert progress(cancelled, lines=3540) == []
    assert timeline.finish_us(cancelled, 940) == START_US + 1000 * SECOND_US


def test_cancel_plan_counts_from_the_instant_of_the_cancel() -> None:
    cancelled = timeline.cancelled(new_batch(now_us=START_US), at_us=START_US + 1_234_567)
    assert [event.at_us - START_US for event, _ in life(cancelled, lines=1)] == [1_234_567, 601_234_567]


@pytest.mark.parametrize(
    ("cancel_at", "expected"),
    [(DAY_S - 601, "cancelled"), (DAY_S - 600, "cancelled"), (DAY_S - 599, "expired"), (DAY_S - 300, "expired")],
)
def test_cancel_that_does_not_end_within_the_window_expires(cancel_at: int, expected: str) -> None:
    cancelled = timeline.cancelled(new_batch((), now_us=START_US), at_us=START_US + cancel_at * SECOND_US)
    ends_at = min(cancel_at + 600, DAY_S)
    assert statuses(cancelled)[-1] == (expected, ends_at)


def test_cancel_without_a_script_stays_as_it_is_until_the_window_closes() -> None:
    cancelled = timeline.cancelled(new_batch(on_cancel=()), at_us=0)
    assert statuses(cancelled) == [("expired", DAY_S)]


@pytest.mark.parametrize("script", [(step("completed"),), (step("in_progress"), step("cancelled"))])
def test_script_that_breaks_the_table_is_stopped(script: tuple[Step, ...]) -> None:
    with pytest.raises(IllegalTransition):
        list(life(new_batch(script), lines=1))


waits = st.integers(0, 4000) | st.sampled_from([0, 0.25, 0.5, 59.999999, DAY_S])
amounts = st.builds(share, st.integers(0, 100)) | st.builds(count, st.integers(0, 12))
runs = st.builds(step, progress=amounts, after=waits) | st.builds(step, progress=amounts, at=waits)
scripts = st.builds(
    lambda first, running, last: (step("in_progress", after=first), *running, *last),
    waits,
    st.lists(runs, max_size=4),
    st.sampled_from([(), (step("finalizing", after=500), step("completed")), (step("expired", after=0.75),)]),
)


@fixed
@given(scripts, st.integers(1, 25), st.integers(0, 2 * SECOND_US))
def test_every_life_keeps_the_table_and_its_window_and_never_goes_back(
    script: tuple[Step, ...], lines: int, now_us: int
) -> None:
    before = new_batch(script, now_us=now_us)
    at_us = before.created_at * SECOND_US
    for event, after in life(before, lines=lines):
        assert at_us <= event.at_us <= after.closes_us
        assert before.lines.done <= after.lines.done <= after.lines.total
        assert after.status is before.status or after.status in TRANSITIONS[before.status]
        before, at_us = after, event.at_us
    assert before.is_over


@fixed
@given(scripts, st.integers(1, 25), st.integers(0, 2 * SECOND_US))
def test_lines_finish_when_an_event_says_so(script: tuple[Step, ...], lines: int, now_us: int) -> None:
    finished_us: dict[int, int] = {}
    batch = new_batch(script, now_us=now_us)
    for event, after in life(batch, lines=lines):
        for line in range(1, after.lines.done + 1):
            finished_us.setdefault(line, event.at_us)
        batch = after
    assert [timeline.finish_us(batch, line) for line in finished_us] == list(finished_us.values())
