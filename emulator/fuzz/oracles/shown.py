"""Shown as it is: what a client made of a reply that breaks the contract stands in the reply just so."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from emulator.faces.values import is_same
from emulator.fuzz.contract import resolved

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NOTHING: Final = object()


class _Twice(list[Any]):
    """The values of a member that stands there more than once."""


def read(text: str) -> Any:
    """Return JSON with every value of a member that comes more than once. Raises ValueError, RecursionError."""
    return json.loads(text, object_pairs_hook=_members, parse_constant=_refuse)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        found[name] = _Twice([*_values(found[name]), value]) if name in found else value
    return found


def _values(value: Any) -> list[Any]:
    return list(value) if isinstance(value, _Twice) else [value]


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")


def altered(schema: Mapping[str, Any], sent: Any, result: Any, place: str = "result") -> Iterator[tuple[str, Any, Any]]:
    """Yield each place at which a result shows something else than was sent: the place, what was sent and what is shown.

    Null and absent are alike; a whole float and the integer of its value are the same number.
    """
    known = resolved(schema).get("properties")
    if isinstance(sent, dict) and isinstance(result, dict) and known:
        for name in known:
            ours = sent.get(name)
            if not any(_is_shown(each, result.get(name)) for each in _values(ours)):
                yield f"{place}.{name}", ours, result.get(name)
    elif not any(_is_shown(each, result) for each in _values(sent)):
        yield place, sent, result


def _is_shown(sent: Any, result: Any) -> bool:
    if _is_number(sent) and _is_number(result):
        return bool(sent == result)
    if isinstance(sent, dict) and isinstance(result, dict):
        return all(_is_shown(sent.get(name), result.get(name)) for name in {*sent, *result})
    if isinstance(sent, list) and isinstance(result, list):
        return len(sent) == len(result) and all(map(_is_shown, sent, result))
    return is_same(sent, result)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
