"""What the API asks of a world: requests let in, batches and files of tenants, and the journal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from emulator.domain import ids, timeline
from emulator.domain.batch import Batch, Entry, NewBatch
from emulator.domain.clock import LATEST_US
from emulator.domain.errors import CancelRefused, InvalidRequest, NotFound
from emulator.domain.lifecycle import CANCEL_ASKED, CANCELLABLE, Status
from emulator.domain.limits import spend
from emulator.domain.pagination import PageQuery
from emulator.engine.handle import Handle
from emulator.engine.machine import Machine
from emulator.engine.rulebook import Asked, Direction, direct

if TYPE_CHECKING:
    from emulator.domain.files import File, Upload
    from emulator.domain.limits import RateLimit
    from emulator.domain.pagination import FileQuery, Page
    from emulator.domain.scenario import Scenario
    from emulator.engine.records import JournalEntry, WorldState


@dataclass(slots=True, kw_only=True)
class Admission:
    """A request has come in: its number, its id, the world as it found it, and the limit that refuses it, if any.

    `direction` is there when it was said what the request asks, and it is not refused.
    """

    number: int
    request_id: str
    state: WorldState
    refused_by: RateLimit | None
    direction: Direction | None = None


class ApiCommands(Handle):
    """The commands behind the operations of the API."""

    def admit(self, asked: Asked | None = None) -> Admission:
        """Let a request in: a tick clock ticks, the request gets its number, and counts against the rate limits.

        If it is known already what it asks, it is directed as well.
        """
        with self._command() as machine:
            state = machine.state
            if state.clock.tick_us:
                self._move(machine, min(LATEST_US, state.settled_us + state.clock.tick_us))
            spent, refused_by = spend(self._services.rate_limits, machine.state.spent, now_us=machine.state.settled_us)
            number = machine.state.counters.requests
            machine.save(machine.state.counting("requests", spent=spent))
            return Admission(
                number=number,
                request_id=ids.request_id(state.options.seed, number),
                state=machine.state,
                refused_by=refused_by,
                direction=self._directed(machine, asked) if asked and not refused_by else None,
            )

    def direct(self, asked: Asked, *, scenario: str | None = None) -> Direction:
        """Return what the scenarios and rules say to a request, counting it; `scenario` is wanted for a new batch."""
        with self._command() as machine:
            return self._directed(machine, asked, scenario)

    def _directed(self, machine: Machine, asked: Asked, scenario: str | None = None) -> Direction:
        wanted = self._scenario(machine.state, scenario) if scenario else None
        return direct(machine, asked, default=self._directing(machine.state), wanted=wanted)

    def record(self, entry: JournalEntry) -> None:
        """Add a request to the journal; if the world is gone meanwhile, nobody can ask for it any more."""
        with self._services.store.transaction() as work:
            if work.world(self.id):
                work.append_journal(self.id, entry)

    def look_ahead(self) -> None:
        """Work out a piece of what is to happen next; if the world is gone meanwhile, nothing is."""
        with self._services.store.transaction() as work:
            if state := work.world(self.id):
                Machine(work, state, self._services).look_ahead()

    def create_batch(self, tenant: str, request: NewBatch, *, scenario: str | None = None) -> Batch:
        """Create a batch that follows this scenario, or else the world's. Raises InvalidRequest for an unknown one."""
        with self._command() as machine:
            chosen = self._scenario(machine.state, scenario or machine.state.scenario)
            return self._create(machine, tenant, request, chosen, is_own=scenario is not None)

    def arrive(self, tenant: str, count: int) -> None:
        """Let so many further batches appear that ask for what the tenant's newest one does; without one, none.

        They are somebody else's, who does not tag them as the tenant's own program does.
        """
        with self._command() as machine:
            page = machine.work.batches(self.id, tenant, PageQuery(limit=1))
            for newest in page.items if page else ():
                request = replace(newest.request, metadata=None)
                for _ in range(count):
                    self._create(machine, tenant, request, newest.scenario, is_own=newest.has_own_scenario)

    def _create(self, machine: Machine, tenant: str, request: NewBatch, scenario: Scenario, *, is_own: bool) -> Batch:
        number, now_us = machine.state.counters.batches, machine.state.settled_us
        batch = Batch(
            id=ids.batch_id(machine.state.options.seed, number),
            tenant=tenant,
            number=number,
            request=request,
            scenario=scenario,
            has_own_scenario=is_own,
            history=(Entry(Status.VALIDATING, now_us),),
            plan=timeline.start(scenario, now_us=now_us),
        )
        machine.save(machine.state.counting("batches"))
        return self._put_and_settle(machine, batch)

    def get_batch(self, tenant: str, batch_id: str) -> Batch:
        """Return this tenant's batch. Raises NotFound."""
        with self._command() as machine:
            return self._batch(machine, tenant, batch_id)

    def list_batches(self, tenant: str, page: PageQuery) -> Page[Batch]:
        """Return a page of this tenant's batches. Raises InvalidRequest when `after` is none of them."""
        with self._command() as machine:
            found = machine.work.batches(self.id, tenant, page)
            if found is None:
                raise _unknown_after("batches", page)
            return found

    def cancel_batch(self, tenant: str, batch_id: str) -> Batch:
        """Cancel a batch; one that is being or has been cancelled is left as it is. Raises NotFound, CancelRefused."""
        with self._command() as machine:
            batch = self._batch(machine, tenant, batch_id)
            if batch.status in CANCEL_ASKED:
                return batch
            if batch.status not in CANCELLABLE:
                raise CancelRefused(batch.status)
            return self._put_and_settle(machine, timeline.cancelled(batch, at_us=machine.state.settled_us))

    def _put_and_settle(self, machine: Machine, batch: Batch) -> Batch:
        machine.put(batch)
        machine.settle(machine.state.settled_us)
        return machine.work.batch(self.id, batch.id) or batch

    def _batch(self, machine: Machine, tenant: str, batch_id: str) -> Batch:
        batch = machine.work.batch(self.id, batch_id)
        if batch is None or batch.tenant != tenant:
            raise NotFound("batch", batch_id)
        return batch

    def add_file(self, tenant: str, upload: Upload) -> File:
        """Keep an upload as a file of this tenant."""
        with self._command() as machine:
            return machine.add_file(upload, tenant=tenant, created_us=machine.state.settled_us)

    def get_file(self, tenant: str, file_id: str) -> File:
        """Return this tenant's file. Raises NotFound."""
        with self._command() as machine:
            return self._file(machine, tenant, file_id)

    def list_files(self, tenant: str, query: FileQuery) -> Page[File]:
        """Return a page of this tenant's files. Raises InvalidRequest when `after` is none of them."""
        with self._command() as machine:
            found = machine.work.files(self.id, tenant, query)
            if found is None:
                raise _unknown_after("files", query.page)
            return found

    def delete_file(self, tenant: str, file_id: str) -> File:
        """Delete this tenant's file and return it as it was. Raises NotFound."""
        with self._command() as machine:
            file = self._file(machine, tenant, file_id)
            machine.work.delete_file(self.id, file)
            return file

    def _file(self, machine: Machine, tenant: str, file_id: str) -> File:
        file = machine.work.file(self.id, file_id)
        if file is None or file.tenant != tenant:
            raise NotFound("file", file_id)
        return file


def _unknown_after(kind: str, page: PageQuery) -> InvalidRequest:
    return InvalidRequest(f"after: expected the id of one of your {kind}, found '{page.after}'.", "after")
