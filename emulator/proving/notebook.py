"""What was seen in a run: words, each with what was expected, what came, and when."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

STUCK: Final = "stuck"
"""No word of scenarios: a call that never succeeds, however often it is repeated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A word that a run has shown to be true; `at_s` counts from the beginning of the run, on the world's clock."""

    word: str
    expected: str
    found: str
    run: str
    at_s: float


@dataclass(slots=True)
class Notebook:
    """The sightings of one run: of each word, the first."""

    run: str
    elapsed_s: Callable[[], float]
    sightings: dict[str, Sighting] = field(default_factory=dict)

    def note(self, word: str, *, expected: str, found: str) -> None:
        """Note what was seen."""
        if word not in self.sightings:
            self.sightings[word] = Sighting(
                word=word, expected=expected, found=found, run=self.run, at_s=self.elapsed_s()
            )
