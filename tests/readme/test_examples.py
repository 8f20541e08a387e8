from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.examples import RUNNERS, Session, blocks, fits, run_session, sessions

if TYPE_CHECKING:
    from pathlib import Path

    from _pytest.mark.structures import ParameterSet

READMES = (
    "README.md",
    "emulator/README.md",
    "emulator/embedded/README.md",
    "emulator/fuzz/README.md",
    "schemas/README.md",
    "scenarios/README.md",
    "tests/README.md",
)
SESSIONS = [session for file in READMES for session in sessions(file)]
LONG = ("emulator/fuzz/README.md",)
"""Those whose examples take long: they hunt."""


def _of(session: Session) -> ParameterSet:
    return pytest.param(session, id=str(session), marks=[pytest.mark.thorough] * str(session).startswith(LONG))


NOT_RUN = {"sh", "mermaid", "text", ""}
"""The set-up lines, which .ci/run tries; what other tests look at; and what is no example."""


@pytest.mark.parametrize("session", [_of(session) for session in SESSIONS])
def test_examples_do_as_they_say(session: Session, tmp_path: Path) -> None:
    run_session(session, tmp_path)


def test_every_language_of_a_block_is_known() -> None:
    assert {block.language for file in READMES for block in blocks(file)} <= NOT_RUN | set(RUNNERS)


def test_the_two_commands_stand_at_the_top_in_a_line_each() -> None:
    first, second, *others = (block for block in blocks("README.md") if block.language == "sh")
    assert not others
    assert [block.language for block in list(blocks("README.md"))[:2]] == ["sh", "sh"]
    for block, ends in ((first, "mka1-emulator demo"), (second, "pytest")):
        (line,) = block.text.splitlines()
        assert line.startswith("python3 -m venv .venv && ")
        assert line.endswith(ends)


@pytest.mark.parametrize(
    ("expected", "shown", "same"),
    [
        ("a …b\n", "a whatever b\n", True),
        ("a b\n", "a  b\n", True),
        ("took 0.40s\n", "took 1.25s\n", True),
        ("a b\n", "a b c\n", False),
        ("a …b\n", "a whatever\n", False),
        ("[1]\n", "1\n", False),
    ],
)
def test_expected_output_is_compared_to_its_end(expected: str, shown: str, *, same: bool) -> None:
    assert fits(expected, shown) is same
