"""The machine that moves a world through its time: it fires what is due, in order, each at its own instant."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from emulator.domain import ids
from emulator.domain.clock import seconds
from emulator.domain.files import File
from emulator.domain.lifecycle import Status
from emulator.domain.timeline import fire, next_event
from emulator.engine.intake import input_file, validated
from emulator.engine.results import write_results

if TYPE_CHECKING:
    from emulator.domain.batch import Batch
    from emulator.domain.files import Content
    from emulator.domain.timeline import Event
    from emulator.engine.records import WorldState
    from emulator.engine.services import Services
    from emulator.engine.store.interface import Transaction

WRITES_RESULTS = frozenset({Status.COMPLETED, Status.EXPIRED, Status.CANCELLED})


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
            self.save(replace(self.state, settled_us=until_us))
        return fired

    def save(self, state: WorldState) -> None:
        """Keep the world as it is now."""
        self.state = state
        self.work.put_world(state)

    def put(self, batch: Batch) -> None:
        """Keep a batch, and when its next event is due."""
        event = next_event(batch)
        self.work.put_batch(self.state.id, batch, due_us=event.at_us if event else None)

    def add_file(self, *, tenant: str, created_us: int, filename: str, purpose: str, content: Content) -> File:
        """Make a file under the world's next id."""
        number = self.state.counters.files
        file = File(
            id=ids.file_id(self.state.options.seed, number),
            tenant=tenant,
            number=number,
            created_at=seconds(created_us),
            filename=filename,
            purpose=purpose,
            content=content,
        )
        self.work.put_file(self.state.id, file)
        self.save(self.state.counting(files=1))
        return file

    def _fire_next(self, batch: Batch) -> Fired:
        event = next_event(batch)
        assert event is not None  # noqa: S101 - the store said that something of it is due
        after = self._after(batch, event)
        self.put(after)
        return Fired(at_us=event.at_us, before=batch, after=after)

    def _after(self, batch: Batch, event: Event) -> Batch:
        if event.to is Status.IN_PROGRESS and batch.status is Status.VALIDATING:
            batch = validated(batch, self._input(batch), self._services.contract(self.state.options.edition))
            event = replace(event, to=Status.FAILED) if batch.errors else event
        after = fire(batch, event)
        return self._with_results(after, event.at_us) if after.status in WRITES_RESULTS else after

    def _input(self, batch: Batch) -> File | None:
        return input_file(self.work.file(self.state.id, batch.request.input_file_id), batch)

    def _with_results(self, batch: Batch, at_us: int) -> Batch:
        content = batch.input or self._unread_input(batch)
        if content is None:
            return batch
        counted, results = write_results(batch, content, seed=self.state.options.seed)
        return replace(
            counted,
            output_file_id=self._result_file(batch, "output", results.output, at_us),
            error_file_id=self._result_file(batch, "error", results.error, at_us),
        )

    def _unread_input(self, batch: Batch) -> Content | None:
        """Return the input of a batch that expired before it was read: all of its lines are then listed as expired."""
        file = self._input(batch) if batch.status is Status.EXPIRED else None
        return file.content if file else None

    def _result_file(self, batch: Batch, name: str, content: Content | None, at_us: int) -> str | None:
        if content is None:
            return None
        filename = f"{batch.id}_{name}.jsonl"
        return self.add_file(
            tenant=batch.tenant, created_us=at_us, filename=filename, purpose="batch", content=content
        ).id
