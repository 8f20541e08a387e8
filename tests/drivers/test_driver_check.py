from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from support.examples import RUNNERS, blocks
from support.my_driver import FILE, good, mutant
from support.programs import bash, python

from emulator.clients.catalog import Command
from emulator.clients.checking import conversing
from emulator.clients.checking.running import MOST_FAULTS, TRIALS, checked, checked_on, matching
from emulator.clients.driver import DriverFault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emulator.clients.checking.trial import Result, Verdict

DEADLINE_S = 5.0


@dataclass(frozen=True)
class Mistake:
    """One mistake in a good driver, the trial that finds it, and what the trial says of it."""

    trial: str
    old: str
    new: str
    verdict: Verdict
    says: str


MISTAKES = [Mistake(**each) for each in yaml.safe_load(Path(__file__).with_name("mistakes.yaml").read_text("utf-8"))]


def results(url: str, command: Command, *names: str) -> Sequence[Result]:
    return [*checked_on(url, command, matching(names), deadline_s=DEADLINE_S)]


def said(result: Result) -> str:
    """Return all that a result says."""
    return "\n".join([str(result.wrong or ""), *result.advice])


def test_good_driver_passes_every_trial(tmp_path: Path) -> None:
    found = [*checked(good(tmp_path), TRIALS, deadline_s=60)]
    assert [(result.trial.name, result.verdict, said(result)) for result in found] == [
        (trial.name, "passed", "") for trial in TRIALS
    ]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: f"{mistake.trial}-{mistake.says[:40]}")
def test_mistake_is_found_and_told(
    tmp_path: Path, server_url: str, mistake: Mistake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversing, "END_AT_LAST_S", 1.0)
    (result,) = results(server_url, mutant(tmp_path, mistake.old, mistake.new), mistake.trial)
    assert (result.verdict, mistake.says in said(result)) == (mistake.verdict, True), said(result)
    assert (result.wrong is None) or result.wrong.mend


def test_readme_shows_what_its_driver_gets(tmp_path: Path) -> None:
    good(tmp_path)
    (example,) = (block.text for block in blocks(FILE) if block.language == "console")
    RUNNERS["console"](example, tmp_path)


def test_every_trial_can_fail() -> None:
    assert {mistake.trial for mistake in MISTAKES if mistake.verdict == "wrong"} == {trial.name for trial in TRIALS}


def test_driver_that_comes_up_no_more_is_not_tried_any_further(server_url: str) -> None:
    first, *others = results(server_url, bash("echo 'Where is it?' >&2; exit 4"))
    assert (first.trial.name, first.verdict, first.stderr) == ("hello", "wrong", "Where is it?\n")
    assert "ended with exit code 4 before it had said hello: Where is it?" in said(first)
    assert {result.verdict for result in others} == {"not tried"}


def test_driver_that_always_dies_is_started_again_so_many_times(tmp_path: Path, server_url: str) -> None:
    found = results(server_url, python(tmp_path, "hello()\nask()"))
    verdicts = [result.verdict for result in found]
    assert verdicts == ["passed", *["wrong"] * MOST_FAULTS, *["not tried"] * (len(TRIALS) - MOST_FAULTS - 1)]


def test_program_that_is_not_there_is_no_result(server_url: str) -> None:
    with pytest.raises(DriverFault) as raised:
        results(server_url, Command("odd", ("no-such-program",)))
    assert raised.value.kind == "cannot-start"


def test_trials_are_chosen_by_globs() -> None:
    assert [trial.name for trial in matching(["errors.*", "null"])] == [
        "errors.404",
        "errors.refused",
        "errors.timeout",
        "errors.lives-on",
        "null",
    ]
    assert matching([]) == TRIALS
    assert len({trial.name for trial in TRIALS}) == len(TRIALS)
