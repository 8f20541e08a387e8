"""Words for schemas, values and places.

Owns the phrases that errors of the contract are made of; it must not know how an error is found.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

LONGEST_FOUND: Final = 80
"""How many characters of a value are shown."""

_SAFE: Final = 9007199254740991
_PLAIN: Final = {"boolean": "true or false", "null": "null", "number": "a number"}


def shown(value: object) -> str:
    """Give a value as JSON, cut to 80 characters; what cannot be written as JSON by the name of its type."""
    try:
        text = json.dumps(value)
    except (TypeError, ValueError, RecursionError):
        return f"a {type(value).__name__} that cannot be shown"
    return text if len(text) <= LONGEST_FOUND else text[: LONGEST_FOUND - 1] + "…"


def placed(place: str, steps: Iterable[str | int]) -> str:
    """Lengthen a place by steps: `.name`, `["odd name"]` or `[3]`."""
    return place + "".join(_step(step) for step in steps)


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if step.replace("-", "_").isidentifier() else f"[{shown(step)}]"


def describe(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> str:
    """Say what a schema asks for, such as `an integer from 1 to 64`; `x-expected` in it says it instead."""
    if "x-expected" in schema:
        return str(schema["x-expected"])
    if "$ref" in schema:
        return describe(defs[schema["$ref"].rpartition("/")[2]], defs)
    if "const" in schema:
        return shown(schema["const"])
    if "enum" in schema:
        return _either([shown(value) for value in schema["enum"]])
    branches = schema.get("anyOf") or schema.get("oneOf")
    return _either([describe(branch, defs) for branch in branches] if branches else _kinds(schema))


def _either(phrases: list[str]) -> str:
    return phrases[0] if len(phrases) == 1 else f"{', '.join(phrases[:-1])} or {phrases[-1]}"


def _kinds(schema: Mapping[str, Any]) -> list[str]:
    kinds = schema.get("type", "any")
    return [_kind(kind, schema) for kind in ([kinds] if isinstance(kinds, str) else kinds)]


def _kind(kind: str, schema: Mapping[str, Any]) -> str:
    match kind:
        case "integer":
            return f"an integer{_range(schema.get('minimum'), schema.get('maximum'))}"
        case "string":
            return _text(schema)
        case "array":
            return f"an array{_span(schema, 'minItems', 'maxItems', 'items')}"
        case "object":
            return f"an object{_span(schema, 'minProperties', 'maxProperties', 'members')}"
        case "any":
            return _text(schema) if {"minLength", "maxLength", "pattern"} & schema.keys() else "a value"
        case _:
            return _PLAIN[kind]


def _range(least: int | None, most: int | None) -> str:
    if (least is None and most is None) or (least, most) == (-_SAFE, _SAFE):
        return ""
    if most is None or most == _SAFE:
        return f" of at least {least}"
    return f" of at most {most}" if least is None else f" from {least} to {most}"


def _text(schema: Mapping[str, Any]) -> str:
    matching = f" that matches {schema['pattern']}" if "pattern" in schema else ""
    return f"a string{_span(schema, 'minLength', 'maxLength', 'characters')}{matching}"


def _span(schema: Mapping[str, Any], least: str, most: str, unit: str) -> str:
    low, high = schema.get(least), schema.get(most)
    if low is None and high is None:
        return ""
    if high is None:
        return f" of {low} or more {unit}"
    return f" of at most {high} {unit}" if low is None else f" of {low} to {high} {unit}"
