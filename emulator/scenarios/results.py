"""`results`: what result files look like, and every way in which they can be wrong."""

from __future__ import annotations

from base64 import b64decode
from typing import Annotated, Final, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from emulator.domain.edits import Action, Edit, ResultFile, ResultsPlan
from emulator.domain.paths import Changes
from emulator.scenarios.lines import WhenModel
from emulator.scenarios.types import (
    Base64,
    Changing,
    Duration,
    Items,
    Part,
    Several,
    Unique,
    at_least_one,
    is_header_value,
    wrong,
)

Files = Annotated[Items[ResultFile], *Unique, Several]


_ACTIONS: Final[dict[str, Action]] = {
    "drop": "drop",
    "repeat": "repeat",
    "swap": "swap",
    "replace": "replace",
    "change": "change",
    "append": "append",
    "append_base64": "append",
}


class EditModel(Changing):
    """One change of one file. All but the `append`s are made to the lines that they name."""

    model_config = ConfigDict(json_schema_extra=at_least_one(*_ACTIONS))

    file: ResultFile = Field("output", alias="in", description="the file that is changed")
    drop: WhenModel | None = Field(None, description="leave these lines out")
    repeat: WhenModel | None = Field(None, description="write these lines twice")
    swap: WhenModel | None = Field(None, description="pass the custom_ids of these lines around among them")
    replace: WhenModel | None = Field(None, description="write 'text' or 'base64' in place of these lines")
    change: WhenModel | None = Field(None, description="apply 'set' and 'unset' to these lines")
    append: str | None = Field(None, description="raw text at the file's end")
    append_base64: Base64 | None = Field(None, description="raw bytes at the file's end")
    text: str | None = Field(None, description="what 'replace' writes")
    base64: Base64 | None = Field(None, description="what 'replace' writes, as bytes")

    @model_validator(mode="after")
    def _does_one_thing(self) -> Self:
        if len(self._actions()) != 1:
            found = " and ".join(self._actions()) or "none"
            raise ValueError(f"expected one of {', '.join(_ACTIONS)}, found {found}")
        texts = [name for name in ("text", "base64") if getattr(self, name) is not None]
        if len(texts) != (self.replace is not None):
            found = " and ".join(texts) or "none"
            raise ValueError(f"expected one of 'text' and 'base64' beside 'replace', and only there, found {found}")
        if (self.change is None) == bool(self.changes()):
            raise ValueError("expected 'set' or 'unset' beside 'change', and only there")
        return self

    def _actions(self) -> list[str]:
        return [name for name in _ACTIONS if getattr(self, name) is not None]

    def _raw(self) -> bytes:
        encoded = self.append_base64 or self.base64
        return b64decode(encoded, validate=True) if encoded else (self.append or self.text or "").encode()

    def edit(self) -> Edit:
        """Return the edit as the engine takes it."""
        [name] = self._actions()
        when: WhenModel | None = getattr(self, name) if not name.startswith("append") else None
        return Edit(
            file=self.file,
            action=_ACTIONS[name],
            when=when.pattern() if when else None,
            raw=self._raw(),
            changes=Changes(self.set, self.unset),
        )


class ContentTypesModel(Part):
    """What each file's bytes are served as; without it, application/jsonl."""

    output: str | None = Field(None, description="the output file's Content-Type")
    error: str | None = Field(None, description="the error file's Content-Type")

    @model_validator(mode="after")
    def _can_be_sent(self) -> Self:
        for file, media_type in self.given().items():
            if not is_header_value(media_type):
                raise wrong(f"expected printable text in Latin-1, found {media_type!r}", at=file)
        return self

    def given(self) -> dict[ResultFile, str]:
        """Return those that are given."""
        types: dict[ResultFile, str | None] = {"output": self.output, "error": self.error}
        return {file: media_type for file, media_type in types.items() if media_type is not None}


class ResultsModel(Part):
    """What the result files look like."""

    order: Literal["input", "reversed", "shuffled"] = Field(
        "input", description="of the lines in a file; shuffled by the world's seed"
    )
    failed_in: Literal["error_file", "output_file", "both"] = Field(
        "error_file", description="where lines stand that have failed"
    )
    present: Files = Field((), description="files that exist even when nothing stands in them")
    deleted: Files = Field((), description="files that are gone, although their ids are shown")
    ids_after: Duration = Field(0, description="how long after its end the batch shows its files' ids")
    content_type: ContentTypesModel = Field(ContentTypesModel(), description="what the files' bytes are served as")
    edits: Items[EditModel] = Field((), description="changes of the files, one after the other")

    def plan(self) -> ResultsPlan:
        """Return the plan as the engine takes it."""
        return ResultsPlan(
            order=self.order,
            failed_in=self.failed_in,
            present=frozenset(self.present),
            deleted=frozenset(self.deleted),
            ids_after_us=self.ids_after,
            content_type=self.content_type.given(),
            edits=tuple(edit.edit() for edit in self.edits),
        )
