"""The table release by group, and what each release changed: pure functions of what came of the checks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Final

from emulator.verify.reports.words import Standing, by_group, count, reason, standing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from emulator.verify.check import Check, Group
    from emulator.verify.releases.survey import Release, Survey
    from emulator.verify.results import Result

FOLDED_FROM: Final = 30
"""From so many releases on, neighbours that do the same share a row."""
ABSENT: Final = "\N{EN DASH}"


class Turn(StrEnum):
    """How a check turned out otherwise than in the release before. What to look at first comes first."""

    NOW_FAILS = "now fails"
    NOW_PASSES = "now passes"
    NO_LONGER_APPLIES = "no longer applies"


@dataclass(frozen=True, slots=True)
class Cell:
    """What came of some checks of one release: how many passed, of how many that applied, and how many were known to fail."""

    passed: int
    applicable: int
    known: int = 0

    @property
    def text(self) -> str:
        """Such as `11/12`; a dash when no check applied."""
        return f"{self.passed}/{self.applicable}" if self.applicable else ABSENT

    @property
    def standing(self) -> Standing:
        """How these checks stand as a whole: as the worst of them."""
        if not self.applicable:
            return Standing.NOT_APPLICABLE
        if self.passed == self.applicable:
            return Standing.PASS
        return Standing.KNOWN if self.passed + self.known == self.applicable else Standing.FAIL


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row: one release, or neighbours that do the same. `cells` are by group; `why_not` says why there is nothing to see."""

    versions: Sequence[str]
    cells: Mapping[Group, Cell]
    total: Cell
    why_not: str = ""

    @property
    def label(self) -> str:
        """The release, or the first and the last."""
        first, last = self.versions[0], self.versions[-1]
        return first if first == last else f"{first} … {last}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A check that turned out otherwise than in the release before; `reason` is why it fails now, or failed before."""

    check: Check
    turn: Turn
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """All that one release changed, held against the one checked before it: what now fails comes first."""

    version: str
    since: str
    changes: Sequence[Change]

    def count(self, turn: Turn) -> int:
        """Return how many checks turned so."""
        return sum(change.turn is turn for change in self.changes)


def groups(survey: Survey) -> list[Group]:
    """Return the columns, in the order in which the groups ran."""
    return list(dict.fromkeys(check.group for check in survey.checks))


def rows(survey: Survey) -> list[Row]:
    """Return the rows, from the oldest release to the newest."""
    if len(survey.releases) < FOLDED_FROM:
        return [row_of([release]) for release in survey.releases]
    return [row_of([*alike]) for _, alike in groupby(survey.releases, key=_conduct)]


def _conduct(release: Release) -> tuple[str, Mapping[str, Standing]]:
    """Return that in which releases of one row are alike."""
    return release.why_not, {name: standing(result) for name, result in release.results.items()}


def row_of(alike: Sequence[Release]) -> Row:
    """Return the row of releases that do the same."""
    results = [*alike[0].results.values()]
    return Row(
        versions=[release.version for release in alike],
        cells={group: _cell(found) for group, found in by_group(results).items()},
        total=_cell(results),
        why_not=alike[0].why_not or _why_mute(results),
    )


def _why_mute(results: Sequence[Result]) -> str:
    """Return why no check applies to a release, or nothing if any does."""
    if not results or _cell(results).applicable:
        return ""
    return f"no check applies: {reason(results[0])}"


def _speaking(survey: Survey) -> list[Release]:
    """Return the releases to which any check applies: only those can be held against each other."""
    return [release for release in survey.checked if not row_of([release]).why_not]


def _cell(results: Sequence[Result]) -> Cell:
    counts = count(results)
    return Cell(counts[Standing.PASS], len(results) - counts[Standing.NOT_APPLICABLE], counts[Standing.KNOWN])


def steps(survey: Survey) -> list[Step]:
    """Return what each release changed, of those that changed anything, from the oldest to the newest."""
    found = (_step(before, after) for before, after in pairwise(_speaking(survey)))
    return [step for step in found if step.changes]


def _step(before: Release, after: Release) -> Step:
    then, now = before.results, after.results
    changes = [_change(then[name], now[name]) for name in now if name in then and _differ(then[name], now[name])]
    return Step(version=after.version, since=before.version, changes=sorted(changes, key=_rank))


def _differ(then: Result, now: Result) -> bool:
    return standing(then) is not standing(now)


def _rank(change: Change) -> int:
    return [*Turn].index(change.turn)


def _change(then: Result, now: Result) -> Change:
    return Change(check=now.check, turn=_turn(standing(now)), reason=reason(now) or reason(then))


def _turn(now: Standing) -> Turn:
    match now:
        case Standing.PASS:
            return Turn.NOW_PASSES
        case Standing.NOT_APPLICABLE:
            return Turn.NO_LONGER_APPLIES
        case _:
            return Turn.NOW_FAILS


def changing(survey: Survey) -> list[Check]:
    """Return the checks that do not come out alike in all releases."""
    names = {change.check.name for step in steps(survey) for change in step.changes}
    return [check for check in survey.checks if check.name in names]


def always_failing(survey: Survey) -> list[Result]:
    """Return what fails in each release that was checked, as the newest of them has it."""
    alike = [release.results for release in _speaking(survey)]
    newest = alike[-1].values() if alike else ()
    return [result for result in newest if all(_fails(each.get(result.check.name)) for each in alike)]


def _fails(result: Result | None) -> bool:
    return result is not None and standing(result) in {Standing.FAIL, Standing.KNOWN}


def summary(survey: Survey) -> str:
    """Return the sentence that stands at the end."""
    speaking = _speaking(survey)
    ends = dict.fromkeys(release.version for release in (*speaking[-1:], *speaking[:1]))
    passed = [f"{version} passes {_passed(survey, version)}" for version in ends]
    silent = len(survey.releases) - len(speaking)
    facts = {
        f"{len(steps(survey))} of {len(survey.releases)} releases changed something": len(speaking) > 1,
        f"{silent} could not be checked": silent,
        f"{len(survey.stale)} stale on the list of known failures": survey.stale,
    }
    return ", ".join((*passed, *(words for words, is_so in facts.items() if is_so)))


def _passed(survey: Survey, version: str) -> str:
    (total,) = (row_of([release]).total for release in survey.releases if release.version == version)
    return f"{total.passed} of {total.applicable}"
