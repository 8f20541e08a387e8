"""Values and where they stand: a file's tree, of which each value and each key knows its place."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from emulator.scenarios.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Steps: TypeAlias = tuple[str | int, ...]
"""The names and indices on the way to a value."""

_LONGEST: Final = {"found": 120, "reason": 300}
_LONGEST_PATH: Final = 160
_LINE: Final = re.compile(r"\r\n|\n|\r")
_PLAIN_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


@dataclass(frozen=True)
class Source:
    """A text, and the name under which problems speak of it."""

    name: str
    text: str

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in _LINE.finditer(self.text))]

    def line_and_column(self, index: int) -> tuple[int, int]:
        """Return the line and the column, from 1, of a character; of the text's last one for those beyond it."""
        inside = max(0, min(index, len(self.text) - 1))
        line = bisect_right(self._starts, inside)
        return line, inside - self._starts[line - 1] + 1


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a source: that of its character with this index."""

    source: Source
    index: int

    def problem(self, path: str, **said: Any) -> Problem:
        """Return a problem here."""
        line, column = self.source.line_and_column(self.index)
        words = {name: cut_short(part, _LONGEST[name]) if name in _LONGEST else part for name, part in said.items()}
        return Problem(file=self.source.name, line=line, column=column, path=path, **words)


@dataclass(frozen=True, slots=True)
class Node:
    """A value of a file: a scalar, or a list or mapping of nodes; and where it, and the key before it, begin."""

    value: Any
    at: Spot
    key_at: Spot | None = field(default=None, compare=False)

    def plain(self) -> Any:
        """Return the value without its places."""
        if isinstance(self.value, dict):
            return {name: member.plain() for name, member in self.value.items()}
        return [item.plain() for item in self.value] if isinstance(self.value, list) else self.value

    def has(self, step: str | int) -> bool:
        """Return whether the step leads to a value below this one."""
        if isinstance(self.value, dict):
            return step in self.value
        return isinstance(self.value, list) and isinstance(step, int) and 0 <= step < len(self.value)

    def walk(self, steps: Iterable[str | int]) -> Iterator[tuple[str | int, Node]]:
        """Yield the steps that lead somewhere, with the node that each leads to; others are passed over."""
        node = self
        for step in steps:
            if node.has(step):
                node = node.value[step]
                yield step, node


def path_text(steps: Iterable[str | int]) -> str:
    """Write a path: `lifecycle[2].to`; a name that is no plain word stands in brackets."""
    text = "".join(_step_text(step) for step in steps).removeprefix(".")
    return text if len(text) <= _LONGEST_PATH else f"{text[: _LONGEST_PATH // 2]}…{text[-_LONGEST_PATH // 2 :]}"


def cut_short(text: str, length: int) -> str:
    """Return a text, or its beginning where it is longer."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _step_text(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if _PLAIN_NAME.fullmatch(step) else f"[{step!r}]"


def merged(base: Node, own: Node) -> Node:
    """Return a mapping's members over those of its base: mappings merge, everything else is replaced."""
    if not isinstance(base.value, dict) or not isinstance(own.value, dict):
        return own
    both = {name: merged(base.value[name], member) for name, member in own.value.items() if name in base.value}
    return Node({**base.value, **own.value, **both}, own.at, own.key_at)
