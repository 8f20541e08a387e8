from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from support.processes import clean

TESTS = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (
            ["benchmarks.scale", "--batches", "50", "--rounds", "2"],
            ["get", "create", "list newest", "list after", "cancel"],
        ),
        (["benchmarks.startup", "--rounds", "1"], ["process start to first answer"]),
    ],
)
def test_benchmarks_measure_what_they_say(arguments: list[str], names: list[str]) -> None:
    command = [sys.executable, "-m", *arguments, "--json"]
    done = subprocess.run(
        command,
        capture_output=True,
        check=False,
        encoding="utf-8",
        env=clean({"PYTHONPATH": str(TESTS)}),
        timeout=120,
    )
    comparisons = json.loads(done.stdout)["comparisons"]
    assert [each["name"] for each in comparisons] == names
    assert all(each["ratio"] > 0 for each in comparisons)
