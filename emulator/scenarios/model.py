"""The language of scenario files: one model for a file; its parts stand in the modules named for them.

`schemas/scenario.schema.json` is generated from these models.
"""

from __future__ import annotations

from typing import Literal, Self, TypeAlias

from pydantic import Field, model_validator

from emulator.domain.jsonl import InputFault
from emulator.domain.lifecycle import CANCELLABLE, Status
from emulator.domain.scenario import Scenario
from emulator.scenarios.lifecycle import AnyStep, StepModel, contradictions, ends
from emulator.scenarios.lines import LineModel
from emulator.scenarios.results import ResultsModel
from emulator.scenarios.rules import RuleModel
from emulator.scenarios.types import Part
from emulator.scenarios.words import BREAKS, TOLERATES

DEFAULT_CANCEL = tuple(
    map(StepModel.model_validate_json, ('{"to": "cancelling"}', '{"to": "cancelled", "after": "10m"}'))
)


Problem: TypeAlias = tuple[tuple[str | int, ...], str]
"""Where in a file something is wrong, as a path of names and indices, and what."""


class FaultModel(Part):
    """An entry of the batch's `errors`, reported as it stands."""

    code: str
    message: str
    param: str | None = None
    line: int | None = Field(None, ge=1)


class ScenarioModel(Part):
    """A scenario file."""

    scenario: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$", description="its name, as its file's")
    title: str = Field(min_length=1)
    kind: Literal["legal", "hostile"]
    extends: str | None = Field(None, description="the scenario of which this one changes parts")
    tolerates: tuple[Literal[tuple(TOLERATES)], ...] = Field((), description="what a legal one asks of its client")  # type: ignore[valid-type]
    breaks: tuple[Literal[tuple(BREAKS)], ...] = Field((), description="what a hostile one breaks")  # type: ignore[valid-type]
    seen_in: str | None = Field(None, description="where it was reported")
    client: str | None = Field(None, description="what a good client does")
    edition: Literal["0.5.25", "0.12.26", "0.12.91", "0.12.114"] | None = Field(
        None, description="the edition in which its replies are shown"
    )
    lifecycle: tuple[AnyStep, ...] = Field(
        description="what happens as time passes; a terminal status or 'expires' ends it"
    )
    on_cancel: tuple[AnyStep, ...] = Field(DEFAULT_CANCEL, description="what replaces the rest once it is cancelled")
    validation: Literal["run", "skip"] | tuple[FaultModel, ...] = Field(
        "run", description="check the input, or do not, or report these faults whatever it holds"
    )
    lines: tuple[LineModel, ...] = Field((), description="outcomes of lines: the first that means a line counts")
    results: ResultsModel = ResultsModel()
    rules: tuple[RuleModel, ...] = ()

    @model_validator(mode="after")
    def _keeps_its_word(self) -> Self:
        if self.kind == "legal" and self.breaks:
            raise ValueError("a legal scenario breaks nothing: expected no 'breaks', or kind: hostile")
        if self.kind == "hostile" and not self.breaks:
            raise ValueError(
                f"a hostile scenario says what it breaks: expected 'breaks' with some of {', '.join(BREAKS)}"
            )
        return self

    def problems(self) -> list[Problem]:
        """Return what no single part can see: steps that contradict each other, with their places."""
        found: list[Problem] = [
            (("lifecycle", at), why) for at, why in contradictions(self.lifecycle, start=Status.VALIDATING)
        ]
        if not found and not ends(self.lifecycle, start=Status.VALIDATING):
            found.append((("lifecycle",), "never ends: expected a terminal status or 'expires' as its last step"))
        return [*found, *self._cancel_problems()]

    def _cancel_problems(self) -> list[Problem]:
        for start in CANCELLABLE:
            found: list[Problem] = [(("on_cancel", at), why) for at, why in contradictions(self.on_cancel, start=start)]
            if found:
                return found
        if not ends(self.on_cancel, start=Status.IN_PROGRESS):
            return [(("on_cancel",), "never ends: expected a terminal status or 'expires' as its last step")]
        return []

    def compiled(self) -> Scenario:
        """Return the scenario as the engine takes it."""
        errors = self.validation if isinstance(self.validation, tuple) else ()
        return Scenario(
            name=self.scenario,
            title=self.title,
            kind=self.kind,
            tolerates=self.tolerates,
            breaks=self.breaks,
            seen_in=self.seen_in,
            client=self.client,
            edition=self.edition,
            steps=tuple(step.step() for step in self.lifecycle),
            on_cancel=tuple(step.step() for step in self.on_cancel),
            validates=self.validation != "skip",
            errors=tuple(InputFault(each.code, each.message, each.param, each.line) for each in errors),
            lines=tuple(line.rule() for line in self.lines),
            results=self.results.plan(),
            rules=tuple(rule.rule(f"{self.scenario}#{at}") for at, rule in enumerate(self.rules, start=1)),
        )
