"""Running the trials, each in a world of its own, on a server of its own, with a driver that is started again if need be."""

from __future__ import annotations

from contextlib import suppress
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from emulator.clients.checking import calls, contents, conversing, failing
from emulator.clients.checking.bench import DEADLINE_S, Bench
from emulator.clients.checking.trial import Lacking, Result, Wrong
from emulator.clients.driver import DriverFault
from emulator.server import running
from emulator.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from emulator.clients.catalog import Command
    from emulator.clients.checking.trial import Trial

TRIALS: Final[tuple[Trial, ...]] = (
    *conversing.FIRST,
    *calls.TRIALS,
    *contents.TRIALS,
    *failing.TRIALS,
    *conversing.TRIALS,
    *conversing.LAST,
)
"""All trials, in the order in which they are run."""
MOST_FAULTS: Final = 5
"""After so many the rest is not tried: each may take its time."""
NO_START: Final = frozenset({"cannot-start", "no-hello", "other-protocol"})
"""Faults after which no trial has a chance."""
_MEND: Final[Mapping[str, str]] = {
    "cannot-start": "Give the command that starts the driver, as in a shell.",
    "no-hello": "Print the hello, flush it, and wait for requests on standard input.",
    "other-protocol": 'Say "driver": 1.',
    "rubbish": "Write hello and answers alone to standard output, as README.md says; logs belong to standard error.",
    "died": "Catch whatever the SDK raises, answer it as 'raised', and go on until standard input ends.",
    "hung": "Answer each request with one line, flush it, and let timeout_s bound the SDK's waiting.",
    "twice": "Answer each request once.",
    "out-of-order": "Answer with the request's id, as soon as the call has ended and before the next request is read.",
    "flood": "Write nothing but one line for each request to standard output.",
}


def matching(patterns: Sequence[str]) -> tuple[Trial, ...]:
    """Return the trials whose names one of these globs matches; without any, all."""
    return tuple(trial for trial in TRIALS if not patterns or any(fnmatchcase(trial.name, each) for each in patterns))


def checked(command: Command, trials: Sequence[Trial], *, deadline_s: float = DEADLINE_S) -> Iterator[Result]:
    """Yield how each trial ends, on a server of its own. Raises DriverFault if there is no such program."""
    with running(Settings(port=0, clock="manual")) as server:
        yield from checked_on(server.url, command, trials, deadline_s=deadline_s)


def checked_on(url: str, command: Command, trials: Sequence[Trial], *, deadline_s: float) -> Iterator[Result]:
    """Yield how each trial ends, on a server that runs already. Raises DriverFault if there is no such program."""
    bench = Bench(command, url, deadline_s=deadline_s)
    faults: list[str] = []
    try:
        for trial in trials:
            is_hopeless = len(faults) >= MOST_FAULTS or NO_START & set(faults)
            yield Result(trial, "not tried") if is_hopeless else _tried(trial, bench, faults)
    finally:
        with suppress(DriverFault):  # the last of all trials has ended a driver, and would have said so
            bench.close()


def _tried(trial: Trial, bench: Bench, faults: list[str]) -> Result:
    bench.renew()
    try:
        trial.play(bench)
    except Wrong as wrong:
        return Result(trial, "wrong", wrong, tuple(bench.advice))
    except Lacking as lacking:
        bench.advise(f"{lacking} is answered 'unsupported': that is right only if the SDK does not have it.")
    except DriverFault as fault:
        if fault.kind == "cannot-start":
            raise
        faults.append(fault.kind)
        return Result(trial, "wrong", _told(fault), tuple(bench.advice), fault.stderr)
    return Result(trial, "advice" if bench.advice else "passed", advice=tuple(bench.advice))


def _told(fault: DriverFault) -> Wrong:
    return Wrong(at="driver", expected="one answer to each request", got=fault.message, mend=_MEND[fault.kind])
