"""Mutants of the reference client: each is the client with one small mistake, of the sort that people make.

The table is `tests/mutants/table/`, a file for each part of a client's work. A mutant is a text that stands once in one of
the client's files, and what takes its place; nothing is patched before somebody asks for a mutant's command.
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import yaml

from emulator.clients.catalog import DRIVERS, Command

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TABLE: Final = Path(__file__).parents[1] / "mutants" / "table"
FOR_THE_FUZZER: Final = TABLE / "for-the-fuzzer.yaml"
"""Mutants that no check of `verify` has to see."""
DRIVER: Final = "httpx_reference.py"
PARTS: Final = (DRIVER, "stdio.py", "reference_client")
"""What the reference's driver is made of, in the folder of the drivers."""
NO_CLICK: Final = 'raise ImportError("httpx without its own command line takes half as long to import")\n'
"""Stands as `click.py` beside each mutant, of which a run starts hundreds."""


class Misfit(ValueError):
    """The table is not what it should be; the message says where, what was expected, and what was found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One mistake: `bug` says it as a reviewer would, `file` of the client has `old` once, and gets `new` in its place."""

    name: str
    bug: str
    file: str
    old: str
    new: str

    def command(self, folder: Path) -> Command:
        """Make this mutant in a folder of its own below `folder`, and return how its driver is started. Raises Misfit."""
        home = folder / self.name
        home.mkdir(parents=True)
        for part in PARTS:
            _copy(DRIVERS / part, home / part)
        file = home / "reference_client" / self.file
        file.write_text(self.patched(file.read_text("utf-8")), "utf-8")
        (home / "click.py").write_text(NO_CLICK, "utf-8")
        return Command(f"mutant {self.name}", (sys.executable, str(home / DRIVER)))

    def patched(self, text: str) -> str:
        """Return the text of the client's file with the mistake in it. Raises Misfit."""
        found = text.count(self.old)
        if found != 1:
            raise Misfit(f"{self.name}: expected once in {self.file}, found {found} times: {self.old!r}")
        return text.replace(self.old, self.new)


@cache
def mutants() -> Mapping[str, Mutant]:
    """Return all mutants by their names, in the order of the table. Raises Misfit."""
    found: dict[str, Mutant] = {}
    for mutant in _read():
        if mutant.name in found:
            raise Misfit(f"{TABLE.name}: expected one mutant of the name {mutant.name}, found two")
        found[mutant.name] = mutant
    return MappingProxyType(found)


@cache
def for_the_fuzzer() -> frozenset[str]:
    """Return the names of those mutants that `verify` leaves to the fuzzer."""
    return frozenset(yaml.safe_load(FOR_THE_FUZZER.read_text("utf-8")))


def _read() -> Iterator[Mutant]:
    for file in sorted(TABLE.glob("*.yaml")):
        for name, members in yaml.safe_load(file.read_text("utf-8")).items():
            yield _mutant(f"{file.name}: {name}", {"name": name, **members})


def _mutant(place: str, members: dict[str, Any]) -> Mutant:
    wanted = set(Mutant.__dataclass_fields__)
    if members.keys() != wanted:
        raise Misfit(f"{place}: expected {', '.join(sorted(wanted))}, found {', '.join(sorted(members))}")
    return Mutant(**members)


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copyfile(source, target)
