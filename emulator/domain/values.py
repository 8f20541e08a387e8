"""Frozen values with some fields changed, as cheaply as commands need it that change dozens of them."""

from __future__ import annotations

from typing import Any, TypeVar

Value = TypeVar("Value")


def changed(value: Value, **changes: Any) -> Value:
    """Return a copy of a frozen dataclass's value with these fields changed.

    `dataclasses.replace` reads and sets the fields one by one, at several times the price. This one takes them in one piece: the
    class must have no `__slots__`, and its `__post_init__` has no say. Raises TypeError for a field that there is not.
    """
    fields = vars(value)
    copied = {**fields, **changes}
    if len(copied) != len(fields):
        raise TypeError(f"{type(value).__name__} has no field {[*copied][-1]!r}")
    copy = object.__new__(type(value))
    object.__setattr__(copy, "__dict__", copied)
    return copy
