from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from support.processes import run

from emulator import resources

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(resources.folder("schemas"), tmp_path / "schemas")


def test_current_schemas_pass(folder: Path) -> None:
    ended = run("schemas", "check", "--folder", str(folder))
    assert (ended.code, ended.stdout, ended.stderr) == (0, "", "")


def test_the_programs_own_schemas_are_current() -> None:
    assert run("schemas", "check").code == 0


def test_what_is_not_current_is_listed_and_put_right(folder: Path) -> None:
    (folder / "File.schema.json").unlink()
    (folder / "FileList.schema.json").write_text("{}")
    (folder / "Orphan.schema.json").write_text("{}")
    told = "missing\tFile.schema.json\nstale\tFileList.schema.json\norphan\tOrphan.schema.json\n"
    ended = run("schemas", "check", "--folder", str(folder))
    sentence = "mka1-emulator: 3 files are not current: run 'mka1-emulator schemas derive'\n"
    assert (ended.code, ended.stdout, ended.stderr) == (1, told, sentence)
    derived = run("schemas", "derive", "--folder", str(folder))
    assert (derived.code, derived.stdout, derived.stderr) == (0, told, "")
    assert run("schemas", "check", "--folder", str(folder)).code == 0


@pytest.mark.parametrize("command", ["check", "derive"])
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: [", "openapi.yaml: line 2: is no YAML we take"),
        ("- 1", "expected a mapping at the top"),
        ("a: 1", "openapi.yaml"),
    ],
)
def test_contract_at_fault_is_told_in_one_line(folder: Path, command: str, text: str, sentence: str) -> None:
    (folder / "openapi.yaml").write_text(text + "\n")
    ended = run("schemas", command, "--folder", str(folder))
    assert (ended.code, ended.stdout, ended.stderr.count("\n")) == (2, "", 1)
    assert ended.stderr.startswith("mka1-emulator: error: ")
    assert sentence in ended.stderr


@pytest.mark.parametrize("command", ["check", "derive"])
def test_folder_that_is_not_there_is_told(tmp_path: Path, command: str) -> None:
    ended = run("schemas", command, "--folder", str(tmp_path / "none"))
    assert ended.code == 2
    assert "does not exist" in ended.stderr
    assert run("schemas", command, "--folder", str(tmp_path)).code == 2
