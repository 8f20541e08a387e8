"""What the admin API asks of a world: its time, its scenarios, rules and lines, and a look at all that is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.domain import timeline
from emulator.domain.deciding import Count, RuleInForce
from emulator.domain.errors import NotFound, NothingToCome
from emulator.domain.values import changed
from emulator.engine.handle import Handle, new_state
from emulator.scenarios.library import refuse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from emulator.domain.batch import Batch
    from emulator.domain.outcomes import LineRule
    from emulator.domain.rules import Rule
    from emulator.domain.scenario import Scenario
    from emulator.engine.handle import Moved
    from emulator.engine.records import JournalEntry, WorldState


class AdminCommands(Handle):
    """The commands behind the calls of the admin API."""

    # Time

    def advance(self, *, by_us: int) -> Moved:
        """Move the world's time on. Raises InvalidRequest."""
        with self._command() as machine:
            return self._move(machine, machine.state.settled_us + by_us, param="by")

    def advance_to(self, *, to_us: int) -> Moved:
        """Move the world's time to an instant. Raises InvalidRequest when that has passed, or is past the year 9999."""
        with self._command() as machine:
            return self._move(machine, to_us, param="to")

    def step(self, batch_id: str) -> Moved:
        """Move the world to the instant of this batch's next event. Raises NotFound, NothingToCome."""
        with self._command() as machine:
            batch = machine.work.batch(self.id, batch_id)
            if batch is None:
                raise NotFound("batch", batch_id)
            event = timeline.next_event(batch)
            if event is None:
                raise NothingToCome(batch_id, batch.status)
            return self._move(machine, event.at_us)

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

    # Scenarios, rules and lines

    def use(self, scenario: str) -> WorldState:
        """Let batches follow this scenario from now on, where nothing else is chosen. Raises InvalidRequest."""
        with self._command() as machine:
            self._scenario(machine.state, scenario)
            machine.save(changed(machine.state, scenario=scenario))
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
            machine.save(changed(state, scenarios=scenarios, rule_counts=counts))

    def remove_scenario(self, name: str) -> None:
        """Take a scenario of its own from the world; batches that follow it go on. Raises InvalidRequest."""
        with self._command() as machine:
            own = dict(machine.state.scenarios)
            if own.pop(name, None) is None:
                refuse(name, own)
            machine.save(changed(machine.state, scenarios=own))

    def find_scenario(self, name: str) -> Scenario:
        """Return the scenario that this name means in this world. Raises InvalidRequest."""
        return self._scenario(self.state(), name)

    def add_rule(self, rule: Rule) -> RuleInForce:
        """Put a rule in force."""
        with self._command() as machine:
            added = RuleInForce(f"rule_{machine.state.counters.rules + 1}", rule)
            state = machine.state.counting("rules")
            machine.save(changed(state, rules=(*state.rules, added)))
            return added

    def remove_rules(self, key: str | None = None) -> None:
        """Take the rule with this key out of force, or all that were added. Raises NotFound."""
        with self._command() as machine:
            kept = tuple(each for each in machine.state.rules if key not in {None, each.key})
            if key is not None and len(kept) == len(machine.state.rules):
                raise NotFound("rule", key)
            machine.save(changed(machine.state, rules=kept))

    def rules(self) -> tuple[tuple[RuleInForce, Count], ...]:
        """Return the rules that are in force for the whole world, and how often each has matched and fired."""
        state = self.state()
        default = self._directing(state)
        everywhere = (*state.rules, *(RuleInForce(rule.name, rule) for rule in (default.rules if default else ())))
        return tuple((each, state.rule_counts.get(each.key, Count())) for each in everywhere)

    def add_lines(self, lines: Sequence[LineRule]) -> None:
        """Let lines that are validated from now on come out like this; these rules come before all others."""
        with self._command() as machine:
            machine.save(changed(machine.state, lines=(*lines, *machine.state.lines)))

    def remove_lines(self) -> None:
        """Leave it to the scenarios again what comes of lines."""
        with self._command() as machine:
            machine.save(changed(machine.state, lines=()))

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

    def journal(self) -> Sequence[JournalEntry]:
        """Return the journal of requests, newest last."""
        with self._services.store.transaction() as work:
            return work.journal(self.id)
