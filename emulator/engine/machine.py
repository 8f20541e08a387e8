"""The machine that moves a world through its time: it fires what is due, in order, each at its own instant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from emulator.domain import ids
from emulator.domain.batch import HeldFiles
from emulator.domain.clock import seconds
from emulator.domain.files import File, Upload, content_type
from emulator.domain.lifecycle import Status
from emulator.domain.plan import Pace
from emulator.domain.timeline import fire, next_event
from emulator.domain.values import changed

if TYPE_CHECKING:
    from emulator.domain.batch import Batch
    from emulator.domain.edits import ResultFile
    from emulator.domain.files import Content
    from emulator.domain.timeline import Event
    from emulator.engine.records import WorldState
    from emulator.engine.services import Services
    from emulator.engine.store.interface import Transaction

_ENDS_VALIDATION = frozenset({Status.IN_PROGRESS, Status.FAILED, Status.COMPLETED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """An event that has happened: the batch as it was before and as it is after."""

    at_us: int
    before: Batch
    after: Batch


class Machine:
    """Works on one world within one transaction; `state` is the world as it stands."""

    def __init__(self, work: Transaction, state: WorldState, services: Services) -> None:
        self.work = work
        self.state = state
        self._services = services

    def settle(self, until_us: int) -> list[Fired]:
        """Let everything happen that is due by then, and return it in order."""
        fired: list[Fired] = []
        while (first := self.work.next_due(self.state.id)) and first[0] <= until_us:
            fired.append(self._fire_next(first[1]))
        if self.state.settled_us < until_us:
            self.save(changed(self.state, settled_us=until_us))
        return fired

    def save(self, state: WorldState) -> None:
        """Keep the world as it is now."""
        self.state = state
        self.work.put_world(state)

    def put(self, batch: Batch) -> None:
        """Keep a batch, and when its next event is due."""
        event = next_event(batch)
        self.work.put_batch(self.state.id, batch, due_us=event.at_us if event else None)

    def add_file(self, upload: Upload, *, tenant: str, created_us: int, batch_id: str | None = None) -> File:
        """Make a file under the world's next id."""
        number = self.state.counters.files
        file = File(
            id=ids.file_id(self.state.options.seed, number),
            tenant=tenant,
            number=number,
            created_at=seconds(created_us),
            filename=upload.filename,
            purpose=upload.purpose,
            content=upload.content,
            media_type=upload.media_type or content_type(upload.filename, upload.purpose),
            batch_id=batch_id,
        )
        self.work.put_file(self.state.id, file)
        self.save(self.state.counting("files"))
        return file

    def _fire_next(self, batch: Batch) -> Fired:
        event = next_event(batch)
        assert event is not None  # noqa: S101 - the store said that something of it is due
        after = self._after(batch, event)
        self.put(after)
        return Fired(at_us=event.at_us, before=batch, after=after)

    def _after(self, batch: Batch, event: Event) -> Batch:
        if event.to in _ENDS_VALIDATION and batch.input is None:
            batch, event = self._validated(batch, event)
        after = fire(batch, event)
        enters_end = after.is_over and not batch.is_over
        return self._with_results(after, event.at_us) if enters_end and after.status is not Status.FAILED else after

    def _validated(self, batch: Batch, event: Event) -> tuple[Batch, Event]:
        """Return the batch as validation leaves it, and what then happens to it.

        A batch that was cancelled before it was validated, and whose script completes it all the same, runs its lines at
        that moment; if there is nothing to run, it is cancelled as it was asked to be.
        """
        from emulator.engine.intake import validated  # noqa: PLC0415 - a server's start need not wait for it

        contract = self._services.contract(self.state.options.edition)
        batch = changed(batch, worlds_lines=self.state.lines)
        checked = validated(batch, self._input(batch), contract, seed=self.state.options.seed)
        if event.to is not Status.COMPLETED:
            return checked, changed(event, to=Status.FAILED) if checked.errors else event
        if checked.errors:
            return batch, changed(event, to=Status.CANCELLED)
        done = checked.lines.finishable
        pace = Pace(before=0, target=done, start_us=event.at_us, end_us=event.at_us)
        return changed(checked, paces=(pace,)), changed(event, done=done)

    def _input(self, batch: Batch) -> File | None:
        """Return the batch's input file, if it can be that: its tenant's own, and uploaded for a batch."""
        file = self.work.file(self.state.id, batch.request.input_file_id)
        return file if file and file.tenant == batch.tenant and file.purpose == "batch" else None

    def _with_results(self, batch: Batch, at_us: int) -> Batch:
        batch = self._with_unread_input(batch) if batch.status is Status.EXPIRED else batch
        if batch.input is None:
            return batch
        from emulator.engine.results import result_files  # noqa: PLC0415 - as above

        plan = batch.scenario.results
        contents = result_files(batch, batch.input, seed=self.state.options.seed)
        found = {file: self._result_file(batch, file, content, at_us) for file, content in contents.items()}
        if plan.ids_after_us:
            held = HeldFiles(at_us + plan.ids_after_us, found["output"], found["error"])
            return changed(batch, held=held)
        return changed(batch, output_file_id=found["output"], error_file_id=found["error"])

    def _with_unread_input(self, batch: Batch) -> Batch:
        """Return a batch that expired before it was read as one none of whose lines was run."""
        file = self._input(batch) if batch.input is None else None
        if file is None:
            return batch
        from emulator.domain.jsonl import good_lines  # noqa: PLC0415 - as above

        total = sum(1 for _ in good_lines(file.content))
        return changed(batch, input=file.content, lines=changed(batch.lines, total=total))

    def _result_file(self, batch: Batch, file: ResultFile, content: Content | None, at_us: int) -> str | None:
        if content is None:
            return None
        upload = Upload(
            filename=f"{batch.id}_{file}.jsonl",
            purpose="batch",
            content=content,
            media_type=batch.scenario.results.content_type.get(file),
        )
        made = self.add_file(upload, tenant=batch.tenant, created_us=at_us, batch_id=batch.id)
        if file in batch.scenario.results.deleted:
            self.work.delete_file(self.state.id, made)
        return made.id
