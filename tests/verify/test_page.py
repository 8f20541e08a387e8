from __future__ import annotations

import re
import shutil
import subprocess
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from support.verified import failed, not_applicable, of_all_kinds, outcome, passed

from emulator.verify.check import Group
from emulator.verify.reports import page

if TYPE_CHECKING:
    from pathlib import Path

    from emulator.verify.results import Outcome

NASTY = "</script><script>alert(1)</script><b title='x\"'>&amp;\x00"
EMPTY = {"meta", "link", "input", "br"}


class Seen(HTMLParser):
    """What a browser makes of a page: its elements in order, and the text in each; complains of tags that do not match."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.feed(content)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in EMPTY:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and data.strip():
            self.texts.append((self._open[-1], data.strip()))

    def every(self, name: str) -> list[str]:
        """Return every value of an attribute."""
        return [attributes[name] or "" for _, attributes in self.elements if name in attributes]

    def told(self, tag: str) -> list[str]:
        """Return the texts that stand directly in elements of a kind."""
        return [text for inside, text in self.texts if inside == tag]


def seen(run: Outcome) -> Seen:
    return Seen(page.write(run))


def test_page_loads_nothing_from_anywhere() -> None:
    content = page.write(of_all_kinds())
    assert "://" not in content
    assert not re.search(r"@import|url\(|\bsrc=|\bfetch\b|import ?\(", content)
    shown = Seen(content)
    assert [link for link in shown.every("href") if not link.startswith("#")] == ["data:,"]
    assert "default-src 'none'" in " ".join(shown.every("content"))


def test_page_begins_with_the_client_its_score_and_its_groups() -> None:
    shown = seen(of_all_kinds())
    assert shown.told("title") == ["33.3 % · my-sdk 1.2.3 (lua)"]
    assert shown.told("h1") == ["my-sdk"]
    assert shown.told("text") == ["33.3 %"]
    tiles = [attributes for tag, attributes in shown.elements if attributes.get("class") == "tile"]
    assert [tile["href"] for tile in tiles] == ["#group-requests", "#group-paging", "#group-tenancy"]
    assert shown.told("b") == ["Not as expected.", "1/2", "0/1", "n/a"]


@pytest.mark.parametrize(
    ("run", "verdict"),
    [
        (outcome(passed()), "All as expected."),
        (outcome(passed(), failed(is_known=True)), "All as expected."),
        (outcome(passed(), failed()), "Not as expected."),
        (outcome(passed(), not_run=1), "Not as expected."),
    ],
)
def test_page_says_whether_all_is_as_expected(run: Outcome, verdict: str) -> None:
    assert seen(run).told("b")[0] == verdict


def test_failures_come_first_with_both_sides_then_known_ones_then_every_check() -> None:
    shown = seen(of_all_kinds())
    assert shown.told("h2") == ["About this run", "What failed", "What is known to fail", "All checks"]
    assert [attributes["id"] for tag, attributes in shown.elements if tag == "article"] == ["get.fails", "list.known"]
    assert shown.told("pre") == ['"batch_1"', "null", '"batch_1"', "null"]
    rows = [attributes["data-standing"] for tag, attributes in shown.elements if tag == "tr" and attributes]
    assert rows == ["pass", "fail", "known", "na", "na"]


def test_page_tells_what_is_stale_and_what_was_not_run() -> None:
    shown = seen(of_all_kinds())
    assert shown.told("li") == [
        "is on the list of known failures,",
        ", and is stale: it passes now",
        "The run was broken off: 3 checks were not run.",
    ]
    assert "known.txt:7" in shown.told("code")


def test_page_of_a_good_run_has_nothing_but_the_checks() -> None:
    shown = seen(outcome(passed()))
    assert shown.told("h2") == ["All checks"]
    assert shown.told("label") == ["All 1", "Passed 1"]


def test_filter_offers_what_there_is_and_hides_the_search_until_the_script_runs() -> None:
    shown = seen(of_all_kinds())
    assert shown.told("label") == ["All 5", "Failed 1", "Known 1", "N/A 2", "Passed 1"]
    (search,) = (attributes for tag, attributes in shown.elements if attributes.get("type") == "search")
    assert "hidden" in search


def test_every_choice_of_the_filter_has_its_rule_of_style() -> None:
    content = page.write(of_all_kinds())
    for code in page.CODES.values():
        assert f'body:has(#show-{code}:checked) [data-standing]:not([data-standing="{code}"])' in content
        assert f'body:has(#show-{code}:checked) [data-shelf]:not(:has([data-standing="{code}"]))' in content


def test_every_link_leads_to_an_element_and_no_id_comes_twice() -> None:
    shown = seen(of_all_kinds())
    ids = shown.every("id")
    assert len({*ids}) == len(ids)
    assert {link.removeprefix("#") for link in shown.every("href") if link.startswith("#")} <= {*ids}


def test_texts_stay_texts() -> None:
    run = outcome(
        failed(at=NASTY, expected=NASTY, got=NASTY + "!"),
        not_applicable("a.b", Group.PAGING, reason=NASTY),
    )
    shown = seen(run)
    assert len([tag for tag, _ in shown.elements if tag == "script"]) == 1
    assert NASTY.replace("\x00", "\\x00") in shown.told("code")
    assert NASTY.replace("\x00", "\\x00") in shown.told("span")


@pytest.mark.parametrize(
    ("expected", "got", "marked"),
    [
        ('{"limit": 20}', '{"limit": 100}', ["2", "10"]),
        ("abcd", "abc", ["d", ""]),
        ("a result", "the declared SDKError", []),
        ("same", "same", []),
        ("abcdefgh", "abuvwxyz", []),
        ("ab&c", "ab<c", ["&amp;", "&lt;"]),
        ("", "null", ["", "null"]),
        ("aaaa", "aa", ["aa", ""]),
    ],
)
def test_difference_is_marked_where_two_sides_are_alike(expected: str, got: str, marked: list[str]) -> None:
    content = page.write(outcome(failed(expected=expected, got=got)))
    assert re.findall("<mark>(.*?)</mark>", content) == marked


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def seen_in_browser(file: Path, fragment: str = "") -> Seen:
    """Return what the page is after its script has run."""
    assert CHROMIUM is not None
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", f"{file.as_uri()}{fragment}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return Seen(done.stdout)


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
def test_script_filters_by_all_words_that_the_address_names(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(page.write(of_all_kinds()), encoding="utf-8")
    shown = seen_in_browser(file, "#find=LIST+batch_1")
    standing = [attributes for _, attributes in shown.elements if "data-standing" in attributes]
    left = [(attributes["data-standing"], "hidden" in attributes) for attributes in standing]
    assert [kind for kind, is_hidden in left if not is_hidden] == ["known", "known"]
    shelves = ["hidden" not in attributes for _, attributes in shown.elements if "data-shelf" in attributes]
    assert shelves == [False, True, False, True, False]
