"""What a store keeps besides batches and files: worlds, and the journal of requests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from emulator.domain.values import changed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.domain.clock import Clock
    from emulator.domain.deciding import Count, RuleInForce
    from emulator.domain.limits import Spent
    from emulator.domain.outcomes import LineRule
    from emulator.domain.scenario import Scenario


@dataclass(frozen=True, kw_only=True)
class Counters:
    """How many of each kind a world has made: ids are derived from these numbers."""

    batches: int = 0
    files: int = 0
    requests: int = 0
    rules: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldOptions:
    """What a world is made with; `clock` as written: `manual`, `real`, `x360`, `tick=30m`."""

    seed: int
    clock: str
    scenario: str
    edition: str


@dataclass(frozen=True, kw_only=True)
class WorldState:
    """All of a world but its files, batches and journal; `made` orders the worlds.

    Everything due up to `settled_us` has happened: that is the clock's time when a command last ran. `spent` counts
    requests against the rate limits. `scenario` is what its batches follow by default, `scenarios` are its own beside the
    library's, `rules` and `lines` those that were given to it.
    """

    id: str
    made: int
    options: WorldOptions
    clock: Clock
    settled_us: int
    scenario: str
    counters: Counters = field(default_factory=Counters)
    spent: Spent = field(default_factory=dict)
    scenarios: Mapping[str, Scenario] = field(default_factory=dict)
    rules: tuple[RuleInForce, ...] = ()
    lines: tuple[LineRule, ...] = ()
    rule_counts: Mapping[str, Count] = field(default_factory=dict)

    def counting(self, counter: str, **changes: Any) -> WorldState:
        """Return the world with one more of a kind, and with these changes besides."""
        raised = changed(self.counters, **{counter: getattr(self.counters, counter) + 1})
        return changed(self, counters=raised, **changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """One request to the API, as it came and was answered.

    `at` is the world's time in epoch seconds; `target` is path and query to the letter, `path` the same with the path
    unescaped; `body` is cut at 64 KiB; `status` is None when the client had gone.
    `violations` say where the request broke the contract, `notes` what is odd but allowed.
    """

    number: int
    request_id: str
    at: int
    method: str
    target: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: str
    operation: str | None
    status: int | None
    rule: str | None = None
    violations: tuple[Mapping[str, Any], ...] = ()
    notes: tuple[str, ...] = ()
