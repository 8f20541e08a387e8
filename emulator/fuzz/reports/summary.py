"""What a campaign has come to so far: for each property how many examples and calls, and what was found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from emulator.fuzz.events import Found, Stopped, Tally
from emulator.fuzz.findings import as_data

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emulator.fuzz.events import Event


@dataclass(frozen=True, slots=True)
class Row:
    """A property, as far as it has come."""

    name: str
    examples: int
    calls: int
    seconds: float
    findings: int
    is_hunted: bool

    @property
    def rate(self) -> float:
        """Examples a second."""
        return self.examples / self.seconds if self.seconds else 0.0


@dataclass(kw_only=True)
class Summary:
    """A campaign, as far as it has come; `bound_s` is its time. `errors` are what went wrong with it, a sentence each."""

    client: str
    seed: int
    properties: Sequence[str]
    bound_s: float | None = None
    tallies: dict[tuple[int, str], Tally] = field(default_factory=dict)
    found: dict[str, Found] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    hunted: dict[int, str] = field(default_factory=dict)
    seconds: float = 0.0

    def take(self, event: Event) -> None:
        """Take note of an event."""
        match event:
            case Tally():
                self.tallies[event.worker, event.property] = event
                self.hunted[event.worker] = event.property
            case Found():
                self.found[event.finding.name] = event
            case Stopped():
                self.hunted.pop(event.worker, None)
                self.fail(event.error)

    def fail(self, error: str | None) -> None:
        """Take note of what went wrong, once."""
        if error and error not in self.errors:
            self.errors.append(error)

    @property
    def rows(self) -> list[Row]:
        """Each property, in the order of the catalog."""
        return [self._row(name) for name in self.properties]

    def _row(self, name: str) -> Row:
        mine = [tally for (_, each), tally in self.tallies.items() if each == name]
        return Row(
            name=name,
            examples=sum(each.examples for each in mine),
            calls=sum(each.calls for each in mine),
            seconds=sum(each.seconds for each in mine),
            findings=sum(each.finding.property == name for each in self.found.values()),
            is_hunted=name in self.hunted.values(),
        )

    @property
    def findings(self) -> list[Found]:
        """What was found, in an order that does not hang on when."""
        return sorted(
            self.found.values(),
            key=lambda found: (self.properties.index(found.finding.property), found.finding.name),
        )

    @property
    def examples(self) -> int:
        """All examples."""
        return sum(tally.examples for tally in self.tallies.values())

    @property
    def calls(self) -> int:
        """All calls of the client."""
        return sum(tally.calls for tally in self.tallies.values())

    @property
    def unsteady(self) -> int:
        """How often something broke and never did again: such is no finding."""
        return sum(tally.unsteady for tally in self.tallies.values())

    def rate(self, count: int) -> float:
        """Return how many that were a second."""
        return count / self.seconds if self.seconds else 0.0

    def data(self) -> dict[str, Any]:
        """Return it for programs."""
        rows = {
            row.name: {
                "examples": row.examples,
                "calls": row.calls,
                "seconds": round(row.seconds, 3),
                "findings": row.findings,
            }
            for row in self.rows
        }
        return {
            "client": self.client,
            "seed": self.seed,
            "seconds": round(self.seconds, 3),
            "examples_per_second": round(self.rate(self.examples), 1),
            "calls_per_second": round(self.rate(self.calls), 1),
            "unsteady": self.unsteady,
            "properties": rows,
            "findings": [{**as_data(each.finding), "after_examples": each.examples} for each in self.findings],
            "errors": self.errors,
        }
