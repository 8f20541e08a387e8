"""`lines`: which lines of a batch, and what comes of them."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from emulator.domain.outcomes import LinePattern, LineRule, Outcome
from emulator.domain.paths import Changes
from emulator.scenarios.types import Changing, Part, Paths, Several, Share


class WhenModel(Part):
    """Which lines are meant: those for which everything that is given holds."""

    custom_id: str | None = Field(None, description="a glob, such as row-7*")
    index: Annotated[tuple[int, ...], Several] | None = Field(
        None, description="one or several places, counted from 0, or back from the end: -1 is the last line"
    )
    every: int | None = Field(None, ge=1, description="each so-and-so-many-th line, beginning with the first or 'from'")
    start: int = Field(0, alias="from", ge=0, description="where 'every' begins, counted from 0")
    body: Paths = Field({}, description="dotted paths into the line's body, and what stands there; text is a glob")
    share: Share | None = Field(None, description="so many of all lines, chosen by the world's seed")

    @model_validator(mode="after")
    def _means_something(self) -> Self:
        if self.start and self.every is None:
            raise ValueError("expected 'every' beside 'from', found none")
        return self

    def pattern(self) -> LinePattern:
        """Return the pattern as the engine takes it."""
        return LinePattern(
            custom_id=self.custom_id,
            indices=self.index,
            every=self.every,
            start=self.start,
            body=self.body,
            share=self.share,
        )


class ErrorModel(Part):
    """A line's error, in place of a response."""

    code: str
    message: str


class ResponseModel(Part):
    """A line's response. Text may hold placeholders: `{{custom_id}}`, `{{index}}`, `{{body.model}}`."""

    status_code: int = Field(200, ge=100, le=599)
    body: Any = None


class LineModel(Changing):
    """Lines, and their outcome: an error, a response, some text, changes of the genuine body, or nothing ever."""

    when: WhenModel = WhenModel()
    error: ErrorModel | None = None
    response: ResponseModel | None = None
    content: str | None = Field(None, description="the text that the model answers")
    unfinished: bool = Field(False, description="the line never finishes")

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        given = [
            name for name in ("error", "response", "content", "unfinished") if getattr(self, name) not in {None, False}
        ]
        if len(given) > 1:
            raise ValueError(f"expected one outcome, found {' and '.join(given)}")
        if not given and not self.changes():
            raise ValueError("expected an outcome: error, response, content, set, unset or unfinished")
        return self

    def rule(self) -> LineRule:
        """Return the rule as the engine takes it."""
        response = self.response or ResponseModel()
        outcome = Outcome(
            error={"code": self.error.code, "message": self.error.message} if self.error else None,
            status_code=response.status_code,
            body=response.body,
            content=self.content,
            changes=Changes(self.set, self.unset),
            unfinished=self.unfinished,
        )
        return LineRule(self.when.pattern(), outcome)
