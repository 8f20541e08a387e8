"""`rules`: HTTP-level surprises, each a match and its effects."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from emulator.domain.paths import Changes
from emulator.domain.rules import Cut, Delay, Drip, Hide, Match, Rule, StubReply
from emulator.scenarios.globs import can_match
from emulator.scenarios.types import (
    DURATION,
    Base64,
    Changing,
    Duration,
    Glob,
    Items,
    Part,
    Paths,
    Several,
    Short,
    at_least_one,
    is_header_value,
    not_both,
    wrong,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

Operation = Literal[
    "createBatch",
    "listBatches",
    "getBatch",
    "cancelBatch",
    "uploadFile",
    "listFiles",
    "getFile",
    "deleteFile",
    "getFileContent",
]
StatusName = Literal[
    "validating", "failed", "in_progress", "finalizing", "completed", "expired", "cancelling", "cancelled"
]
PATHS: Final = {
    "createBatch": "/api/v1/llm/batches",
    "listBatches": "/api/v1/llm/batches",
    "getBatch": "/api/v1/llm/batches/{batch_id}",
    "cancelBatch": "/api/v1/llm/batches/{batch_id}/cancel",
    "uploadFile": "/api/v1/llm/files",
    "listFiles": "/api/v1/llm/files",
    "getFile": "/api/v1/llm/files/{file_id}",
    "deleteFile": "/api/v1/llm/files/{file_id}",
    "getFileContent": "/api/v1/llm/files/{file_id}/content",
}
ALL_PATHS: Final = "/api/v1/llm/*"
OF_A_RESULT_FILE: Final = frozenset({"getFile", "deleteFile", "getFileContent"})
OF_A_BATCH: Final = frozenset({"getBatch", "cancelBatch"}) | OF_A_RESULT_FILE
"""Operations of which a batch is known before they take place: by its id, or as the one that a result file belongs to."""
WITH_RESULTS: Final = frozenset({"completed", "expired", "cancelled"})
LISTS: Final = frozenset({"listBatches", "listFiles"})
EFFECTS: Final = (
    "reply", "headers", "set", "unset", "raw", "hide", "arrive", "delay", "truncate", "garble", "drip", "reset", "close",
)  # fmt: skip
MOST_ARRIVALS: Final = 1000
LONGEST_TEXT: Final = 1 << 24

Ordinal = Annotated[int, Field(ge=1)]
_HEADER: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


class OnModel(Part):
    """Which requests are meant: those for which everything that is given holds."""

    operation: Annotated[Items[Operation], Field(min_length=1), Several] | None = Field(
        None, description="one or several operations"
    )
    path: Glob | None = Field(None, description="a glob over the whole path, such as `*/batches/*`")
    header: dict[str, Glob] = Field({}, description="names of headers, and globs over their values")
    status: Annotated[Items[StatusName], Field(min_length=1), Several] | None = Field(
        None, description="the status, one or several, of the batch it is about"
    )
    since: Duration | None = Field(None, description="the batch it is about was created at least so long ago")
    until: Duration | None = Field(None, description="the batch it is about was created less than so long ago")
    nth: Annotated[Items[Ordinal], Field(min_length=1), Several] | None = Field(
        None, description="which of these requests, from 1; one or several"
    )
    every: int | None = Field(None, ge=1, description="each so-and-so-many-th of these requests")
    times: int | None = Field(None, ge=1, description="how often at most")

    @model_validator(mode="after")
    def _can_match_a_path(self) -> Self:
        paths = [PATHS[operation] for operation in self.operation or ()] or [ALL_PATHS]
        if self.path is not None and not any(can_match(self.path, path) for path in paths):
            raise wrong(f"can never match: expected a glob over {' or '.join(paths)}, found '{self.path}'", at="path")
        return self

    @model_validator(mode="after")
    def _can_match_a_batch(self) -> Self:
        given = next((name for name in ("status", "since", "until") if getattr(self, name) is not None), None)
        operations = set(self.operation or OF_A_BATCH)
        if given and not OF_A_BATCH & operations:
            raise wrong(f"can never match: {', '.join(self.operation or ())} is not about one batch", at=given)
        if self.status and operations <= OF_A_RESULT_FILE and not WITH_RESULTS & set(self.status):
            raise wrong(
                "can never match: a batch has no result files before it has ended: "
                f"expected {' or '.join(sorted(WITH_RESULTS))}, found {', '.join(self.status)}",
                at="status",
            )
        if self.until is not None and (self.since or 0) >= self.until:
            raise wrong("can never match: expected 'since' before 'until'", at="until")
        return self

    @model_validator(mode="after")
    def _can_come_to_each_number(self) -> Self:
        numbers = self.nth or ()
        if self.times is not None and len(set(numbers)) > self.times:
            raise wrong(
                f"'nth' names {len(set(numbers))} requests: expected at least as many, found {self.times}", at="times"
            )
        for number in numbers:
            if self.every is not None and number % self.every:
                raise wrong(f"can never match: expected multiples of 'every', {self.every}, found {number}", at="nth")
        return self

    def match(self) -> Match:
        """Return the match as the engine takes it."""
        return Match(
            operations=frozenset(self.operation) if self.operation else None,
            path=self.path,
            headers={name.lower(): glob for name, glob in self.header.items()},
            statuses=frozenset(self.status) if self.status else None,
            since_us=self.since,
            until_us=self.until,
            nth=frozenset(self.nth) if self.nth else None,
            every=self.every,
            times=self.times,
        )


class PieceModel(Part):
    """A piece of a text, over and over."""

    text: str = Field(description="the piece; text alone may also stand for it")
    times: int = Field(1, ge=0, description="how often it comes")


def _piece(value: Any) -> Any:
    return {"text": value} if isinstance(value, str) else value


def _bounded(pieces: tuple[PieceModel, ...]) -> tuple[PieceModel, ...]:
    length = sum(len(piece.text) * piece.times for piece in pieces)
    if length > LONGEST_TEXT:
        raise ValueError(f"the text is too long: expected at most {LONGEST_TEXT:,} characters, found {length:,}")
    return pieces


_Piece = Annotated[PieceModel, Short(_piece, ({"type": "string"},))]
Text = Annotated[Items[_Piece], AfterValidator(_bounded), Several]
"""Written as text, or as a list of pieces, which may come more than once: `['[', {text: '[', times: 1000}]`."""


def _joined(text: tuple[PieceModel, ...]) -> str:
    return "".join(piece.text * piece.times for piece in text)


class ReplyModel(Part):
    """A reply as it stands; its body is text, a JSON value, or bytes."""

    model_config = ConfigDict(json_schema_extra=not_both("body", "base64"))

    status: int = Field(200, ge=100, le=599, description="the status code")
    headers: dict[str, Annotated[Items[str], Several]] = Field(
        {}, description="names of headers, each with one value or several"
    )
    content_type: str | None = Field(None, description="without it, that of the body's form")
    body: Text | None = Field(None, description="a body that is text, whole or in pieces")
    json_body: Any = Field(None, alias="json", description="a body that is a JSON value; null is one")
    base64: Base64 | None = Field(None, description="a body that is bytes")

    @model_validator(mode="after")
    def _has_one_body(self) -> Self:
        given = [name for name in ("body", "json_body", "base64") if name in self.model_fields_set]
        if len(given) > 1:
            names = " and ".join(f"'{name.removesuffix('_body')}'" for name in given)
            raise ValueError(f"expected one of 'body', 'json' and 'base64', found {names}")
        return self

    @model_validator(mode="after")
    def _has_headers(self) -> Self:
        _check_headers(self.headers)
        if self.content_type is not None and not is_header_value(self.content_type):
            raise wrong(f"expected printable text in Latin-1, found {self.content_type!r}", at="content_type")
        return self

    def stub(self) -> StubReply:
        """Return the reply as the engine takes it."""
        is_json = "json_body" in self.model_fields_set
        media_type = self.content_type or ("application/json" if is_json else "text/plain" if self.body else None)
        headers = [(name, value) for name, values in self.headers.items() for value in values]
        if media_type and "content-type" not in {name.lower() for name in self.headers}:
            headers.insert(0, ("Content-Type", media_type))
        return StubReply(status=self.status, headers=tuple(headers), body=self._bytes())

    def _bytes(self) -> bytes:
        if "json_body" in self.model_fields_set:
            return json.dumps(self.json_body).encode()
        return b64decode(self.base64, validate=True) if self.base64 else _joined(self.body or ()).encode()


class CutModel(Part):
    """Where the connection ends: after so many bytes of the reply's head, or of its body."""

    model_config = ConfigDict(json_schema_extra={**at_least_one("head", "body"), "allOf": [not_both("head", "body")]})

    head: int | None = Field(None, ge=0, description="so many bytes of status line and headers are sent")
    body: int | None = Field(None, ge=0, description="the head and so many bytes of the body are sent")

    @model_validator(mode="after")
    def _is_one_place(self) -> Self:
        if (self.head is None) == (self.body is None):
            found = "none" if self.head is None else "both"
            raise ValueError(f"expected one of 'head' and 'body', found {found}")
        return self

    def cut(self) -> Cut:
        """Return the cut as the engine takes it."""
        return Cut(part="head", bytes=self.head) if self.head is not None else Cut(part="body", bytes=self.body or 0)


class DripModel(Part):
    """The body comes in pieces, with real time between them."""

    bytes: int = Field(1, ge=1, description="how many make a piece")
    every: Duration = Field(description="how long one comes after the other")
    first: int = Field(0, ge=0, description="how many bytes come at once, before the first piece")


class DelayModel(Part):
    """How long the request is held up (with `after`: the reply), by the wall's time or by the world's clock."""

    by: Duration = Field(description="for how long")
    clock: Literal["real", "world"] = Field("real", description="whose time: the wall's, or the world's")


class HideModel(Part):
    """Which items are left out of a list: those for which everything that is given holds; without anything, all."""

    where: Paths = Field({}, description="dotted paths into the item, and what stands there; text is a glob")
    until: Duration | None = Field(None, description="an item is left out until it is so old")

    def hide(self) -> Hide:
        """Return it as the engine takes it."""
        return Hide(where=self.where, until_us=self.until)


def _check_headers(headers: Mapping[str, tuple[str, ...]]) -> None:
    for name, values in headers.items():
        if not _HEADER.fullmatch(name):
            raise wrong(f"expected the name of a header, found {name!r}", at="headers")
        for value in values:
            if not is_header_value(value):
                raise wrong(f"{name}: expected printable text in Latin-1, found {value!r}", at="headers")


def _delay(value: Any) -> Any:
    return value if isinstance(value, dict) else {"by": value}


def _cut(value: Any) -> Any:
    if value is not True and not isinstance(value, dict):
        raise ValueError(f"expected true, or a mapping with 'head' or 'body', found {json.dumps(value)}")
    return {"head": 0} if value is True else value


_Delay = Annotated[DelayModel, Short(_delay, (DURATION,))]
_Cut = Annotated[CutModel, Short(_cut, ({"const": True},))]


class RuleModel(Changing):
    """A match and its effects. With `after` they come once the operation has taken effect."""

    model_config = ConfigDict(json_schema_extra={**at_least_one(*EFFECTS), "allOf": [not_both("reset", "close")]})

    on: OnModel = Field(OnModel(), description="which requests; without it, all")
    after: bool = Field(
        False, description="the operation takes place first; without it a reply, reset or close replaces it"
    )
    reply: ReplyModel | None = Field(None, description="the reply, as it stands")
    headers: dict[str, Annotated[Items[str], Several]] = Field(
        {}, description="names of headers, and values in place of the reply's own; with an empty list it has none"
    )
    raw: dict[str, Text] = Field({}, description="dotted paths, and texts that stand there in the JSON as they are")
    hide: HideModel | None = Field(None, description="items that are left out of lists")
    arrive: int = Field(0, ge=0, le=MOST_ARRIVALS, description="so many further batches of the tenant appear first")
    delay: _Delay | None = Field(None, description="the request, or with 'after' the reply, is held up")
    truncate: int | None = Field(None, ge=0, description="only so many bytes of the body are sent, well framed")
    garble: int = Field(0, ge=0, description="so many bytes of the body are spoilt")
    drip: DripModel | None = Field(None, description="the body comes in pieces")
    reset: _Cut | None = Field(None, description="the connection is reset (RST)")
    close: _Cut | None = Field(None, description="the connection is closed")

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if self.reset is not None and self.close is not None:
            raise ValueError("expected one of 'reset' and 'close', found both")
        cut = self.reset or self.close
        if cut is not None and (cut.head or cut.body is not None) and not self.after and self.reply is None:
            raise ValueError(
                "expected 'after: true' or a 'reply' beside the cut: without either, no byte is sent before it"
            )
        _check_headers(self.headers)
        if not (self.model_fields_set - {"on", "after"}):
            raise ValueError(f"expected an effect: {', '.join(EFFECTS[:-1])} or {EFFECTS[-1]}")
        if self.hide is not None and self.on.operation is not None and not LISTS & set(self.on.operation):
            raise wrong("can never take effect: expected on.operation listBatches or listFiles", at="hide")
        return self

    def rule(self, name: str = "") -> Rule:
        """Return the rule as the engine takes it."""
        return Rule(
            on=self.on.match(),
            name=name,
            written=self.model_dump(mode="json", by_alias=True, exclude_unset=True),
            after=self.after,
            reply=self.reply.stub() if self.reply else None,
            headers=self.headers,
            changes=Changes(self.set, self.unset),
            raw={path: _joined(text) for path, text in self.raw.items()},
            hide=self.hide.hide() if self.hide else None,
            arrive=self.arrive,
            delay=Delay(us=self.delay.by, clock=self.delay.clock) if self.delay else None,
            truncate=self.truncate,
            garble=self.garble,
            drip=Drip(bytes=self.drip.bytes, every_us=self.drip.every, first=self.drip.first) if self.drip else None,
            reset=self.reset.cut() if self.reset else None,
            close=self.close.cut() if self.close else None,
        )
