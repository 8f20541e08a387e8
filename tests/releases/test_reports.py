from __future__ import annotations

import io
import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console
from support.surveys import survey

from emulator.verify.errors import VerifyError
from emulator.verify.releases import reports
from emulator.verify.releases.reports import data, junit, page, picture, plain, terminal
from emulator.verify.releases.table import FOLDED_FROM, summary
from emulator.verify.results import Stale

if TYPE_CHECKING:
    from pathlib import Path

    from emulator.verify.releases.survey import Survey

STALE = Stale(name="get.gone", at="known.txt:7", reason="it passes now")
NASTY = 'no "way" <b>&amp; \ud800\x00'


@pytest.fixture
def ran() -> Survey:
    return survey({"0.9": "ppnf", "0.10": "out of reach", "0.11": "fpnf", "0.12": "ppkf"}, stale=(STALE,))


def test_plain_lines_are_the_table_and_what_changed(ran: Survey) -> None:
    why = 'result.id: expected "batch_1", got null'
    assert "\n".join(plain.lines(ran)).split("\n") == [
        "release\trequests\tpaging\tall",
        "0.9\t2/2\t0/1\t2/3",
        "0.10\tout of reach",
        "0.11\t1/2\t0/1\t1/3",
        "0.12\t2/2\t0/2\t2/4",
        "",
        "0.11, since 0.9",
        f"now fails\tget.one\t{why}",
        "",
        "0.12, since 0.11",
        f"now fails\tlist.one\t{why}",
        f"now passes\tget.one\t{why}",
        "",
        "in every release",
        f"fails\tlist.two\t{why}",
        "known.txt:7: stale: get.gone: it passes now",
        "",
        f"my-sdk: {summary(ran)}",
    ]


def shown(ran: Survey, *, width: int = 80) -> list[str]:
    out = io.StringIO()
    terminal.show(ran, console=Console(file=out, width=width, force_terminal=True, color_system=None, highlight=False))
    return out.getvalue().split("\n")


def test_terminal_shows_the_table_in_eighty_columns(ran: Survey) -> None:
    lines = shown(ran)
    assert [line.split() for line in lines[3:7]] == [
        ["0.9", "2/2", "0/1", "2/3"],
        ["0.10"],
        ["0.11", "1/2", "0/1", "1/3"],
        ["0.12", "2/2", "0/2", "2/4"],
    ]
    assert max(map(len, lines)) <= 80


def test_terminal_tells_each_step_on_a_line_a_check(ran: Survey) -> None:
    lines = [line.rstrip() for line in shown(ran, width=40)]
    at = lines.index("0.12  since 0.11")
    assert lines[at + 1].startswith("  ✗ list.one  result.id: expected")
    assert lines[at + 2] == "  ✓ get.one"


def test_data_has_every_release_with_its_run_and_the_steps(ran: Survey) -> None:
    found = json.loads(data.write(ran))
    assert [(each["release"], each["why_not"], each["run"] is None) for each in found["releases"]] == [
        ("0.9", None, False),
        ("0.10", "out of reach", True),
        ("0.11", None, False),
        ("0.12", None, False),
    ]
    assert found["releases"][3]["groups"] == [
        {"group": "requests", "passed": 2, "applicable": 2, "known": 0},
        {"group": "paging", "passed": 0, "applicable": 2, "known": 1},
    ]
    assert [(each["release"], each["since"], len(each["changes"])) for each in found["steps"]] == [
        ("0.11", "0.9", 1),
        ("0.12", "0.11", 2),
    ]
    assert (found["sdk"], found["as_expected"], len(found["stale"])) == ("my-sdk", False, 1)


def test_junit_has_a_suite_for_each_release(ran: Survey) -> None:
    root = ET.fromstring(junit.write(ran))
    found = {suite.get("name"): (suite.get("tests"), suite.get("failures"), suite.get("errors")) for suite in root}
    assert found == {
        "my-sdk 0.9": ("4", "1", "0"),
        "my-sdk 0.10": ("1", "0", "1"),
        "my-sdk 0.11": ("4", "2", "0"),
        "my-sdk 0.12": ("4", "1", "0"),
        "run": ("1", "1", "0"),
    }
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("14", "5", "1")


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def test_picture_has_a_tile_for_each_group_and_says_what_changed(ran: Survey) -> None:
    said = texts(picture.write(ran))
    assert said[0] == "my-sdk, release by release"
    assert said[said.index("requests") : said.index("all that apply pass")] == [
        *("requests", "paging", "all"),
        *("0.9", "2/2", "0/1", "2/3"),
        *("0.10", "out of reach"),
        *("0.11", "1/2", "0/1", "1/3", "✗ 1"),
        *("0.12", "2/2", "0/2", "2/4", "✓ 1", "✗ 1"),
    ]
    below = said[said.index("What each release changed") + 1 :]
    assert below == [
        *("0.11", "since 0.9", "✗ now fails", "get.one"),
        *("0.12", "since 0.11", "✗ now fails", "list.one", "✓ now passes", "get.one"),
    ]


def test_tiles_that_are_otherwise_than_above_are_framed(ran: Survey) -> None:
    framed = picture.table(ran).count('class="new-line"') - 1  # one stands in the legend
    assert framed == 3


def test_picture_of_one_release_has_nothing_below_its_table() -> None:
    assert "What each release changed" not in picture.write(survey({"1.0": "pppp"}))


def test_picture_of_hundreds_of_releases_stays_small() -> None:
    many = survey({f"0.{number}": "pppp" for number in range(300)})
    assert "0.0 … 0.299" in texts(picture.write(many))
    assert FOLDED_FROM < 300


class Reader(HTMLParser):
    """Reads a page, and fails when an element is closed that is not open."""

    VOID = frozenset({"meta", "link", "rect", "line", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.said = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert not any(name in {"src", "onclick", "onload"} for name, _ in attrs)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Leave what closes itself."""

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.said += data


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    assert reader.open == []
    return reader


def test_page_says_all_that_there_is(ran: Survey) -> None:
    said = read(page.write(ran)).said
    for words in (
        "out of reach",
        "get.gone is stale",
        "since 0.11",
        "What fails in every release",
        "The checks that change",
    ):
        assert words in said


def test_page_loads_nothing(ran: Survey) -> None:
    written = page.write(ran)
    assert "default-src 'none'" in written
    assert not re.search(r"<script|@import|url\(|href=\"(?!data:|#)", written)


def test_page_marks_each_check_that_changes_in_each_release(ran: Survey) -> None:
    matrix = page.write(ran).split('class="matrix"')[1].split("</table>")[0]
    marks = [re.findall(r'<td class="mark (\w+)"', row) for row in matrix.split("<tr>")[2:]]
    assert marks == [["pass", "fail", "pass"], ["na", "na", "known"]]


def test_page_of_one_good_release_has_no_headings_without_content() -> None:
    assert "<h2>" not in page.write(survey({"1.0": "pppp"}))


@pytest.mark.parametrize("kind", reports.WRITERS)
def test_reports_hold_any_text(kind: str, tmp_path: Path) -> None:
    file = tmp_path / f"report{kind}"
    reports.write(survey({"0.9": NASTY, "1.0": "pppp"}), file)
    written = file.read_text(encoding="utf-8")
    if kind in {".xml", ".svg"}:
        ET.fromstring(written)
    elif kind == ".html":
        read(written)
    else:
        json.loads(written)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("report.pdf", "--report: expected a file that ends in .json, .xml, .html, .svg, found "),
        ("nowhere/report.svg", "--report: expected a file in a folder that exists, found "),
        ("folder.svg", "--report: expected a file, found the folder "),
    ],
)
def test_report_that_cannot_be_written_is_refused_before_the_run(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "folder.svg").mkdir()
    with pytest.raises(VerifyError, match=f"^{re.escape(said)}"):
        reports.check(tmp_path / name)
