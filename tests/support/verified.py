"""Results of checks as values, for tests of what is made of them: nothing here has been run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulator.clients.protocol import Hello
from emulator.verify.check import Check, Group
from emulator.verify.results import Outcome, Result, Stale, Verdict

if TYPE_CHECKING:
    from emulator.verify.stage import Stage

HELLO = Hello(name="my-sdk", version="1.2.3", language="lua")


def play(_: Stage) -> None:
    """Play nothing."""


def check(name: str = "get.works", group: Group = Group.REQUESTS, **more: Any) -> Check:
    """Return a check."""
    return Check(**{"name": name, "group": group, "place": "getBatch", "expects": "It works.", "play": play, **more})


def passed(name: str = "get.works", group: Group = Group.REQUESTS, *, seconds: float = 0.0) -> Result:
    """Return the result of a check that passed."""
    return Result(check=check(name, group), verdict=Verdict.PASS, seconds=seconds)


def failed(name: str = "get.fails", group: Group = Group.REQUESTS, **more: Any) -> Result:
    """Return the result of a check that failed."""
    said = {"at": "result.id", "expected": '"batch_1"', "got": "null", **more}
    return Result(check=check(name, group), verdict=Verdict.FAIL, **said)


def not_applicable(name: str = "get.lacks", group: Group = Group.REQUESTS, *, reason: str = "no such call") -> Result:
    """Return the result of a check that the client gives no occasion for."""
    return Result(check=check(name, group), verdict=Verdict.NOT_APPLICABLE, reason=reason)


def outcome(*results: Result, stale: tuple[Stale, ...] = (), not_run: int = 0) -> Outcome:
    """Return a run with these results."""
    return Outcome(hello=HELLO, results=results, stale=stale, not_run=not_run)


def of_all_kinds() -> Outcome:
    """Return a run in which everything has happened that can."""
    return outcome(
        passed("get.works", seconds=0.25),
        failed("get.fails", seconds=0.5),
        failed("list.known", Group.PAGING, is_known=True),
        not_applicable("list.lacks", Group.PAGING),
        not_applicable("tenancy.lacks", Group.TENANCY),
        stale=(Stale(name="get.gone", at="known.txt:7", reason="it passes now"),),
        not_run=3,
    )
