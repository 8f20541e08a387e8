"""What happened when a script was played: a step at a time, what the client did and what the server saw of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from emulator.fuzz.contract import OPERATIONS
from emulator.fuzz.steps import Call, Rule
from emulator.fuzz.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

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

    def violation(self, cause: str, expected: str, got: str, *, is_owed: bool = False) -> Violation:
        """Return a violation of this step; `is_owed`: whatever the property."""
        said = {"expected": _line(expected), "got": _line(got)}
        return Violation(cause=cause, step=self.number, is_owed=is_owed, **said)


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

    def answered(self) -> Iterator[tuple[Played, Call, Mapping[str, Any]]]:
        """Yield each call whose requests a rule before it has answered, all alike, and that reply as the rule has it.

        A client may ask for something else first, and end with what came of that.
        """
        replies: dict[str, Mapping[str, Any]] = {}
        for each in self.played:
            match each.step:
                case Rule(rule={"on": {"operation": operation, **more}, "reply": reply}) if not more:
                    replies[operation] = reply
                case Call(call=call) if OPERATIONS[call] in replies and self._has_asked(each, OPERATIONS[call]):
                    yield each, each.step, replies[OPERATIONS[call]]

    def _has_asked(self, played: Played, operation: str) -> bool:
        """Say whether a call has asked for what it is about, or ended without having asked for anything, as none should."""
        return not played.requests or any(request.operation == operation for request in played.requests)


def _line(text: str) -> str:
    """Return a text as one line of at most three hundred letters, broken over none."""
    return " ".join(text.split())[:300]
