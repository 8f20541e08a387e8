"""A run as lines of text, for a pipe: each result as it comes, then the failures, then the sentence at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.verify.reports.words import Standing, client, facts, one_line, reason, standing, summary, those

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.verify.check import Check
    from emulator.verify.results import Outcome, Result


def listed(check: Check) -> str:
    """Return what a list says of a check, separated by tabs."""
    return "\t".join((check.name, check.group, one_line(check.place), one_line(check.expects)))


def row(result: Result) -> str:
    """Return a result's verdict, group, check and reason, separated by tabs."""
    return "\t".join((standing(result), result.check.group, result.check.name, reason(result))).rstrip()


def closing(outcome: Outcome) -> Iterator[str]:
    """Yield the lines that come when all results have come."""
    for result in those(outcome.results, Standing.FAIL):
        yield ""
        yield from told(result)
    if outcome.stale:
        yield ""
    for each in outcome.stale:
        yield one_line(f"{each.at}: stale: {each.name}: {each.reason}")
    yield ""
    yield f"{client(outcome.hello)}: {summary(outcome)}"


def told(result: Result) -> Iterator[str]:
    """Yield the lines that tell a failure."""
    yield f"failed: {result.check.name}"
    for name, text in facts(result).items():
        yield f"    {name:<9} {one_line(text)}"
