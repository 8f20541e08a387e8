"""Reading a batch's input file: which lines it has, and what is wrong with them (contract section 5)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from emulator.domain import strictjson

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.domain.files import Content

MAX_LINES: Final = 50_000
_BOM: Final = b"\xef\xbb\xbf"
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)
_FIELDS: Final = {"custom_id": str, "method": str, "url": str, "body": dict}

BodyCheck: TypeAlias = Callable[[dict[str, Any]], tuple[str, str] | None]
"""Says what keeps a body from being one of its endpoint's: the place (`body.model`) and a sentence; or None."""


@dataclass(frozen=True, slots=True)
class InputFault:
    """One entry of a batch's `errors`; `line` counts from 1, blank lines included."""

    code: str
    message: str
    param: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One good line of an input file."""

    custom_id: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Examination:
    """What reading an input file found: how many lines that are not blank, and every fault."""

    total: int
    faults: tuple[InputFault, ...]


def numbered(content: Content) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that are not blank with their numbers; one leading byte-order mark is dropped."""
    for number, line in enumerate(content.lines(), start=1):
        text = line.removeprefix(_BOM) if number == 1 else line
        if text.strip():
            yield number, text


def good_lines(content: Content) -> Iterator[Line]:
    """Yield the lines that can be answered: of a file that passed examination, all of them."""
    for _, text in numbered(content):
        try:
            line = strictjson.loads(text)
        except strictjson.InvalidJson:
            continue
        if isinstance(line, dict) and isinstance(line.get("custom_id"), str):
            body = line.get("body")
            yield Line(line["custom_id"], body if isinstance(body, dict) else {})


def examine(content: Content, *, endpoint: str, check_body: BodyCheck) -> Examination:
    """Read the whole file and collect every fault: one a bad line, the first that applies in the contract's order."""
    examiner = _Examiner(endpoint, check_body)
    faults: list[InputFault] = []
    total = 0
    for number, text in numbered(content):
        total += 1
        if total > MAX_LINES:
            return Examination(total, (_too_many(),))
        if fault := examiner.fault(number, text):
            faults.append(fault)
    return Examination(total, tuple(faults) if total else (_empty(),))


def _too_many() -> InputFault:
    return InputFault(
        "too_many_requests_in_batch", f"The input file has too many lines: expected at most {MAX_LINES:,}."
    )


def _empty() -> InputFault:
    return InputFault("empty_file", "The input file has no lines: expected at least one request.")


class _Examiner:
    """Examines line after line, and remembers the custom_ids it has seen."""

    def __init__(self, endpoint: str, check_body: BodyCheck) -> None:
        self._endpoint = endpoint
        self._check_body = check_body
        self._seen: dict[str, int] = {}

    def fault(self, number: int, text: bytes) -> InputFault | None:
        try:
            line = strictjson.loads(text)
        except strictjson.InvalidJson as error:
            return InputFault("invalid_json_line", f"This line is not valid JSON: {error}.", None, number)
        if not isinstance(line, dict):
            found = strictjson.kind(line)
            return InputFault(
                "invalid_json_line",
                f"This line is no request: expected an object, found {found}.",
                None,
                number,
            )
        return self._first_fault(line, number)

    def _first_fault(self, line: dict[str, Any], number: int) -> InputFault | None:
        duplicate = self._duplicate(line, number)
        found = _missing(line) or self._wrong_target(line) or duplicate or self._wrong_body(line)
        return InputFault(*found, number) if found else None

    def _duplicate(self, line: dict[str, Any], number: int) -> tuple[str, str, str] | None:
        custom_id = line.get("custom_id")
        if not isinstance(custom_id, str):
            return None
        first = self._seen.setdefault(custom_id, number)
        if first == number:
            return None
        return (
            "duplicate_custom_id",
            f"The custom_id {custom_id!r} is already used on line {first}.",
            "custom_id",
        )

    def _wrong_target(self, line: dict[str, Any]) -> tuple[str, str, str] | None:
        method, url = line["method"], line["url"]
        if isinstance(method, str) and method != "POST":
            return "invalid_method", f"method: expected 'POST', found {method!r}.", "method"
        if isinstance(url, str) and url != self._endpoint:
            return (
                "invalid_url",
                f"url: expected the batch's endpoint '{self._endpoint}', found {url!r}.",
                "url",
            )
        return None

    def _wrong_body(self, line: dict[str, Any]) -> tuple[str, str, str] | None:
        body = line["body"]
        if isinstance(body, dict) and body.get("stream") is True:
            return "streaming_unsupported", "body.stream: a line of a batch cannot stream.", "body.stream"
        if wrong := _wrong_type(line):
            return wrong
        if found := self._check_body(body):
            return "invalid_request", found[1], found[0]
        return None


def _missing(line: dict[str, Any]) -> tuple[str, str, str] | None:
    for field in _FIELDS:
        if field not in line:
            return "missing_required_parameter", f"Missing required parameter: '{field}'.", field
    return None


def _wrong_type(line: dict[str, Any]) -> tuple[str, str, str] | None:
    for field, expected in _FIELDS.items():
        if not isinstance(line[field], expected):
            wanted = "an object" if expected is dict else "a string"
            return (
                "invalid_request",
                f"{field}: expected {wanted}, found {strictjson.kind(line[field])}.",
                field,
            )
    return None


def write_line(row: dict[str, Any]) -> bytes:
    """Write one line of a result file."""
    return _ENCODER.encode(row).encode() + b"\n"
