"""What happened when a script was played: a step at a time, what the client did and what the server saw of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from emulator.fuzz.steps import Call
from emulator.fuzz.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from emulator.clients.protocol import Hello, Outcome
    from emulator.faces.journal import Sent
    from emulator.fuzz.steps import Script, Step


@dataclass(frozen=True, slots=True)
class Fault:
    """The driver broke: it hung, died, or said what nobody understands."""

    kind: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """One step, and what came of it.

    `step` is the one that was played, with real ids in the place of `Made`; `number` is its place in the script. Of a call
    `outcome` is how it ended, or `fault` how the driver broke, and `requests` what reached the server. Of a look `seen` is
    what was there.
    """

    number: int
    step: Step
    outcome: Outcome | Fault | None = None
    requests: Sequence[Sent] = ()
    seen: Any = None

    def violation(self, cause: str, expected: str, got: str) -> Violation:
        """Return a violation of this step."""
        return Violation(cause=cause, step=self.number, expected=_line(expected), got=_line(got))


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """All that happened; `hello` says which client it was."""

    hello: Hello
    script: Script
    played: Sequence[Played]

    def calls(self) -> Iterator[tuple[Played, Call]]:
        """Yield the calls that were made."""
        for each in self.played:
            if isinstance(each.step, Call):
                yield each, each.step


def _line(text: str) -> str:
    """Return a text as one line of at most three hundred letters, broken over none."""
    return " ".join(text.split())[:300]
