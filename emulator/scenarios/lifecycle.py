"""`lifecycle` and `on_cancel`: the steps of a batch's life, and what makes a sequence of them impossible."""

from __future__ import annotations

from difflib import get_close_matches
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, TypeAlias

from pydantic import ConfigDict, Field, model_validator

from emulator.domain.batch import WINDOW_S
from emulator.domain.clock import SECOND_US
from emulator.domain.lifecycle import TERMINAL, TRANSITIONS, Status
from emulator.domain.steps import Step, Wait
from emulator.domain.timeline import RUNS_LINES
from emulator.scenarios.types import Changing, Duration, LineAmount, Short, at_least_one, not_both

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

StatusName = Literal["in_progress", "failed", "finalizing", "completed", "expired", "cancelling", "cancelled"]
WINDOW_US = WINDOW_S * SECOND_US
_UNITS = ((3600 * SECOND_US, "h"), (60 * SECOND_US, "m"))


class StepModel(Changing):
    """One step: a status to enter, lines to finish meanwhile, or members of the batch to change; and when."""

    model_config = ConfigDict(
        json_schema_extra={
            **at_least_one("to", "progress", "set", "unset"),
            "allOf": [not_both("to", "progress"), not_both("after", "at")],
        }
    )

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
    if value == "expires":
        return {"to": "expired", "at": "24h"}
    if isinstance(value, str):
        hint = " (did you mean 'expires'?)" if get_close_matches(value, ["expires"], cutoff=0.4) else ""
        raise ValueError(f"expected a step or 'expires', found '{value}'{hint}")  # noqa: TRY004 - pydantic asks for it
    return value


AnyStep = Annotated[StepModel, Short(_written, ({"const": "expires"},))]
"""A step, or the word `expires`: nothing more happens until the window closes."""

Contradiction: TypeAlias = tuple[int, str, str]
"""The index of a step, the member of it that cannot be, and why."""


def contradictions(steps: Sequence[StepModel], *, start: Status) -> Iterator[Contradiction]:
    """Yield what is wrong with steps that begin in this status."""
    now_us, status = 0, start
    done: dict[str, Fraction] = {}
    for index, step in enumerate(steps):
        due_us = step.at if step.at is not None else now_us + (step.after or 0)
        wrong = (_wrong_status(step, status), _wrong_time(step, now_us, due_us), _wrong_progress(step, status, done))
        yield from ((index, *each) for each in wrong if each)
        if status in TERMINAL:
            return
        now_us, status = max(now_us, due_us), Status(step.to) if step.to else status
        if step.progress:
            done[step.progress.unit] = step.progress.value


def _wrong_status(step: StepModel, status: Status) -> tuple[str, str] | None:
    if status in TERMINAL:
        return "", f"'{status}' ends a batch's life: expected nothing after it"
    if step.to is not None and step.to not in TRANSITIONS[status]:
        return "to", f"after '{status}': expected {_either(TRANSITIONS[status])}, found '{step.to}'"
    return None


def _wrong_time(step: StepModel, now_us: int, due_us: int) -> tuple[str, str] | None:
    member = "at" if step.at is not None else "after"
    if due_us < now_us:
        earliest = f"the step before comes {_text(now_us)} after creation"
        return member, f"{earliest}: expected no earlier time, found {_text(due_us)}"
    if due_us > WINDOW_US >= now_us:
        return member, f"the window closes {_text(WINDOW_US)} after creation: expected no later, found {_text(due_us)}"
    return None


def _wrong_progress(step: StepModel, status: Status, done: Mapping[str, Fraction]) -> tuple[str, str] | None:
    if step.progress is None:
        return None
    if status not in RUNS_LINES:
        return "progress", f"no line finishes while '{status}': expected progress while {_either(RUNS_LINES)}"
    before = done.get(step.progress.unit, Fraction(0))
    if step.progress.value < before:
        least, found = (_amount(value, step.progress.unit) for value in (before, step.progress.value))
        return "progress", f"progress goes back: expected at least {least}, found {found}"
    return None


def ends(steps: Sequence[StepModel], *, start: Status) -> bool:
    """Return whether the last status that the steps enter ends a batch's life."""
    entered = [Status(step.to) for step in steps if step.to is not None]
    return (entered[-1] if entered else start) in TERMINAL


def reachable(lifecycle: Sequence[StepModel], on_cancel: Sequence[StepModel], *, fails: bool) -> frozenset[Status]:
    """Return the statuses that a batch can be in; `fails` tells that validation never lets it go on.

    A batch that is cancelled so late that its window closes meanwhile expires; one that is cancelled before it was
    validated, and found wanting, is cancelled whatever `on_cancel` says.
    """
    entered = {Status(step.to) for step in lifecycle if step.to}
    failing = {Status.FAILED} if entered & {Status.IN_PROGRESS, Status.FAILED} else set()
    cancelled = {Status(step.to) for step in on_cancel if step.to}
    return frozenset({Status.VALIDATING, Status.EXPIRED, Status.CANCELLED, *failing, *cancelled}) | (
        frozenset() if fails else frozenset(entered)
    )


def _either(statuses: Collection[Status]) -> str:
    return " or ".join(f"'{status}'" for status in Status if status in statuses)


def _amount(value: Fraction, unit: str) -> str:
    return f"{float(value):.6%}".rstrip("0%").rstrip(".") + "%" if unit == "share" else str(value)


def _text(time_us: int) -> str:
    unit, name = next((each for each in _UNITS if time_us and time_us % each[0] == 0), (SECOND_US, "s"))
    return f"{time_us / unit:g}{name}"
