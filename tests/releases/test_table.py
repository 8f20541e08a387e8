from __future__ import annotations

import pytest
from support.surveys import survey

from emulator.verify.check import Group
from emulator.verify.releases.table import (
    ABSENT,
    FOLDED_FROM,
    Turn,
    always_failing,
    changing,
    groups,
    rows,
    steps,
    summary,
)
from emulator.verify.reports.words import Standing
from emulator.verify.results import Stale

NOT_THERE = "the index is out of reach"


@pytest.mark.parametrize(
    ("letters", "requests", "paging", "total", "standing"),
    [
        ("pppp", "2/2", "2/2", "4/4", Standing.PASS),
        ("pfnp", "1/2", "1/1", "2/3", Standing.FAIL),
        ("pknn", "1/2", ABSENT, "1/2", Standing.KNOWN),
        ("kfpp", "0/2", "2/2", "2/4", Standing.FAIL),
        ("nnpp", ABSENT, "2/2", "2/2", Standing.PASS),
    ],
)
def test_row_counts_what_passed_of_what_applied(
    letters: str, requests: str, paging: str, total: str, standing: Standing
) -> None:
    (row,) = rows(survey({"1.0": letters}))
    assert (row.cells[Group.REQUESTS].text, row.cells[Group.PAGING].text) == (requests, paging)
    assert (row.total.text, row.total.standing, row.why_not) == (total, standing, "")


def test_columns_are_the_groups_that_ran() -> None:
    assert groups(survey({"1.0": "pppp"})) == [Group.REQUESTS, Group.PAGING]


def test_rows_stand_as_the_releases_do() -> None:
    assert [row.label for row in rows(survey({"0.9": "pppp", "0.10": "pppp"}))] == ["0.9", "0.10"]


def test_release_that_could_not_be_checked_says_why() -> None:
    (row,) = rows(survey({"1.0": NOT_THERE}))
    assert (row.why_not, dict(row.cells), row.total.text) == (NOT_THERE, {}, ABSENT)


def test_release_to_which_nothing_applies_says_why() -> None:
    (row,) = rows(survey({"1.0": "nnnn"}))
    assert row.why_not == "no check applies: no such call"


def test_many_releases_share_rows_where_they_do_the_same() -> None:
    letters = {f"0.{number}": "pppp" for number in range(FOLDED_FROM - 2)}
    folded = survey({**letters, "1.0": "pppf", "1.1": NOT_THERE, "1.2": "too old", "1.3": "pppf", "1.4": "pppf"})
    assert [row.label for row in rows(folded)] == [f"0.0 … 0.{FOLDED_FROM - 3}", "1.0", "1.1", "1.2", "1.3 … 1.4"]


def test_few_releases_have_a_row_each() -> None:
    assert len(rows(survey({f"0.{number}": "pppp" for number in range(FOLDED_FROM - 1)}))) == FOLDED_FROM - 1


@pytest.mark.parametrize(
    ("then", "now", "turn"),
    [
        ("p", "f", Turn.NOW_FAILS),
        ("n", "f", Turn.NOW_FAILS),
        ("p", "k", Turn.NOW_FAILS),
        ("f", "p", Turn.NOW_PASSES),
        ("n", "p", Turn.NOW_PASSES),
        ("p", "n", Turn.NO_LONGER_APPLIES),
        ("f", "n", Turn.NO_LONGER_APPLIES),
    ],
)
def test_change_of_a_check_is_a_turn(then: str, now: str, turn: Turn) -> None:
    (step,) = steps(survey({"0.9": f"{then}ppp", "0.10": f"{now}ppp"}))
    assert (step.version, step.since, step.count(turn)) == ("0.10", "0.9", 1)
    assert [(change.check.name, change.turn) for change in step.changes] == [("get.one", turn)]


def test_change_says_why_it_fails_now_or_failed_before() -> None:
    (step,) = steps(survey({"0.9": "pnfn", "0.10": "fppn"}))
    fails = 'result.id: expected "batch_1", got null'
    assert [change.reason for change in step.changes] == [fails, "no such call", fails]


def test_what_fails_now_comes_first() -> None:
    (step,) = steps(survey({"0.9": "pnfp", "0.10": "nppf"}))
    assert [change.turn for change in step.changes] == [
        Turn.NOW_FAILS,
        Turn.NOW_PASSES,
        Turn.NOW_PASSES,
        Turn.NO_LONGER_APPLIES,
    ]


@pytest.mark.parametrize("between", [NOT_THERE, "nnnn"])
def test_release_is_held_against_the_last_one_that_has_anything_to_say(between: str) -> None:
    (step,) = steps(survey({"0.9": "pppp", "0.10": between, "0.11": "pppf"}))
    assert (step.version, step.since) == ("0.11", "0.9")


def test_release_that_changes_nothing_is_no_step() -> None:
    assert steps(survey({"0.9": "pfkn", "0.10": "pfkn"})) == []


def test_checks_that_change_anywhere_are_those_of_the_steps() -> None:
    found = changing(survey({"0.9": "pppf", "0.10": "pfpf", "0.11": "ppnf"}))
    assert [check.name for check in found] == ["get.two", "list.one"]


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        ({"0.9": "ffpf", "0.10": "pfpk"}, ["get.two", "list.two"]),
        ({"0.9": "fppp", "0.10": NOT_THERE, "0.11": "nnnn", "0.12": "fppp"}, ["get.one"]),
        ({"0.9": "fppp", "0.10": "nppp"}, []),
        ({"0.9": NOT_THERE}, []),
    ],
)
def test_what_fails_in_every_release_is_told_apart(letters: dict[str, str], expected: list[str]) -> None:
    assert [result.check.name for result in always_failing(survey(letters))] == expected


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        ({"1.0": "pppf"}, "1.0 passes 3 of 4"),
        (
            {"0.9": "ppnf", "0.10": NOT_THERE, "0.11": "pppp"},
            "0.11 passes 4 of 4, 0.9 passes 2 of 3, 1 of 3 releases changed something, 1 could not be checked",
        ),
        ({"1.0": NOT_THERE}, "1 could not be checked"),
    ],
)
def test_summary_tells_the_newest_and_the_oldest(letters: dict[str, str], expected: str) -> None:
    assert summary(survey(letters)) == expected


@pytest.mark.parametrize(
    ("letters", "is_as_expected"),
    [
        ({"0.9": "pppp", "0.10": "pkpn"}, True),
        ({"0.9": "pppp", "0.10": "pppf"}, False),
        ({"0.9": "pppp", "0.10": NOT_THERE}, False),
    ],
)
def test_run_is_as_expected_when_each_release_is(letters: dict[str, str], *, is_as_expected: bool) -> None:
    assert survey(letters).is_as_expected is is_as_expected


def test_stale_known_failure_is_not_as_expected() -> None:
    stale = Stale(name="get.gone", at="known.txt:7", reason="it passes now")
    found = survey({"1.0": "pppp"}, stale=(stale,))
    assert not found.is_as_expected
    assert summary(found).endswith("1 stale on the list of known failures")
