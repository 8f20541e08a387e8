"""Shown as it is: what a client made of a reply that breaks the contract stands in the reply just so, or is its text."""

from __future__ import annotations

import json
from contextlib import suppress
from decimal import Decimal
from math import isinf
from typing import TYPE_CHECKING, Any, Self

from emulator.faces.values import is_same
from emulator.fuzz.contract import branch
from emulator.fuzz.oracles.kept import BOM, is_utf_8, readings
from emulator.fuzz.oracles.said import HALF

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import TypeAlias

    Alteration: TypeAlias = tuple[str, Any, Any]
    """A place, what was sent there, and what is shown."""


class Twice(list[Any]):
    """The values of a member that stands there more than once."""


class Float(float):
    """A number with a point or an exponent, and its digits, which may say more than a double holds."""

    digits: str

    def __new__(cls, digits: str) -> Self:
        """Read the digits."""
        made = super().__new__(cls, digits)
        made.digits = digits
        return made


def misread(schema: Mapping[str, Any], body: bytes, media_type: str | None, result: Any) -> list[Alteration] | None:
    """Return where a result shows something else than a reply's body, read in whichever way suits it best.

    Its very text is no mistake, nor is null for what is no JSON; None says that such a body was taken for something else.
    What is no UTF-8, or half of a surrogate pair, may be shown as U+FFFD, as the web's own readers have it.
    """
    texts = readings(body, media_type, "strict")
    replaced = body.decode("utf-8", "replace")
    if result in (*texts, replaced):
        return []
    if is_utf_8(media_type):
        texts += [replaced.removeprefix(BOM), *_with_halves(body)]
    found = [list(altered(schema, value, result)) for value in _json_of(texts)]
    return min(found, key=len, default=[] if result is None else None)


def _with_halves(body: bytes) -> Iterator[str]:
    """Yield the text in which halves of surrogate pairs stand as if they were characters, if that is all that is wrong."""
    with suppress(UnicodeDecodeError):
        yield body.decode("utf-8", "surrogatepass")


def _json_of(texts: list[str]) -> Iterator[Any]:
    for text in texts:
        try:
            yield read(text)
        except (ValueError, RecursionError):
            continue


def read(text: str) -> Any:
    """Return JSON with every value of a member that comes more than once. Raises ValueError, RecursionError."""
    return json.loads(text, object_pairs_hook=_members, parse_constant=_refuse, parse_float=Float)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        found[name] = Twice([*_values(found[name]), value]) if name in found else value
    return found


def _values(value: Any) -> list[Any]:
    return list(value) if isinstance(value, Twice) else [value]


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")


def altered(schema: Mapping[str, Any], sent: Any, result: Any, place: str = "result") -> Iterator[Alteration]:
    """Yield each place at which a result shows something else than was sent.

    Null and absent are alike, members that the schema does not know may be left out, of a member that comes more than once
    any value will do, and a whole float and the integer of its value are the same number.
    """
    if isinstance(sent, Twice):
        if all(any(altered(schema, each, result)) for each in sent):
            yield place, sent, result
        return
    schema = branch(schema, sent)
    if isinstance(sent, dict) and isinstance(result, dict):
        known = schema.get("properties") or {name: {} for name in (*sent, *result)}
        for name, part in known.items():
            yield from altered(part, sent.get(name), result.get(name), f"{place}.{name}")
    elif isinstance(sent, list) and isinstance(result, list) and len(sent) == len(result):
        for ours, theirs in zip(sent, result, strict=True):
            yield from altered(schema.get("items", {}), ours, theirs, f"{place}[]")
    elif not (_is_same_number(sent, result) or _is_beyond(sent, result) or is_same(_whole(sent), _whole(result))):
        yield place, sent, result


def _whole(value: Any) -> Any:
    """Return text with U+FFFD for half of a surrogate pair."""
    return HALF.sub("\ufffd", value) if isinstance(value, str) else value


def _is_beyond(sent: Any, result: Any) -> bool:
    """Say whether a number that no double holds is shown as it is, or as infinite, for which JSON has no word: many say null."""
    if not (isinstance(sent, Float) and isinf(sent)):
        return False
    return result in (None, str(sent), "Infinity", "-Infinity") or (
        _is_number(result) and Decimal(sent.digits) == result
    )


def _is_same_number(sent: Any, result: Any) -> bool:
    return _is_number(sent) and _is_number(result) and bool(sent == result)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
