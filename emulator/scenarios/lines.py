"""`lines`: which lines of a batch, and what comes of them."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import ConfigDict, Field, model_validator

from emulator.domain.outcomes import LinePattern, LineRule, Outcome
from emulator.domain.paths import Changes
from emulator.scenarios.types import Changing, Glob, Items, Part, Paths, Several, Share, at_least_one, not_both, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_OUTCOMES = ("error", "response", "content", "unfinished")


class WhenModel(Part):
    """Which lines are meant: those for which everything that is given holds."""

    custom_id: Glob | None = Field(None, description="a glob, such as `row-7*`")
    index: Annotated[Items[int], Field(min_length=1), Several] | None = Field(
        None, description="one or several places, counted from 0, or back from the end: -1 is the last line"
    )
    every: int | None = Field(None, ge=1, description="each so-and-so-many-th line, beginning with the first or 'from'")
    start: int = Field(0, alias="from", ge=0, description="where 'every' begins, counted from 0")
    body: Paths = Field({}, description="dotted paths into the line's body, and what stands there; text is a glob")
    share: Share | None = Field(None, description="so many of all lines, chosen by the world's seed")

    @model_validator(mode="after")
    def _means_something(self) -> Self:
        if self.start and self.every is None:
            raise wrong("expected 'every' beside 'from', found none", at="from")
        return self

    def means_all(self) -> bool:
        """Return whether no line is left out."""
        return (
            self.custom_id in {None, "*"}
            and self.index is None
            and (self.every or 1) == 1
            and self.start == 0
            and not self.body
            and (self.share is None or self.share == 1)
        )

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

    code: str = Field(description="such as processing_error")
    message: str = Field(description="a sentence")


class ResponseModel(Part):
    """A line's response. Text may hold placeholders: `{{custom_id}}`, `{{index}}`, `{{body.model}}`."""

    status_code: int = Field(200, ge=100, le=599, description="from 400 on, the line counts as failed")
    body: Any = Field(None, description="a JSON value; without it, or null, the genuine body")


class LineModel(Changing):
    """Lines, and their outcome: an error, a response, some text, changes of the genuine body, or nothing ever."""

    model_config = ConfigDict(
        json_schema_extra=at_least_one(*_OUTCOMES, "set", "unset")
        | {"allOf": [not_both(*pair) for pair in combinations(_OUTCOMES[:3], 2)]}
    )

    when: WhenModel = Field(WhenModel(), description="which lines; without it, all")
    error: ErrorModel | None = Field(None, description="the line fails with this error, and has no response")
    response: ResponseModel | None = Field(None, description="the line is answered like this")
    content: str | None = Field(None, description="the text that the model answers")
    unfinished: bool = Field(False, description="the line never finishes")

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        given = [name for name in _OUTCOMES if getattr(self, name) is not None and getattr(self, name) is not False]
        if len(given) > 1:
            raise ValueError(f"expected one outcome, found {' and '.join(given)}")
        if not given and not self.changes():
            raise ValueError("expected an outcome: error, response, content, set, unset or unfinished")
        if self.changes() and given in (["error"], ["unfinished"]):
            raise ValueError(f"expected 'set' and 'unset' where there is a body to change, found '{given[0]}'")
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


class LinesModel(Part):
    """Outcomes of lines that stand for themselves, in no scenario."""

    lines: Items[LineModel] = Field(min_length=1, description="outcomes of lines: the first that means a line counts")

    def rules(self) -> tuple[LineRule, ...]:
        """Return the rules as the engine takes them."""
        return tuple(line.rule() for line in self.lines)


def unreachable(lines: Sequence[LineModel]) -> Iterator[tuple[int, str]]:
    """Yield the index of each entry that no line ever comes to, and why."""
    for_all: int | None = None
    alike: dict[str, int] = {}
    for index, line in enumerate(lines):
        same = alike.setdefault(repr(line.when), index)
        if for_all is not None:
            yield index, f"can never be reached: lines[{for_all}] comes first, and means all lines"
        elif same < index:
            yield index, f"can never be reached: lines[{same}] comes first, and means the same lines"
        elif line.when.means_all():
            for_all = index
