"""Verdicts as a table with its problems for people, and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from emulator.proving.notebook import STUCK
from emulator.scenarios.reading import read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from emulator.proving.verdict import Problem, Verdict
    from emulator.scenarios.positions import Source


def place(source: Source, member: str) -> str:
    """Return `FILE:LINE` of a member of a scenario's file; of its beginning, when it has none of that name."""
    root, _ = read(source)
    node = root.value.get(member) if root is not None and isinstance(root.value, dict) else None
    line = source.line_and_column((node.key_at or node.at).index)[0] if node is not None else 1
    return f"{source.name}:{line}"


def sentences(verdict: Verdict, source: Source) -> Iterator[str]:
    """Yield what is wrong with a scenario, each problem with its place and the run in which it was seen."""
    for problem in verdict.problems:
        yield f"{place(source, problem.member)}: {_summary(problem)}"
        yield f"    expected {problem.expected}, found {problem.found}"
        if problem.run is not None:
            yield f"    in the run with {problem.run}, {problem.at_s:g} s after its beginning"


def _summary(problem: Problem) -> str:
    if problem.run is None:
        return f"{problem.member}: '{problem.word}' is said, and does not show"
    if problem.word == STUCK:
        return "kind: a legal scenario lets a call succeed that is repeated five times"
    if problem.member == "kind":
        return f"kind: a legal scenario does not break what '{problem.word}' means"
    return f"{problem.member}: '{problem.word}' is not said, and shows"


def as_data(verdicts: Iterable[Verdict], sources: Mapping[str, Source]) -> list[dict[str, Any]]:
    """Return verdicts as data for JSON."""
    return [
        {
            **asdict(verdict),
            "proved": verdict.is_proved,
            "problems": [
                {"at": place(sources[verdict.scenario], problem.member), **asdict(problem)}
                for problem in verdict.problems
            ],
        }
        for verdict in verdicts
    ]


def words(verdict: Verdict) -> str:
    """Return the words that a scenario has been seen to need: what it breaks, then what it asks of its client."""
    return ", ".join((*verdict.breaks, *verdict.tolerates)) or "-"
