"""The hunt for what breaks one property: Hypothesis draws scripts, each is played, and what breaks is made small.

A cause that is known is passed over from then on, so that the next round looks for others. What is caught has been played
again and has broken again. How far a hunt has come is told; who shows it is none of its business.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Final

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.database import ExampleDatabase
from hypothesis.errors import Flaky
from hypothesis.stateful import run_state_machine_as_test

from emulator.fuzz.drawing import ANEW
from emulator.fuzz.lifecycle.machine import Walk
from emulator.fuzz.playing import TimeUp, Unplayable
from emulator.fuzz.shrinking import smaller
from emulator.fuzz.trace import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from emulator.fuzz.playing import Player
    from emulator.fuzz.property import Property
    from emulator.fuzz.steps import Script
    from emulator.fuzz.trace import Trace
    from emulator.fuzz.violation import Violation

ROUND: Final = 500
"""How many examples Hypothesis draws before it begins again with another seed."""
PLAYS: Final = 400
"""How often at most a script is played to make it smaller: a number, not a time, so that a seed gives the same each time."""
KILLS: Final = 5
"""How often the driver may break in that, each time after a deadline at worst."""
AGAIN: Final = 3
"""How often a script is played again, at most, until it breaks once more."""
PHASES: Final = (Phase.reuse, Phase.generate, Phase.target)
"""Hypothesis is not asked to shrink: see `shrinking`."""
MISJUDGED: Final = (Unplayable, LookupError, TypeError, ValueError, AttributeError)
"""What playing and judging end in when a script makes no sense, which a smaller one need not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Catch:
    """A script that breaks a property for one cause, and what happened when it was played; how far the hunt was then."""

    property: str
    violation: Violation
    trace: Trace
    examples: int
    seconds: float


class _Broken(Exception):
    """A script breaks the property."""


@dataclass(kw_only=True)
class Hunt:
    """A hunt for what breaks one property with one client.

    It ends after `examples`, or at `until` on the monotonic clock; what is caught by then is still made small, as long as
    the player's own time lasts. `number` seeds what is drawn. `known` causes are passed over, and so are those `owed` to any
    property; both grow. `watch` is told after each example; `unsteady` counts what broke once and never again.
    """

    aim: Property
    player: Player
    number: int
    until: float = float("inf")
    examples: int | None = None
    database: ExampleDatabase | None = None
    watch: Callable[[], None] = lambda: None
    known: set[str] = field(default_factory=set)
    owed: set[str] = field(default_factory=set)
    played: int = field(default=0, init=False)
    unsteady: int = field(default=0, init=False)
    is_over: bool = field(default=False, init=False)
    """Whether the time was up, in the middle of something."""

    def __post_init__(self) -> None:
        self._began = monotonic()
        self._caught: Catch | None = None
        self._kept = None if self.database is None else Kept(self.database)

    def run(self) -> Iterator[Catch]:
        """Yield each catch once it is as small as it gets."""
        rounds = 0
        while self._goes_on():
            self._caught = None
            self._round(rounds)
            rounds += 1
            if self._caught is not None:
                yield from self._made_sure(self._caught)

    def _goes_on(self) -> bool:
        is_left = self.examples is None or self.played < self.examples
        return is_left and not self.is_over and monotonic() < self.until

    # A round

    def _round(self, number: int) -> None:
        """Draw and play until something breaks, or a round's examples are through, or the time is up."""
        left = ROUND if self.examples is None else min(ROUND, self.examples - self.played)
        try:
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", "Generating overly large repr")  # of a script, which nobody asks for
                self._drawn(self.number * 1_000_003 + number, left)()
        except (_Broken, Flaky, BaseExceptionGroup):
            return
        except TimeUp:
            self.is_over = True

    def _drawn(self, drawn: int, examples: int) -> Callable[[], object]:
        """Return the function that lets Hypothesis draw scripts and play them."""
        options = settings(
            backend=ANEW,
            max_examples=examples,
            stateful_step_count=30,
            database=self._kept,
            deadline=None,
            derandomize=False,  # as it is by itself, but not in CI
            phases=PHASES,
            print_blob=False,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
            verbosity=Verbosity.quiet,
        )
        return self._walking(drawn, options) if self.aim.machine else self._scripted(drawn, options)

    def _scripted(self, drawn: int, options: settings) -> Callable[[], object]:
        def example(script: Script) -> None:
            self._looks_on()
            trace = self.player.play(script, watches=self.aim.watches)
            self._counts()
            found = self.aim.violations(trace)
            if found and not self.aim.watches:  # a closer look: it may not be what it seems
                trace = self.player.play(script)
                found = self.aim.violations(trace)
            self._judged(found, trace)

        # A seed goes without a database, unless the settings come last.
        return options(seed(drawn)(given(self.aim.scripts())(example)))

    def _walking(self, drawn: int, options: settings) -> Callable[[], object]:
        def judge(violation: Violation, trace: Trace) -> None:
            self._judged([violation], trace)

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
        if self._kept is not None:
            self._kept.breaks = False
        if self._caught is None and monotonic() >= self.until:
            raise TimeUp

    def _counts(self) -> None:
        self.played += self._caught is None  # Hypothesis plays once more what broke
        self.watch()

    def _judged(self, found: Sequence[Violation], trace: Trace) -> None:
        """Raise _Broken when there is something new in what was found."""
        if found and self._kept is not None:
            self._kept.breaks = True
        new = [each for each in found if each.cause not in self.known | self.owed]
        if new and self._caught is None:
            self._caught = Catch(
                property=self.aim.name,
                violation=new[0],
                trace=trace,
                examples=self.played,
                seconds=monotonic() - self._began,
            )
        if new:
            raise _Broken

    # A catch

    def _made_sure(self, caught: Catch) -> Iterator[Catch]:
        """Make a catch small, and yield it unless it was a whim that never comes again."""
        attempt = _Attempt(self.player, self.aim, caught.violation.cause)
        try:
            smaller(caught.trace.script, attempt.breaks)
            found = attempt.again([attempt.script or caught.trace.script, caught.trace.script])
        except TimeUp:
            self.is_over = True
            found = attempt.found or (caught.violation, caught.trace)
        if found is None:
            self.unsteady += 1
            return
        violation, trace = found
        (self.owed if violation.is_owed else self.known).add(violation.cause)
        yield Catch(
            property=caught.property,
            violation=violation,
            trace=trace,
            examples=caught.examples,
            seconds=caught.seconds,
        )


class _Attempt:
    """Attempts to break a property again for one cause, with other scripts."""

    def __init__(self, player: Player, aim: Property, cause: str) -> None:
        self._player, self._aim, self._cause = player, aim, cause
        self._plays, self._kills = 0, 0
        self._tried: set[str] = set()
        self.found: tuple[Violation, Trace] | None = None

    @property
    def script(self) -> Script | None:
        """The smallest script that broke it."""
        return None if self.found is None else self.found[1].script

    def breaks(self, script: Script) -> bool:
        """Play a script that has not been tried, as long as that is not too often, and say whether it breaks."""
        key = repr(script)
        if key in self._tried or self._plays >= PLAYS or self._kills >= KILLS:
            return False
        self._tried.add(key)
        found = self._played(script)
        self.found = found or self.found
        return found is not None

    def again(self, scripts: Iterable[Script]) -> tuple[Violation, Trace] | None:
        """Play scripts until one breaks; and return what came of that."""
        for script in scripts:
            for _ in range(AGAIN):
                found = self._played(script)
                if found is not None:
                    return found
        return None

    def _played(self, script: Script) -> tuple[Violation, Trace] | None:
        self._plays += 1
        try:
            trace = self._player.play(script)
            found = self._aim.violations(trace)
        except MISJUDGED:
            return None
        self._kills += any(isinstance(each.outcome, Fault) for each in trace.played)
        return next(((each, trace) for each in found if each.cause == self._cause), None)


class Kept(ExampleDatabase):
    """Examples that are kept though Hypothesis finds nothing new in them: a cause that is known breaks no round.

    It forgets an example right after having tried it; `breaks` says whether that broke anything at all.
    """

    def __init__(self, kept: ExampleDatabase) -> None:
        super().__init__()
        self._kept = kept
        self.breaks = False

    def fetch(self, key: bytes) -> Iterable[bytes]:
        """Return the examples."""
        return self._kept.fetch(key)

    def save(self, key: bytes, value: bytes) -> None:
        """Keep an example."""
        self._kept.save(key, value)

    def delete(self, key: bytes, value: bytes) -> None:
        """Forget an example that is of no use any more."""
        if not self.breaks:
            self._kept.delete(key, value)
