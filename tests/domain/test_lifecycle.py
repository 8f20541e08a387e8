from __future__ import annotations

import pytest

from emulator.domain.lifecycle import (
    CANCEL_ASKED,
    CANCELLABLE,
    TERMINAL,
    TRANSITIONS,
    IllegalTransition,
    Status,
    check_transition,
)

DOCUMENTED = {
    "validating": {"in_progress", "failed", "cancelling", "expired"},
    "in_progress": {"finalizing", "cancelling", "expired"},
    "finalizing": {"completed", "cancelling", "expired"},
    "cancelling": {"cancelled", "completed", "expired"},
    "completed": set(),
    "failed": set(),
    "cancelled": set(),
    "expired": set(),
}
PAIRS = [(start, end) for start in Status for end in Status]


def test_table_is_the_contracts() -> None:
    assert {start.value: {end.value for end in ends} for start, ends in TRANSITIONS.items()} == DOCUMENTED


def test_every_status_has_a_row() -> None:
    assert set(TRANSITIONS) == set(Status)


def test_statuses_that_end_a_batch_are_those_with_an_empty_row() -> None:
    assert {status.value for status in TERMINAL} == {"completed", "failed", "cancelled", "expired"}


def test_batch_can_be_cancelled_until_it_ends_or_is_being_cancelled() -> None:
    assert {status.value for status in CANCELLABLE} == {"validating", "in_progress", "finalizing"}
    assert {status.value for status in CANCEL_ASKED} == {"cancelling", "cancelled"}


def test_every_status_is_reached_from_validating() -> None:
    reached = {Status.VALIDATING}
    for _ in Status:
        reached |= {end for start in reached for end in TRANSITIONS[start]}
    assert reached == set(Status)


@pytest.mark.parametrize(("start", "end"), [pair for pair in PAIRS if pair[1].value in DOCUMENTED[pair[0].value]])
def test_step_of_the_table_is_let_pass(start: Status, end: Status) -> None:
    check_transition(start, end)


@pytest.mark.parametrize(("start", "end"), [pair for pair in PAIRS if pair[1].value not in DOCUMENTED[pair[0].value]])
def test_step_outside_the_table_is_refused_with_the_steps_that_there_are(start: Status, end: Status) -> None:
    allowed = ", ".join(sorted(DOCUMENTED[start.value])) or "nothing"
    with pytest.raises(IllegalTransition) as refusal:
        check_transition(start, end)
    assert str(refusal.value) == f"after {start.value}: expected {allowed}, found {end.value}"
