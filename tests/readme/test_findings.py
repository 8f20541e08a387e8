"""What the page on verify says of real SDKs, run as it stands, and that the checks it names are there."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from fnmatch import filter as matching
from typing import TYPE_CHECKING, Final

import pytest
from support.environments import python_with
from support.examples import ADDRESS, LIMIT_S, ROOT, Block, Session, blocks, run_session, sessions
from support.node import openai_for_node
from support.processes import clean, serving_process

from emulator.fuzz.catalog import BY_NAME
from emulator.verify.catalog import ALL

if TYPE_CHECKING:
    from pathlib import Path

PAGE: Final = "emulator/verify/README.md"
BEFORE, _, SECTION = (ROOT / PAGE).read_text(encoding="utf-8").partition("\n## Found in real SDKs\n")
BEGINS: Final = BEFORE.count("\n") + 1
RELEASE: Final = re.compile(r"# \w+\.py, with (\S+==\S+)\n")
"""How a program begins that needs an SDK of another release."""
ROW: Final = re.compile(r"^\| ([A-Z]\d+) \|(.*)\|$", re.MULTILINE)
TEST: Final = re.compile(r'^(?:def test_|test\("|(?=\w+ needs an old release))([A-Za-z]\d+)[_: ]', re.MULTILINE)
CHECK: Final = re.compile(r"`([\w*-]+\.[\w*.-]*-[\w*.-]+)`")
PROPERTY: Final = re.compile(r"`(\w+(?:-\w+)+)`")


def programs() -> list[Session]:
    """Return the programs that run with the SDKs that are installed."""
    found = [session for session in sessions(PAGE) if session.blocks[0].line > BEGINS]
    return [replace(each, blocks=tuple(b for b in each.blocks if not RELEASE.match(b.text))) for each in found]


def older() -> list[tuple[str, Block]]:
    """Return the programs that need an older release, each with what it needs."""
    return [(found[1], block) for block in blocks(PAGE) if (found := RELEASE.match(block.text))]


@pytest.mark.thorough
@pytest.mark.parametrize("session", programs(), ids=str)
def test_findings_are_there(session: Session, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    if any(block.language == "js" for block in session.blocks):
        (tmp_path / "node_modules").symlink_to(openai_for_node(pytestconfig.cache) / "node_modules")
    run_session(session, tmp_path)


@pytest.mark.thorough
@pytest.mark.parametrize("is_mended", [False, True])
def test_finding_of_an_older_release_is_there_until_it_was_mended(
    pytestconfig: pytest.Config, *, is_mended: bool
) -> None:
    ((requirement, block),) = older()
    python = python_with("meetkai-mka1==0.12.6" if is_mended else requirement, cache=pytestconfig.cache)
    with serving_process("--clock", "manual") as server:
        done = subprocess.run(
            [python, "-c", block.text.replace(ADDRESS, server.url)],
            capture_output=True,
            check=False,
            env=clean({}),
            text=True,
            timeout=LIMIT_S,
        )
    assert (done.returncode, "No connection was kept." in done.stderr) == (int(is_mended), is_mended), done.stderr


def test_each_finding_has_a_test() -> None:
    told = [number for number, _ in ROW.findall(SECTION)]
    tested = [number.upper() for number in TEST.findall(SECTION)]
    assert sorted(tested) == sorted(told)
    assert len(told) > 20


def test_findings_name_checks_and_properties_that_there_are() -> None:
    names = [check.name for check in ALL]
    said = CHECK.findall(SECTION)
    assert len(said) > 20
    assert [check for check in said if not matching(names, check)] == []
    properties = {name for _, cells in ROW.findall(SECTION) for name in PROPERTY.findall(cells.split("|")[-2])}
    assert len(properties) > 5
    assert properties <= BY_NAME.keys()
