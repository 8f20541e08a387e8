"""Findings played again: with a client that still breaks, that is mended, that breaks otherwise, or that lacks the call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from support import my_driver
from support.fuzzed import answer, finding, get

from emulator.fuzz.files import FindingError, write
from emulator.fuzz.held import Driven, InProcess
from emulator.fuzz.playing import Player
from emulator.fuzz.replaying import files_of, replay
from emulator.fuzz.reports import junit
from emulator.fuzz.steps import Call, Rule

if TYPE_CHECKING:
    from pathlib import Path

    from emulator.clients.catalog import Command
    from emulator.fuzz.replaying import Replayed

pytestmark = pytest.mark.thorough

CAUSE = "id changes the path"
UNESCAPED = ("f\"/files/{quote(file_id, '')}/content\"", 'f"/files/{file_id}/content"')
SCRIPT = (Call(call="files.content", args={"file_id": "a?b"}),)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(finding(SCRIPT, cause=CAUSE), tmp_path / "findings").parent


def played(client: Command, folder: Path, url: str) -> list[Replayed]:
    held = Driven(client)
    try:
        with Player(held, url) as player:
            return list(replay(files_of([folder]), player))
    finally:
        held.close()


def answered(answer_: dict[str, Any], folder: Path, url: str) -> list[Replayed]:
    client = InProcess(lambda call, _args: {"result": {}} if call == "connect" else answer_)
    with Player(client, url) as player:
        return list(replay(files_of([folder]), player))


def test_it_reproduces_until_it_is_fixed(server_url: str, folder: Path, tmp_path: Path) -> None:
    (broken,) = played(my_driver.mutant(tmp_path, *UNESCAPED), folder, server_url)
    (mended,) = played(my_driver.good(tmp_path), folder, server_url)
    assert (broken.verdict, broken.is_broken) == ("reproduces", True)
    assert broken.violation is not None
    assert broken.violation.cause == CAUSE
    assert broken.happened[1] == "   server: GET /api/v1/llm/files/a?b/content → 404"
    assert (mended.verdict, mended.is_broken, mended.violation) == ("fixed", False, None)


def test_client_that_lacks_the_call_has_not_mended_it(server_url: str, folder: Path) -> None:
    (lacking,) = answered({"unsupported": True}, folder, server_url)
    assert (lacking.verdict, lacking.is_broken) == ("not applicable", False)


def test_other_cause_is_told_as_one(server_url: str, folder: Path) -> None:
    error = {"type": "Odd", "declared": False, "status": None, "body": None, "message": "What?"}
    (otherwise,) = answered({"raised": error}, folder, server_url)
    assert (otherwise.verdict, otherwise.is_broken) == ("breaks otherwise", True)
    assert otherwise.violation is not None
    assert otherwise.violation.cause != CAUSE


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (finding(SCRIPT, property="ids-stay-id"), "did you mean 'ids-stay-ids'?"),
        (finding((Rule(rule={"on": {"operation": "getBatches"}, "reply": {"status": 1}}),)), "step 1: rule: expected what"),
        (finding((answer(content_type="a/b"), get()), property="errors-declared"), "expected what errors-declared can judge"),
        (finding((Call(call="batches.list"),)), "expected what ids-stay-ids can judge"),
    ],
)  # fmt: skip
def test_what_cannot_be_played_is_said_and_the_rest_is_played(
    server_url: str, folder: Path, bad: Any, said: str
) -> None:
    file = write(bad, folder).rename(folder / "finding-a-bad.yaml")
    write(finding(SCRIPT, cause=CAUSE), folder)
    wrong, good = answered({"unsupported": True}, folder, server_url)
    assert (wrong.verdict, good.verdict) == ("not played", "not applicable")
    assert wrong.problem.startswith(f"{file}: ")
    assert said in wrong.problem


def test_file_that_is_no_finding_is_said(server_url: str, folder: Path) -> None:
    (folder / "finding-0.yaml").write_text("finding: 3\n", encoding="utf-8")
    wrong, _ = answered({"unsupported": True}, folder, server_url)
    assert (wrong.verdict, wrong.finding, wrong.name) == ("not played", None, "0")


def test_files_are_those_named_and_those_of_folders(folder: Path, tmp_path: Path) -> None:
    (inside,) = folder.iterdir()
    (folder / "notes.yaml").write_text("", encoding="utf-8")
    assert files_of([inside, folder, inside]) == [inside]
    assert files_of([folder / "notes.yaml"]) == [folder / "notes.yaml"]
    (tmp_path / "empty").mkdir()
    with pytest.raises(FindingError, match=r"expected a folder with finding-\*\.yaml files, found none in it"):
        files_of([tmp_path / "empty"])


def test_junit_has_a_test_for_each_finding(server_url: str, folder: Path, tmp_path: Path) -> None:
    (folder / "finding-0.yaml").write_text('finding: "\x85"\n', encoding="utf-8")
    broken = played(my_driver.mutant(tmp_path, *UNESCAPED), folder, server_url)
    lacking = answered({"unsupported": True}, folder, server_url)
    root = ET.fromstring(
        junit.write([*broken, *lacking, *played(my_driver.good(tmp_path), folder, server_url)], "exec:\x00")
    )
    suite = root[0]
    assert {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "6", "failures": "1", "errors": "3", "skipped": "1",
    }  # fmt: skip
    assert [[child.tag for child in case] for case in suite] == [
        ["error"],
        ["failure"],
        ["error"],
        ["skipped"],
        ["error"],
        [],
    ]
    assert suite[1].get("classname") == "replay.ids-stay-ids"
    assert "→ 404" in str(suite[1][0].text)
