"""What becomes of single lines: which ones a scenario means, and the outcome it gives them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from emulator.domain.paths import UNCHANGED, Changes, alike_at, look

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from fractions import Fraction

    from emulator.domain.jsonl import Line

_PLACEHOLDER: Final = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LinePattern:
    """Which lines are meant: those for which everything that is given holds.

    `indices` count from 0, or back from the end when negative; `every`/`start` mean start, start + every, …; `body` maps
    dotted paths to values, strings being globs; `share` is a part of all lines, chosen by the world's seed.
    """

    custom_id: str | None = None
    indices: tuple[int, ...] | None = None
    every: int | None = None
    start: int = 0
    body: Mapping[str, Any] = field(default_factory=dict)
    share: Fraction | None = None

    def matches(self, line: Line, *, index: int, total: int, seed: int) -> bool:
        """Return whether this line, of a file with so many, is meant."""
        return (
            (self.custom_id is None or fnmatchcase(line.custom_id, self.custom_id))
            and (self.indices is None or bool({index, index - total} & set(self.indices)))
            and (self.every is None or (index >= self.start and (index - self.start) % self.every == 0))
            and alike_at(line.body, self.body)
            and (self.share is None or _lot(seed, line.custom_id) < self.share)
        )


def _lot(seed: int, custom_id: str) -> float:
    """Return a number from 0 up to 1 that this line draws in this world."""
    return int.from_bytes(sha256(f"{seed}/share/{custom_id}".encode()).digest()[:6]) / (1 << 48)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What comes of a line: an error, a response, some text, a changed genuine body, or nothing ever (`unfinished`)."""

    error: Mapping[str, str] | None = None
    status_code: int = 200
    body: Any = None
    content: str | None = None
    changes: Changes = UNCHANGED
    unfinished: bool = False

    @property
    def fails(self) -> bool:
        """Whether the line counts as failed: an error, or a response with a status of 400 or more."""
        return self.error is not None or self.status_code >= 400


SUCCESS: Final = Outcome()


@dataclass(frozen=True, slots=True)
class LineRule:
    """Lines of this pattern come to this outcome."""

    when: LinePattern
    outcome: Outcome


def outcome_of(rules: Iterable[LineRule], line: Line, *, index: int, total: int, seed: int) -> Outcome:
    """Return the outcome of a line: that of the first rule that means it, or else success."""
    meant = (rule.outcome for rule in rules if rule.when.matches(line, index=index, total=total, seed=seed))
    return next(meant, SUCCESS)


def filled(template: Any, values: Mapping[str, Any]) -> Any:
    """Return a template with its `{{path}}` placeholders filled; one that is a whole string keeps its value's type."""
    if isinstance(template, dict):
        return {name: filled(member, values) for name, member in template.items()}
    if isinstance(template, list):
        return [filled(item, values) for item in template]
    return _filled_text(template, values) if isinstance(template, str) else template


def _filled_text(text: str, values: Mapping[str, Any]) -> Any:
    if whole := _PLACEHOLDER.fullmatch(text):
        return look(dict(values), whole[1])
    return _PLACEHOLDER.sub(lambda match: _as_text(look(dict(values), match[1])), text)


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
