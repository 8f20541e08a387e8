from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.verified import failed, not_applicable, passed

from emulator.verify.errors import VerifyError
from emulator.verify.known import KnownFailing

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ["get.works", "get.fails", "get.lacks", "list.ends"]


def read(folder: Path, content: str | bytes) -> KnownFailing:
    file = folder / "known.txt"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return KnownFailing.read(file)


@pytest.mark.parametrize(
    "content",
    [
        "get.fails",
        "# those of the vendor\n\n  get.fails   # issue 12\n",
        "get.fails\r\n",
        "\ufeffget.fails\n",
        "get.fails#12",
        "\x0c\nget.fails\n",
    ],
)
def test_failure_on_the_list_is_as_expected(tmp_path: Path, content: str) -> None:
    known = read(tmp_path, content)
    assert known.marked(failed("get.fails")).is_as_expected
    assert not known.marked(failed("list.ends")).is_as_expected
    assert not known.marked(passed("get.fails")).is_known


def test_list_that_failures_bear_out_is_not_stale(tmp_path: Path) -> None:
    known = read(tmp_path, "get.fails\nlist.ends\n")
    assert known.stale([failed("get.fails"), failed("list.ends"), passed("get.works")], NAMES) == []


def test_entry_whose_check_was_not_run_is_left_alone(tmp_path: Path) -> None:
    known = read(tmp_path, "get.fails\nlist.ends\n")
    assert known.stale([failed("get.fails")], NAMES) == []


def test_failure_of_one_release_bears_an_entry_out_for_all(tmp_path: Path) -> None:
    known = read(tmp_path, "get.fails\n")
    assert known.stale([passed("get.fails"), failed("get.fails"), not_applicable("get.fails")], NAMES) == []
    assert known.stale([not_applicable("get.fails"), passed("get.fails")], NAMES)[0].reason == "it passes now"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("get.works", "it passes now"),
        ("get.lacks", "it is not applicable: no such call"),
        ("get.fail", "there is no such check: did you mean get.fails?"),
        ("xyz", "there is no such check"),
    ],
)
def test_entry_that_no_failure_bears_out_is_stale(tmp_path: Path, name: str, reason: str) -> None:
    known = read(tmp_path, f"# comment\nget.fails\n{name}\n")
    results = [passed("get.works"), failed("get.fails"), not_applicable("get.lacks")]
    (stale,) = known.stale(results, NAMES)
    assert (stale.name, stale.at, stale.reason) == (name, f"{tmp_path}/known.txt:3", reason)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("a.b\nget.fails since June\n", "{file}:2: expected the name of one check, found 'get.fails since June'"),
        ("list.*\n", "{file}:1: expected the name of one check, found 'list.*'"),
        ("a.b\n\na.b # again\n", "{file}:3: expected each name once, found a.b, which {file}:1 has already"),
        (b"a.b\nget.\xe9\n", "{file}:2: expected UTF-8, found the byte 0xe9"),
    ],
)
def test_line_that_is_no_name_is_refused_with_its_place(tmp_path: Path, content: str | bytes, sentence: str) -> None:
    with pytest.raises(VerifyError) as refused:
        read(tmp_path, content)
    assert str(refused.value) == sentence.format(file=tmp_path / "known.txt")


def test_list_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(VerifyError) as refused:
        KnownFailing.read(tmp_path / "none.txt")
    assert str(refused.value) == (
        f"--known-failing: expected a file that can be read, found {tmp_path}/none.txt: No such file or directory"
    )
