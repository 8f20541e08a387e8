"""What a campaign is to do, and what happens in it, as values that go from process to process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from emulator.clients.catalog import Command
    from emulator.fuzz.findings import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a campaign is to do. `examples` is for each property, `seconds` for the whole; None is no bound.

    `seed` seeds what is drawn; `database` is the folder of Hypothesis' examples, or None for none.
    """

    command: Command
    url: str
    token: str | None
    properties: Sequence[str]
    seed: int
    examples: int | None = None
    seconds: float | None = None
    workers: int = 1
    database: Path | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """How far a property has come in one worker, all its turns together. `unsteady` counts what broke and never again."""

    worker: int
    property: str
    examples: int = 0
    calls: int = 0
    seconds: float = 0.0
    unsteady: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """A finding, and after how many examples and seconds of its property it was found."""

    finding: Finding
    examples: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Stopped:
    """A worker has come to its end; `error` says why, if that was not the plan's."""

    worker: int
    error: str | None = None


Event: TypeAlias = Tally | Found | Stopped
