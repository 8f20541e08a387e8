"""From rows to files: the order that a scenario wants, and everything that it spoils in them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from emulator.domain.edits import FILES
from emulator.domain.files import Content, ContentWriter
from emulator.domain.jsonl import write_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from emulator.domain.edits import Edit, ResultFile, ResultsPlan
    from emulator.domain.jsonl import Line

_NO_LIMIT: Final = 1 << 62


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a result file, and the input line that it answers."""

    line: Line
    value: dict[str, Any]


Written: TypeAlias = "Row | bytes"
"""A row, or raw bytes that an edit has put in a row's place."""


def written(
    rows: Iterable[tuple[ResultFile, Row]], plan: ResultsPlan, *, seed: int
) -> Mapping[ResultFile, Content | None]:
    """Return the two files; None where one would hold nothing and need not be there."""
    if plan.order == "input" and not plan.edits:
        return _contents(rows, plan)
    files: dict[ResultFile, list[Written]] = {file: [] for file in FILES}
    for file, row in rows:
        files[file].append(row)
    edited = {file: _edited(file, _ordered(lines, plan, seed), plan, seed) for file, lines in files.items()}
    return _contents(((file, line) for file, lines in edited.items() for line in lines), plan)


def _contents(lines: Iterable[tuple[ResultFile, Written]], plan: ResultsPlan) -> Mapping[ResultFile, Content | None]:
    writers = {file: ContentWriter(_NO_LIMIT) for file in FILES}
    for file, line in lines:
        writers[file].write(line if isinstance(line, bytes) else write_line(line.value))
    return {file: writer.close() if writer.size or file in plan.present else None for file, writer in writers.items()}


def _ordered(lines: list[Written], plan: ResultsPlan, seed: int) -> list[Written]:
    if plan.order == "reversed":
        return lines[::-1]
    if plan.order == "shuffled":
        return sorted(lines, key=lambda line: _lot(line, seed))
    return lines


def _lot(line: Written, seed: int) -> bytes:
    """Return what the world's seed draws for a line: sorted by it, lines come in no order that means anything."""
    text = line if isinstance(line, bytes) else line.line.custom_id.encode()
    return sha256(f"{seed}/order/".encode() + text).digest()


def _edited(file: ResultFile, lines: list[Written], plan: ResultsPlan, seed: int) -> list[Written]:
    for edit in plan.edits:
        if edit.file == file:
            lines = _ACTIONS[edit.action](lines, _meant(lines, edit, seed), edit)
    return lines


def _meant(lines: list[Written], edit: Edit, seed: int) -> frozenset[int]:
    """Return the places of the lines that an edit means; indices count the lines of the file as it stands."""
    when, total = edit.when, len(lines)
    return frozenset(
        place
        for place, line in enumerate(lines)
        if when is not None
        and not isinstance(line, bytes)
        and when.matches(line.line, index=place, total=total, seed=seed)
    )


def _drop(lines: list[Written], places: frozenset[int], _: Edit) -> list[Written]:
    return [line for place, line in enumerate(lines) if place not in places]


def _repeat(lines: list[Written], places: frozenset[int], _: Edit) -> list[Written]:
    return [line for place, each in enumerate(lines) for line in ([each, each] if place in places else [each])]


def _swap(lines: list[Written], places: frozenset[int], _: Edit) -> list[Written]:
    """Give each of the lines the custom_id of the next, and the last that of the first."""
    swapped, order = list(lines), sorted(places)
    for place, giver in zip(order, [*order[1:], *order[:1]], strict=True):
        taker, other = lines[place], lines[giver]
        if not isinstance(taker, bytes) and not isinstance(other, bytes):
            swapped[place] = replace(taker, value={**taker.value, "custom_id": other.value["custom_id"]})
    return swapped


def _replace(lines: list[Written], places: frozenset[int], edit: Edit) -> list[Written]:
    return [edit.raw + b"\n" if place in places else line for place, line in enumerate(lines)]


def _append(lines: list[Written], _: frozenset[int], edit: Edit) -> list[Written]:
    return [*lines, edit.raw]


def _change(lines: list[Written], places: frozenset[int], edit: Edit) -> list[Written]:
    def changed(line: Written) -> Written:
        value: Any = line if isinstance(line, bytes) else edit.changes.applied(line.value)
        return line if isinstance(line, bytes) else replace(line, value=value)

    return [changed(line) if place in places else line for place, line in enumerate(lines)]


_ACTIONS: Final[Mapping[str, Callable[[list[Written], frozenset[int], Edit], list[Written]]]] = {
    "drop": _drop,
    "repeat": _repeat,
    "swap": _swap,
    "replace": _replace,
    "append": _append,
    "change": _change,
}
