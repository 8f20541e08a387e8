from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from support.mutants import mutants
from support.processes import Ended

from emulator.fuzz.catalog import ALL, find
from emulator.fuzz.held import Driven
from emulator.fuzz.hunting import Hunt
from emulator.fuzz.playing import Player
from mutants.fuzzing import LEFT

TESTS = Path(__file__).parents[1]
EXAMPLES = 150
CATCHES = {
    "requests-conform": "drops-metadata",
    "replies-survive": "shows-times-as-floats",
    "errors-declared": "swallows-an-errors-body",
    "bad-replies-refused": "takes-what-does-not-fit-for-null",
    "bytes-intact": "ends-the-last-line",
    "transport-faults": "keeps-half-a-reply",
    "retries-sane": "reuses-a-body-that-was-read",
    "no-silent-twin": "creates-again-after-a-lost-reply",
    "pages-complete": "forgets-the-order",
    "ids-stay-ids": "does-not-escape-ids",
    "lifecycle": "writes-canceled",
}
"""For each property a mutant that it is to catch soon."""


def command(*options: str) -> Ended:
    """Run the command in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "mutants.fuzzing", *options],
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("name", CATCHES)
def test_property_catches_its_mutant(name: str, server_url: str, tmp_path: Path) -> None:
    client = Driven(mutants()[CATCHES[name]].command(tmp_path))
    with Player(client, server_url) as player:
        caught = next(Hunt(aim=find(name), player=player, number=1, examples=EXAMPLES).run(), None)
    client.close()
    assert caught is not None


def test_each_property_has_a_mutant_to_catch() -> None:
    assert list(CATCHES) == [each.name for each in ALL]


def test_what_is_left_to_others_is_in_the_table() -> None:
    assert mutants().keys() >= LEFT.keys()


@pytest.mark.thorough
def test_command_tells_and_draws_which_property_catches_a_mutant_and_how_soon(tmp_path: Path) -> None:
    done = command("forgets-the-window", "--json", "--picture", str(tmp_path / "power.svg"))
    assert done.code == 0
    (dot,) = ET.parse(tmp_path / "power.svg").iter("{http://www.w3.org/2000/svg}circle")
    assert "".join(dot.itertext()).startswith("forgets-the-window, ")
    (found,) = json.loads(done.stdout)
    assert found["mutant"] == "forgets-the-window"
    assert (found["property"], found["cause"]) == ("requests-conform", "batches.create completion_window changed")
    assert (found["examples"], found["seconds"]) > (0, 0)


def test_command_says_what_escapes() -> None:
    done = command("forgets-the-window", "--seconds", "0.1", "--workers", "1")
    assert done.code == 1
    assert done.stdout.splitlines()[-1].endswith("escaped: forgets-the-window")


def test_command_refuses_what_it_does_not_know() -> None:
    done = command("forgets-a-window")
    assert done.code == 2
    assert "expected the name of a mutant, found 'forgets-a-window': did you mean forgets-the-window" in done.stderr
