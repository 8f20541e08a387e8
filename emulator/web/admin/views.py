"""What the admin API shows of worlds, clocks, events, batches and requests. Times are epoch seconds."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final

from emulator.domain.clock import SECOND_US
from emulator.domain.timeline import due_us
from emulator.engine.records import JournalEntry

if TYPE_CHECKING:
    from emulator.domain.batch import Batch
    from emulator.domain.deciding import Count, RuleInForce
    from emulator.domain.scenario import Scenario
    from emulator.domain.steps import Step
    from emulator.engine.machine import Fired
    from emulator.engine.records import WorldState

_OF_REQUEST: Final = tuple(each.name for each in fields(JournalEntry))


def epoch(time_us: int) -> float:
    """Return an instant in epoch seconds: whole where it is whole."""
    whole, rest = divmod(time_us, SECOND_US)
    return time_us / SECOND_US if rest else whole


def world(state: WorldState) -> dict[str, Any]:
    """Return a world as the list of worlds shows it."""
    options, counters = state.options, state.counters
    return {
        "world": state.id,
        "seed": options.seed,
        "clock": options.clock,
        "scenario": state.scenario,
        "edition": options.edition,
        "now": epoch(state.settled_us),
        "batches_created": counters.batches,
        "files_created": counters.files,
        "requests": counters.requests,
    }


def clock(state: WorldState) -> dict[str, Any]:
    """Return a world's clock."""
    return {"now": epoch(state.settled_us), "mode": state.options.clock}


def event(fired: Fired) -> dict[str, Any]:
    """Return an event that fired: a status that was entered, lines that finished, or late file ids."""
    shown = {"at": epoch(fired.at_us), "batch_id": fired.after.id, "event": "progress"}
    if fired.before.status is not fired.after.status:
        shown |= {"event": "transition", "from": fired.before.status, "to": fired.after.status}
    elif fired.before.held and not fired.after.held:
        shown |= {"event": "files_shown"}
    return {**shown, "request_counts": counts(fired.after)}


def counts(batch: Batch) -> dict[str, int]:
    """Return how far a batch's lines have come."""
    return {"total": batch.lines.total, "completed": batch.lines.completed, "failed": batch.lines.failed}


def timeline(batch: Batch) -> dict[str, Any]:
    """Return what has happened to a batch and what is still to come, as things stand."""
    past = [{"at": epoch(entry.at_us), "status": entry.status} for entry in batch.history]
    return {
        "batch_id": batch.id,
        "scenario": batch.scenario.name,
        "status": batch.status,
        "past": past,
        "to_come": _to_come(batch),
    }


def overview(batch: Batch) -> dict[str, Any]:
    """Return a batch as the list of batches shows it."""
    return {
        "id": batch.id,
        "tenant": batch.tenant or None,
        "endpoint": batch.request.endpoint,
        "scenario": batch.scenario.name,
        "status": batch.status,
        "created_at": batch.created_at,
        "expires_at": batch.expires_at,
        "request_counts": counts(batch),
        "input_file_id": batch.request.input_file_id,
        "output_file_id": batch.output_file_id,
        "error_file_id": batch.error_file_id,
        "next_at": epoch(next_us) if (next_us := due_us(batch)) is not None else None,
        "to_come": _to_come(batch),
    }


def _to_come(batch: Batch) -> list[dict[str, Any]]:
    if batch.is_over:
        return []
    shown, plan = [], batch.plan
    while plan.steps and plan.due_us() <= batch.closes_us:
        shown.append({"at": epoch(plan.due_us()), **_step(plan.steps[0])})
        plan = plan.past_step()
    ends = bool(shown) and not plan.steps and shown[-1].get("status") in {"completed", "cancelled", "expired", "failed"}
    return shown if ends else [*shown, {"at": batch.expires_at, "status": "expired"}]


def _step(step: Step) -> dict[str, Any]:
    if step.to is not None:
        return {"status": step.to}
    amount = step.progress
    if amount is None:
        return {"set": dict(step.changes.set), "unset": list(step.changes.unset)}
    return {"progress": f"{float(amount.value):.0%}" if amount.unit == "share" else int(amount.value)}


def scenario(shown: Scenario) -> dict[str, Any]:
    """Return a scenario as the list of scenarios shows it."""
    return {
        "name": shown.name,
        "title": shown.title,
        "kind": shown.kind,
        "seen_in": shown.seen_in,
        "client": shown.client,
        "tolerates": list(shown.tolerates),
        "breaks": list(shown.breaks),
    }


def rule(shown: RuleInForce, count: Count) -> dict[str, Any]:
    """Return a rule in force, as it was written, and how often it has matched and fired."""
    return {"rule": shown.key, **shown.rule.written, "matched": count.matched, "fired": count.fired}


def request(entry: JournalEntry) -> dict[str, Any]:
    """Return a request of the journal; headers as a list of pairs, for a name may come more than once."""
    return {name: getattr(entry, name) for name in _OF_REQUEST}
