from __future__ import annotations

import json
import subprocess
import sys
from itertools import chain
from pathlib import Path

import pytest
from support.processes import clean

TESTS = Path(__file__).parents[1]

pytestmark = pytest.mark.thorough


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (
            ["benchmarks.scale", "--batches", "50", "--rounds", "2"],
            ["get", "create", "list newest", "list after", "cancel"],
        ),
        (["benchmarks.startup", "--rounds", "1"], ["process start to first answer"]),
        (["benchmarks.plugin", "--rounds", "1"], ["a session of one empty test"]),
    ],
)
def test_benchmarks_measure_what_they_say(arguments: list[str], names: list[str]) -> None:
    assert measured(run(arguments)) == names


def test_cycle_is_measured_against_aimock_where_there_is_one() -> None:
    done = run(["benchmarks.cycle", "--rounds", "1", "--cycles", "2"])
    *against_aimock, always = [
        [name, f"{name}: 1st cycle", f"{name}: 2nd to 20th"]
        for name in (
            "openai, emulator in a process",
            "openai, emulator in a thread",
            "openai, a clock that ticks",
            "meetkai-mka1",
        )
    ]
    if missing := done.stderr:
        assert missing.startswith("benchmarks.cycle: without aimock: ")
        assert measured(done) == always
        pytest.skip(missing)
    assert measured(done) == [*chain.from_iterable(against_aimock), *always]


def run(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments, "--json"],
        capture_output=True,
        check=False,
        encoding="utf-8",
        env=clean({"PYTHONPATH": str(TESTS)}),
        timeout=300,
    )


def measured(done: subprocess.CompletedProcess[str]) -> list[str]:
    """Return the names of what was compared."""
    comparisons = json.loads(done.stdout)["comparisons"]
    assert all(each["ratio"] > 0 for each in comparisons)
    return [each["name"] for each in comparisons]
