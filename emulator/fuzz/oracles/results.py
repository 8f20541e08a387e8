"""Reading a client's result, which may be anything at all: what is missing from it is None."""

from __future__ import annotations

from typing import Any


def at(value: Any, *path: str) -> Any:
    """Return what stands at a path of names, or None."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def items(page: Any) -> list[Any]:
    """Return the items of a page of a list; none if it is no page."""
    found = at(page, "data")
    return found if isinstance(found, list) else []


def number(value: Any) -> int:
    """Return an integer, or 0 for what is none."""
    return value if isinstance(value, int) else 0
