"""Strict reading of what a driver says: a line of JSON, and the members of its objects.

Owns what a line and a value may be, and the sentences when they are not; it must not know which members there are.
"""

from __future__ import annotations

import json
from base64 import b64decode
from difflib import get_close_matches
from math import isfinite
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Value = TypeVar("Value")
    Check: TypeAlias = Callable[[Any, str], Value]

LONGEST_FOUND: Final = 80
"""How many characters of what came are shown in a sentence."""


class Malformed(ValueError):
    """A line is not what the protocol asks for; the message says where, what was expected and what came."""


# Lines


def parsed(line: bytes) -> Any:
    """Read a line of JSON: UTF-8, finite numbers, each member of an object once. Raises Malformed."""
    try:
        return _DECODER.decode(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        byte = f"the byte 0x{line[error.start]:02x} at byte {error.start}"
        raise Malformed(f"expected UTF-8, found {byte} of {_quoted(line)}") from None
    except json.JSONDecodeError as error:
        found = _quoted(line) if line.strip() else "an empty line"
        raise Malformed(f"expected a line of JSON, found {found} ({error.msg}, at column {error.colno})") from None
    except RecursionError:
        raise Malformed("expected JSON that does not nest too deep to be read, found such") from None
    except Malformed:
        raise
    except ValueError as error:  # a number with more digits than Python reads
        raise Malformed(f"expected numbers that can be read, found one that cannot: {error}") from None


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Malformed(f"expected each member of an object once, found {shown(twice)} twice")
    return members


def _no_constant(word: str) -> Any:
    raise Malformed(f"expected JSON, found {word}, which JSON does not have")


def _finite(digits: str) -> float:
    number = float(digits)
    if not isfinite(number):
        raise Malformed(f"expected numbers that a double can hold, found {digits[:LONGEST_FOUND]}")
    return number


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_members, parse_constant=_no_constant, parse_float=_finite)


# Members; each check takes a value and its place, returns the value as it is kept, and raises Malformed


def member(said: Mapping[str, Any], name: str, place: str, check: Check[Value]) -> Value:
    """Return a member that must be there."""
    if name not in said:
        raise Malformed(f"{place}: expected the member '{name}', found {shown(said)}")
    return check(said[name], f"{place}.{name}")


def only(said: Mapping[str, Any], known: Iterable[str], place: str) -> None:
    """Refuse members that nobody knows: they are misspelt ones."""
    names = tuple(known)
    unknown = next((name for name in said if name not in names), None)
    if unknown is not None:
        near = get_close_matches(unknown, names, n=1)
        hint = f" (did you mean '{near[0]}'?)" if near else ""
        raise Malformed(f"{place}: expected no members but {', '.join(names)}, found {shown(unknown)}{hint}")


def an_object(value: Any, place: str) -> dict[str, Any]:
    """Return an object."""
    return value if isinstance(value, dict) else _refuse(place, "an object", value)


def text(value: Any, place: str) -> str:
    """Return a string."""
    return value if isinstance(value, str) else _refuse(place, "text", value)


def text_or_null(value: Any, place: str) -> str | None:
    """Return a string or None."""
    return value if value is None or isinstance(value, str) else _refuse(place, "text or null", value)


def boolean(value: Any, place: str) -> bool:
    """Return a boolean."""
    return value if isinstance(value, bool) else _refuse(place, "true or false", value)


def true(value: Any, place: str) -> bool:
    """Return nothing but True."""
    return True if value is True else _refuse(place, "true", value)


def whole(value: Any, place: str) -> int:
    """Return an integer."""
    return value if type(value) is int else _refuse(place, "a whole number", value)


def count(value: Any, place: str) -> int:
    """Return an integer that is 1 or more."""
    return value if type(value) is int and value >= 1 else _refuse(place, "a whole number, 1 or more", value)


def status_or_null(value: Any, place: str) -> int | None:
    """Return a status of HTTP, three digits, or None."""
    if value is not None and (type(value) is not int or not 100 <= value <= 999):
        _refuse(place, "a status of HTTP, or null", value)
    status: int | None = value
    return status


def seconds(value: Any, place: str) -> float:
    """Return a number that is 0 or more."""
    if type(value) not in {int, float} or not 0 <= value < 1 << 53:
        _refuse(place, "a number of seconds, 0 or more", value)
    return float(value)


def list_of(check: Check[Value], words: str) -> Check[tuple[Value, ...]]:
    """Return a check of a list, in which each item passes the other check."""

    def items(value: Any, place: str) -> tuple[Value, ...]:
        if not isinstance(value, list):
            _refuse(place, f"a list of {words}", value)
        return tuple(check(each, f"{place}[{at}]") for at, each in enumerate(value))

    return items


def base64(value: Any, place: str) -> str:
    """Return a string that is bytes as base64."""
    try:
        b64decode(text(value, place), validate=True)
    except Malformed:
        raise
    except ValueError:
        _refuse(place, "bytes as base64", value)
    return str(value)


# Sentences


def _refuse(place: str, expected: str, value: Any) -> NoReturn:
    raise Malformed(f"{place}: expected {expected}, found {shown(value)}")


def shown(value: Any) -> str:
    """Return a value as JSON, cut; only its beginning is written, however large it is."""
    text = ""
    for piece in json.JSONEncoder(separators=(", ", ": ")).iterencode(value):
        text += piece[: LONGEST_FOUND + 1]
        if len(text) > LONGEST_FOUND:
            break
    return _cut(text)


def _quoted(line: bytes) -> str:
    return _cut(repr(line[: 4 * LONGEST_FOUND].decode("utf-8", "replace")))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_FOUND else text[: LONGEST_FOUND - 1] + "…"
