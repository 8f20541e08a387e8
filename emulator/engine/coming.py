"""What happens to a batch next, and what it makes of it: worked out from values alone, and nothing is changed by it.

The end of validation, where the lines are counted, and the end of the batch, where they are answered, are what takes time here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from emulator.domain.lifecycle import Status
from emulator.domain.plan import Pace
from emulator.domain.timeline import due_us, fire, next_event
from emulator.domain.values import changed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.contract.catalog import Contract
    from emulator.domain.batch import Batch
    from emulator.domain.edits import ResultFile
    from emulator.domain.files import Content, File
    from emulator.domain.outcomes import LineRule
    from emulator.domain.timeline import Event

_ENDS_VALIDATION = frozenset({Status.IN_PROGRESS, Status.FAILED, Status.COMPLETED})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Surroundings:
    """What else a batch's future depends on: the file that it is to read, if it can, and its world's rules for lines."""

    file: File | None
    lines: tuple[LineRule, ...]
    contract: Contract
    seed: int

    def are(self, others: Surroundings) -> bool:
        """Whether they are the very same: values that are changed are others."""
        return (
            self.file is others.file
            and self.lines is others.lines
            and self.contract is others.contract
            and self.seed == others.seed
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Coming:
    """The next event of a batch, and the batch after it; `results` are the files that it leaves, which have no ids yet.

    `due_us` is when the batch after it has its own next event, None when it has none; files that have no ids yet are no event.
    """

    at_us: int
    before: Batch
    after: Batch
    due_us: int | None
    results: Mapping[ResultFile, Content | None] | None = None

    @property
    def reads_lines(self) -> bool:
        """Whether lines are read in it, to count or to answer them."""
        return self.results is not None or self.after.input is not self.before.input


def coming(batch: Batch, around: Surroundings) -> Coming | None:
    """Return what happens next, or None when the batch's life is over."""
    event = next_event(batch)
    if event is None:
        return None
    before = batch
    if event.to in _ENDS_VALIDATION and batch.input is None:
        batch, event = _validated(batch, event, around)
    after = fire(batch, event)
    if not after.is_over or batch.is_over or after.status is Status.FAILED:
        return Coming(at_us=event.at_us, before=before, after=after, due_us=due_us(after))
    if after.status is Status.EXPIRED and after.input is None:
        after = _with_unread_input(after, around.file)
    results = _results(after, around.seed)
    return Coming(at_us=event.at_us, before=before, after=after, due_us=due_us(after), results=results)


def _validated(batch: Batch, event: Event, around: Surroundings) -> tuple[Batch, Event]:
    """Return the batch as validation leaves it, and what then happens to it.

    A batch that was cancelled before it was validated, and whose script completes it all the same, runs its lines at that
    moment; if there is nothing to run, it is cancelled as it was asked to be.
    """
    from emulator.engine.intake import validated  # noqa: PLC0415 - a server's start need not wait for it

    batch = changed(batch, worlds_lines=around.lines)
    checked = validated(batch, around.file, around.contract, seed=around.seed)
    if event.to is not Status.COMPLETED:
        return checked, changed(event, to=Status.FAILED) if checked.errors else event
    if checked.errors:
        return batch, changed(event, to=Status.CANCELLED)
    done = checked.lines.finishable
    pace = Pace(before=0, target=done, start_us=event.at_us, end_us=event.at_us)
    return changed(checked, paces=(pace,)), changed(event, done=done)


def _with_unread_input(batch: Batch, file: File | None) -> Batch:
    """Return a batch that expired before it was read as one none of whose lines was run."""
    if file is None:
        return batch
    from emulator.domain.jsonl import good_lines  # noqa: PLC0415 - as above

    total = sum(1 for _ in good_lines(file.content))
    return changed(batch, input=file.content, lines=changed(batch.lines, total=total))


def _results(batch: Batch, seed: int) -> Mapping[ResultFile, Content | None] | None:
    if batch.input is None:
        return None
    from emulator.engine.results import result_files  # noqa: PLC0415 - as above

    return result_files(batch, batch.input, seed=seed)
