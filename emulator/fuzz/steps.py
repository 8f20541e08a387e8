"""What is done to a client, as data: a script is a list of steps, which can be played, written down and played again.

A step says all that it takes to do it. What an earlier step has made is named by `Made`, for its id is not known before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

MADE: Final = "made"


@dataclass(frozen=True, slots=True)
class Made:
    """The id of what a step of this name has made."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Connect:
    """The client is connected anew: for whom it acts, whether it may retry, and how many seconds it waits for the server.

    `key` names another API key than the script's own; in its world is nothing but what the client makes there.
    """

    on_behalf_of: str | None = None
    retries: str = "off"
    timeout_s: float = 4.0
    key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrange:
    """Something is there before the client comes: a `file`, or a `batch` of a new file, both made by nobody's SDK.

    `content` is the file's, as base64, or None for three good lines; `tenant` is whose it is.
    """

    what: str
    name: str
    content: str | None = None
    filename: str = "input.jsonl"
    tenant: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule is in force from now on, as scenario files have them."""

    rule: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """The world's batches follow this scenario from now on."""

    scenario: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Advance:
    """The world's clock moves on by so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """The client makes a call; `name` is what later steps know the id in its result by."""

    call: str
    args: Mapping[str, Any] = field(default_factory=dict)
    name: str | None = None
    deadline_s: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """A program lists with the client, page after page by `last_id`, until there is no more, or after `most` pages."""

    call: str
    args: Mapping[str, Any] = field(default_factory=dict)
    most: int = 40
    deadline_s: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The world is looked at without the client: all its `batches`, all its `files`, or one `file` or its `content`.

    What is not there is seen as None.
    """

    at: str
    file: Made | str | None = None
    tenant: str | None = None


Step: TypeAlias = Connect | Arrange | Rule | Scenario | Advance | Call | Pages | Look
Script: TypeAlias = tuple[Step, ...]
KINDS: Final[Mapping[str, type[Step]]] = {
    "connect": Connect,
    "arrange": Arrange,
    "rule": Rule,
    "scenario": Scenario,
    "advance": Advance,
    "call": Call,
    "pages": Pages,
    "look": Look,
}
"""The steps, by the words under which they stand in files."""
HEADS: Final[Mapping[type[Step], str | None]] = {
    Connect: None,
    Arrange: "what",
    Rule: "rule",
    Scenario: "scenario",
    Advance: "seconds",
    Call: "call",
    Pages: "call",
    Look: "at",
}
"""The one member of a step that a file has beside its word; the others follow below."""
