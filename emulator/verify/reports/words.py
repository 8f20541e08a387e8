"""What all reports say alike: how a result stands, the score, the sentence at the end, and text that any of them can hold."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from emulator.verify.results import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from emulator.clients.protocol import Hello
    from emulator.verify.check import Group
    from emulator.verify.results import Outcome, Result


class Standing(StrEnum):
    """How a result stands with those who read it: its verdict, and whether its failure was known. Those to look at first."""

    FAIL = "fail"
    KNOWN = "known"
    NOT_APPLICABLE = "not applicable"
    PASS = "pass"  # noqa: S105 - no password


def standing(result: Result) -> Standing:
    """Return how a result stands."""
    return Standing.KNOWN if result.verdict is Verdict.FAIL and result.is_known else Standing(result.verdict)


def count(results: Iterable[Result]) -> dict[Standing, int]:
    """Return how many of the results stand how, with every standing there is."""
    found = [standing(result) for result in results]
    return {each: found.count(each) for each in Standing}


def by_group(results: Sequence[Result]) -> dict[Group, list[Result]]:
    """Return the results of each group that has any, groups in the order in which they ran."""
    groups = dict.fromkeys(result.check.group for result in results)
    return {group: [result for result in results if result.check.group is group] for group in groups}


def those(results: Iterable[Result], *standings: Standing) -> list[Result]:
    """Return the results that stand so."""
    return [result for result in results if standing(result) in standings]


def client(hello: Hello) -> str:
    """Return what the driver says it holds."""
    return one_line(f"{hello.name} {hello.version} ({hello.language})")


def percent(outcome: Outcome) -> str:
    """Return the score, rounded down: 100 % is said only of a client that passed all."""
    passed, failed = outcome.count(Verdict.PASS), outcome.count(Verdict.FAIL)
    tenths = 1000 * passed // (passed + failed) if passed + failed else 1000
    return f"{tenths / 10:g} %"


def reason(result: Result) -> str:
    """Return, on one line, what failed or why the check is not applicable; nothing for one that passed."""
    if result.verdict is Verdict.FAIL:
        return one_line(f"{result.at}: expected {result.expected}, got {result.got}")
    return one_line(result.reason)


def facts(result: Result) -> dict[str, str]:
    """Return what is told of a failure, by name."""
    return {
        "expects": result.check.expects,
        "contract": result.check.place,
        "at": result.at,
        "expected": result.expected,
        "got": result.got,
    }


def summary(outcome: Outcome) -> str:
    """Return the sentence that stands at the end."""
    return f"{percent(outcome)}: {tally(outcome)}"


def tally(outcome: Outcome) -> str:
    """Return how many checks ended how, in words."""
    counts = count(outcome.results)
    applicable = len(outcome.results) - counts[Standing.NOT_APPLICABLE]
    facts = [f"{counts[Standing.PASS]} of {applicable} checks passed", *_exceptions(outcome)]
    return f"{', '.join(facts)}, in {seconds(outcome.results):.1f} s"


def _exceptions(outcome: Outcome) -> list[str]:
    counts = count(outcome.results)
    found = {
        "failed": counts[Standing.FAIL],
        "known to fail": counts[Standing.KNOWN],
        "not applicable": counts[Standing.NOT_APPLICABLE],
        "stale on the list of known failures": len(outcome.stale),
        "not run": outcome.not_run,
    }
    return [f"{number} {words}" for words, number in found.items() if number]


def seconds(results: Iterable[Result]) -> float:
    """Return how long the checks took, all together."""
    return sum(result.seconds for result in results)


def one_line(text: str) -> str:
    """Return text in which each character that cannot be seen, or that XML cannot hold, stands as its escape."""
    return "".join(character if character.isprintable() else _escape(character) for character in text)


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode()
