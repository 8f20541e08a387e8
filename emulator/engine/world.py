"""One world: every command that the API and the admin API have for it. Each is one transaction.

Everything due by the world's time has happened before a command does its own work, and again when it has done it.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from emulator.domain import ids, timeline
from emulator.domain.batch import Batch, Entry, NewBatch
from emulator.domain.clock import LATEST_US, parse_clock
from emulator.domain.deciding import Count, RuleInForce
from emulator.domain.errors import CancelRefused, InvalidRequest, NotFound, NothingToCome
from emulator.domain.lifecycle import CANCEL_ASKED, CANCELLABLE, Status
from emulator.domain.limits import spend
from emulator.domain.pagination import PageQuery
from emulator.engine.machine import Fired, Machine
from emulator.engine.records import WorldState
from emulator.engine.rulebook import Asked, Direction, direct
from emulator.scenarios.library import refuse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from emulator.domain.files import File, Upload
    from emulator.domain.limits import RateLimit
    from emulator.domain.outcomes import LineRule
    from emulator.domain.pagination import FileQuery, Page
    from emulator.domain.rules import Rule
    from emulator.domain.scenario import Scenario
    from emulator.engine.records import JournalEntry, WorldOptions
    from emulator.engine.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """A request has come in: its number, its id, the world as it found it, and the limit that refuses it, if any."""

    number: int
    request_id: str
    state: WorldState
    refused_by: RateLimit | None


def new_state(world_id: str, *, made: int, options: WorldOptions, wall_us: int) -> WorldState:
    """Return a world in which nothing has happened yet."""
    clock = parse_clock(options.clock, wall_us=wall_us)
    return WorldState(
        id=world_id, made=made, options=options, clock=clock, settled_us=clock.world_us, scenario=options.scenario
    )


class World:
    """A handle on one world; it keeps nothing itself."""

    def __init__(self, world_id: str, services: Services) -> None:
        self.id = world_id
        self._services = services

    @contextmanager
    def _command(self) -> Iterator[Machine]:
        """Begin a transaction on the world as it is at its time."""
        with self._services.store.transaction() as work:
            state = work.world(self.id)
            if state is None:
                raise NotFound("world", self.id)
            machine = Machine(work, state, self._services)
            machine.settle(self._now_us(state))
            yield machine

    def _now_us(self, state: WorldState) -> int:
        return max(state.settled_us, state.clock.now_us(self._services.wall_us()))

    def state(self) -> WorldState:
        """Return the world as it is now."""
        with self._command() as machine:
            return machine.state

    def admit(self) -> Admission:
        """Let a request in: a tick clock ticks, the request gets its number, and counts against the rate limits."""
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
            )

    # Batches

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

    # Files

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

    # Time

    def advance(self, *, by_us: int) -> list[Fired]:
        """Move the world's time on, and return the events that fired, in order. Raises InvalidRequest."""
        with self._command() as machine:
            return self._move(machine, machine.state.settled_us + by_us, param="by")

    def advance_to(self, *, to_us: int) -> list[Fired]:
        """Move the world's time to an instant. Raises InvalidRequest when that has passed, or is past the year 9999."""
        with self._command() as machine:
            return self._move(machine, to_us, param="to")

    def step(self, batch_id: str) -> list[Fired]:
        """Move the world to the instant of this batch's next event. Raises NotFound, NothingToCome."""
        with self._command() as machine:
            batch = machine.work.batch(self.id, batch_id)
            if batch is None:
                raise NotFound("batch", batch_id)
            event = timeline.next_event(batch)
            if event is None:
                raise NothingToCome(batch_id, batch.status)
            return self._move(machine, event.at_us)

    def _move(self, machine: Machine, to_us: int, *, param: str | None = None) -> list[Fired]:
        now_us = machine.state.settled_us
        if not now_us <= to_us <= LATEST_US:
            found = (
                f"expected a time from {now_us / 1e6:.6f} (now) to {LATEST_US // 1_000_000}, found {to_us / 1e6:.6f}"
            )
            raise InvalidRequest(f"The clock only goes forward, until the year 9999: {found}.", param)
        fired = machine.settle(to_us)
        clock = machine.state.clock.moved_to(to_us, wall_us=self._services.wall_us())
        machine.save(replace(machine.state, clock=clock, settled_us=to_us))
        return fired

    def reset(self) -> WorldState:
        """Make the world as new: nothing in it, its clock at the start, and the same ids to come again."""
        with self._services.store.transaction() as work:
            before = work.world(self.id)
            if before is None:
                raise NotFound("world", self.id)
            wall_us = self._services.wall_us()
            state = new_state(self.id, made=before.made, options=before.options, wall_us=wall_us)
            work.clear_world(self.id)
            work.put_world(state)
            return state

    # Scenarios and rules

    def use(self, scenario: str) -> WorldState:
        """Let batches follow this scenario from now on, where nothing else is chosen. Raises InvalidRequest."""
        with self._command() as machine:
            self._scenario(machine.state, scenario)
            machine.save(replace(machine.state, scenario=scenario))
            return machine.state

    def scenarios(self) -> Mapping[str, Scenario]:
        """Return the scenarios that this world has beside the library's."""
        return self.state().scenarios

    def add_scenario(self, scenario: Scenario) -> None:
        """Give the world a scenario of its own; it comes before one of the library with its name.

        Its rules have not fired yet, even if they take the places of others.
        """
        with self._command() as machine:
            state, keys = machine.state, {rule.name for rule in scenario.rules}
            counts = {key: count for key, count in state.rule_counts.items() if key not in keys}
            scenarios = {**state.scenarios, scenario.name: scenario}
            machine.save(replace(state, scenarios=scenarios, rule_counts=counts))

    def remove_scenario(self, name: str) -> None:
        """Take a scenario of its own from the world; batches that follow it go on. Raises InvalidRequest."""
        with self._command() as machine:
            own = dict(machine.state.scenarios)
            if own.pop(name, None) is None:
                refuse(name, own)
            machine.save(replace(machine.state, scenarios=own))

    def _scenario(self, state: WorldState, name: str) -> Scenario:
        if name in state.scenarios:
            return state.scenarios[name]
        library = self._services.library
        if name not in library:
            refuse(name, library.names, more=state.scenarios)
        return library.scenario(name)

    def find_scenario(self, name: str) -> Scenario:
        """Return the scenario that this name means in this world. Raises InvalidRequest."""
        return self._scenario(self.state(), name)

    def add_rule(self, rule: Rule) -> RuleInForce:
        """Put a rule in force."""
        with self._command() as machine:
            added = RuleInForce(f"rule_{machine.state.counters.rules + 1}", rule)
            state = machine.state.counting("rules")
            machine.save(replace(state, rules=(*state.rules, added)))
            return added

    def remove_rules(self, key: str | None = None) -> None:
        """Take the rule with this key out of force, or all that were added. Raises NotFound."""
        with self._command() as machine:
            kept = tuple(each for each in machine.state.rules if key not in {None, each.key})
            if key is not None and len(kept) == len(machine.state.rules):
                raise NotFound("rule", key)
            machine.save(replace(machine.state, rules=kept))

    def rules(self) -> tuple[tuple[RuleInForce, Count], ...]:
        """Return the rules that are in force for the whole world, and how often each has matched and fired."""
        state = self.state()
        default = self._directing(state)
        everywhere = (*state.rules, *(RuleInForce(rule.name, rule) for rule in (default.rules if default else ())))
        return tuple((each, state.rule_counts.get(each.key, Count())) for each in everywhere)

    def add_lines(self, lines: Sequence[LineRule]) -> None:
        """Let lines that are validated from now on come out like this; these rules come before all others."""
        with self._command() as machine:
            machine.save(replace(machine.state, lines=(*lines, *machine.state.lines)))

    def remove_lines(self) -> None:
        """Leave it to the scenarios again what comes of lines."""
        with self._command() as machine:
            machine.save(replace(machine.state, lines=()))

    def direct(self, asked: Asked, *, scenario: str | None = None) -> Direction:
        """Return what the scenarios and rules say to a request, counting it; `scenario` is wanted for a new batch."""
        with self._command() as machine:
            chosen = self._scenario(machine.state, scenario) if scenario else None
            return direct(machine, replace(asked, scenario=chosen), self._directing(machine.state))

    def _directing(self, state: WorldState) -> Scenario | None:
        """Return the default scenario, or None when it has nothing to say to requests, or has been taken away."""
        name, library = state.scenario, self._services.library
        has_a_say = name in state.scenarios or (name in library and library.directs(name))
        return self._scenario(state, name) if has_a_say else None

    # Looking on

    def find_batch(self, batch_id: str) -> Batch:
        """Return the batch with this id, whoever's it is. Raises NotFound."""
        with self._command() as machine:
            batch = machine.work.batch(self.id, batch_id)
            if batch is None:
                raise NotFound("batch", batch_id)
            return batch

    def all_batches(self) -> Sequence[Batch]:
        """Return the batches of all tenants in the order of their creation."""
        with self._command() as machine:
            return machine.work.all_batches(self.id)

    def record(self, entry: JournalEntry) -> None:
        """Add a request to the journal; if the world is gone meanwhile, nobody can ask for it any more."""
        with self._services.store.transaction() as work:
            if work.world(self.id):
                work.append_journal(self.id, entry)

    def journal(self) -> Sequence[JournalEntry]:
        """Return the journal of requests, newest last."""
        with self._services.store.transaction() as work:
            return work.journal(self.id)


def _unknown_after(kind: str, page: PageQuery) -> InvalidRequest:
    return InvalidRequest(f"after: expected the id of one of your {kind}, found '{page.after}'.", "after")
