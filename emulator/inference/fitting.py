"""Owns making a value that fits a JSON Schema, small and at once, however the schema is made.

Must not know endpoints. Two bounds keep a hostile schema cheap: STEPS for the whole, DEEPEST for its nesting.
A schema that nothing fits, or nothing within these bounds, gets a value in outline: of the right type, with
those required members that can be made.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from emulator.inference import scalars
from emulator.inference.checking import holds
from emulator.inference.keywords import KINDS
from emulator.inference.merging import Flat, Scope, UnfitError, chosen, flat, item_schema, property_schema
from emulator.inference.values import identity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from emulator.inference.keywords import Kind, Rules
    from emulator.inference.text import Choose

# Keywords of JSON Schema 2020-12 that bound values and that are not looked at: a value may break them. `not` is
# looked at, but only chooses among types, branches and a few attempts.
BEYOND = (
    "$anchor", "$dynamicRef", "$id", "contains", "dependentRequired", "dependentSchemas", "else", "if",
    "maxContains", "maxProperties", "minContains", "minProperties", "pattern", "patternProperties",
    "propertyNames", "then", "unevaluatedItems", "unevaluatedProperties",
)  # fmt: skip

STEPS = 8000  # schemas looked at for one value
DEEPEST = 48  # levels of nesting
_SHALLOW = 4  # levels down to which what is optional is made too
_MOST_ITEMS = 256  # a list that must be longer cannot be made
_MORE_ITEMS = 2  # items at most above the least number
_ATTEMPTS = 4  # at a value in which all goes together
_VARIETY = 64  # attempts at an item that differs from those before it

# What a schema without a type is about.
_HINTS = {
    "additionalProperties": "object", "properties": "object", "required": "object",
    "items": "array", "maxItems": "array", "minItems": "array", "prefixItems": "array",
    "uniqueItems": "array",
    "exclusiveMaximum": "number", "exclusiveMinimum": "number", "maximum": "number", "minimum": "number",
    "multipleOf": "number",
}  # fmt: skip
_GOING_ON = ("$ref", "allOf", "anyOf", "items", "oneOf", "properties")  # what may lead to further levels


def fit(schema: object, choose: Choose) -> object:
    """Return a JSON value that fits the schema, made by `choose`: given n, a number from 0 to n - 1.

    Never raises: a keyword that cannot be used counts as absent, and what cannot be fitted is outlined.
    """
    value: object = None
    for _ in range(_ATTEMPTS):
        try:
            value = _Fitter(Scope(schema, STEPS), choose).value(schema, 0)
        except UnfitError:
            return _Fitter(Scope(schema, STEPS), choose).outline(schema, 0)
        if _fits(schema, value):
            break
    return value


def _fits(schema: object, value: object) -> bool:
    """Say whether the value fits as a whole; one that takes too long to check is taken to."""
    try:
        return holds(schema, value, Scope(schema, STEPS))
    except UnfitError:
        return True


@dataclass(frozen=True, slots=True)
class _Fitter:
    """Makes the parts of one value. All but `outline` raise UnfitError if their part cannot be made."""

    scope: Scope
    choose: Choose

    def value(self, schema: object, depth: int) -> object:
        return self._settled(flat(schema, self.scope), depth)

    def _settled(self, demands: Flat, depth: int) -> object:
        """Choose the first branch of each `anyOf` and `oneOf` with which a value can be made."""
        if depth > DEEPEST:
            raise UnfitError
        if not demands.choices:
            return self._made(demands.rules, depth)
        kind, branches = demands.choices[0]
        for branch in _in_order(branches, depth) * (_ATTEMPTS if kind == "oneOf" else 1):
            try:
                value = self._settled(chosen(demands, branch, self.scope), depth + 1)
            except UnfitError:
                continue
            if kind == "anyOf" or self._fits_one(branches, value):
                return value
        raise UnfitError

    def _fits_one(self, branches: list[object], value: object) -> bool:
        return sum(holds(branch, value, self.scope) for branch in branches) == 1

    def _made(self, rules: Rules, depth: int) -> object:
        if isinstance(values := rules.get("enum"), list):
            return self._one_of([value for value in values if holds(rules, value, self.scope)])
        for kind in _kinds(rules):
            try:
                return self._allowed(_MAKERS[kind](self, rules, depth), rules)
            except UnfitError:
                continue
        raise UnfitError

    def _allowed(self, value: object, rules: Rules) -> object:
        if "not" in rules and holds(rules["not"], value, self.scope):
            raise UnfitError
        return value

    def _one_of(self, values: list[object]) -> object:
        if not values:
            raise UnfitError
        return values[self.choose(len(values))]

    def members(self, rules: Rules, depth: int) -> dict[str, object]:
        needed = _required(rules)
        made: dict[str, object] = {}
        for name in dict.fromkeys([*_declared(rules), *needed]) if depth < _SHALLOW else needed:
            try:
                made[name] = self.value(property_schema(rules, name), depth + 1)
            except UnfitError:
                if name in needed:
                    raise
        return made

    def items(self, rules: Rules, depth: int) -> list[object]:
        least, most = _lengths(rules)
        more = self.choose(_MORE_ITEMS + 1) if depth < _SHALLOW else 0
        made: list[object] = []
        others = made if "uniqueItems" in rules else []
        for index in range(min(least + more, most)):
            variety = _VARIETY if index < least else 1
            try:
                made.append(self._item(item_schema(rules, index), others, variety, depth))
            except UnfitError:
                if index < least:
                    raise
                break
        return made

    def _item(self, schema: object, others: list[object], variety: int, depth: int) -> object:
        """Return an item that is none of the others."""
        taken = set(map(identity, others))
        for fitter in self._varied(variety):
            if identity(value := fitter.value(schema, depth + 1)) not in taken:
                return value
        raise UnfitError

    def _varied(self, variety: int) -> Iterator[_Fitter]:
        """Yield this fitter, then some that each choose something else."""
        yield self
        for nth in range(variety):
            yield _Fitter(self.scope, partial(_always, nth))

    def outline(self, schema: object, depth: int) -> object:
        try:
            rules = flat(schema, self.scope).rules
        except UnfitError:
            return None
        try:
            return self.value(schema, depth)
        except UnfitError:
            return self._outlined(rules, depth)

    def _outlined(self, rules: Rules, depth: int) -> object:
        kind = _kinds(rules)[0]
        if kind != "object" or depth > _SHALLOW:
            return _BARE[kind]()
        return {name: self.outline(property_schema(rules, name), depth + 1) for name in _required(rules)}


_MAKERS: Mapping[Kind, Callable[[_Fitter, Rules, int], object]] = {
    "array": _Fitter.items,
    "boolean": lambda fitter, _rules, _depth: fitter.choose(2) == 1,
    "integer": lambda fitter, rules, _depth: scalars.integer(rules, fitter.choose, fitter.scope),
    "null": lambda _fitter, _rules, _depth: None,
    "number": lambda fitter, rules, _depth: scalars.number(rules, fitter.choose, fitter.scope),
    "object": _Fitter.members,
    "string": lambda fitter, rules, _depth: scalars.string(rules, fitter.choose, fitter.scope),
}

_BARE: Mapping[Kind, Callable[[], object]] = {
    "array": list,
    "boolean": bool,
    "integer": int,
    "null": lambda: None,
    "number": int,
    "object": dict,
    "string": str,
}


def _always(nth: int, count: int) -> int:
    return nth % count


def _in_order(branches: list[object], depth: int) -> list[object]:
    """Return the branches as they stand; deep down those that end come first, lest a list never ends."""
    return branches if depth < _SHALLOW else sorted(branches, key=_goes_on)


def _goes_on(schema: object) -> bool:
    return isinstance(schema, dict) and any(name in schema for name in _GOING_ON)


def _kinds(rules: Rules) -> list[Kind]:
    """Return the types to try, the most telling first and null last."""
    if isinstance(kinds := rules.get("type"), list):
        return sorted(kinds, key=lambda kind: kind == "null")
    hinted = [_HINTS[name] for name in rules if name in _HINTS] or ["string"]
    return list(dict.fromkeys([*hinted, *reversed(KINDS)]))


def _declared(rules: Rules) -> list[str]:
    properties = rules.get("properties")
    return list(properties) if isinstance(properties, dict) else []


def _required(rules: Rules) -> dict[str, None]:
    names = rules.get("required")
    return dict.fromkeys(names) if isinstance(names, list) else {}


def _lengths(rules: Rules) -> tuple[int, int]:
    """Return the least and the greatest number of items; raises UnfitError if there is none between."""
    least, most = rules.get("minItems", 0), rules.get("maxItems", _MOST_ITEMS)
    if not isinstance(least, int) or not isinstance(most, int) or least > min(most, _MOST_ITEMS):
        raise UnfitError
    return least, most
