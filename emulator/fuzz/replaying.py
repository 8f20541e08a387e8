"""Replaying findings: the same script with the same or another client, judged by the same property."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from emulator.clients.protocol import Unsupported
from emulator.fuzz.catalog import PropertyUnknown, find
from emulator.fuzz.files import PREFIX, FindingError, read
from emulator.fuzz.findings import happened
from emulator.fuzz.hunting import MISJUDGED
from emulator.fuzz.playing import Unplayable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from emulator.fuzz.findings import Finding
    from emulator.fuzz.playing import Player
    from emulator.fuzz.trace import Trace
    from emulator.fuzz.violation import Violation

    Verdict: TypeAlias = Literal["reproduces", "breaks otherwise", "fixed", "not applicable", "not played"]

BROKEN: Final = frozenset({"reproduces", "breaks otherwise"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What came of a file this time.

    `violation` is what breaks now: that of the finding's own cause, or else another, and then it `breaks otherwise`. A client
    that lacks a call of the script is not fixed by that: the finding is `not applicable`. What could not be played at all has
    no finding, or one and a `problem`, which is a sentence.
    """

    file: Path
    verdict: Verdict
    finding: Finding | None = None
    violation: Violation | None = None
    happened: tuple[str, ...] = ()
    problem: str = ""

    @property
    def is_broken(self) -> bool:
        """Whether the property is still broken by this script."""
        return self.verdict in BROKEN

    @property
    def name(self) -> str:
        """The finding's name."""
        return self.file.stem.removeprefix(PREFIX)


def files_of(given: Iterable[Path]) -> list[Path]:
    """Return the files that are meant, each once: a file itself, and of a folder all its findings. Raises FindingError."""
    found: list[Path] = []
    for path in given:
        inside = sorted(path.glob(f"{PREFIX}*.yaml")) if path.is_dir() else [path]
        if not inside:
            raise FindingError(f"{path}: expected a folder with {PREFIX}*.yaml files, found none in it")
        found += inside
    return list(dict.fromkeys(found))


def replay(files: Iterable[Path], player: Player) -> Iterator[Replayed]:
    """Play the script of each file, and yield what came of it. Raises AdminError, OSError when the server is gone."""
    for file in files:
        try:
            finding = read(file)
        except (FindingError, OSError) as error:
            yield Replayed(file=file, verdict="not played", problem=str(error))
            continue
        yield _replayed(file, finding, player)


def _replayed(file: Path, finding: Finding, player: Player) -> Replayed:
    try:
        aim = find(finding.property)
        trace = player.play(finding.script)
    except (PropertyUnknown, Unplayable) as error:
        return Replayed(file=file, verdict="not played", finding=finding, problem=f"{file}: {error}")
    try:
        broken = aim.violations(trace)
    except MISJUDGED as error:
        why = f"{file}: steps: expected what {aim.name} can judge, found others: {type(error).__name__}: {error}"
        return Replayed(file=file, verdict="not played", finding=finding, problem=why)
    violation = next((each for each in broken if each.cause == finding.cause), broken[0] if broken else None)
    return Replayed(
        file=file,
        verdict=_verdict(finding, violation, trace),
        finding=finding,
        violation=violation,
        happened=happened(trace),
    )


def _verdict(finding: Finding, violation: Violation | None, trace: Trace) -> Verdict:
    if violation is not None:
        return "reproduces" if violation.cause == finding.cause else "breaks otherwise"
    return "not applicable" if any(isinstance(each.outcome, Unsupported) for each in trace.played) else "fixed"
