"""Replaying findings: the same script with the same or another client, judged by the same property."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from emulator.fuzz.catalog import find
from emulator.fuzz.findings import PREFIX, FindingError, happened, read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from emulator.fuzz.findings import Finding
    from emulator.fuzz.playing import Player
    from emulator.fuzz.violation import Violation


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What came of a finding this time: `violation` is what still breaks, if anything; of several, that of its own cause."""

    finding: Finding
    file: Path
    violation: Violation | None
    happened: tuple[str, ...]

    @property
    def reproduces(self) -> bool:
        """Whether the property is still broken by this script."""
        return self.violation is not None


def files_of(given: Iterable[Path]) -> list[Path]:
    """Return the files that are meant: each file itself, and of a folder all its findings. Raises FindingError."""
    found: list[Path] = []
    for path in given:
        inside = sorted(path.glob(f"{PREFIX}*.yaml")) if path.is_dir() else [path]
        if not inside:
            raise FindingError(f"{path}: expected a folder with {PREFIX}*.yaml files, found none in it")
        found += inside
    return found


def load(files: Iterable[Path]) -> list[tuple[Path, Finding]]:
    """Read findings, all of them before any is played. Raises FindingError, PropertyUnknown, OSError."""
    found = [(file, read(file)) for file in files]
    for _, finding in found:
        find(finding.property)
    return found


def replay(findings: Iterable[tuple[Path, Finding]], player: Player) -> Iterator[Replayed]:
    """Play each finding's script, and yield what came of it."""
    for file, finding in findings:
        aim = find(finding.property)
        trace = player.play(finding.script)
        broken = aim.violations(trace)
        own = [each for each in broken if each.cause == finding.cause] or broken
        yield Replayed(finding=finding, file=file, violation=own[0] if own else None, happened=happened(trace))
