"""`rules`: HTTP-level surprises, each a match and its effects."""

from __future__ import annotations

import json
from base64 import b64decode
from difflib import get_close_matches
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from emulator.domain.paths import Changes
from emulator.domain.rules import Cut, Delay, Drip, Hide, Match, Rule, StubReply
from emulator.scenarios.types import Changing, Duration, Part, Paths, Several

OPERATIONS = (
    "createBatch",
    "listBatches",
    "getBatch",
    "cancelBatch",
    "uploadFile",
    "listFiles",
    "getFile",
    "deleteFile",
    "getFileContent",
)
OF_A_BATCH = frozenset({"getBatch", "cancelBatch", "getFile", "deleteFile", "getFileContent"})
"""Operations of which a batch is known before they take place: by its id, or as the one that a result file belongs to."""
LISTS = frozenset({"listBatches", "listFiles"})

Statuses = Literal[
    "validating", "failed", "in_progress", "finalizing", "completed", "expired", "cancelling", "cancelled"
]


def _operation(name: str) -> str:
    if name in OPERATIONS:
        return name
    near = get_close_matches(name, OPERATIONS, n=1, cutoff=0.4)
    hint = f": did you mean '{near[0]}'?" if near else ""
    raise ValueError(f"no operation is named '{name}'{hint} There are {', '.join(OPERATIONS)}")


Operation = Annotated[str, AfterValidator(_operation)]
Ordinal = Annotated[int, Field(ge=1)]


class OnModel(Part):
    """Which requests are meant: those for which everything that is given holds."""

    operation: Annotated[tuple[Operation, ...], Several] | None = None
    path: str | None = Field(None, description="a glob over the path")
    header: dict[str, str] = Field({}, description="names of headers, and globs over their values")
    status: Annotated[tuple[Statuses, ...], Several] | None = Field(
        None, description="the status of the batch it is about"
    )
    since: Duration | None = Field(None, description="the batch it is about was created at least so long ago")
    until: Duration | None = Field(None, description="the batch it is about was created less than so long ago")
    nth: Annotated[tuple[Ordinal, ...], Several] | None = Field(None, description="which of these requests, from 1")
    every: int | None = Field(None, ge=1, description="each so-and-so-many-th of these requests")
    times: int | None = Field(None, ge=1, description="how often at most")

    @model_validator(mode="after")
    def _can_match(self) -> Self:
        if self.operation == () or self.nth == () or self.status == ():
            raise ValueError("an empty list matches nothing: expected at least one")
        asks_batch = self.status is not None or self.since is not None or self.until is not None
        if asks_batch and self.operation is not None and not OF_A_BATCH & set(self.operation):
            raise ValueError(f"can never match: {', '.join(self.operation)} is not about one batch")
        if self.until is not None and (self.since or 0) >= self.until:
            raise ValueError("can never match: 'since' is not before 'until'")
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


class ReplyModel(Part):
    """A reply as it stands. `json` or text or bytes; a header may have one value or several."""

    status: int = Field(200, ge=100, le=599)
    headers: dict[str, Annotated[tuple[str, ...], Several]] = Field({})
    content_type: str | None = None
    body: str | None = Field(None, description="text")
    json_body: Any = Field(None, alias="json", description="a JSON value")
    base64: str | None = Field(None, description="bytes")

    @model_validator(mode="after")
    def _has_one_body(self) -> Self:
        given = [name for name in ("body", "json_body", "base64") if name in self.model_fields_set]
        if len(given) > 1:
            raise ValueError("expected one of 'body', 'json' and 'base64'")
        for name, values in self.headers.items():
            if not name.isascii() or not all(value.isprintable() for value in (name, *values)):
                raise ValueError(f"headers: expected printable text, found {name!r}: {values!r}")
        self.stub()
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
        return b64decode(self.base64, validate=True) if self.base64 else (self.body or "").encode()


class CutModel(Part):
    """Where the connection ends: after so many bytes of the reply's head, or of its body."""

    head: int | None = Field(None, ge=0)
    body: int | None = Field(None, ge=0)

    @model_validator(mode="after")
    def _is_one_place(self) -> Self:
        if (self.head is None) == (self.body is None):
            raise ValueError("expected one of 'head' and 'body'")
        return self

    def cut(self) -> Cut:
        """Return the cut as the engine takes it."""
        return Cut(part="head", bytes=self.head) if self.head is not None else Cut(part="body", bytes=self.body or 0)


class DripModel(Part):
    """The body comes in pieces of so many bytes, this much real time apart, after 'first' bytes at once."""

    bytes: int = Field(1, ge=1)
    every: Duration
    first: int = Field(0, ge=0)


class DelayModel(Part):
    """How long the request is held up (with `after`: the reply), by the wall's time or by the world's clock."""

    by: Duration
    clock: Literal["real", "world"] = "real"


class HideModel(Part):
    """Which items are left out of a list: those for which everything that is given holds; without anything, all."""

    where: Paths = Field({}, description="dotted paths into the item, and what stands there; text is a glob")
    until: Duration | None = Field(None, description="an item is left out until it is so old")

    def hide(self) -> Hide:
        """Return it as the engine takes it."""
        return Hide(where=self.where, until_us=self.until)


def _delay(value: Any) -> Any:
    return value if isinstance(value, dict) else {"by": value}


def _cut(value: Any) -> Any:
    return {"head": 0} if value is True else value


class RuleModel(Changing):
    """A match and its effects. With `after` they come once the operation has taken effect."""

    on: OnModel = Field(OnModel())
    after: bool = Field(
        False, description="the operation takes place first; without it a reply, reset or close replaces it"
    )
    reply: ReplyModel | None = None
    hide: HideModel | None = Field(None, description="items that are left out of lists")
    arrive: int = Field(0, ge=0, description="so many further batches of the tenant appear first")
    delay: Annotated[DelayModel, BeforeValidator(_delay)] | None = None
    truncate: int | None = Field(None, ge=0, description="only so many bytes of the body are sent, well framed")
    garble: int = Field(0, ge=0, description="so many bytes of the body are spoilt")
    drip: DripModel | None = None
    reset: Annotated[CutModel, BeforeValidator(_cut)] | None = Field(None, description="the connection is reset (RST)")
    close: Annotated[CutModel, BeforeValidator(_cut)] | None = Field(None, description="the connection is closed")

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if self.reset is not None and self.close is not None:
            raise ValueError("expected one of 'reset' and 'close', found both")
        cut = self.reset or self.close
        if cut is not None and (cut.head or cut.body is not None) and not self.after and self.reply is None:
            raise ValueError(
                "expected 'after: true' or a 'reply' beside the cut: without either, no byte is sent before it"
            )
        if not (self.model_fields_set - {"on", "after"}):
            raise ValueError(
                "expected an effect: reply, set, unset, hide, arrive, delay, truncate, garble, drip, reset or close"
            )
        if self.hide is not None and self.on.operation is not None and not LISTS & set(self.on.operation):
            raise ValueError("'hide' can never take effect: expected on.operation listBatches or listFiles")
        return self

    def rule(self, name: str = "") -> Rule:
        """Return the rule as the engine takes it."""
        return Rule(
            on=self.on.match(),
            name=name,
            written=self.model_dump(mode="json", by_alias=True, exclude_unset=True),
            after=self.after,
            reply=self.reply.stub() if self.reply else None,
            changes=Changes(self.set, self.unset),
            hide=self.hide.hide() if self.hide else None,
            arrive=self.arrive,
            delay=Delay(us=self.delay.by, clock=self.delay.clock) if self.delay else None,
            truncate=self.truncate,
            garble=self.garble,
            drip=Drip(bytes=self.drip.bytes, every_us=self.drip.every, first=self.drip.first) if self.drip else None,
            reset=self.reset.cut() if self.reset else None,
            close=self.close.cut() if self.close else None,
        )
