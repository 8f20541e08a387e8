"""Batches and files as bare values, and a batch's whole life without an engine."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from emulator.domain import timeline
from emulator.domain.batch import Batch, Entry, Lines, NewBatch
from emulator.domain.clock import SECOND_US
from emulator.domain.files import File, content_of
from emulator.domain.lifecycle import Status
from emulator.domain.scenario import Scenario
from emulator.domain.steps import Step, Wait
from support.worlds import CHAT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.domain.timeline import Event

REQUEST = NewBatch(endpoint=CHAT, input_file_id="file_1", completion_window="24h", metadata=None, max_concurrency=8)


def step(to: str | None = None, *, after: float = 0, at: float | None = None, **more: Any) -> Step:
    """Return a step of a script; times are in seconds."""
    wait = Wait(round(after * SECOND_US)) if at is None else Wait(round(at * SECOND_US), "creation")
    return Step(wait=wait, to=Status(to) if to else None, **more)


CANCEL = (step("cancelling"), step("cancelled", after=600))
HAPPY = (step("in_progress", after=60), step("finalizing", after=3540), step("completed", after=60))


def new_batch(
    steps: tuple[Step, ...] = HAPPY,
    *,
    now_us: int = 0,
    number: int = 0,
    tenant: str = "",
    on_cancel: tuple[Step, ...] = CANCEL,
) -> Batch:
    scenario = Scenario(name="script", title="A script", kind="legal", steps=steps, on_cancel=on_cancel)
    plan = timeline.start(scenario, now_us=now_us)
    return Batch(
        id=f"batch_{number}",
        tenant=tenant,
        number=number,
        request=REQUEST,
        scenario=scenario,
        history=(Entry(Status.VALIDATING, now_us),),
        plan=plan,
    )


def new_file(*, number: int = 0, tenant: str = "", purpose: str = "batch", data: bytes = b"") -> File:
    return File(
        id=f"file_{number}",
        tenant=tenant,
        number=number,
        created_at=number,
        filename="input.jsonl",
        purpose=purpose,
        content=content_of([data]),
        media_type="application/jsonl",
    )


def life(batch: Batch, *, lines: int) -> Iterator[tuple[Event, Batch]]:
    """Yield each event of a batch with so many lines, and the batch after it, to its end."""
    while event := timeline.next_event(batch):
        if event.to is Status.IN_PROGRESS:
            batch = replace(batch, lines=Lines(total=lines))
        after = timeline.fire(batch, event)
        assert after != batch, "an event that changes nothing would come again for ever"
        batch = after
        yield event, batch


def walked(batch: Batch, *, lines: int, until_us: int) -> Batch:
    """Return the batch as it is at an instant."""
    for event, after in life(batch, lines=lines):
        if event.at_us > until_us:
            break
        batch = after
    return batch
