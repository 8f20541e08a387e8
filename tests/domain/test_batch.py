from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.batches import new_batch

from emulator.domain.batch import Entry, Lines
from emulator.domain.clock import SECOND_US
from emulator.domain.lifecycle import TRANSITIONS, IllegalTransition, Status


@st.composite
def drawn_lines(draw: st.DrawFn) -> Lines:
    total = draw(st.integers(0, 30))
    failing = draw(st.sets(st.integers(0, 29)))
    return Lines(total=total, done=draw(st.integers(0, total)), failing=tuple(sorted(failing)))


@settings(derandomize=True, deadline=None)
@given(drawn_lines())
def test_finished_lines_are_completed_or_failed(lines: Lines) -> None:
    assert lines.failed == sum(index in lines.failing for index in range(lines.done))
    assert lines.completed + lines.failed == lines.done


def test_new_batch_has_no_lines() -> None:
    assert (new_batch().lines.total, new_batch().lines.completed, new_batch().lines.failed) == (0, 0, 0)


def test_window_closes_24_hours_after_the_second_of_creation() -> None:
    batch = new_batch(now_us=1_999_999)
    assert (batch.created_at, batch.expires_at, batch.closes_us) == (1, 86_401, 86_401 * SECOND_US)


def test_batch_remembers_when_it_entered_each_status() -> None:
    batch = new_batch(now_us=5).entering(Status.IN_PROGRESS, at_us=61_999_999)
    assert batch.history == (Entry(Status.VALIDATING, 5), Entry(Status.IN_PROGRESS, 61_999_999))
    assert batch.status is Status.IN_PROGRESS
    assert batch.entered() == {Status.VALIDATING: 0, Status.IN_PROGRESS: 61}


@pytest.mark.parametrize("status", [Status.COMPLETED, Status.FINALIZING, Status.CANCELLED, Status.VALIDATING])
def test_batch_refuses_a_status_that_cannot_follow(status: Status) -> None:
    with pytest.raises(IllegalTransition):
        new_batch().entering(status, at_us=0)


@pytest.mark.parametrize("status", sorted(TRANSITIONS[Status.VALIDATING]))
def test_batch_is_over_in_a_status_that_nothing_follows(status: Status) -> None:
    assert new_batch().entering(status, at_us=0).is_over == (not TRANSITIONS[status])
