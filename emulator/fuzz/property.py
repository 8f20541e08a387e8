"""What a property is: a statement, the scripts that could break it, and a judge of what happened when one was played.

A judge is pure: it sees a trace and says what was wrong in it, if anything. So a script that was written down is judged just
as one that was drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from emulator.clients.protocol import Raised
from emulator.fuzz.contract import members
from emulator.fuzz.oracles.said import is_typed
from emulator.fuzz.oracles.sane import asked_to_wait_s
from emulator.fuzz.steps import Call, Connect, Rule
from emulator.fuzz.trace import Fault
from emulator.fuzz.violation import skeleton

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from hypothesis.strategies import SearchStrategy

    from emulator.fuzz.lifecycle.machine import Walk
    from emulator.fuzz.steps import Script
    from emulator.fuzz.trace import Played, Trace
    from emulator.fuzz.violation import Violation

    Judge: TypeAlias = Callable[[Trace], Iterable[Violation]]
    Scripts: TypeAlias = Callable[[], SearchStrategy[Script]]


PLACELESS: Final = frozenset({
    "JSONDecodeError", "SyntaxError", "RecursionError", "UnicodeError", "UnicodeDecodeError", "UnicodeEncodeError",
})  # fmt: skip
"""Errors of readers and writers whose messages tell of the place where they stopped, which is another each time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """One named property. `statement` says it in a sentence; `scripts` gives the strategy that draws what could break it.

    `watches` says whether the judge looks at the requests that were made. Where a `machine` draws the scripts, a step at a
    time, there is no strategy for whole ones. `share` is how many turns in one it gets: more where there is more to try.
    """

    name: str
    statement: str
    scripts: Scripts
    judge: Judge
    watches: bool = True
    machine: type[Walk] | None = None
    share: int = 1

    def violations(self, trace: Trace) -> list[Violation]:
        """Return all that was wrong: what every client owes first, then what this property asks."""
        found = [*broken_drivers(trace), *undeclared(trace)]
        return found or list(self.judge(trace))


def broken_drivers(trace: Trace) -> Iterator[Violation]:
    """Yield where the driver hung, died or was not understood: whatever the script, no client may.

    One that really sleeps, rather than tell of it, may well be silent for as long as Retry-After asks, if that is not too long.
    """
    wait_s = 0
    for each in trace.played:
        if isinstance(each.step, Rule):
            wait_s = asked_to_wait_s(each.step.rule)
        if isinstance(each.outcome, Fault) and _is_typed(each) and not (each.outcome.kind == "hung" and wait_s):
            fault = each.outcome
            got = f"{fault.kind}: {fault.message}"
            yield each.violation(f"driver {fault.kind}", "an answer by the deadline", got, is_owed=True)


def undeclared(trace: Trace) -> Iterator[Violation]:
    """Yield where a call ended in an error that the SDK does not document."""
    refused: Raised | None = None
    for each in trace.played:
        if isinstance(each.step, Connect):
            refused = each.outcome if isinstance(each.outcome, Raised) else None
        elif refused is not None:  # the calls that follow end in the same error, and that has been said
            continue
        if isinstance(each.outcome, Raised) and not each.outcome.declared and _is_typed(each):
            error, call = each.outcome, getattr(each.step, "call", "connect")
            yield each.violation(
                f"undeclared {_kind(error, call)}",
                "a result, or an error that the SDK documents",
                f"{error.type}: {error.message}",
                is_owed=True,
            )


def _is_typed(played: Played) -> bool:
    """Say whether a call's arguments were of the contract's types; to refuse others, any error will do, and any end."""
    return not isinstance(played.step, Call) or is_typed(played.step.args)


def _kind(error: Raised, call: str) -> str:
    """Name what kind of error it is, alike for all calls: only an error about a member is one of its call."""
    where = member_of(error.message)
    return f"{error.type} in {call}: {where}" if where else gist(error)


def gist(error: Raised) -> str:
    """Return what tells one kind of error from another: its type, how its message begins, and which member it is about."""
    said = () if error.type in PLACELESS else (skeleton(error.message), member_of(error.message))
    return ": ".join((error.type, " ".join(said).strip())).rstrip(": ")


def member_of(message: str) -> str:
    """Return the member of the contract that a message is about: validators name it in their second line."""
    return ".".join(part for part in "".join(message.splitlines()[1:2]).split(".") if part in members())
