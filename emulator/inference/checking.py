"""Owns telling whether a value fits a schema, as far as values are made for its keywords, and `not`.

Must not make values. What lies deeper than 64 levels is taken to fit.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from emulator.inference.keywords import LARGEST_FLOAT, fraction, rules_of
from emulator.inference.merging import item_schema, property_schema
from emulator.inference.values import identity

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emulator.inference.keywords import Rules
    from emulator.inference.merging import Scope

_DEEPEST = 64


def holds(schema: object, value: object, scope: Scope, depth: int = 0) -> bool:
    """Say whether the value fits; raises UnfitError when the scope's steps are used up."""
    scope.step()
    if not isinstance(schema, dict) or depth > _DEEPEST:
        return schema is not False
    rules = rules_of(schema)
    return (
        _holds_alone(rules, value)
        and _holds_within(rules, value, scope, depth + 1)
        and _holds_together(rules, value, scope, depth + 1)
    )


def _holds_alone(rules: Rules, value: object) -> bool:
    return all(_CHECKS[name](bound, value) for name, bound in rules.items() if name in _CHECKS)


def _holds_within(rules: Rules, value: object, scope: Scope, depth: int) -> bool:
    if isinstance(value, dict):
        parts = [(property_schema(rules, name), member) for name, member in value.items()]
    elif isinstance(value, list):
        parts = [(item_schema(rules, index), item) for index, item in enumerate(value)]
    else:
        return True
    return all(holds(schema, part, scope, depth) for schema, part in parts)


def _holds_together(rules: Rules, value: object, scope: Scope, depth: int) -> bool:
    for keyword in filter(_COUNTS.__contains__, rules):
        branches = _branches(keyword, rules[keyword], scope)
        fitting = sum(holds(branch, value, scope, depth) for branch in branches)
        if not _COUNTS[keyword](fitting, len(branches)):
            return False
    return True


def _branches(keyword: str, demand: object, scope: Scope) -> list[object]:
    if keyword == "$ref":
        return [scope.resolve(demand)]
    return demand if isinstance(demand, list) else [demand]


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


# How many of the branches must fit.
_COUNTS: Mapping[str, Callable[[int, int], bool]] = {
    "$ref": lambda fitting, _branches: fitting == 1,
    "allOf": lambda fitting, branches: fitting == branches,
    "anyOf": lambda fitting, _branches: fitting > 0,
    "oneOf": lambda fitting, _branches: fitting == 1,
    "not": lambda fitting, _branches: fitting == 0,
}


def _is_kind(kinds: object, value: object) -> bool:
    return any(_KINDS[str(kind)](value) for kind in _list(kinds))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_integer(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value % 1 == 0


_KINDS: Mapping[str, Callable[[object], bool]] = {
    "array": lambda value: isinstance(value, list),
    "boolean": lambda value: isinstance(value, bool),
    "integer": _is_integer,
    "null": lambda value: value is None,
    "number": _is_number,
    "object": lambda value: isinstance(value, dict),
    "string": lambda value: isinstance(value, str),
}


def _is_listed(values: object, value: object) -> bool:
    return identity(value) in map(identity, _list(values))


def _number(compare: Callable[[Fraction, Fraction], bool]) -> Callable[[object, object], bool]:
    """Make a check that holds for whatever is no number."""

    def check(bound: object, value: object) -> bool:
        number = fraction(value)
        return number is None or not isinstance(bound, Fraction) or compare(number, bound)

    return check


def _is_multiple(number: Fraction, divisor: Fraction) -> bool:
    # Validators divide floats: 0.3 is thrice 0.1, but 0.3 / 0.1 is not 3.0.
    quotient = number / divisor
    if divisor.denominator == 1 or quotient.denominator > 1 or abs(number) > LARGEST_FLOAT:
        return quotient.denominator == 1
    return float(number) / float(divisor) == quotient


def _length(kind: type, compare: Callable[[int, int], bool]) -> Callable[[object, object], bool]:
    """Make a check that holds for whatever is not of that kind."""

    def check(bound: object, value: object) -> bool:
        of_kind = isinstance(value, kind) and isinstance(value, str | list)
        return not of_kind or not isinstance(bound, int) or compare(len(value), bound)  # type: ignore[arg-type]

    return check


def _has_all(names: object, value: object) -> bool:
    return not isinstance(value, dict) or all(name in value for name in _list(names))


def _is_unique(_demanded: object, value: object) -> bool:
    return not isinstance(value, list) or len(set(map(identity, value))) == len(value)


_CHECKS: Mapping[str, Callable[[object, object], bool]] = {
    "enum": _is_listed,
    "exclusiveMaximum": _number(lambda number, bound: number < bound),
    "exclusiveMinimum": _number(lambda number, bound: number > bound),
    "maxItems": _length(list, lambda length, bound: length <= bound),
    "maxLength": _length(str, lambda length, bound: length <= bound),
    "maximum": _number(lambda number, bound: number <= bound),
    "minItems": _length(list, lambda length, bound: length >= bound),
    "minLength": _length(str, lambda length, bound: length >= bound),
    "minimum": _number(lambda number, bound: number >= bound),
    "multipleOf": _number(_is_multiple),
    "required": _has_all,
    "type": _is_kind,
    "uniqueItems": _is_unique,
}
