"""The README's driver that a stranger could have written, whole, and with a mistake in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from support.examples import ROOT, blocks
from support.programs import program

if TYPE_CHECKING:
    from pathlib import Path

    from emulator.clients.catalog import Command

FILE: Final = "emulator/clients/README.md"
(SOURCE,) = (block.text for block in blocks(FILE) if block.language == "python")


def good(folder: Path) -> Command:
    return program(folder, SOURCE, "my_driver.py")


def mutant(folder: Path, old: str, new: str) -> Command:
    """Return how the driver is run with one piece of its text replaced."""
    assert SOURCE.count(old) == 1, f"{(ROOT / FILE).name} has no longer one {old!r}"
    return program(folder, SOURCE.replace(old, new), "my_driver.py")
