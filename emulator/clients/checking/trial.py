"""What a trial is, and how it ends. A new trial is a function, and a line in its module's TRIALS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.clients.checking.bench import Bench

Verdict: TypeAlias = Literal["passed", "advice", "wrong", "not tried"]


@dataclass(frozen=True, slots=True)
class Trial:
    """One trial: its name, a sentence that says what a good driver does, and what is done to see it.

    What `play` has to say it says to the bench as advice, or by raising Wrong.
    """

    name: str
    asks: str
    play: Callable[[Bench], None]


class Wrong(Exception):
    """The driver does something else than the protocol asks for: where, what was expected, what came, how to mend it."""

    def __init__(self, *, at: str, expected: str, got: str, mend: str) -> None:
        super().__init__(f"{at}: expected {expected}, got {got}")
        self.at, self.expected, self.got, self.mend = at, expected, got, mend


class Lacking(Exception):
    """The SDK is said not to have what the trial is about; the message names it."""


@dataclass(frozen=True, slots=True)
class Result:
    """How a trial ended. `stderr` is what the driver wrote there last, when it did not keep the protocol."""

    trial: Trial
    verdict: Verdict
    wrong: Wrong | None = None
    advice: tuple[str, ...] = ()
    stderr: str = ""
