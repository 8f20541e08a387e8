"""Driver protocol 1 as values: what a request says, and what a driver may say. README.md of this folder specifies it.

Owns the reading and writing of lines. It must not know of processes, of pipes, or of the time.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from emulator.clients import members
from emulator.clients.members import Malformed, member, only

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emulator.clients.members import Check

PROTOCOL: Final = 1


class OtherProtocol(Malformed):
    """A driver speaks another version of the protocol."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call: its arguments, by whether they must be given, and the operation of the contract that it stands for."""

    operation: str | None
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()

    @property
    def arguments(self) -> tuple[str, ...]:
        """All arguments."""
        return self.required + self.optional


CALLS: Final[Mapping[str, Call]] = MappingProxyType(
    {
        "connect": Call(
            operation=None,
            required=("base_url", "api_key", "on_behalf_of", "retries", "timeout_s"),
            optional=("clock",),
        ),
        "batches.create": Call(
            operation="createBatch",
            required=("input_file_id", "endpoint"),
            optional=("metadata", "max_concurrency"),
        ),
        "batches.list": Call(operation="listBatches", optional=("after", "limit")),
        "batches.get": Call(operation="getBatch", required=("batch_id",)),
        "batches.cancel": Call(operation="cancelBatch", required=("batch_id",)),
        "files.upload": Call(operation="uploadFile", required=("filename", "content", "purpose")),
        "files.list": Call(operation="listFiles", optional=("after", "limit", "order", "purpose", "sha256")),
        "files.get": Call(operation="getFile", required=("file_id",)),
        "files.delete": Call(operation="deleteFile", required=("file_id",)),
        "files.content": Call(operation="getFileContent", required=("file_id",)),
    }
)
"""Every call, and what it takes."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """What an SDK promises of its repeated attempts; None where it promises nothing. 0 in `statuses`: transport faults."""

    max_attempts: int | None = None
    max_sleep_s: float | None = None
    statuses: frozenset[int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello:
    """Which SDK a driver holds."""

    name: str
    version: str
    language: str
    retry: RetryPolicy = field(default_factory=RetryPolicy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """The SDK returned; `result` is the JSON value of it. `sleeps` are seconds, `slept` whether the clock was moved."""

    result: Any
    sleeps: tuple[float, ...] = ()
    slept: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """The SDK ended in an error; `status` and `body` are those of the reply, if one came."""

    type: str
    declared: bool
    status: int | None
    body: str | None
    message: str
    sleeps: tuple[float, ...] = ()
    slept: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsupported:
    """The SDK does not have this call, or not one of these arguments."""

    sleeps: tuple[float, ...] = ()
    slept: bool = False


Outcome: TypeAlias = Returned | Raised | Unsupported


@dataclass(frozen=True, slots=True)
class Answer:
    """One line of a driver's: which request it answers, and what came of it."""

    id: int
    outcome: Outcome


# Requests


def write_request(number: int, call: str, args: Mapping[str, Any], *, deadline_s: float) -> bytes:
    """Return a request as a line of ASCII, its newline included. Raises ValueError for what JSON cannot say."""
    request = {"id": number, "call": call, "args": args, "deadline_s": deadline_s}
    return json.dumps(request, allow_nan=False, separators=(",", ":")).encode() + b"\n"


def as_content(data: bytes) -> str:
    """Return bytes as an argument `content`."""
    return b64encode(data).decode()


def content_of(returned: Returned) -> bytes:
    """Return the bytes that a `files.content` has returned; `read_answer` has made sure of them."""
    return b64decode(returned.result["content"])


# What a driver says


def read_hello(line: bytes) -> Hello:
    """Read a driver's first line. Raises OtherProtocol, Malformed."""
    said = members.an_object(members.parsed(line), "hello")
    member(said, "driver", "hello", _protocol)
    only(said, ("driver", *_NAMES, "retry"), "hello")
    names = {name: member(said, name, "hello", members.text) for name in _NAMES}
    return Hello(**names, retry=_retry(said.get("retry", {}), "hello.retry"))


def _protocol(value: Any, place: str) -> None:
    if value != PROTOCOL or type(value) is not int:
        raise OtherProtocol(f"{place}: expected {PROTOCOL}, found {members.shown(value)}")


def _retry(value: Any, place: str) -> RetryPolicy:
    said = members.an_object(value, place)
    only(said, _POLICY, place)
    return RetryPolicy(**{name: member(said, name, place, _POLICY[name]) for name in said})


def read_answer(line: bytes, *, call: str, number: int) -> Answer:
    """Read a line that should answer the request of this number, a call of this name. Raises Malformed.

    Whether it does answer that request is for the caller to judge, by the answer's `id`.
    """
    said = members.an_object(members.parsed(line), "answer")
    if call == "connect" and not said.keys() & _KINDS.keys():
        said = {"id": number, "result": {}, **said}
    only(said, ("id", *_KINDS, *_WAITS), "answer")
    identity = member(said, "id", "answer", members.whole)
    kind = _kind_of(said)
    waits = {name: check(said[name], f"answer.{name}") for name, check in _WAITS.items() if name in said}
    return Answer(identity, _KINDS[kind](said[kind], call if identity == number else "", waits))


def _kind_of(said: Mapping[str, Any]) -> str:
    kinds = [kind for kind in _KINDS if kind in said]
    if len(kinds) != 1:
        found = " and ".join(f"'{kind}'" for kind in kinds) or members.shown(said)
        raise Malformed(f"answer: expected one of 'result', 'raised' and 'unsupported', found {found}")
    return kinds[0]


def _returned(result: Any, call: str, waits: Mapping[str, Any]) -> Returned:
    if call == "files.content":
        place = "answer.result"
        said = members.an_object(result, place)
        only(said, ("content",), place)
        member(said, "content", place, members.base64)
    return Returned(result=result, **waits)


def _raised(said: Any, _call: str, waits: Mapping[str, Any]) -> Raised:
    place = "answer.raised"
    only(members.an_object(said, place), _RAISED, place)
    return Raised(**{name: member(said, name, place, check) for name, check in _RAISED.items()}, **waits)


def _unsupported(said: Any, _call: str, waits: Mapping[str, Any]) -> Unsupported:
    members.true(said, "answer.unsupported")
    return Unsupported(**waits)


_NAMES: Final = ("name", "version", "language")
_POLICY: Final[Mapping[str, Check[Any]]] = {
    "max_attempts": members.count,
    "max_sleep_s": members.seconds,
    "statuses": lambda value, place: frozenset(members.list_of(members.whole, "statuses")(value, place)),
}
_KINDS: Final[Mapping[str, Callable[[Any, str, Mapping[str, Any]], Outcome]]] = {
    "result": _returned,
    "raised": _raised,
    "unsupported": _unsupported,
}
_WAITS: Final[Mapping[str, Check[Any]]] = {
    "sleeps": members.list_of(members.seconds, "seconds"),
    "slept": members.boolean,
}
_RAISED: Final[Mapping[str, Check[Any]]] = {
    "type": members.text,
    "declared": members.boolean,
    "status": members.status_or_null,
    "body": members.text_or_null,
    "message": members.text,
}
