"""The journal of a world's requests, as a sequence of values."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final, Self, overload
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from collections.abc import Iterator

OPERATIONS: Final = (
    "createBatch", "listBatches", "getBatch", "cancelBatch",
    "uploadFile", "listFiles", "getFile", "deleteFile", "getFileContent",
)  # fmt: skip


_AS_THEY_ARE: Final = ("number", "at", "operation", "method", "target", "path", "body", "status", "rule")


@dataclass(frozen=True, slots=True)
class Violation:
    """One place at which a request broke the contract, such as `body.endpoint`: what belongs there, and what came."""

    place: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.place}: expected {self.expected}, found {self.found}"


class Headers(Mapping[str, str]):
    """Headers of a request. Names are alike in any case; values of one that came more than once are joined by commas."""

    def __init__(self, pairs: Sequence[Sequence[str]]) -> None:
        self._values: dict[str, str] = {}
        for name, value in pairs:
            key = name.lower()
            self._values[key] = f"{self._values[key]}, {value}" if key in self._values else value

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Headers({self._values!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as it came and was answered.

    `operation` is None where none has this method and path; `target` is path and query to the letter, `path` the same with the
    path unescaped; secrets in `headers` are hidden; `body` is text, cut at 64 KiB; `status` is None when no reply was sent;
    `rule` names the rules that fired, `at` is the world's time in epoch seconds.
    """

    number: int
    at: int
    operation: str | None
    method: str
    target: str
    path: str
    headers: Headers
    body: str
    status: int | None
    rule: str | None
    violations: tuple[Violation, ...]

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> Self:
        """Return an entry of the journal."""
        shown = {name: entry[name] for name in _AS_THEY_ARE}
        broken = (Violation(each["place"], each["expected"], each["found"]) for each in entry["violations"])
        return cls(**shown, headers=Headers(entry["headers"]), violations=tuple(broken))

    @property
    def json(self) -> Any:
        """The body's JSON value. Raises ValueError when it is none."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise ValueError(f"{self}: expected a body of JSON, found {self.body[:80]!r}: {error}") from None

    @property
    def query(self) -> dict[str, str]:
        """The query's parameters; of one that came more than once, the last."""
        return dict(parse_qsl(self.target.partition("?")[2], keep_blank_values=True))

    def __str__(self) -> str:
        return f"{self.operation or 'no operation'} ({self.method} {self.path}, answered {self.status})"


class Requests(Sequence[Request]):
    """Requests in the order in which they were answered, as they were when this was asked for."""

    def __init__(self, requests: Sequence[Request]) -> None:
        self._requests = tuple(requests)

    @overload
    def __getitem__(self, index: int) -> Request: ...
    @overload
    def __getitem__(self, index: slice) -> Requests: ...
    def __getitem__(self, index: int | slice) -> Request | Requests:
        return Requests(self._requests[index]) if isinstance(index, slice) else self._requests[index]

    def __len__(self) -> int:
        return len(self._requests)

    def __repr__(self) -> str:
        return f"<Requests: {', '.join(map(str, self._requests)) or 'none'}>"

    def of(self, operation: str) -> Requests:
        """Return those of one operation, such as `getBatch`. Raises ValueError when there is no such operation."""
        if operation not in OPERATIONS:
            near = get_close_matches(operation, OPERATIONS, n=1, cutoff=0)
            raise ValueError(f"expected an operation, found {operation!r}: did you mean {near[0]!r}?")
        return Requests([each for each in self if each.operation == operation])

    def count(self, operation: str) -> int:
        """Return how many there were of an operation. Raises ValueError when there is no such operation."""
        return len(self.of(operation))

    def last(self, operation: str) -> Request:
        """Return the newest of an operation. Raises LookupError when there was none, ValueError as `of` does."""
        found = self.of(operation)
        if not found:
            raise LookupError(f"expected a request {operation}, found {self!r}")
        return found[-1]

    @property
    def violations(self) -> tuple[Violation, ...]:
        """Every place at which one of these requests broke the contract."""
        return tuple(violation for each in self for violation in each.violations)
