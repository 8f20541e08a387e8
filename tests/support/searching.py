"""Searching for what breaks a property, as a campaign does, to the first script that does: nothing is made smaller."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Final

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.errors import Flaky
from hypothesis.stateful import run_state_machine_as_test

from emulator.fuzz.lifecycle.machine import Walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emulator.fuzz.playing import Player
    from emulator.fuzz.property import Property
    from emulator.fuzz.steps import Script
    from emulator.fuzz.trace import Trace
    from emulator.fuzz.violation import Violation

STEPS: Final = 30
"""How long a walk is at most."""


class _Ended(BaseException):
    """The search has come to its end. Not an Exception: Hypothesis would go on with it."""


@dataclass
class Search:
    """A search with one client, until something is broken or, on the monotonic clock, `until`.

    `number` seeds what is drawn; `examples` counts what was played of each property.
    """

    player: Player
    number: int
    until: float = float("inf")
    examples: dict[str, int] = field(default_factory=dict)
    violation: Violation | None = None

    @property
    def is_over(self) -> bool:
        """Whether something is broken, or the time is up."""
        return self.violation is not None or monotonic() > self.until

    def draw(self, aim: Property, examples: int, *, seconds: float = float("inf")) -> None:
        """Draw and play so many examples of a property, or fewer if that ends the search or takes so long."""
        self._turn_ends = min(self.until, monotonic() + seconds)
        options = settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            database=None,
            deadline=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
            verbosity=Verbosity.quiet,
        )
        drawn = self.number * 1_000_003 + self.examples.get(aim.name, 0)
        # An end in the midst of drawing looks to Hypothesis as if it drew otherwise than before.
        with suppress(_Ended, Flaky):
            (self._walk if aim.machine else self._scripts)(aim, drawn, options)

    def _scripts(self, aim: Property, drawn: int, options: settings) -> None:
        def example(script: Script) -> None:
            self._count(aim)
            self._judge(aim.violations(self.player.play(script, watches=aim.watches)))

        seed(drawn)(options(given(aim.scripts())(example)))()

    def _walk(self, aim: Property, drawn: int, options: settings) -> None:
        def begin(walk: Walk) -> None:
            self._count(aim)
            Walk.__init__(walk)

        def judge(violation: Violation, _: Trace) -> None:
            self._judge([violation])

        assert aim.machine is not None
        members = {"player": self.player, "judge": staticmethod(judge), "__init__": begin}
        run_state_machine_as_test(seed(drawn)(type("Searching", (aim.machine,), members)), settings=options)

    def _count(self, aim: Property) -> None:
        if monotonic() > self._turn_ends:
            raise _Ended
        self.examples[aim.name] = self.examples.get(aim.name, 0) + 1

    def _judge(self, found: Sequence[Violation]) -> None:
        if found:
            self.violation = found[0]
            raise _Ended
