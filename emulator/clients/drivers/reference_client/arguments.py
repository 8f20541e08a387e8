"""What the caller says, put into a request: exactly as it was said, or refused.

Refused is what no request can carry, and null where the contract has none; all else is for the server to judge, which
may know more endpoints and purposes than this client does.
"""

from __future__ import annotations

import json
import re
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, TypeVar
from urllib.parse import quote, urlencode

from .errors import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Callable

Value = TypeVar("Value")


class Unset(Enum):
    """Marks an argument that was not given, for null is a value of its own."""

    UNSET = "UNSET"


UNSET: Final = Unset.UNSET
Unsettable: TypeAlias = Literal[Unset.UNSET]

_HEADER_VALUE: Final = re.compile(r"[!-~]([ -~]*[!-~])?")


def unless_unset(check: Callable[[str, object], Value], name: str, value: object) -> Value | Unsettable:
    """Return what the check makes of the value, if one was given."""
    return UNSET if value is UNSET else check(name, value)


def text(name: str, value: object) -> str:
    """Return the value, which must be text that UTF-8 can carry."""
    if not isinstance(value, str):
        raise InvalidArgument(f"{name}: expected text, got {_shown(value)}")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise InvalidArgument(f"{name}: expected whole characters, got half of one in {value!a}") from None
    return value


def whole(name: str, value: object) -> int:
    """Return the value, which must be an integer."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidArgument(f"{name}: expected an integer, got {_shown(value)}")
    return value


def metadata(name: str, value: object) -> dict[str, str] | None:
    """Return the value, which must be an object of texts, or null."""
    if value is None:
        return None
    if not isinstance(value, dict):
        raise InvalidArgument(f"{name}: expected an object of texts, or null, got {_shown(value)}")
    for key, member in value.items():
        if not isinstance(key, str):
            raise InvalidArgument(f"{name}: expected text for each key, got {_shown(key)}")
        if not isinstance(member, str):
            raise InvalidArgument(f"{name}.{key}: expected text, got {_shown(member)}")
    return value


def segment(name: str, value: object) -> str:
    """Return an id as one segment of a path; `.` and `..` are none, however they are written, and go elsewhere."""
    given = text(name, value)
    if given in {"", ".", ".."}:
        raise InvalidArgument(f"{name}: expected an id that a path can hold, got {given!r}")
    return quote(given, safe="")


def query(**given: str | int | Unsettable) -> str:
    """Return the query of a URL with its question mark, or nothing if nothing was given."""
    said = {name: value for name, value in given.items() if value is not UNSET}
    if not said:
        return ""
    return "?" + urlencode(said, quote_via=quote, safe="")


def json_body(**given: Any) -> bytes:
    """Return a JSON object of what was given."""
    said = {name: value for name, value in given.items() if value is not UNSET}
    try:
        return json.dumps(said, allow_nan=False).encode("ascii")
    except ValueError as error:
        raise InvalidArgument(f"body: expected what JSON can say, got something else: {error}") from None


def header(name: str, value: object) -> str:
    """Return the value of a header, which must be printable ASCII, without a space at either end."""
    given = text(name, value)
    if not _HEADER_VALUE.fullmatch(given):
        raise InvalidArgument(f"{name}: expected printable ASCII with no space at either end, got {given!r}")
    return given


def filename(name: str, value: object) -> str:
    """Return a filename, which must not be empty: a form has no way to say so."""
    given = text(name, value)
    if not given:
        raise InvalidArgument(f"{name}: expected a name, got ''")
    return given


def content(name: str, value: object) -> bytes:
    """Return the value, which must be bytes."""
    if not isinstance(value, bytes):
        raise InvalidArgument(f"{name}: expected bytes, got {_shown(value)}")
    return value


def _shown(value: object) -> str:
    return "null" if value is None else f"{value!a:.80}"
