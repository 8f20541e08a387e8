"""A batch, as a value: what was asked for, what has happened to it, and what its script still holds."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from emulator.domain.clock import SECOND_US, seconds
from emulator.domain.lifecycle import TERMINAL, Status, check_transition
from emulator.domain.paths import UNCHANGED, Changes
from emulator.domain.values import changed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.domain.files import Content
    from emulator.domain.jsonl import InputFault
    from emulator.domain.outcomes import LineRule
    from emulator.domain.plan import Pace, Plan
    from emulator.domain.scenario import Scenario

WINDOW_S: Final = 24 * 3600
"""The completion window: the API knows `24h` alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBatch:
    """What a client asks for with createBatch."""

    endpoint: str
    input_file_id: str
    completion_window: str
    metadata: Mapping[str, str] | None
    max_concurrency: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A batch entered this status at this instant."""

    status: Status
    at_us: int


@dataclass(frozen=True, kw_only=True)
class Lines:
    """How far a batch's lines have come: the first `done` of `total` have finished, in order.

    `unfinished` of them never finish. `failing` holds, ascending and counted from 0 among those that do, the places of the
    lines that end in a failure.
    """

    total: int = 0
    done: int = 0
    unfinished: int = 0
    failing: tuple[int, ...] = ()

    @property
    def finishable(self) -> int:
        """How many lines can finish."""
        return self.total - self.unfinished

    @property
    def failed(self) -> int:
        """How many of the finished lines failed."""
        return bisect_left(self.failing, self.done)

    @property
    def completed(self) -> int:
        """How many of the finished lines succeeded."""
        return self.done - self.failed


@dataclass(frozen=True, slots=True)
class HeldFiles:
    """The ids of result files that a batch shows only from an instant after its end on."""

    until_us: int
    output_file_id: str | None
    error_file_id: str | None


@dataclass(frozen=True, kw_only=True)
class Batch:
    """A batch of one tenant; `number` orders the world's batches by creation.

    `history` begins with validating; `input` is the input file's content from the end of validation on, so that
    deleting the file changes nothing any more; `pace` says when lines finish now, `paces` when they did before.
    `has_own_scenario` tells that its creator chose the scenario for it; `changes` are made to it wherever it is shown.
    `worlds_lines` are the rules for lines that its world had beside the scenario's when it was validated.
    """

    id: str
    tenant: str
    number: int
    request: NewBatch
    scenario: Scenario
    has_own_scenario: bool = False
    history: tuple[Entry, ...]
    plan: Plan
    pace: Pace | None = None
    paces: tuple[Pace, ...] = ()
    worlds_lines: tuple[LineRule, ...] = ()
    lines: Lines = field(default_factory=Lines)
    input: Content | None = None
    errors: tuple[InputFault, ...] = ()
    output_file_id: str | None = None
    error_file_id: str | None = None
    held: HeldFiles | None = None
    changes: Changes = UNCHANGED

    @property
    def status(self) -> Status:
        """The status it is in now."""
        return self.history[-1].status

    @property
    def is_over(self) -> bool:
        """Whether nothing more can happen to it."""
        return self.status in TERMINAL

    @property
    def line_rules(self) -> tuple[LineRule, ...]:
        """The rules that say what comes of its lines, the first that means a line counting."""
        return (*self.worlds_lines, *self.scenario.lines)

    @property
    def created_at(self) -> int:
        """When it was created, in epoch seconds."""
        return seconds(self.history[0].at_us)

    @property
    def expires_at(self) -> int:
        """When its window closes, in epoch seconds."""
        return self.created_at + WINDOW_S

    @property
    def closes_us(self) -> int:
        """The instant at which its window closes."""
        return self.expires_at * SECOND_US

    def entered(self) -> dict[Status, int]:
        """Return the epoch second in which it entered each status that it has been in; of several times the first."""
        return {entry.status: seconds(entry.at_us) for entry in reversed(self.history)}

    def entering(self, status: Status, *, at_us: int) -> Batch:
        """Return the batch as it enters its next status; raises IllegalTransition if the table forbids that."""
        check_transition(self.status, status)
        return changed(self, history=(*self.history, Entry(status, at_us)))
