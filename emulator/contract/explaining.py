"""Why a value does not fit a schema, as faults a person can act on.

Owns the way from the errors of the jsonschema library to `Fault`; it must not decide whether a value fits:
that is for `Schema.accepts`. It is imported on demand, when there is something to explain.
"""

from collections.abc import Iterator, Mapping
from itertools import groupby
from math import inf, isfinite
from typing import Any, Protocol, TypeAlias

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend

from emulator.contract.phrases import describe, placed, shown
from emulator.contract.validation import Fault, Schema

_Trail: TypeAlias = "tuple[_Trail, str | int] | None"

# Python does not write integers of more than 4300 digits.
_MOST_BITS = 14_000
_CHOICES = frozenset({"anyOf", "oneOf"})
_KINDS = frozenset({"type", "const", "enum"})


def explain(schema: Schema, value: object, place: str) -> tuple[Fault, ...]:
    """Give the faults of a value that does not fit; always at least one, in the order of the value."""
    order = _Order(value)
    faults = (_fault(schema, error, place) for error in sorted(_errors(schema, value), key=order.position))
    return tuple(dict.fromkeys(faults)) or (_unsaid(schema, value, place),)


def _errors(schema: Schema, value: object) -> list[ValidationError]:
    try:
        return [leaf for error in _Explainer(schema.document).iter_errors(value) for leaf in _leaves(error)]
    except (ValueError, RecursionError):  # The library puts values into words, and some are too long or too deep.
        return []


def _leaves(error: ValidationError) -> list[ValidationError]:
    """Take the one alternative that was evidently meant, or else the choice as a whole."""
    if error.validator not in _CHOICES or "x-expected" in _schema_of(error):
        return [error]
    branches = [list(branch) for _, branch in groupby(error.context or (), lambda child: child.schema_path[0])]
    meant = [branch for branch in branches if not any(_is_of_another_kind(child) for child in branch)]
    if len(meant) != 1:
        return [error]
    return [leaf for child in meant[0] for leaf in _leaves(child)]


def _is_of_another_kind(child: ValidationError) -> bool:
    return not child.relative_path and child.validator in _KINDS


def _schema_of(error: ValidationError) -> Mapping[str, Any]:
    return error.schema if isinstance(error.schema, dict) else {}


def _fault(schema: Schema, error: ValidationError, place: str) -> Fault:
    at = placed(place, error.absolute_path)
    defs = schema.document.get("$defs", {})
    here = _schema_of(error)
    if error.validator == "required":
        wanted = here.get("properties", {}).get(error.message, {})
        return Fault(placed(at, (error.message,)), describe(wanted, defs), "nothing", schema.name)
    if error.validator == "additionalProperties":
        return Fault(at, "no such member", shown(error.instance), schema.name)
    named = "every name to be " if "propertyNames" in error.absolute_schema_path else ""
    return Fault(at, named + describe(here, defs), shown(error.instance), schema.name)


class _Order:
    """Where things stand in a value; what is missing stands behind everything else of its object."""

    def __init__(self, value: object) -> None:
        self._value = value
        self._indexes: dict[int, dict[object, int]] = {}

    def position(self, error: ValidationError) -> tuple[float, ...]:
        steps = tuple(self._steps(error))
        return (*steps, inf) if error.validator == "required" else steps

    def _steps(self, error: ValidationError) -> Iterator[float]:
        node: Any = self._value
        for step in error.absolute_path:
            yield self._index(node)[step] if isinstance(node, dict) else float(step)
            node = node[step]

    def _index(self, node: dict[object, object]) -> dict[object, int]:
        if id(node) not in self._indexes:
            self._indexes[id(node)] = {name: index for index, name in enumerate(node)}
        return self._indexes[id(node)]


def _unsaid(schema: Schema, value: object, place: str) -> Fault:
    """Speak of what only the fast validator minds: values that JSON in UTF-8 cannot carry."""
    for trail, node in _nodes(value):
        if (wanted := _carriable(node)) is not None:
            return Fault(placed(place, _steps(trail)), wanted, shown(node), schema.name)
    return Fault(place, f"a value that fits {schema.name}", shown(value), schema.name)


def _nodes(value: object) -> Iterator[tuple[_Trail, object]]:
    """Walk a value in its order, names of members too. A loop, and linked trails: it may be very deep."""
    stack: list[tuple[_Trail, object]] = [(None, value)]
    while stack:
        trail, node = stack.pop()
        yield trail, node
        inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        stack.extend(((trail, step), child) for step, child in reversed(list(inner)))
        stack.extend((trail, name) for name in (node if isinstance(node, dict) else ()))


def _steps(trail: _Trail) -> list[str | int]:
    steps: list[str | int] = []
    while trail is not None:
        trail, step = trail
        steps.append(step)
    return steps[::-1]


def _carriable(node: object) -> str | None:
    if isinstance(node, str) and any("\ud800" <= letter <= "\udfff" for letter in node):
        return "text without lone surrogates"
    if isinstance(node, float) and not isfinite(node):
        return "a finite number"
    if isinstance(node, int) and node.bit_length() > _MOST_BITS:
        return "a number of fewer digits"
    return None if node is None or isinstance(node, str | int | float | list | dict) else "a JSON value"


class _Descending(Protocol):
    """What a keyword's check needs of the library's validators, whose own protocol leaves it out."""

    def descend(self, instance: object, schema: object, *, path: str) -> Iterator[ValidationError]: ...


def _required(_: Validator, names: list[str], instance: object, __: object) -> Iterator[ValidationError]:
    """Say one by one which members are missing; the library puts the name into a sentence."""
    missing = [name for name in names if isinstance(instance, dict) and name not in instance]
    yield from (ValidationError(name) for name in missing)


def _additional(
    validator: _Descending, extra: object, instance: object, schema: Mapping[str, Any]
) -> Iterator[ValidationError]:
    """Speak of each further member at its own place; the library speaks of all at once."""
    members = instance if isinstance(instance, dict) else {}
    for name in [name for name in members if name not in schema.get("properties", {})]:
        if extra is False:
            yield ValidationError("", path=(name,), instance=members[name])
        else:
            yield from validator.descend(members[name], extra, path=name)


def _pattern(_: Validator, pattern: str, instance: object, __: object) -> Iterator[ValidationError]:
    """Ask the fast validator: in Python's own expressions `$` lets a line feed follow."""
    if isinstance(instance, str) and not Schema("pattern", {"pattern": pattern}).accepts(instance):
        yield ValidationError(f"does not match {pattern}")


_Explainer = extend(  # type: ignore[no-untyped-call]  # as the library has it
    Draft202012Validator,
    {"required": _required, "additionalProperties": _additional, "pattern": _pattern},
)
