"""Exactly: over the contract's fields a value comes back as that value, null as null, and absent as absent or null."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from emulator.faces.values import is_same
from emulator.fuzz.contract import branch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ABSENT: Final = "(absent)"


@dataclass(frozen=True, slots=True)
class Difference:
    """One place at which what a client shows is not what was sent: `kind` is lost, altered or invented."""

    place: str
    kind: str
    expected: Any
    got: Any


def differences(schema: Mapping[str, Any], sent: Any, shown: Any, place: str = "result") -> Iterator[Difference]:
    """Yield each place at which a client's result differs from the JSON that was sent, as far as the schema knows it."""
    schema = branch(schema, sent)
    if isinstance(sent, dict) and isinstance(shown, dict) and "properties" in schema:
        yield from _of_object(schema, sent, shown, place)
    elif isinstance(sent, list) and isinstance(shown, list) and len(sent) == len(shown):
        for ours, theirs in zip(sent, shown, strict=True):
            yield from differences(schema.get("items", {}), ours, theirs, f"{place}[]")
    elif not is_same(sent, shown):
        yield Difference(place, "lost" if shown is None else "altered", sent, shown)


def _of_object(
    schema: Mapping[str, Any], sent: Mapping[str, Any], shown: Mapping[str, Any], place: str
) -> Iterator[Difference]:
    for name, part in schema["properties"].items():
        at = f"{place}.{name}"
        if name not in sent:
            if shown.get(name) is not None:
                yield Difference(at, "invented", ABSENT, shown[name])
        elif name not in shown:
            yield Difference(at, "lost", sent[name], ABSENT)
        elif sent[name] is None and shown[name] is not None:
            yield Difference(at, "invented", None, shown[name])
        else:
            yield from differences(part, sent[name], shown[name], at)
