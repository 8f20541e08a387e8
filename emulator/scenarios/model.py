"""The language of scenario files: one model for a file; its parts stand in the modules named for them.

`schemas/scenario.schema.json` is generated from these models.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import Discriminator, Field, Tag

from emulator.domain.jsonl import InputFault
from emulator.domain.lifecycle import CANCELLABLE, Status
from emulator.domain.scenario import Scenario
from emulator.scenarios.lifecycle import AnyStep, StepModel, contradictions, ends, reachable
from emulator.scenarios.lines import LineModel, unreachable
from emulator.scenarios.results import ResultsModel
from emulator.scenarios.rules import RuleModel
from emulator.scenarios.types import Items, Part, Unique
from emulator.scenarios.words import BREAKS, TOLERATES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

DEFAULT_CANCEL = tuple(
    map(StepModel.model_validate_json, ('{"to": "cancelling"}', '{"to": "cancelled", "after": "10m"}'))
)
NEVER_ENDS = "never ends: expected a terminal status or 'expires' as the last step"

Contradiction: TypeAlias = tuple[tuple[str | int, ...], str]
"""Where in a file something is wrong, as a path of names and indices, and what."""


class FaultModel(Part):
    """An entry of the batch's `errors`, reported as it stands."""

    code: str = Field(description="such as invalid_json_line")
    message: str = Field(description="a sentence")
    param: str | None = Field(None, description="the member that is wrong")
    line: int | None = Field(None, ge=1, description="the line of the input file, from 1")


def _form(value: Any) -> str:
    return "faults" if isinstance(value, list | tuple) else "word"


Validation = Annotated[
    Annotated[Literal["run", "skip"], Tag("word")] | Annotated[Items[FaultModel], Field(min_length=1), Tag("faults")],
    Discriminator(_form),
]


class ScenarioModel(Part):
    """A scenario file."""

    scenario: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$", description="its name, which is that of its file")
    title: str = Field(min_length=1, description="what happens, in a few words")
    kind: Literal["legal", "hostile"] = Field(description="whether it keeps the contract, or breaks it")
    extends: str | None = Field(None, description="the scenario of which this one changes parts")
    tolerates: Annotated[Items[Literal[tuple(TOLERATES)]], *Unique] = Field(  # type: ignore[valid-type]
        (), description="what a legal one asks of its client beyond the documented sample"
    )
    breaks: Annotated[Items[Literal[tuple(BREAKS)]], *Unique] = Field(  # type: ignore[valid-type]
        (), description="what of the contract a hostile one breaks"
    )
    seen_in: str | None = Field(None, description="where it was reported")
    client: str | None = Field(None, description="what a good client does")
    edition: Literal["0.5.25", "0.12.26", "0.12.91", "0.12.114"] | None = Field(
        None, description="the edition in which its replies are shown; without it, the world's"
    )
    lifecycle: Items[AnyStep] = Field(
        min_length=1, description="what happens as time passes; a terminal status or 'expires' ends it"
    )
    on_cancel: Items[AnyStep] = Field(
        DEFAULT_CANCEL,
        min_length=1,
        description="what replaces the rest once the batch is cancelled",
        json_schema_extra={"default": [{"to": "cancelling"}, {"to": "cancelled", "after": "10m"}]},
    )
    validation: Validation = Field(
        "run", description="check the input, or do not, or report these faults whatever it holds"
    )
    lines: Items[LineModel] = Field((), description="outcomes of lines: the first that means a line counts")
    results: ResultsModel = Field(ResultsModel(), description="what the result files look like")
    rules: Items[RuleModel] = Field((), description="what happens to HTTP requests and replies")

    def problems(self, *, unread: Collection[str] = ()) -> list[Contradiction]:
        """Return what no single part can see, with its place; without what hangs on members that could not be read."""
        checks = {
            self._word_problems: {"kind", "breaks"},
            self._lifecycle_problems: {"lifecycle", "validation"},
            self._cancel_problems: {"on_cancel"},
            self._line_problems: {"lines"},
            self._rule_problems: {"lifecycle", "on_cancel", "validation", "rules"},
        }
        return [found for check, members in checks.items() if members.isdisjoint(unread) for found in check()]

    def _word_problems(self) -> Iterator[Contradiction]:
        if self.kind == "legal" and self.breaks:
            yield ("breaks",), "a legal scenario breaks nothing: expected no 'breaks', or kind: hostile"
        if self.kind == "hostile" and not self.breaks:
            yield (
                ("kind",),
                f"a hostile scenario says what it breaks: expected 'breaks' with some of {', '.join(BREAKS)}",
            )

    def _lifecycle_problems(self) -> Iterator[Contradiction]:
        found = {(index, member): why for index, member, why in contradictions(self.lifecycle, start=Status.VALIDATING)}
        yield from ((("lifecycle", *place), why) for place, why in found.items())
        if not found and not ends(self.lifecycle, start=Status.VALIDATING):
            yield ("lifecycle", len(self.lifecycle) - 1), NEVER_ENDS
        for index, step in enumerate(self.lifecycle):
            if step.to == "failed" and (index, "to") not in found and isinstance(self.validation, str):
                why = f"a failed batch has errors: expected them in 'validation', found '{self.validation}'"
                yield ("lifecycle", index, "to"), why

    def _cancel_problems(self) -> Iterator[Contradiction]:
        found: dict[tuple[int, str], str] = {}
        for start in (status for status in Status if status in CANCELLABLE):
            for index, member, why in contradictions(self.on_cancel, start=start):
                found.setdefault((index, member), f"when cancelled while '{start}', {why}")
        yield from ((("on_cancel", *place), why) for place, why in found.items())
        if not found and not ends(self.on_cancel, start=Status.IN_PROGRESS):
            yield ("on_cancel", len(self.on_cancel) - 1), NEVER_ENDS

    def _line_problems(self) -> Iterator[Contradiction]:
        yield from ((("lines", index), why) for index, why in unreachable(self.lines))

    def _rule_problems(self) -> Iterator[Contradiction]:
        statuses = reachable(self.lifecycle, self.on_cancel, fails=isinstance(self.validation, tuple))
        for index, rule in enumerate(self.rules):
            if rule.on.status and statuses.isdisjoint(map(Status, rule.on.status)):
                known = " or ".join(status for status in Status if status in statuses)
                why = f"can never match, for no batch comes to it: expected {known}, found {', '.join(rule.on.status)}"
                yield ("rules", index, "on", "status"), why

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
