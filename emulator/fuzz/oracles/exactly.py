"""Exactly: over the contract's fields a value comes back as that value, null as null, and absent as absent or null."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from emulator.faces.values import is_same
from emulator.fuzz.contract import resolved

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Difference:
    """One place at which what a client shows is not what was sent: `kind` is lost, altered or invented."""

    place: str
    kind: str
    expected: Any
    got: Any


def differences(schema: Mapping[str, Any], sent: Any, shown: Any, place: str = "result") -> Iterator[Difference]:
    """Yield each place at which a client's result differs from the JSON that was sent, as far as the schema knows it."""
    schema = _branch(schema, sent)
    if isinstance(sent, dict) and "properties" in schema:
        yield from _of_object(schema, sent, shown, place)
    elif isinstance(sent, list):
        yield from _of_list(schema, sent, shown, place)
    elif not is_same(sent, shown):
        yield Difference(place, "lost" if shown is None else "altered", sent, shown)


def _of_object(schema: Mapping[str, Any], sent: Any, shown: Any, place: str) -> Iterator[Difference]:
    if not isinstance(shown, dict):
        yield Difference(place, "lost" if shown is None else "altered", sent, shown)
        return
    for name, part in schema["properties"].items():
        if sent.get(name) is not None:
            yield from differences(part, sent[name], shown.get(name), f"{place}.{name}")
        elif shown.get(name) is not None:
            yield Difference(f"{place}.{name}", "invented", None, shown[name])


def _of_list(schema: Mapping[str, Any], sent: Any, shown: Any, place: str) -> Iterator[Difference]:
    if not isinstance(shown, list) or len(shown) != len(sent):
        yield Difference(place, "altered", sent, shown)
        return
    for ours, theirs in zip(sent, shown, strict=True):
        yield from differences(schema.get("items", {}), ours, theirs, f"{place}[]")


def _branch(schema: Mapping[str, Any], value: Any) -> Mapping[str, Any]:
    """Return the branch of a schema that a value belongs to: the one for objects, for lists, or any other."""
    schema = resolved(schema)
    for each in schema.get("anyOf", ()):
        found = _branch(each, value)
        if _is_for(found, value):
            return found
    return schema


def _is_for(schema: Mapping[str, Any], value: Any) -> bool:
    wanted = {dict: "object", list: "array", type(None): "null"}.get(type(value))
    return wanted is not None and schema.get("type") == wanted
