"""Values that fit a schema of the contract, to its edges. It reads as much of JSON Schema as the contract has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from hypothesis import strategies as st

from emulator.fuzz.contract import resolved
from emulator.fuzz.strategies.text import long_texts, packed, texts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hypothesis.strategies import SearchStrategy

    Maker: TypeAlias = Callable[[Mapping[str, Any]], SearchStrategy[Any]]

LARGEST: Final = 9007199254740991
OF_PATTERN: Final[Mapping[str, str]] = {
    "^batch_[0-9a-f]{32}$": "batch_",
    "^file_[0-9a-f]{32}$": "file_",
    "^[0-9a-f]{64}$": "",
}
"""What stands before the hex digits of each pattern that the contract's replies have."""


def of(schema: Mapping[str, Any]) -> SearchStrategy[Any]:
    """Return values that fit a schema."""
    schema = resolved(schema)
    for keyword, make in _MAKERS.items():
        if keyword in schema:
            return make(schema)
    return _of_types(schema)


def _of_types(schema: Mapping[str, Any]) -> SearchStrategy[Any]:
    types = schema.get("type", [])
    names = [types] if isinstance(types, str) else list(types)
    return st.one_of([_TYPES[name](schema) for name in names])


def _strings(schema: Mapping[str, Any]) -> SearchStrategy[str]:
    if "pattern" in schema:
        return _patterned(schema["pattern"])
    if "maxLength" in schema:
        return st.one_of(texts(longest=schema["maxLength"]), st.just("x" * schema["maxLength"]))
    usual = texts(longest=200)
    return st.one_of(usual, usual, usual, long_texts())


def _patterned(pattern: str) -> SearchStrategy[str]:
    before = OF_PATTERN.get(pattern)
    if before is None:
        return st.from_regex(pattern, fullmatch=True)
    digits = 64 if not before else 32
    return st.integers(0, 16**8 - 1).map(lambda number: f"{before}{number:0{digits}x}")


def _integers(schema: Mapping[str, Any]) -> SearchStrategy[int]:
    lowest, highest = schema.get("minimum", -LARGEST), schema.get("maximum", LARGEST)
    edges = [0, 1, -1, 2**31 - 1, 2**31, 2**32, 2**53 - 1, -(2**53) + 1, 1704067200, lowest, highest]
    inside = [each for each in edges if lowest <= each <= highest]
    return st.one_of(st.sampled_from(inside), st.integers(lowest, highest))


def _objects(schema: Mapping[str, Any]) -> SearchStrategy[dict[str, Any]]:
    if "properties" not in schema:
        return _mappings(schema)
    return st.fixed_dictionaries({name: of(part) for name, part in schema["properties"].items()})


def _mappings(schema: Mapping[str, Any]) -> SearchStrategy[dict[str, Any]]:
    keys = texts(longest=schema.get("propertyNames", {}).get("maxLength", 64))
    values = of(schema["additionalProperties"]) if isinstance(schema.get("additionalProperties"), dict) else texts()
    most = schema.get("maxProperties", 16)
    wide = values.map(lambda value: {f"{number:x>2}": value for number in range(most)})
    return st.one_of(st.just({}), st.dictionaries(keys, values, max_size=3), wide, packed())


def _arrays(schema: Mapping[str, Any]) -> SearchStrategy[list[Any]]:
    return st.lists(of(schema["items"]), min_size=schema.get("minItems", 0), max_size=4)


_MAKERS: Final[Mapping[str, Maker]] = {
    "const": lambda schema: st.just(schema["const"]),
    "enum": lambda schema: st.sampled_from(schema["enum"]),
    "anyOf": lambda schema: st.one_of([of(each) for each in schema["anyOf"]]),
}
_TYPES: Final[Mapping[str, Maker]] = {
    "string": _strings,
    "integer": _integers,
    "object": _objects,
    "array": _arrays,
    "null": lambda _schema: st.none(),
    "boolean": lambda _schema: st.booleans(),
}
