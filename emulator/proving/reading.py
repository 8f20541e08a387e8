"""Reading what came over the wire: JSON to its edges, and the one error body that clients parse."""

from __future__ import annotations

import json
from typing import Any, Final

_MOST_DIGITS: Final = 400
_HUGE: Final = 10**_MOST_DIGITS


class NotJson(Exception):
    """These bytes are not JSON."""


class TooDeep(Exception):
    """This is JSON perhaps, but nested so deep that readers give up."""


def read_json(body: bytes) -> Any:
    """Return the JSON value of a body. Raises NotJson, TooDeep."""
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_refuse, parse_int=_integer)
    except RecursionError:
        raise TooDeep from None
    except ValueError as error:
        raise NotJson(str(error)) from None


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")


def _integer(digits: str) -> int:
    """Return an integer, or, for one that takes long to read, another that fits no schema either."""
    return int(digits) if len(digits) < _MOST_DIGITS else _HUGE


def is_sendable(value: object) -> bool:
    """Return whether a value has no half characters, which JSON can name with an escape but UTF-8 cannot carry."""
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def is_file_error(value: Any) -> bool:
    """Return whether an error of getFileContent is one that clients can parse (contract section 5)."""
    error = value.get("error") if isinstance(value, dict) else None
    return (
        isinstance(error, dict)
        and isinstance(error.get("message"), str)
        and isinstance(error.get("type"), str)
        and type(error.get("code")) is int
    )
