from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from support.proving import scenario

from emulator import resources
from emulator.commands.scenarios_check import check
from emulator.scenarios.errors import ScenarioError

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

WRONG = """\
scenario: tried
title: A try
kind: legal
tolerates: [any-order]
lifecycle:
  - {to: in_progress, after: 60s}
  - {to: finalizing, after: 1h}
  - {to: completed, after: 60s}
rules:
  - {on: {operation: getBatch, nth: 2}, reply: {status: 502}}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tried.yaml"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(check, [str(argument) for argument in arguments])


def test_scenario_that_is_what_it_says_is_proved(file: Path) -> None:
    file.write_text(scenario().text, encoding="utf-8")

    result = run(file)

    assert result.exit_code == 0
    assert result.stdout == "tried\tlegal\t12\tproved\t-\n"


def test_problems_are_told_with_their_places_and_runs(file: Path) -> None:
    file.write_text(WRONG, encoding="utf-8")

    result = run(file)

    assert result.exit_code == 1
    table, *sentences = result.stdout.splitlines()
    assert table == "tried\tlegal\t12\tnot proved\thttp-errors"
    assert sentences == [
        f"{file}:4: tolerates: 'http-errors' is not said, and shows",
        "    expected getBatch to succeed, found 502, of no type, empty",
        "    in the run with 1 line for chat/completions, 40 s after its beginning",
        f"{file}:4: tolerates: 'any-order' is said, and does not show",
        "    expected what 'any-order' says (results come in another order than the input), found nothing of it in 12 runs",
    ]


def test_verdicts_come_as_json(file: Path) -> None:
    file.write_text(WRONG, encoding="utf-8")

    result = run(file, "--json")

    assert result.exit_code == 1
    (verdict,) = json.loads(result.stdout)
    assert (verdict["scenario"], verdict["proved"], verdict["tolerates"]) == ("tried", False, ["http-errors"])
    assert [problem["at"] for problem in verdict["problems"]] == [f"{file}:4"] * 2


def test_many_files_are_proved_in_several_processes() -> None:
    files = sorted((resources.folder("scenarios") / "hostile").glob("*.yaml"))[:5]

    result = run(*files, "--json")

    found: list[dict[str, Any]] = json.loads(result.stdout)
    assert [verdict["scenario"] for verdict in found] == [file.stem for file in files]
    assert result.exit_code == 0


def test_scenario_may_extend_one_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "tried.yaml").write_text(scenario().text, encoding="utf-8")
    child = tmp_path / "child.yaml"
    child.write_text('{"scenario": "child", "title": "A child", "kind": "legal", "extends": "tried"}', encoding="utf-8")

    assert run(child, "--scenarios", tmp_path).exit_code == 0


def test_wrong_file_is_refused_with_its_place(file: Path) -> None:
    file.write_text(WRONG.replace("nth: 2", "nht: 2"), encoding="utf-8")

    result = run(file)

    assert isinstance(result.exception, ScenarioError)
    assert f"{file}:10" in str(result.exception)


def test_file_that_is_not_there_is_a_usage_error(file: Path) -> None:
    assert run(file).exit_code == 2


@pytest.mark.parametrize(
    ("on", "effect", "sentence"),
    [
        ({"nth": 2}, {"reset": True}, "kind: a legal scenario does not break what 'transport' means"),
        ({}, {"reply": {"status": 503}}, "kind: a legal scenario lets a call succeed that is repeated five times"),
    ],
)
def test_legal_scenario_that_breaks_something_is_told_so(
    file: Path, on: dict[str, Any], effect: dict[str, Any], sentence: str
) -> None:
    rule = {"on": {"operation": "getBatch", **on}, **effect}
    file.write_text(scenario(rules=[rule]).text, encoding="utf-8")

    result = run(file)

    assert result.exit_code == 1
    assert f"{file}:1: {sentence}" in result.stdout
