"""What is wrong with a scenario file: every problem with its place, in words that help to mend it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from emulator.domain.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_PROBLEMS: Final = 100
"""How many problems of a file are told at once."""

_SENTENCE: Final = re.compile(
    r"(?:(?P<reason>.*?): )?expected (?P<expected>.*?)(?:, found (?P<found>.*?))?(?: \(did you mean '(?P<near>.*)'\?\))?",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One mistake: where it stands, what was expected there, and what was found.

    Lines and columns count from 1. `path` is that of the value, such as `lifecycle[2].to`; `near` is the nearest word that
    would do; `reason` says why, where that is not plain.
    """

    file: str
    line: int
    column: int
    path: str
    expected: str = ""
    found: str = ""
    near: str | None = None
    reason: str = ""

    def __str__(self) -> str:
        found = f", found {self.found}" if self.found else ""
        expected = f"expected {self.expected}{found}" if self.expected else ""
        hint = f" (did you mean '{self.near}'?)" if self.near else ""
        said = [f"{self.file}:{self.line}:{self.column}", self.path, self.reason, expected]
        return ": ".join(part for part in said if part) + hint


class ScenarioError(InvalidRequest):
    """A scenario file is wrong. `problems` are its mistakes, in the order of the file."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems[:MOST_PROBLEMS])
        more = [f"… and {len(problems) - MOST_PROBLEMS} more"] if len(problems) > MOST_PROBLEMS else []
        super().__init__("\n".join([*map(str, self.problems), *more]), "scenario")


def parts_of(sentence: str) -> dict[str, str]:
    """Return the parts of a sentence `reason: expected this, found that (did you mean 'these'?)`."""
    match = _SENTENCE.fullmatch(sentence)
    return {name: part for name, part in match.groupdict().items() if part} if match else {"reason": sentence}
