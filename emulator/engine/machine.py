"""The machine that moves a world through its time: it fires what is due, in order, each at its own instant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from emulator.domain import ids
from emulator.domain.batch import HeldFiles
from emulator.domain.clock import seconds
from emulator.domain.files import File, Upload, content_type
from emulator.domain.timeline import due_us
from emulator.domain.values import changed
from emulator.engine.coming import Surroundings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.domain.batch import Batch
    from emulator.domain.edits import ResultFile
    from emulator.domain.files import Content
    from emulator.engine.records import WorldState
    from emulator.engine.services import Services
    from emulator.engine.store.interface import Transaction


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
        self.work.put_batch(self.state.id, batch, due_us=due_us(batch))

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

    def look_ahead(self) -> None:
        """Work out a piece of what is to come for the batch to which something happens next."""
        if first := self.work.next_due(self.state.id):
            self._services.foresight.look_ahead(self.state.id, first[1], self._around(first[1]))

    def _fire_next(self, batch: Batch) -> Fired:
        coming = self._services.foresight.next_of(self.state.id, batch, self._around(batch))
        assert coming is not None  # noqa: S101 - the store said that something of it is due
        after = coming.after
        if coming.results is None:
            self.work.put_batch(self.state.id, after, due_us=coming.due_us)
        else:
            after = self._with_files(after, coming.results, coming.at_us)
            self.put(after)
        return Fired(at_us=coming.at_us, before=batch, after=after)

    def _around(self, batch: Batch) -> Surroundings:
        options = self.state.options
        return Surroundings(
            file=self._input(batch),
            lines=self.state.lines,
            contract=self._services.contract(options.edition),
            seed=options.seed,
        )

    def _input(self, batch: Batch) -> File | None:
        """Return the batch's input file, if it can be that: its tenant's own, and uploaded for a batch."""
        file = self.work.file(self.state.id, batch.request.input_file_id)
        return file if file and file.tenant == batch.tenant and file.purpose == "batch" else None

    def _with_files(self, batch: Batch, contents: Mapping[ResultFile, Content | None], at_us: int) -> Batch:
        """Return a batch that has ended with the ids of its result files, or with these held back for a while."""
        plan = batch.scenario.results
        found = {file: self._result_file(batch, file, content, at_us) for file, content in contents.items()}
        if plan.ids_after_us:
            held = HeldFiles(at_us + plan.ids_after_us, found["output"], found["error"])
            return changed(batch, held=held)
        return changed(batch, output_file_id=found["output"], error_file_id=found["error"])

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
