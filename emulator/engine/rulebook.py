"""Which rules are in force for a request, and which of them fire."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from emulator.domain.deciding import RuleInForce, decide
from emulator.domain.facts import Facts
from emulator.domain.values import changed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.domain.batch import Batch
    from emulator.domain.scenario import Scenario
    from emulator.engine.machine import Machine


@dataclass(slots=True, kw_only=True)
class Asked:
    """What a request asks, before it takes place."""

    tenant: str
    operation: str | None
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    batch_id: str | None = None
    file_id: str | None = None


@dataclass(slots=True)
class Direction:
    """What the scenarios and rules of a world say to a request: the rules that fire, and the edition that it is shown."""

    rules: tuple[RuleInForce, ...]
    edition: str


def direct(machine: Machine, asked: Asked, *, default: Scenario | None, wanted: Scenario | None) -> Direction:
    """Count the request against every rule in force for it, and return those that fire, in order.

    `default` is the world's scenario, `wanted` the one that the request wants for a new batch.

    In force are the world's own rules, those of its default scenario, and, for requests about a batch whose creator chose a
    scenario for it, that scenario's: these are counted for each batch by itself, and the default's are not when it is the
    same scenario.
    """
    state, batch = machine.state, _batch(machine, asked)
    chosen = batch.scenario if batch and batch.has_own_scenario else wanted
    edition = _edition(chosen) or _edition(default) or state.options.edition
    if chosen is default is None and not state.rules:
        return Direction((), edition)
    rules = (
        *state.rules,
        *_of(default if default != chosen else None, ""),
        *_of(chosen, f"@{batch.id}" if batch else "@new"),
    )
    if not rules:
        return Direction((), edition)
    fired, counts = decide(rules, _facts(asked, batch, state.settled_us), state.rule_counts)
    if counts != state.rule_counts:
        machine.save(changed(state, rule_counts=counts))
    return Direction(fired, edition)


def _edition(scenario: Scenario | None) -> str | None:
    return scenario.edition if scenario else None


def _facts(asked: Asked, batch: Batch | None, now_us: int) -> Facts:
    return Facts(
        operation=asked.operation,
        path=asked.path,
        headers=asked.headers,
        status=batch.status if batch else None,
        age_us=now_us - batch.history[0].at_us if batch else None,
    )


def _of(scenario: Scenario | None, scope: str) -> tuple[RuleInForce, ...]:
    return tuple(RuleInForce(f"{rule.name}{scope}", rule) for rule in scenario.rules) if scenario else ()


def _batch(machine: Machine, asked: Asked) -> Batch | None:
    """Return the batch that a request is about: by its id, or as the one that a result file belongs to."""
    batch_id = asked.batch_id
    if asked.file_id is not None and (file := machine.work.file(machine.state.id, asked.file_id)):
        batch_id = file.batch_id
    found = machine.work.batch(machine.state.id, batch_id) if batch_id else None
    return found if found and found.tenant == asked.tenant else None
