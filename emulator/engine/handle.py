"""A handle on one world: what all of its commands are made of. It keeps nothing itself.

Everything due by the world's time has happened before a command does its own work, and again when it has done it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from emulator.domain.clock import LATEST_US, parse_clock
from emulator.domain.errors import InvalidRequest, NotFound
from emulator.domain.values import changed
from emulator.engine.machine import Machine
from emulator.engine.records import WorldState
from emulator.scenarios.library import refuse

if TYPE_CHECKING:
    from types import TracebackType

    from emulator.domain.scenario import Scenario
    from emulator.engine.machine import Fired
    from emulator.engine.records import WorldOptions
    from emulator.engine.services import Services
    from emulator.engine.store.interface import Transaction


@dataclass(frozen=True, slots=True)
class Moved:
    """A world whose time has been moved on, as it was the moment that this was done, and the events that fired, in order."""

    state: WorldState
    fired: list[Fired]


def new_state(world_id: str, *, made: int, options: WorldOptions, wall_us: int) -> WorldState:
    """Return a world in which nothing has happened yet."""
    clock = parse_clock(options.clock, wall_us=wall_us)
    return WorldState(
        id=world_id, made=made, options=options, clock=clock, settled_us=clock.world_us, scenario=options.scenario
    )


class Handle:
    """One world of a store. A command is one transaction."""

    def __init__(self, world_id: str, services: Services) -> None:
        self.id = world_id
        self._services = services

    def _command(self) -> _Command:
        """Begin a transaction on the world as it is at its time."""
        return _Command(self.id, self._services)

    def state(self) -> WorldState:
        """Return the world as it is now."""
        with self._command() as machine:
            return machine.state

    def _move(self, machine: Machine, to_us: int, *, param: str | None = None) -> Moved:
        now_us = machine.state.settled_us
        if not now_us <= to_us <= LATEST_US:
            found = (
                f"expected a time from {now_us / 1e6:.6f} (now) to {LATEST_US // 1_000_000}, found {to_us / 1e6:.6f}"
            )
            raise InvalidRequest(f"The clock only goes forward, until the year 9999: {found}.", param)
        fired = machine.settle(to_us)
        clock = machine.state.clock.moved_to(to_us, wall_us=self._services.wall_us())
        machine.save(changed(machine.state, clock=clock, settled_us=to_us))
        return Moved(machine.state, fired)

    def _scenario(self, state: WorldState, name: str) -> Scenario:
        if name in state.scenarios:
            return state.scenarios[name]
        library = self._services.library
        if name not in library:
            refuse(name, library.names, more=state.scenarios)
        return library.scenario(name)

    def _directing(self, state: WorldState) -> Scenario | None:
        """Return the default scenario, or None when it has nothing to say to requests, or has been taken away."""
        name, library = state.scenario, self._services.library
        has_a_say = name in state.scenarios or (name in library and library.directs(name))
        return self._scenario(state, name) if has_a_say else None


class _Command:
    """One transaction on a world, which is brought to its time first: a context manager that gives the machine for it.

    Written out, for every request takes two or three, and one made of a generator costs as much as what most commands do.
    """

    __slots__ = ("_services", "_transaction", "_world_id")

    def __init__(self, world_id: str, services: Services) -> None:
        self._world_id = world_id
        self._services = services
        self._transaction = services.store.transaction()

    def __enter__(self) -> Machine:
        work = self._transaction.__enter__()
        try:
            return self._begun(work)
        except BaseException as error:
            self._transaction.__exit__(type(error), error, error.__traceback__)
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._transaction.__exit__(kind, error, trace)

    def _begun(self, work: Transaction) -> Machine:
        """Return the machine, with everything fired that is due by now. Raises NotFound."""
        state = work.world(self._world_id)
        if state is None:
            raise NotFound("world", self._world_id)
        machine = Machine(work, state, self._services)
        machine.settle(max(state.settled_us, state.clock.now_us(self._services.wall_us())))
        return machine
