"""Every scenario of the library: a program on top of the SDK comes to the end to which a good one comes.

Of a hostile scenario a declared error is a good end as well, for there the server breaks its word.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from emulator.faces.values import shown
from emulator.verify.application import Application, GaveUp
from emulator.verify.check import Check, Failed, Group, Setting, checks_of
from emulator.verify.endings import CANCELLED_AFTER, HOSTILE, LEGAL, Ending

if TYPE_CHECKING:
    from emulator.verify.stage import Stage

check = checks_of(Group.SCENARIOS)
IMPATIENT: Final = frozenset({"slow-drip", "stalled"})
"""Where a client waits for bytes that do not come: it is told not to wait for long, and not to begin again."""


def _setting(name: str) -> Setting:
    if name in IMPATIENT:
        return Setting(scenario=name, timeout_s=0.3)
    return Setting(scenario=name, retries="default", deadline_s=20)


def _legal(name: str, ending: Ending) -> Check:
    @check(
        f"scenario.{name}",
        place=f"scenarios/legal/{name}.yaml",
        expects=f"A program comes through: {_worded(ending)}.",
        setting=_setting(name),
    )
    def play(stage: Stage) -> None:
        application = Application(stage)
        try:
            found = application.run(cancel_after=CANCELLED_AFTER.get(name))
        except GaveUp as error:
            raise Failed(at="the end", expected=_worded(ending), got=f"gave up: {error}") from None
        _compare(ending, found)

    return play


def _hostile(name: str, ending: Ending) -> Check:
    @check(
        f"scenario.{name}",
        place=f"scenarios/hostile/{name}.yaml",
        expects=f"A program ends in a declared error, or in the plain truth: {_worded(ending)}.",
        setting=_setting(name),
    )
    def play(stage: Stage) -> None:
        application = Application(stage)
        try:
            found = application.run()
        except GaveUp:
            return
        if not found.lost_files:
            _compare(ending, found)

    return play


def _compare(expected: Ending, found: Ending) -> None:
    """Raise Failed for the first part of an ending that is another."""
    ours, theirs = asdict(expected), asdict(found)
    for part, value in ours.items():
        if value != theirs[part]:
            raise Failed(at=f"the end: {part}", expected=shown(value), got=shown(theirs[part]))


def _worded(ending: Ending) -> str:
    """Say an ending in words."""
    parts: list[tuple[Any, str]] = [
        (len(ending.done), "done"),
        (len(ending.failures), "failed"),
        (len(ending.expired), "expired"),
        (len(ending.missing), "missing"),
        (ending.unreadable, "unreadable"),
        (len(ending.faults), "faults of the input"),
    ]
    return f"{ending.final}, " + ", ".join(f"{count} {what}" for count, what in parts if count)


CHECKS: Final = (
    *(_legal(*each) for each in LEGAL.items()),
    *(_hostile(*each) for each in HOSTILE.items()),
)
