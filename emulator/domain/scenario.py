"""A scenario, as the engine takes it: everything that happens to a batch, to its lines, its files, and on the wire."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from emulator.domain.edits import ResultsPlan

if TYPE_CHECKING:
    from emulator.domain.jsonl import InputFault
    from emulator.domain.outcomes import LineRule
    from emulator.domain.rules import Rule
    from emulator.domain.steps import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What a scenario file says.

    `errors` are what validation reports as it stands, whatever the input holds; without `validates` nothing of the input is
    checked. `tolerates` is what a legal scenario asks of its client, `breaks` what a hostile one breaks; `edition` is that
    in which its replies are shown, None for the world's. `text` is the file as
    it was written.
    """

    name: str
    title: str
    kind: Literal["legal", "hostile"]
    steps: tuple[Step, ...]
    on_cancel: tuple[Step, ...]
    tolerates: tuple[str, ...] = ()
    breaks: tuple[str, ...] = ()
    seen_in: str | None = None
    client: str | None = None
    edition: str | None = None
    validates: bool = True
    errors: tuple[InputFault, ...] = ()
    lines: tuple[LineRule, ...] = ()
    results: ResultsPlan = field(default_factory=ResultsPlan)
    rules: tuple[Rule, ...] = ()
    text: str = ""

    @property
    def directs(self) -> bool:
        """Whether it has something to say to requests that are not about a batch of its own: rules, or an edition."""
        return bool(self.rules or self.edition)
