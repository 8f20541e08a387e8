"""Reading JSON so that nothing is altered in silence: what Python would round, drop or guess is refused."""

from __future__ import annotations

import json
import math
from typing import Any, Final


class NotJson(ValueError):
    """These bytes are not JSON that can be shown exactly; the message says what was expected and what came."""


def loads(data: bytes) -> Any:
    """Return the JSON value that these bytes are, in UTF-8. Raises NotJson."""
    try:
        return _DECODER.decode(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise NotJson(f"expected UTF-8, got the byte 0x{data[error.start]:02x} at byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise NotJson(f"expected JSON, got something else: {error}") from None
    except RecursionError:
        raise NotJson("expected JSON of some depth, got more than can be read") from None
    except NotJson:
        raise
    except ValueError as error:
        raise NotJson(f"expected numbers that can be read, got one that cannot: {error}") from None


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise NotJson("expected each name once in an object, got one twice")
    return members


def _constant(word: str) -> Any:
    raise NotJson(f"expected a number, got {word}")


def _float(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise NotJson(f"expected a number that a double can hold, got {digits:.40}")
    return number


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_members, parse_constant=_constant, parse_float=_float)
