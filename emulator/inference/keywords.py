"""Owns the reading of JSON Schema's keywords: a schema in, those of its rules that can be used out.

Must not know values. A keyword with a value of a wrong kind counts as absent. Source: JSON Schema 2020-12,
Core section 10 and Validation section 6.
"""

from __future__ import annotations

from fractions import Fraction
from math import isfinite
from typing import TYPE_CHECKING

from emulator.inference.values import string, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Rules = dict[str, object]  # keywords, each with a usable value
    Kind = str  # a type's name

KINDS = ("object", "array", "string", "integer", "number", "boolean", "null")
# Larger integers than a float can hold count as absent, for arithmetic with them could take for ever.
_MOST_BITS = 1000
LARGEST_FLOAT = 2**_MOST_BITS


def fraction(value: object) -> Fraction | None:
    """Return a number as it is written in decimal, 0.1 being a tenth; anything else is None."""
    if isinstance(value, Fraction):
        return value
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return Fraction(value) if value.bit_length() <= _MOST_BITS else None
    return Fraction(repr(value)) if isinstance(value, float) and isfinite(value) else None


def _divisor(value: object) -> Fraction | None:
    number = fraction(value)
    return number if number and number > 0 else None


def _kinds(value: object) -> list[Kind] | None:
    names = value if isinstance(value, list) else [value]
    return [name for name in names if name in KINDS] or None


def _names(value: object) -> list[str] | None:
    return [name for name in value if isinstance(name, str)] if isinstance(value, list) else None


def _schema(value: object) -> object:
    return value if isinstance(value, bool | dict) else None


def _schemas(value: object) -> list[object] | None:
    return [item for item in value if isinstance(item, bool | dict)] if isinstance(value, list) else None


def _some_schemas(value: object) -> list[object] | None:
    return _schemas(value) or None


def _properties(value: object) -> dict[str, object] | None:
    return dict(value) if isinstance(value, dict) else None


def _list(value: object) -> list[object] | None:
    return value if isinstance(value, list) else None


def _only_true(value: object) -> bool | None:
    return True if value is True else None


READERS: Mapping[str, Callable[[object], object]] = {
    "$ref": string,
    "additionalProperties": _schema,
    "allOf": _some_schemas,
    "anyOf": _some_schemas,
    "enum": _list,
    "exclusiveMaximum": fraction,
    "exclusiveMinimum": fraction,
    "format": string,
    "items": _schema,
    "maxItems": whole,
    "maxLength": whole,
    "maximum": fraction,
    "minItems": whole,
    "minLength": whole,
    "minimum": fraction,
    "multipleOf": _divisor,
    "not": _schema,
    "oneOf": _some_schemas,
    "prefixItems": _schemas,
    "properties": _properties,
    "required": _names,
    "type": _kinds,
    "uniqueItems": _only_true,
}


def rules_of(schema: Mapping[str, object]) -> Rules:
    """Return the schema's usable rules; `const` becomes an `enum` of one."""
    known = ((name, READERS[name](value)) for name, value in schema.items() if name in READERS)
    rules = {name: value for name, value in known if value is not None}
    if "const" in schema:
        rules["enum"] = [schema["const"]]
    return rules
