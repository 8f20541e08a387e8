"""What an ended batch has left: whether its files, its counts and its input agree."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from emulator.proving.notebook import Notebook
    from emulator.proving.rows import Row
    from emulator.proving.samples import Sample
    from emulator.proving.world import Truth

FILES: Final = ("output", "error")


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What a batch has left: the rows of those of its files that could be had, and the names of those that are gone.

    `shown` are its counts as its client sees them, `lost` and `empty` name files that are gone, and that hold nothing;
    `owners` are the lines that rows belong to, by the rows' own ids.
    """

    sample: Sample
    truth: Truth
    status: str
    shown: Mapping[str, Any]
    rows: Mapping[str, Sequence[Row]]
    lost: frozenset[str]
    empty: frozenset[str]
    owners: Mapping[str, str]

    def ids(self, *ends: str) -> set[str]:
        """Return the custom_ids of the rows with one of these ends."""
        return {row.custom_id for rows in self.rows.values() for row in rows if row.end in ends}

    @property
    def unaccounted(self) -> int:
        """How many finished lines have no row."""
        return max(0, self.truth.finished - len(self.ids("completed", "failed")))


def judge(left: Left, notebook: Notebook) -> None:
    """Note everything in which files, counts and input do not agree."""
    for file in FILES:
        if file in left.lost:
            notebook.note("lost-files", expected=f"the {file} file, its id being shown", found="404, to the last")
        if file in left.empty:
            notebook.note(f"empty-{file}-file", expected=f"rows in the {file} file", found="nothing")
    for file, rows in left.rows.items():
        _repeats(file, rows, notebook)
        _order(left, file, rows, notebook)
        _owners(left, file, rows, notebook)
    _places(left, notebook)
    _missing(left, notebook)
    _counts(left, notebook)


def _repeats(file: str, rows: Sequence[Row], notebook: Notebook) -> None:
    for custom_id, times in Counter(row.custom_id for row in rows).items():
        if times > 1:
            notebook.note("repeated-lines", expected=f"one row for {custom_id} in the {file} file", found=str(times))


def _order(left: Left, file: str, rows: Sequence[Row], notebook: Notebook) -> None:
    places = {custom_id: place for place, custom_id in enumerate(left.sample.custom_ids)}
    found = [places[owner] for row in rows if (owner := left.owners.get(row.id, row.custom_id)) in places]
    for before, after in pairwise(found):
        if after < before:
            names = left.sample.custom_ids
            notebook.note(
                "any-order",
                expected=f"the {file} file in the order of the input",
                found=f"{names[after]} after {names[before]}",
            )


def _owners(left: Left, file: str, rows: Sequence[Row], notebook: Notebook) -> None:
    for row in rows:
        owner = left.owners.get(row.id, row.custom_id)
        if row.custom_id not in left.sample.custom_ids:
            notebook.note("invented-lines", expected=f"custom_ids of the input in the {file} file", found=row.custom_id)
        elif owner != row.custom_id:
            notebook.note("swapped-lines", expected=f"{row.id} under {owner}", found=row.custom_id)


def _places(left: Left, notebook: Notebook) -> None:
    output, error = ({row.custom_id: row.end for row in left.rows.get(file, ())} for file in FILES)
    for custom_id, end in error.items():
        if end == "completed":
            notebook.note(
                "misplaced-lines", expected=f"{custom_id}, which succeeded, in the output file", found="error"
            )
        elif custom_id in output:
            notebook.note("duplicate-lines", expected=f"{custom_id} in one file", found="both files")
    for custom_id, end in output.items():
        if end != "completed" and custom_id not in error and "error" not in left.lost:
            notebook.note("failed-in-output", expected=f"{custom_id}, which failed, in the error file", found="output")


def _missing(left: Left, notebook: Notebook) -> None:
    """Of a batch that ran to its end or its window's, every line has a row; of one that was cancelled, those that finished."""
    if left.lost or left.status == "failed":
        return
    known = left.ids("completed", "failed", "expired")
    absent = [each for each in left.sample.custom_ids if each not in known] if left.status != "cancelled" else []
    if absent or left.unaccounted:
        found = f"none for {absent[0]}" if absent else f"{left.unaccounted} too few"
        notebook.note("missing-lines", expected="a row for each line that finished or expired", found=found)


def _counts(left: Left, notebook: Notebook) -> None:
    """Note counts that do not tell of the rows that there are, and of those that are missing."""
    counts = [left.shown.get(name) for name in ("total", "completed", "failed")]
    if not all(type(count) is int for count in counts):
        return
    total, completed, failed = (int(count) for count in counts if count is not None)
    more = (completed - len(left.ids("completed")), failed - len(left.ids("failed")))
    agree = min(more) >= 0 and sum(more) == left.unaccounted
    if not agree or total not in _totals(left):
        found = f"{completed} + {failed} of {total}"
        rows = f"{len(left.ids('completed'))} completed, {len(left.ids('failed'))} failed"
        expected = f"request_counts that agree with {rows} of {left.sample.lines} lines"
        notebook.note("counts", expected=expected, found=found)


def _totals(left: Left) -> tuple[int, ...]:
    """Return what the total may be: 0 is right for a batch whose lines have never been looked at."""
    return (left.sample.lines,) if left.truth.total else (0,)
