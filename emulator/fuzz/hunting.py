"""The hunt for what breaks one property: Hypothesis draws scripts, plays them, and shrinks what breaks; one finding a cause.

A cause that is known is passed over from then on, so that the next round looks for others. Yields events; who shows them is
none of its business.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from time import monotonic
from typing import TYPE_CHECKING, Final, TypeAlias

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.errors import Flaky
from hypothesis.stateful import run_state_machine_as_test

from emulator.fuzz.lifecycle.machine import Walk
from emulator.fuzz.shrinking import smaller
from emulator.fuzz.trace import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from hypothesis.database import ExampleDatabase

    from emulator.fuzz.playing import Player
    from emulator.fuzz.property import Property
    from emulator.fuzz.steps import Script
    from emulator.fuzz.trace import Trace
    from emulator.fuzz.violation import Violation

ROUND: Final = 500
"""How many examples Hypothesis draws before it begins again with another seed."""
SHRINK_S: Final = 8.0
"""How long the examples of one cause are made smaller."""
KILLS: Final = 8
"""How often a driver is broken by one cause while its example is made smaller."""
PHASES: Final = (Phase.reuse, Phase.generate, Phase.target, Phase.shrink)


@dataclass(frozen=True, slots=True, kw_only=True)
class Catch:
    """The smallest script so far that breaks a property for one cause, and what happened when it was played."""

    property: str
    violation: Violation
    trace: Trace
    examples: int
    seconds: float


@dataclass(slots=True, kw_only=True)
class Progress:
    """How far a hunt has come: `examples` played so far, and for how long."""

    property: str
    examples: int = 0
    seconds: float = 0.0


Event: TypeAlias = Catch | Progress


class _Broken(Exception):
    """A script breaks the property."""


class _Over(BaseException):
    """The time is up. Not an Exception: Hypothesis would take it for a finding."""


class _Done(BaseException):
    """The example of a cause has been made smaller for long enough."""


@dataclass(kw_only=True)
class Hunt:
    """A hunt for what breaks one property with one client.

    It ends after `examples`, or at `until` on the monotonic clock, whichever comes first; `number` seeds what is drawn.
    """

    aim: Property
    player: Player
    number: int
    until: float
    examples: int | None = None
    database: ExampleDatabase | None = None
    watch: Callable[[Progress], None] = lambda _progress: None
    known: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._progress = Progress(property=self.aim.name)
        self._best: Catch | None = None
        self._broken_since = 0.0
        self._kills = 0
        self._began = monotonic()

    def run(self) -> Iterator[Catch]:
        """Yield each catch once it is as small as it gets."""
        rounds = 0
        while self._goes_on():
            self._best = None
            is_over = self._round(rounds)
            rounds += 1
            if self._best is not None:
                catch = self._made_smaller(self._best)
                self.known.add(catch.violation.cause)
                yield catch
            if is_over:
                return

    @property
    def progress(self) -> Progress:
        """How far it has come."""
        return self._progress

    def _goes_on(self) -> bool:
        return monotonic() < self.until and (self.examples is None or self._progress.examples < self.examples)

    def _round(self, number: int) -> bool:
        """Draw and play until something breaks, or a round's examples are through. Say whether the time is up."""
        left = ROUND if self.examples is None else min(ROUND, self.examples - self._progress.examples)
        try:
            self._drawn(number, left)()
        except (_Broken, _Done, Flaky, BaseExceptionGroup):
            return False
        except _Over:
            return True
        return False

    def _drawn(self, number: int, examples: int) -> Callable[[], object]:
        """Return the function that lets Hypothesis draw scripts and play them."""
        options = settings(
            max_examples=examples,
            stateful_step_count=30,
            database=self.database,
            deadline=None,
            phases=PHASES,
            print_blob=False,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
            verbosity=Verbosity.quiet,
        )
        drawn = self.number * 1_000_003 + number
        return self._walking(drawn, options) if self.aim.machine else self._scripted(drawn, options)

    def _scripted(self, drawn: int, options: settings) -> Callable[[], object]:
        def example(script: Script) -> None:
            self._looks_on()
            trace = self.player.play(script, watches=self.aim.watches)
            self._judged(self.aim.violations(trace), trace)

        # What Hypothesis keeps examples under in its database.
        example.__qualname__ = f"fuzz/{self.aim.name}"
        return seed(drawn)(options(given(self.aim.scripts())(example)))

    def _walking(self, drawn: int, options: settings) -> Callable[[], object]:
        def judge(violation: Violation, trace: Trace) -> None:
            self._judged([violation], trace, is_whole=False)

        def begin(walk: Walk) -> None:
            self._looks_on()
            self._counts()
            Walk.__init__(walk)

        assert self.aim.machine is not None  # noqa: S101 - it is why this was called
        members = {"player": self.player, "judge": staticmethod(judge), "__init__": begin}
        machine = type(f"fuzz_{self.aim.name}", (self.aim.machine,), members)
        return lambda: run_state_machine_as_test(seed(drawn)(machine), settings=options)

    def _looks_on(self) -> None:
        """Raise what ends the round when it is time."""
        if monotonic() >= self.until:
            raise _Over
        if self._is_tired():
            raise _Done

    def _counts(self) -> None:
        self._progress.examples += 1
        self._progress.seconds = monotonic() - self._began
        self.watch(self._progress)

    def _judged(self, found: Sequence[Violation], trace: Trace, *, is_whole: bool = True) -> None:
        """Raise _Broken when there is something new in what was found; `is_whole` says that it was a whole example."""
        if is_whole:
            self._counts()
        new = [each for each in found if each.cause not in self.known]
        if self._best is not None:  # from here on this cause alone is made smaller
            new = [each for each in new if each.cause == self._best.violation.cause]
        if new:
            self._keep(new[0], trace)
            raise _Broken

    def _keep(self, violation: Violation, trace: Trace) -> None:
        if self._best is None:
            self._broken_since, self._kills = monotonic(), 0
        self._kills += any(isinstance(each.outcome, Fault) for each in trace.played)
        if self._best is None or size(trace.script) <= size(self._best.trace.script):
            self._best = Catch(
                property=self.aim.name,
                violation=violation,
                trace=trace,
                examples=self._progress.examples,
                seconds=monotonic() - self._began,
            )

    def _made_smaller(self, catch: Catch) -> Catch:
        """Return a catch whose script has nothing in it that does nothing for it, as far as there is time."""
        until = min(self.until, monotonic() + SHRINK_S)
        best = catch

        def breaks(script: Script) -> bool:
            nonlocal best
            if monotonic() >= until or self._kills >= 2 * KILLS:
                return False
            trace = self.player.play(script, watches=self.aim.watches)
            self._kills += any(isinstance(each.outcome, Fault) for each in trace.played)
            found = [each for each in self.aim.violations(trace) if each.cause == catch.violation.cause]
            if found:
                best = replace(catch, trace=trace, violation=found[0])
            return bool(found)

        smaller(catch.trace.script, breaks)
        return best

    def _is_tired(self) -> bool:
        """Whether the example of a cause has been made smaller for long enough."""
        return self._best is not None and (monotonic() - self._broken_since > SHRINK_S or self._kills >= KILLS)


def size(script: Script) -> tuple[int, int]:
    """Return how large a script is to a reader: steps first, then letters."""
    return len(script), len(repr(script))
