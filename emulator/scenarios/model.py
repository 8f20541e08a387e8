"""The language of scenario files, as models; each can be turned into the script that a batch follows."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from emulator.domain.clock import parse_duration
from emulator.domain.lifecycle import Status
from emulator.domain.timeline import Amount, Script, Step, Wait

Microseconds = Annotated[int, BeforeValidator(parse_duration)]
"""A duration: `90s`, `10m`, `24h`, `1d`, or a number of seconds."""


def _amount(value: object) -> Amount:
    if isinstance(value, str) and value.endswith("%") and value[:-1].isdecimal() and int(value[:-1]) <= 100:
        return Amount(Fraction(int(value[:-1]), 100), "share")
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return Amount(Fraction(value), "lines")
    raise ValueError(f"expected a count of lines or a share such as 40%, found {value!r}")


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class StepModel(_Model):
    """One step: a status to enter (`to`), or lines to finish meanwhile (`progress`), and when."""

    to: Status | None = None
    progress: Annotated[Amount, BeforeValidator(_amount)] | None = None
    after: Microseconds | None = Field(None, description="counted from the step before")
    at: Microseconds | None = Field(None, description="counted from the batch's creation")

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if (self.to is None) == (self.progress is None):
            raise ValueError("expected one of 'to' and 'progress'")
        if self.after is not None and self.at is not None:
            raise ValueError("expected one of 'after' and 'at', found both")
        return self

    def step(self) -> Step:
        """Return the step as the engine takes it; without a time it follows at once."""
        wait = Wait(self.after or 0) if self.at is None else Wait(self.at, "creation")
        return Step(wait=wait, to=self.to, progress=self.progress)


DEFAULT_CANCEL = tuple(map(StepModel.model_validate, ({"to": "cancelling"}, {"to": "cancelled", "after": "10m"})))


class ScenarioModel(_Model):
    """A scenario file."""

    scenario: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")
    title: str
    kind: Literal["legal", "hostile"]
    seen_in: str | None = None
    client: str | None = Field(None, description="what a good client does")
    lifecycle: tuple[StepModel, ...]
    on_cancel: tuple[StepModel, ...] = DEFAULT_CANCEL

    def script(self) -> Script:
        """Return what a batch that was given this scenario follows."""
        return Script(
            name=self.scenario,
            steps=tuple(step.step() for step in self.lifecycle),
            on_cancel=tuple(step.step() for step in self.on_cancel),
        )
