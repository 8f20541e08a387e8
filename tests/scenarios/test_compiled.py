from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from support.scenarios import FOLDER, LIBRARY, good

from emulator.domain.steps import Wait
from emulator.scenarios import compiling
from emulator.scenarios.compiled import SCENARIOS
from emulator.scenarios.compiling import source
from emulator.scenarios.errors import ScenarioError
from emulator.scenarios.library import Compiled, Library
from emulator.scenarios.loader import load, load_text

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "scenario: happy-path\ntitle: Mine\nkind: legal\nlifecycle: [expires]\n"


def test_module_says_what_the_files_say() -> None:
    assert compiling.FILE.read_text(encoding="utf-8") == source(LIBRARY), "run python -m emulator.scenarios.compiling"


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_compiled_scenario_is_the_one_that_its_file_holds(name: str) -> None:
    assert SCENARIOS[name].is_of(LIBRARY)
    read = load(LIBRARY[name], files=LIBRARY).compiled()
    assert SCENARIOS[name].make() == read
    assert SCENARIOS[name].directs == read.directs == Library(FOLDER).directs(name)


@pytest.mark.parametrize("name", sorted(LIBRARY))
def test_library_gives_a_scenario_with_its_text(name: str) -> None:
    read, text = load(LIBRARY[name], files=LIBRARY).compiled(), LIBRARY[name].read_text(encoding="utf-8")
    assert Library(FOLDER).scenario(name) == replace(read, text=text)


def test_only_what_is_too_long_is_left_to_its_file() -> None:
    assert LIBRARY.keys() - SCENARIOS.keys() == {"deep-nesting"}


def test_file_of_the_same_name_counts_for_itself(tmp_path: Path) -> None:
    (tmp_path / "happy-path.yaml").write_text(TEXT, encoding="utf-8")
    assert Library(FOLDER, tmp_path).scenario("happy-path").title == "Mine"


def test_what_extends_a_file_of_the_same_name_extends_that(tmp_path: Path) -> None:
    (tmp_path / "happy-path.yaml").write_text(TEXT, encoding="utf-8")
    (step,) = Library(FOLDER, tmp_path).scenario("rate-limited").steps
    assert step.wait == Wait(24 * 3600 * 10**6, "creation")


def test_library_without_the_base_of_a_compiled_scenario_refuses_it(tmp_path: Path) -> None:
    (tmp_path / "rate-limited.yaml").write_bytes(LIBRARY["rate-limited"].read_bytes())
    with pytest.raises(ScenarioError, match="extends: expected the name of a scenario"):
        Library(tmp_path).scenario("rate-limited")


@pytest.mark.parametrize(
    ("data", "problem"),
    [(b"scenario: happy-path\ntitle: \xff\n", "2:8: expected UTF-8, found the byte 0xff"), (None, "expected a file")],
    ids=["other bytes", "no file"],
)
def test_file_of_the_same_name_that_cannot_be_read_is_told(tmp_path: Path, data: bytes | None, problem: str) -> None:
    file = tmp_path / "happy-path.yaml"
    file.write_bytes(data or b"")
    library = Library(FOLDER, tmp_path)
    if data is None:
        file.unlink()
    with pytest.raises(ScenarioError, match=problem):
        library.scenario("happy-path")


def test_what_extends_something_too_long_is_left_to_its_file_too(tmp_path: Path) -> None:
    long, short, other = (tmp_path / f"{name}.yaml" for name in ("long", "short", "other"))
    long.write_text(good(scenario="long", client="x" * compiling.LONGEST), encoding="utf-8")
    short.write_text("scenario: short\ntitle: Short\nkind: legal\nextends: long\nclient: y\n", encoding="utf-8")
    other.write_text(good(scenario="other"), encoding="utf-8")
    assert set(compiled({"long": long, "short": short, "other": other})) == {"other"}


def compiled(files: dict[str, Path]) -> dict[str, Compiled]:
    """Return what the module would hold for these files."""
    names: dict[str, Any] = {}
    exec(compile(source(files), "compiled", "exec"), names)
    found: dict[str, Compiled] = names["SCENARIOS"]
    return found


def test_all_kinds_of_values_are_written(tmp_path: Path) -> None:
    file = tmp_path / "good.yaml"
    value: dict[str, Any] = {
        "null": None,
        "true": True,
        "list": [1, 2.5, ["'", '"']],
        "object": {"é\n": {}},
        "empty": [[], "x" * 130],
    }
    rule = {"on": {"operation": ["getBatch", "createBatch"], "nth": [10, 2]}, "reply": {"json": value}}
    steps = [{"to": "in_progress", "after": "0.5s"}, {"progress": "12.5%"}, "expires"]
    text = good(rules=[rule], lines=[{"set": value}], lifecycle=steps)
    file.write_text(text, encoding="utf-8")
    assert compiled({"good": file})["good"].make() == load_text(text, source="good", files={}).compiled()
