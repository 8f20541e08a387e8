from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.mutants import mutants
from support.processes import Ended
from support.verified import failed

from mutants import caught
from mutants.playing import Played

TESTS = Path(__file__).parents[1]
NAME, CHECK, OTHER = "forgets-the-window", "create.sends-completion-window", "list.ends-at-once-when-empty"


def command(*options: str) -> Ended:
    """Run the command in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "mutants", *options],
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def test_command_tells_who_catches_whom() -> None:
    done = command(NAME, "--run", CHECK)
    assert (done.code, done.stderr) == (0, "")
    head, row, summary, *rest = done.stdout.splitlines()
    assert (head.split(), row.split()) == (["mutant", "checks", "in"], [NAME, "1", "requests", "1"])
    assert summary.startswith("1 mutants, 1 checks, ")
    assert rest == ["Checks that no mutant fails: none", "Mutants that no check catches: none"]


def test_what_escapes_is_told_and_ends_in_exit_code_1() -> None:
    done = command(NAME, "--run", OTHER, "--json")
    told = json.loads(done.stdout)
    assert (done.code, done.stderr) == (1, "")
    assert told["checks_that_no_mutant_fails"] == [OTHER]
    assert told["mutants_that_no_check_catches"] == [NAME]
    assert [(each["name"], each["caught_by"]) for each in told["mutants"]] == [(NAME, [])]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["forgets-the-windw"], f"expected the name of a mutant, found 'forgets-the-windw': did you mean {NAME}?"),
        (["--run", "no.such"], "--run: expected a check's name, a pattern of names or a group, found 'no.such'"),
        ([NAME, "--write"], "--write is for all mutants and all checks: expected no names and no --run with it"),
        (["--jobs", "0"], "argument --jobs: expected a number of 1 or more, found '0'"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(options: list[str], sentence: str) -> None:
    done = command(*options)
    assert (done.code, done.stdout) == (2, "")
    assert f"error: {sentence}" in done.stderr.splitlines()[-1]


def test_check_is_written_down_under_the_mutant_that_fails_the_fewest() -> None:
    broad, narrow, idle = list(mutants().values())[:3]
    one, two = failed("one"), failed("two", seconds=0.1)
    slow = failed("two", seconds=5.0)
    found = [
        Played(mutant=broad, failures=(one, two), seconds=1.0),
        Played(mutant=narrow, failures=(slow,), seconds=6.0),
        Played(mutant=idle, failures=(), seconds=1.0),
    ]
    assert caught.telling(found) == {broad.name: ["one", "two"], narrow.name: ["two"]}
    found[1] = Played(mutant=narrow, failures=(one,), seconds=1.0)
    assert caught.telling(found) == {broad.name: ["two"], narrow.name: ["one"]}
