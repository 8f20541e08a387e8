"""Which rules are in force for a request, and which of them fire."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from emulator.domain.rules import Facts, RuleInForce, decide

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from emulator.domain.batch import Batch
    from emulator.domain.scenario import Scenario
    from emulator.engine.machine import Machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a request asks, before it takes place: `scenario` is the one that it wants for a new batch."""

    tenant: str
    operation: str | None
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    batch_id: str | None = None
    file_id: str | None = None
    scenario: Scenario | None = None


def fired(machine: Machine, asked: Asked, default: Scenario) -> tuple[RuleInForce, ...]:
    """Count the request against every rule in force for it, and return those that fire, in order.

    In force are the world's own rules, those of its default scenario, and, for requests about a batch whose creator chose a
    scenario for it, that scenario's: these are counted for each batch by itself.
    """
    batch = _batch(machine, asked)
    rules = (*machine.state.rules, *_of(default), *_chosen(asked, batch))
    if not rules:
        return ()
    age_us = machine.state.settled_us - batch.history[0].at_us if batch else None
    facts = Facts(
        operation=asked.operation,
        path=asked.path,
        headers=asked.headers,
        status=batch.status if batch else None,
        age_us=age_us,
    )
    firing, counts = decide(rules, facts, machine.state.rule_counts)
    machine.save(replace(machine.state, rule_counts=counts))
    return firing


def _of(scenario: Scenario, scope: str = "") -> Iterator[RuleInForce]:
    return (RuleInForce(f"{rule.name}{scope}", rule) for rule in scenario.rules)


def _chosen(asked: Asked, batch: Batch | None) -> Iterator[RuleInForce]:
    if batch is not None and batch.has_own_scenario:
        yield from _of(batch.scenario, f"@{batch.id}")
    elif asked.scenario is not None:
        yield from _of(asked.scenario, "@new")


def _batch(machine: Machine, asked: Asked) -> Batch | None:
    """Return the batch that a request is about: by its id, or as the one that a result file belongs to."""
    batch_id = asked.batch_id
    if asked.file_id is not None and (file := machine.work.file(machine.state.id, asked.file_id)):
        batch_id = file.batch_id
    found = machine.work.batch(machine.state.id, batch_id) if batch_id else None
    return found if found and found.tenant == asked.tenant else None
