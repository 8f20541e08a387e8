"""JSON as the contract reads it: UTF-8, no NaN, nothing that cannot be written again, no depth to fear."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_DEPTH: Final = 200
_BOM: Final = b"\xef\xbb\xbf"
_SURROGATE: Final = re.compile(r"[\ud800-\udfff]")
_KINDS: Final = {
    bool: "a boolean",
    int: "a number",
    float: "a number",
    str: "a string",
    list: "an array",
    dict: "an object",
}


class InvalidJson(ValueError):
    """These bytes are not JSON as the contract reads it; the message says what is wrong, and where."""


def kind(value: object) -> str:
    """Return the words for a JSON value's type: `an object`, `null`, and so on."""
    return _KINDS.get(type(value), "null")


def loads(data: bytes) -> Any:
    """Read one JSON value; the last of duplicate keys counts. Raises InvalidJson."""
    value = _parse(_text(data), _DECODER)
    return value if _is_tame(data) else _checked(value, _check_text)


def loads_noting(data: bytes) -> tuple[Any, tuple[str, ...]]:
    """Read one JSON value without NUL characters, and name keys that came twice; a byte-order mark may come first.

    Raises InvalidJson.
    """
    value = _parse(_text(data.removeprefix(_BOM)), _DECODER)
    if not _is_tame(data):
        _checked(value, _check_text_without_nul)
    if data.count(b":") == _members(value):
        return value, ()
    return _noting(data)


def _members(value: Any) -> int:
    """Return how many members all objects in a JSON value have: in its text, each has a colon of its own."""
    count, todo = 0, [value]
    while todo:
        item = todo.pop()
        if isinstance(item, dict):
            count += len(item)
            todo += item.values()
        elif isinstance(item, list):
            todo += item
    return count


def _noting(data: bytes) -> tuple[Any, tuple[str, ...]]:
    twice: list[str] = []

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        seen: set[str] = set()
        for key, _ in pairs:
            (twice.append if key in seen else seen.add)(key)
        return dict(pairs)

    decoder = json.JSONDecoder(object_pairs_hook=members, parse_constant=_refuse_constant, parse_float=_finite)
    return _parse(_text(data.removeprefix(_BOM)), decoder), tuple(twice)


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidJson(f"expected UTF-8, found the byte 0x{data[error.start]:02x} at byte {error.start}") from None


def _parse(text: str, decoder: json.JSONDecoder) -> Any:
    try:
        return decoder.decode(text)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise InvalidJson(f"{error.msg[:1].lower()}{error.msg[1:].removesuffix(' at')} at {where}") from None
    except RecursionError:
        raise _too_deep() from None
    except InvalidJson:
        raise
    except ValueError:  # Python reads no longer ones: that would take it very long.
        raise InvalidJson(f"expected a number of at most {sys.get_int_max_str_digits()} digits, found more") from None


def _refuse_constant(word: str) -> Any:
    raise InvalidJson(f"expected a JSON number, found {word}")


def _finite(digits: str) -> float:
    number = float(digits)
    if number in {float("inf"), float("-inf")}:
        raise InvalidJson(f"expected a number that fits a double, found {digits[:40]}")
    return number


_DECODER: Final = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_finite)


def _too_deep() -> InvalidJson:
    return InvalidJson(f"expected at most {MAX_DEPTH} levels of nesting, found more")


def _is_tame(data: bytes) -> bool:
    """Whether the JSON cannot nest too deep, and escapes no character: what must not be in texts comes in no other way."""
    return b"\\u" not in data and data.count(b"{") + data.count(b"[") <= MAX_DEPTH


def _checked(value: Any, check_text: Callable[[str], None]) -> Any:
    """Return the value unless it nests too deep or holds text that must not be; never recurses."""
    level: list[Any] = [value]
    for _ in range(MAX_DEPTH + 1):
        nested: list[Any] = []
        for item in level:
            if isinstance(item, str):
                check_text(item)
            elif isinstance(item, dict | list):
                nested.append(item)
        if not nested:
            return value
        level = [each for item in nested for each in _within(item)]
    raise _too_deep()


def _within(value: dict[str, Any] | list[Any]) -> list[Any]:
    return [*value, *value.values()] if isinstance(value, dict) else value


def _check_text(text: str) -> None:
    if not text.isascii() and (found := _SURROGATE.search(text)):
        raise InvalidJson(f"expected whole characters, found the lone surrogate \\u{ord(found[0]):04x} in a string")


def _check_text_without_nul(text: str) -> None:
    if "\0" in text:
        raise InvalidJson("expected text without NUL characters, found \\u0000 in a string")
    _check_text(text)
