"""From what was seen to what is wrong with a scenario: every word that it needs stands in it, and no other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from emulator.proving.notebook import STUCK
from emulator.scenarios.words import BREAKS, TOLERATES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from emulator.domain.scenario import Scenario
    from emulator.proving.notebook import Sighting


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong with a scenario; `member` is the member of its file that is to be mended, or that says so.

    Without a run, it was not seen in any.
    """

    member: str
    word: str
    expected: str
    found: str
    run: str | None = None
    at_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came of a scenario's runs: it is proved when there are no problems."""

    scenario: str
    kind: Literal["legal", "hostile"]
    runs: int
    tolerates: tuple[str, ...]
    breaks: tuple[str, ...]
    problems: tuple[Problem, ...]

    @property
    def is_proved(self) -> bool:
        """Whether the scenario is what it says."""
        return not self.problems


def verdict(scenario: Scenario, sightings: Iterable[Sighting], *, runs: int) -> Verdict:
    """Judge a scenario by what was seen in all of its runs, in their order.

    A hostile one need not say what it asks of its client, for what it breaks is enough to ask.
    """
    seen: dict[str, Sighting] = {}
    for sighting in sightings:
        seen.setdefault(sighting.word, sighting)
    return Verdict(
        scenario=scenario.name,
        kind=scenario.kind,
        runs=runs,
        tolerates=tuple(word for word in TOLERATES if word in seen),
        breaks=tuple(word for word in BREAKS if word in seen),
        problems=tuple(_problems(scenario, seen, runs)),
    )


def _problems(scenario: Scenario, seen: Mapping[str, Sighting], runs: int) -> Iterator[Problem]:
    for word, sighting in seen.items():
        if word in BREAKS and word not in scenario.breaks:
            yield _seen("kind" if scenario.kind == "legal" else "breaks", sighting)
        elif scenario.kind == "legal" and word in TOLERATES and word not in scenario.tolerates:
            yield _seen("tolerates", sighting)
        elif scenario.kind == "legal" and word == STUCK:
            yield _seen("kind", sighting)
    for member, words in (("tolerates", scenario.tolerates), ("breaks", scenario.breaks)):
        for word in words:
            if word not in seen:
                meaning = {**TOLERATES, **BREAKS}[word]
                yield Problem(
                    member=member,
                    word=word,
                    expected=f"what '{word}' says ({meaning})",
                    found=f"nothing of it in {runs} runs",
                )


def _seen(member: str, sighting: Sighting) -> Problem:
    return Problem(
        member=member,
        word=sighting.word,
        expected=sighting.expected,
        found=sighting.found,
        run=sighting.run,
        at_s=sighting.at_s,
    )
