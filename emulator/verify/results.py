"""What came of each check, and of all of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emulator.clients.protocol import Hello
    from emulator.verify.check import Check


class Verdict(StrEnum):
    """How a check ended."""

    PASS = "pass"  # noqa: S105 - it opens nothing
    FAIL = "fail"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How one check ended: when it failed, `at` which place, what was `expected` there and what was `got`.

    `reason` says why a check is not applicable. `is_known` marks a failure that the list of known ones has, `seconds` is the
    wall's time that it took.
    """

    check: Check
    verdict: Verdict
    at: str = ""
    expected: str = ""
    got: str = ""
    reason: str = ""
    is_known: bool = False
    seconds: float = 0.0

    @property
    def is_as_expected(self) -> bool:
        """Whether nobody has to look at it."""
        return self.verdict is not Verdict.FAIL or self.is_known


@dataclass(frozen=True, slots=True, kw_only=True)
class Stale:
    """A line of the list of known failures that no failure bears out: the name it has, `at` which FILE:LINE, and why."""

    name: str
    at: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A whole run: what the driver said of its SDK, each result in the order in which they came, and stale known failures.

    `not_run` is how many checks were left when the run was broken off.
    """

    hello: Hello
    results: Sequence[Result]
    stale: Sequence[Stale] = ()
    not_run: int = 0

    @property
    def is_as_expected(self) -> bool:
        """Whether all checks ran and each passed, was not applicable or failed as known, and no known failure is stale."""
        return not self.stale and not self.not_run and all(result.is_as_expected for result in self.results)

    def count(self, verdict: Verdict) -> int:
        """Return how many checks ended so."""
        return sum(result.verdict is verdict for result in self.results)

    @property
    def score(self) -> float:
        """The share of the applicable checks that passed, from 0 to 1; 1 if none was applicable."""
        passed, failed = self.count(Verdict.PASS), self.count(Verdict.FAIL)
        return passed / (passed + failed) if passed + failed else 1.0
