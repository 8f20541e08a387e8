"""What a campaign has come to so far: for each property how many examples and calls, and what was found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from emulator.fuzz.campaign import Found, Stopped, Tally
from emulator.fuzz.findings import as_data

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emulator.fuzz.campaign import Event


@dataclass(kw_only=True)
class Summary:
    """A campaign, as far as it has come. `errors` are what ended a worker before its time."""

    client: str
    seed: int
    properties: Sequence[str]
    tallies: dict[tuple[int, str], Tally] = field(default_factory=dict)
    findings: list[Found] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def take(self, event: Event) -> None:
        """Take note of an event."""
        match event:
            case Tally():
                self.tallies[event.worker, event.property] = event
            case Found():
                self.findings.append(event)
            case Stopped():
                self.errors += [event.error] if event.error else []

    def of(self, name: str) -> tuple[int, int, float, int]:
        """Return a property's examples, calls, seconds and findings."""
        mine = [tally for (_, each), tally in self.tallies.items() if each == name]
        found = sum(each.finding.property == name for each in self.findings)
        return (
            sum(each.examples for each in mine),
            sum(each.calls for each in mine),
            sum(each.seconds for each in mine),
            found,
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
    def rate(self) -> float:
        """Calls of the client a second."""
        return self.calls / self.seconds if self.seconds else 0.0

    def data(self) -> dict[str, Any]:
        """Return it for programs."""
        rows = {}
        for name in self.properties:
            examples, calls, seconds, found = self.of(name)
            rows[name] = {"examples": examples, "calls": calls, "seconds": round(seconds, 3), "findings": found}
        return {
            "client": self.client,
            "seed": self.seed,
            "seconds": round(self.seconds, 3),
            "calls_per_second": round(self.rate, 1),
            "properties": rows,
            "findings": [{**as_data(each.finding), "after_examples": each.examples} for each in self.findings],
            "errors": self.errors,
        }
