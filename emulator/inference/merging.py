"""Owns making one flat set of rules of a schema that refers, and demands several things at once.

Must not make values. What is left to choose, the branches of `anyOf` and `oneOf`, stands beside the rules.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING
from urllib.parse import unquote

from emulator.inference.keywords import rules_of
from emulator.inference.values import identity, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emulator.inference.keywords import Rules

_MOST_BITS = 2000  # of a common multiple


class UnfitError(Exception):
    """No value can be made here, or none within the bounds on time and size."""


@dataclass(slots=True)
class Scope:
    """What holds for a whole schema: where references lead, and how many steps are left for all of it."""

    root: object
    steps: int

    def step(self, count: int = 1) -> None:
        """Count steps; raises UnfitError when none are left."""
        self.steps -= count
        if self.steps < 0:
            raise UnfitError

    def resolve(self, reference: object) -> object:
        """Return what `#` or `#/a/b` points to; what leads elsewhere or nowhere allows anything."""
        found: object = self.root
        for part in str(reference).lstrip("#").split("/")[1:]:
            found = _member(found, unquote(part).replace("~1", "/").replace("~0", "~"))
        return found if str(reference).startswith("#") else True


def _member(holder: object, name: str) -> object:
    if isinstance(holder, list):
        return holder[int(name)] if name.isdecimal() and int(name) < len(holder) else True
    return holder.get(name, True) if isinstance(holder, dict) else True


@dataclass(slots=True)
class Flat:
    """A schema's rules, without references and `allOf`, and what there is to choose besides."""

    rules: Rules = field(default_factory=dict)
    choices: list[tuple[str, list[object]]] = field(default_factory=list)  # anyOf or oneOf, and its branches


def flat(schema: object, scope: Scope) -> Flat:
    """Return a schema's flat form; raises UnfitError if its demands contradict each other openly."""
    found, pending, seen = Flat(), [schema], set()
    while pending:
        scope.step()
        part = pending.pop()
        if part is False:
            raise UnfitError
        rules = rules_of(part) if isinstance(part, dict) else {}
        pending += reversed(_list(rules.pop("allOf", [])))
        # A second visit would add nothing, and a schema may refer to itself.
        if (reference := rules.pop("$ref", None)) is not None and reference not in seen:
            seen.add(reference)
            pending.append(scope.resolve(reference))
        found.choices += [(kind, _list(rules.pop(kind))) for kind in ("anyOf", "oneOf") if kind in rules]
        _add(found.rules, rules)
    return found


def chosen(base: Flat, branch: object, scope: Scope) -> Flat:
    """Return the flat form in which the first choice of `base` has fallen on that branch."""
    taken = flat(branch, scope)
    rules = dict(base.rules)
    if isinstance(properties := rules.get("properties"), dict):
        rules["properties"] = dict(properties)
    _add(rules, taken.rules)
    return Flat(rules=rules, choices=taken.choices + base.choices[1:])


def property_schema(rules: Rules, name: str) -> object:
    """Return the schema that holds for a property."""
    return _dict(rules.get("properties")).get(name, _rest(rules))


def _rest(rules: Rules) -> object:
    return rules.get("additionalProperties", True)


def item_schema(rules: Rules, index: int) -> object:
    """Return the schema that holds for the item at that index."""
    prefix = _list(rules.get("prefixItems", []))
    return prefix[index] if index < len(prefix) else rules.get("items", True)


def _add(rules: Rules, more: Rules) -> None:
    """Make `rules` demand what `more` demands too."""
    _add_properties(rules, more)
    _add_items(rules, more)
    for keyword, join in _JOINS.items():
        if keyword in more:
            rules[keyword] = join(rules[keyword], more[keyword]) if keyword in rules else more[keyword]


def _add_properties(rules: Rules, more: Rules) -> None:
    own, theirs = _dict(rules.get("properties")), _dict(more.get("properties"))
    # What is new on one side must fit what the other side says of all the rest.
    names = dict.fromkeys([*theirs, *own] if "additionalProperties" in more else theirs)
    joined = {name: _both(property_schema(rules, name), property_schema(more, name)) for name in names}
    if joined:
        own.update(joined)
        rules["properties"] = own
    if "additionalProperties" in more:
        rules["additionalProperties"] = _both(_rest(rules), more["additionalProperties"])


def _add_items(rules: Rules, more: Rules) -> None:
    length = max(len(_list(side.get("prefixItems", []))) for side in (rules, more))
    joined = [_both(item_schema(rules, index), item_schema(more, index)) for index in range(length)]
    if "items" in more:
        rules["items"] = _both(rules.get("items", True), more["items"])
    if length:
        rules["prefixItems"] = joined


def _both(one: object, other: object) -> object:
    if one is True or one is other:
        return other
    return one if other is True else {"allOf": [one, other]}


def _dict(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _in_both(one: object, other: object) -> list[object]:
    theirs = {identity(value) for value in _list(other)}
    return [value for value in _list(one) if identity(value) in theirs]


def _kinds_in_both(one: object, other: object) -> list[object]:
    """Return the types that both lists allow; a number that must be an integer is an integer."""
    mine, theirs = _list(one), _list(other)
    shared = [kind for kind in mine if kind in theirs]
    whole_number = any("integer" in a and "number" in b for a, b in ((mine, theirs), (theirs, mine)))
    if whole_number and not {"integer", "number"} & set(shared):
        shared.append("integer")
    if not shared:
        raise UnfitError
    return shared


def _union(one: object, other: object) -> list[object]:
    return list(dict.fromkeys(_list(one) + _list(other)))


def _larger(one: object, other: object) -> object:
    return max(_number(one), _number(other))


def _smaller(one: object, other: object) -> object:
    return min(_number(one), _number(other))


def _number(value: object) -> int | Fraction:
    return value if isinstance(value, Fraction) else whole(value) or 0


def _common_multiple(one: object, other: object) -> Fraction:
    a, b = Fraction(_number(one)), Fraction(_number(other))
    denominator = lcm(a.denominator, b.denominator)
    multiple = lcm(int(a * denominator), int(b * denominator))
    if multiple.bit_length() > _MOST_BITS:
        raise UnfitError
    return Fraction(multiple, denominator)


def _first(one: object, _other: object) -> object:
    return one


def _neither(one: object, other: object) -> object:
    return {"anyOf": [one, other]}


_JOINS: Mapping[str, Callable[[object, object], object]] = {
    "enum": _in_both,
    "exclusiveMaximum": _smaller,
    "exclusiveMinimum": _larger,
    "format": _first,
    "maxItems": _smaller,
    "maxLength": _smaller,
    "maximum": _smaller,
    "minItems": _larger,
    "minLength": _larger,
    "minimum": _larger,
    "multipleOf": _common_multiple,
    "not": _neither,
    "required": _union,
    "type": _kinds_in_both,
    "uniqueItems": _first,
}
