from __future__ import annotations

from typing import Any

import pytest
from support.drawing import NAMES, Life, library, lived, made

from emulator.domain.lifecycle import Status
from emulator.scenarios.drawing.course import Course, cancel_moment, moment_in, played, played_cancelled


@pytest.mark.parametrize("name", NAMES)
def test_drawn_course_is_what_the_engine_does(name: str) -> None:
    scenario = library().scenario(name)
    assert_alike(played(scenario), lived(scenario))


@pytest.mark.parametrize("name", NAMES)
def test_drawn_cancel_is_what_the_engine_does(name: str) -> None:
    scenario = library().scenario(name)
    at_us = cancel_moment(played(scenario))
    if at_us is None:
        assert all(stay.length_us < 10_000_000 for stay in played(scenario).stays)
        return
    assert_alike(played_cancelled(scenario, at_us=at_us), lived(scenario, cancel_us=at_us))


COMPLETES = [{"to": "cancelling"}, {"to": "completed", "after": "10m"}]
FAULTS = [{"code": "empty_file", "message": "No lines."}]


@pytest.mark.parametrize(
    "members",
    [{}, {"validation": FAULTS}, {"on_cancel": COMPLETES}, {"on_cancel": COMPLETES, "validation": FAULTS}],
    ids=["cancelled", "faulty", "completed", "faulty and completed"],
)
def test_drawn_cancel_before_validation_is_what_the_engine_does(members: dict[str, Any]) -> None:
    scenario = made(**members)
    assert_alike(played_cancelled(scenario, at_us=30_000_000), lived(scenario, cancel_us=30_000_000))


def assert_alike(course: Course, life: Life) -> None:
    assert [(stay.status, stay.from_us) for stay in course.stays] == life.statuses
    assert (course.points[-1].done, course.points[-1].failed) == (life.done, life.failed)


def test_batch_whose_script_never_ends_it_ends_with_its_window() -> None:
    course = played_cancelled(
        made(on_cancel=[{"to": "cancelling"}, {"to": "cancelled", "after": "24h"}]), at_us=60_000_000
    )
    assert course.by_window
    assert (course.stays[-1].status, course.end_us) == (Status.EXPIRED, 24 * 3600 * 1_000_000)


def test_declared_faults_end_a_batch_that_was_to_run() -> None:
    course = played(made(validation=FAULTS))
    assert [stay.status for stay in course.stays] == ["validating", "failed"]


def test_moment_of_a_cancel_is_easy_to_name() -> None:
    stays = played(made()).stays
    assert [moment_in(stay) for stay in stays[:2]] == [30_000_000, 30 * 60_000_000]
