"""Owns reading JSON that may be anything: what can be used is returned, what cannot is None.

Must not know which members an endpoint has.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite

LARGEST = 2**53 - 1  # the last integer that every JSON reader keeps exactly
DEEPEST = 200  # levels; far below the depth at which Python's own JSON writer gives up


def tame(body: Mapping[str, object]) -> dict[str, object]:
    """Return a copy that any JSON writer can write.

    What JSON cannot say (infinity, which Python reads from 1e999) and what lies deeper than DEEPEST is null.
    """
    copy: dict[str, object] = {}
    # A list of things to do in place of recursion: depth must not depend on the caller's stack.
    todo: list[tuple[object, dict[str, object] | list[object], object, int]]
    todo = [(value, copy, key, 1) for key, value in body.items()]
    copy.update(dict.fromkeys(body))
    while todo:
        value, holder, key, depth = todo.pop()
        tamed, members = _opened(value, depth)
        holder[key] = tamed  # type: ignore[call-overload, index]
        todo += [(member, tamed, place, depth + 1) for place, member in members]  # type: ignore[misc]
    return copy


def _opened(value: object, depth: int) -> tuple[object, list[tuple[object, object]]]:
    """Return an empty copy of a container with its members, or a plain value with none."""
    if isinstance(value, str):
        return value, []
    if isinstance(value, float):
        return (value if isfinite(value) else None), []
    if isinstance(value, Mapping):
        return (dict.fromkeys(value), list(value.items())) if depth < DEEPEST else (None, [])
    if isinstance(value, list | tuple):
        return ([None] * len(value), list(enumerate(value))) if depth < DEEPEST else (None, [])
    return value, []


def whole(value: object, low: int = 0, high: int = LARGEST) -> int | None:
    """Return a whole number of that range as an int, 2.0 being 2; anything else is None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if low <= value <= high and value == int(value) else None


def string(value: object) -> str | None:
    """Return a string as it is; anything else is None."""
    return value if isinstance(value, str) else None


def flag(value: object, *, otherwise: bool) -> bool:
    """Return a boolean as it is; anything else is what it would be if absent."""
    return value if isinstance(value, bool) else otherwise


def mapping(value: object) -> dict[str, object]:
    """Return an object as it is; anything else is an empty one."""
    return value if isinstance(value, dict) else {}


def mappings(value: object) -> list[dict[str, object]]:
    """Return the objects of a list; anything else holds none."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def identity(value: object, levels: int = 64) -> object:
    """Return what two values share if JSON Schema takes them for equal: 1 and 1.0 do, 1 and true do not."""
    if not isinstance(value, bool | dict | list):
        return value
    if levels == 0:
        return "too deep to tell"
    if isinstance(value, dict):
        return "object", frozenset((name, identity(member, levels - 1)) for name, member in value.items())
    if isinstance(value, list):
        return "array", tuple(identity(item, levels - 1) for item in value)
    return "boolean", value
