"""`lifecycle` and `on_cancel`: the steps of a batch's life, and what makes a sequence of them impossible."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from emulator.domain.batch import WINDOW_S
from emulator.domain.clock import SECOND_US
from emulator.domain.lifecycle import TERMINAL, TRANSITIONS, Status
from emulator.domain.timeline import Step, Wait
from emulator.scenarios.types import Changing, Duration, LineAmount

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

StatusName = Literal["in_progress", "failed", "finalizing", "completed", "expired", "cancelling", "cancelled"]
WINDOW_US = WINDOW_S * SECOND_US


class StepModel(Changing):
    """One step: a status to enter, lines to finish meanwhile, or members of the batch to change; and when."""

    to: StatusName | None = Field(None, description="the status to enter")
    progress: LineAmount | None = Field(None, description="how many lines are done then; they finish evenly on the way")
    after: Duration | None = Field(None, description="when, counted from the step before")
    at: Duration | None = Field(None, description="when, counted from the batch's creation")

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if self.to is not None and self.progress is not None:
            raise ValueError("expected one of 'to' and 'progress', found both")
        if self.to is None and self.progress is None and not self.changes():
            raise ValueError("expected 'to', 'progress', 'set' or 'unset', found none of them")
        if self.after is not None and self.at is not None:
            raise ValueError("expected one of 'after' and 'at', found both")
        return self

    def step(self) -> Step:
        """Return the step as the engine takes it; without a time it follows at once."""
        wait = Wait(self.after or 0) if self.at is None else Wait(self.at, "creation")
        return Step(wait=wait, to=Status(self.to) if self.to else None, progress=self.progress, changes=self.changes())


def _written(value: Any) -> Any:
    return {"to": "expired", "at": "24h"} if value == "expires" else value


AnyStep = Annotated[StepModel, BeforeValidator(_written)]
"""A step, or the word `expires`: nothing more happens until the window closes."""


def contradictions(steps: Sequence[StepModel], *, start: Status) -> Iterator[tuple[int, str]]:
    """Yield the index of each step that cannot be taken, and why."""
    now_us, status, done = 0, start, Fraction(0)
    for index, step in enumerate(steps):
        due_us = step.at if step.at is not None else now_us + (step.after or 0)
        wrong = (_wrong_status(step, status), _wrong_time(now_us, due_us), _wrong_progress(step, done))
        yield from ((index, why) for why in wrong if why)
        if status in TERMINAL:
            return
        now_us, status = max(now_us, due_us), Status(step.to) if step.to else status
        done = step.progress.value if step.progress and step.progress.unit == "share" else done


def _wrong_status(step: StepModel, status: Status) -> str | None:
    if status in TERMINAL:
        return f"expected nothing after '{status}', which ends a batch's life"
    if step.to is not None and step.to not in TRANSITIONS[status]:
        return f"after '{status}': expected {_either(TRANSITIONS[status])}, found '{step.to}'"
    return None


def _wrong_time(now_us: int, due_us: int) -> str | None:
    if due_us < now_us:
        return f"'at' is {_text(due_us)}, but the step before comes no earlier than {_text(now_us)}"
    if due_us > WINDOW_US:
        return f"the step would come {_text(due_us)} after creation, but the window closes after {_text(WINDOW_US)}"
    return None


def _wrong_progress(step: StepModel, done: Fraction) -> str | None:
    if step.progress is not None and step.progress.unit == "share" and step.progress.value < done:
        return f"progress goes back: expected at least {float(done):.0%}, found {float(step.progress.value):.0%}"
    return None


def ends(steps: Sequence[StepModel], *, start: Status) -> bool:
    """Return whether the last status that the steps enter ends a batch's life."""
    entered = [Status(step.to) for step in steps if step.to is not None]
    return (entered[-1] if entered else start) in TERMINAL


def _either(statuses: frozenset[Status]) -> str:
    return " or ".join(f"'{status}'" for status in Status if status in statuses)


def _text(time_us: int) -> str:
    return f"{time_us / SECOND_US:g}s"
