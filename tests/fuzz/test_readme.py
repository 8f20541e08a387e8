"""What the README of the fuzzer says of it in tables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click
from support.examples import ROOT, blocks

from emulator.commands.fuzz import fuzz
from emulator.fuzz.catalog import ALL
from emulator.fuzz.files import read, text_of
from emulator.fuzz.steps import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

README = (ROOT / "emulator/fuzz/README.md").read_text(encoding="utf-8")


def table(heading: str) -> Mapping[str, str]:
    """Return a table's rows: the first cell and the second."""
    _, _, rest = README.partition(f"\n{heading}\n")
    lines = rest.partition("\n\n")[0].splitlines()[1:]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {row[0]: row[1] for row in rows}


def test_properties_are_those_of_the_catalog_and_say_the_same() -> None:
    assert table("| property | holds a client to |") == {f"`{each.name}`": each.statement for each in ALL}


def test_options_are_those_of_the_command() -> None:
    told = set(re.findall(r"--[a-z-]+", " ".join(table("| option | says |")) + README))
    there = {each for option in fuzz.params if isinstance(option, click.Option) for each in option.opts}
    assert there <= told


def test_finding_is_one_as_it_would_be_written(tmp_path: Path) -> None:
    (block,) = (block.text for block in blocks("emulator/fuzz/README.md") if block.language == "text")
    file = tmp_path / "finding-sample.yaml"
    file.write_text(block, encoding="utf-8")
    assert text_of(read(file)) == block


def test_steps_are_those_that_there_are() -> None:
    words = {re.findall(r"[a-z]+", cell)[0] for cell in table("| step | does | may have |")}
    assert words == set(KINDS)
