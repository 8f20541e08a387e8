"""What reports say of a run in which everything has happened that can, and of texts that nobody would wish for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from support.verified import check, failed, not_applicable, of_all_kinds, outcome, passed

from emulator import __version__
from emulator.verify import reports
from emulator.verify.check import Group
from emulator.verify.errors import VerifyError
from emulator.verify.reports import data, junit, plain, words
from emulator.verify.results import Result, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from emulator.verify.results import Outcome

NASTY = "a\x00b\x1b[31m\ud800\ufffe</script><b>&\"'\n\t\x85]]>é 👩🏽‍🚀"
"""What XML, HTML, a terminal and UTF-8 each have trouble with."""
VISIBLE = "a\\x00b\\x1b[31m\\ud800\\ufffe</script><b>&\"'\\n\\t\\x85]]>é 👩🏽\\u200d🚀"


# In words


@pytest.mark.parametrize(
    ("run", "sentence"),
    [
        (outcome(), "100 %: 0 of 0 checks passed, in 0.0 s"),
        (outcome(passed(seconds=1.26)), "100 %: 1 of 1 checks passed, in 1.3 s"),
        (outcome(passed(), not_applicable()), "100 %: 1 of 1 checks passed, 1 not applicable, in 0.0 s"),
        (outcome(failed()), "0 %: 0 of 1 checks passed, 1 failed, in 0.0 s"),
        (outcome(*[passed()] * 29, *[failed()] * 71), "29 %: 29 of 100 checks passed, 71 failed, in 0.0 s"),
        (outcome(*[passed()] * 9999, failed()), "99.9 %: 9999 of 10000 checks passed, 1 failed, in 0.0 s"),
        (
            of_all_kinds(),
            (
                "33.3 %: 1 of 3 checks passed, 1 failed, 1 known to fail, 2 not applicable, "
                "1 stale on the list of known failures, 3 not run, in 0.8 s"
            ),
        ),
    ],
)
def test_summary_tells_what_happened_and_is_silent_on_what_did_not(run: Outcome, sentence: str) -> None:
    assert words.summary(run) == sentence


def test_characters_that_cannot_be_seen_stand_as_escapes() -> None:
    assert words.one_line(NASTY) == VISIBLE


# Plain


def test_rows_are_separated_by_tabs_and_tell_why() -> None:
    assert [plain.row(result) for result in of_all_kinds().results] == [
        "pass\trequests\tget.works",
        'fail\trequests\tget.fails\tresult.id: expected "batch_1", got null',
        'known\tpaging\tlist.known\tresult.id: expected "batch_1", got null',
        "not applicable\tpaging\tlist.lacks\tno such call",
        "not applicable\ttenancy\ttenancy.lacks\tno such call",
    ]


def test_row_stays_one_line_of_four_whatever_came() -> None:
    row = plain.row(failed(got=NASTY))
    assert row.isprintable() is False  # for the tabs
    assert (len(row.splitlines()), row.count("\t")) == (1, 3)


def test_failures_are_told_then_what_is_stale_then_the_sum() -> None:
    assert [*plain.closing(of_all_kinds())] == [
        "",
        "failed: get.fails",
        "    expects   It works.",
        "    contract  getBatch",
        "    at        result.id",
        '    expected  "batch_1"',
        "    got       null",
        "",
        "known.txt:7: stale: get.gone: it passes now",
        "",
        f"my-sdk 1.2.3 (lua): {words.summary(of_all_kinds())}",
    ]


def test_what_is_told_of_a_failure_stays_on_its_lines() -> None:
    lines = [*plain.closing(outcome(failed(at=NASTY, expected=NASTY, got=NASTY)))]
    assert lines[4:7] == [f"    at        {VISIBLE}", f"    expected  {VISIBLE}", f"    got       {VISIBLE}"]


# Data


def test_data_has_the_shape_that_is_documented() -> None:
    told = data.as_data(of_all_kinds())
    assert {name: value for name, value in told.items() if name != "checks"} == {
        "emulator": __version__,
        "client": {"name": "my-sdk", "version": "1.2.3", "language": "lua"},
        "as_expected": False,
        "score": pytest.approx(1 / 3),
        "counts": {"pass": 1, "fail": 1, "known": 1, "not_applicable": 2, "stale": 1, "not_run": 3},
        "groups": [
            {"group": "requests", "pass": 1, "fail": 1, "known": 0, "not_applicable": 0},
            {"group": "paging", "pass": 0, "fail": 0, "known": 1, "not_applicable": 1},
            {"group": "tenancy", "pass": 0, "fail": 0, "known": 0, "not_applicable": 1},
        ],
        "stale": [{"check": "get.gone", "at": "known.txt:7", "reason": "it passes now"}],
    }


@pytest.mark.parametrize(
    ("result", "told"),
    [
        (passed(seconds=0.25), {"check": "get.works", "verdict": "pass", "seconds": 0.25}),
        (
            failed(is_known=True),
            {
                "check": "get.fails",
                "verdict": "fail",
                "known": True,
                "at": "result.id",
                "expected": '"batch_1"',
                "got": "null",
            },
        ),
        (not_applicable(), {"check": "get.lacks", "verdict": "not applicable", "reason": "no such call"}),
    ],
)
def test_data_of_a_check_is_whole_and_null_where_there_is_nothing(result: Result, told: dict[str, Any]) -> None:
    silent = dict.fromkeys(("at", "expected", "got", "reason"))
    given = {"group": "requests", "place": "getBatch", "expects": "It works.", "known": False, "seconds": 0.0}
    assert data.as_data(outcome(result))["checks"] == [{**silent, **given, **told}]


def test_data_keeps_any_text_to_the_letter() -> None:
    content = data.write(outcome(failed(got=NASTY))).encode()
    assert json.loads(content)["checks"][0]["got"] == NASTY
    assert "é 👩🏽".encode() in content


# JUnit


def test_suites_are_groups_and_count_what_is_in_them() -> None:
    root = ET.fromstring(junit.write(of_all_kinds()))
    counted = ("name", "tests", "failures", "errors", "skipped", "time")
    assert [tuple(map(suite.get, counted)) for suite in root] == [
        ("requests", "2", "1", "0", "0", "0.750"),
        ("paging", "2", "0", "0", "2", "0.000"),
        ("tenancy", "1", "0", "0", "1", "0.000"),
        ("run", "2", "1", "1", "0", None),
    ]
    assert tuple(map(root.get, counted)) == ("mka1-emulator verify: my-sdk 1.2.3 (lua)", "7", "2", "1", "3", "0.750")


def case(run: Outcome, name: str) -> list[tuple[str, str | None, str | None]]:
    """Return what is said in the case of a check: tags, messages and texts."""
    root = ET.fromstring(junit.write(run))
    (found,) = (each for each in root.iter("testcase") if each.get("name") == name)
    return [(each.tag, each.get("message"), each.text) for each in found]


WHY = 'result.id: expected "batch_1", got null'


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("get.works", []),
        (
            "get.fails",
            [
                (
                    "failure",
                    WHY,
                    'expects: It works.\ncontract: getBatch\nat: result.id\nexpected: "batch_1"\ngot: null',
                )
            ],
        ),
        ("list.known", [("skipped", f"known to fail: {WHY}", None)]),
        ("list.lacks", [("skipped", "not applicable: no such call", None)]),
        ("get.gone", [("failure", "known.txt:7: get.gone is stale: it passes now", None)]),
        ("all checks run", [("error", "the run was broken off: 3 checks not run", None)]),
    ],
)
def test_cases_say_why(name: str, said: list[tuple[str, str | None, str | None]]) -> None:
    assert case(of_all_kinds(), name) == said


def test_junit_of_a_good_run_has_no_suite_for_the_run() -> None:
    root = ET.fromstring(junit.write(outcome(passed())))
    assert [suite.get("name") for suite in root] == ["requests"]
    assert {each.get("name"): each.get("value") for each in root.iter("property")} == {
        "client": "my-sdk 1.2.3 (lua)",
        "score": "100 %",
        "mka1-emulator": __version__,
    }


def test_junit_holds_any_text() -> None:
    run = outcome(failed("a.b", at=NASTY, expected=NASTY, got=NASTY), not_applicable("c.d", reason=NASTY))
    (failure,) = case(run, "a.b")
    assert failure[1] == f"{VISIBLE}: expected {VISIBLE}, got {VISIBLE}"
    assert case(run, "c.d") == [("skipped", f"not applicable: {VISIBLE}", None)]


# Files


@pytest.mark.parametrize(("name", "begins"), [("a.json", "{"), ("b.XML", "<?xml"), ("c.html", "<!doctype html>")])
def test_ending_of_a_name_says_what_is_written(tmp_path: Path, name: str, begins: str) -> None:
    file = tmp_path / name
    reports.check(file)
    reports.write(outcome(failed(got=NASTY)), file)
    assert file.read_text(encoding="utf-8").startswith(begins)


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        (lambda folder: folder / "a.txt", "a file that ends in .json, .xml, .html"),
        (lambda folder: folder / "none" / "a.xml", "a file in a folder that exists"),
        (lambda folder: folder, "a file that ends in .json, .xml, .html"),
        (lambda folder: folder / "folder.xml", "a file, found the folder"),
    ],
)
def test_report_that_cannot_be_is_refused(tmp_path: Path, place: Callable[[Path], Path], sentence: str) -> None:
    (tmp_path / "folder.xml").mkdir()
    with pytest.raises(VerifyError, match=f"^--report: expected {sentence}.*{tmp_path}"):
        reports.check(place(tmp_path))


def test_groups_stand_in_the_order_in_which_they_ran() -> None:
    results = [passed("a.a", Group.FILES), passed("b.b", Group.REQUESTS), passed("c.c", Group.FILES)]
    assert [*words.by_group(results)] == [Group.FILES, Group.REQUESTS]


def test_description_of_a_check_is_what_a_list_says() -> None:
    assert data.described(check(expects="It\nworks.")) == {
        "check": "get.works",
        "group": "requests",
        "place": "getBatch",
        "expects": "It\nworks.",
    }
    assert plain.listed(check(expects="It\nworks.")) == "get.works\trequests\tgetBatch\tIt\\nworks."


def test_only_a_failure_can_be_known() -> None:
    known = Result(check=check(), verdict=Verdict.PASS, is_known=True)
    assert words.standing(known) is words.Standing.PASS
