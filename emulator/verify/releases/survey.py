"""What came of a run over releases, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from emulator.verify.check import Check
    from emulator.verify.results import Outcome, Result, Stale


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One release: what came of its checks, or `why_not`, a sentence on why it could not be held to them."""

    version: str
    outcome: Outcome | None = None
    why_not: str = ""

    @property
    def results(self) -> Mapping[str, Result]:
        """Its results, by the names of the checks; none when it was not checked."""
        return {result.check.name: result for result in self.outcome.results} if self.outcome else {}

    @property
    def is_as_expected(self) -> bool:
        """Whether nobody has to look at it."""
        return self.outcome is not None and self.outcome.is_as_expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """A whole run over the releases of an SDK, from the oldest to the newest, each held to the same checks.

    `stale` are known failures that no release bears out.
    """

    sdk: str
    checks: Sequence[Check]
    releases: Sequence[Release]
    stale: Sequence[Stale] = ()

    @property
    def checked(self) -> list[Release]:
        """The releases that could be checked."""
        return [release for release in self.releases if release.outcome is not None]

    @property
    def is_as_expected(self) -> bool:
        """Whether each release was checked and is as expected, and no known failure is stale."""
        return not self.stale and all(release.is_as_expected for release in self.releases)
