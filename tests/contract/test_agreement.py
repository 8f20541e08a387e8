"""The fast validator says whether a value fits, the slow one why not: the two must agree."""

import math
from functools import reduce
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from support.effort import many

from emulator.contract.catalog import load
from emulator.contract.explaining import explain
from emulator.contract.validation import Schema

if TYPE_CHECKING:
    from collections.abc import Callable

NEWEST = load("0.12.114")
COMPONENTS = sorted(NEWEST.components)

LETTERS = st.characters(codec="utf-8")
TEXT = st.text(LETTERS, max_size=20)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**25), 10**25)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
    | st.sampled_from([2**53, -(2**53), 1.0, "24h", "batch", "a" * 65, "a" * 513, "batch_" + "0" * 32 + "\n"])
)
ANYTHING = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3))

Steps = tuple[str | int, ...]


def fitting(schema: dict[str, Any], defs: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that nearly always fit; what cannot be built, such as `not`, is left to chance."""
    if "$ref" in schema:
        return fitting(defs[schema["$ref"].rpartition("/")[2]], defs)
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "anyOf" in schema:
        return st.one_of([fitting(branch, defs) for branch in schema["anyOf"]])
    if "required" in schema.get("oneOf", [{}])[0]:
        return st.one_of([fitting(narrowed(schema, branch), defs) for branch in schema["oneOf"]])
    kinds = schema.get("type", "null")
    return st.one_of([fitting_kind(kind, schema, defs) for kind in ([kinds] if isinstance(kinds, str) else kinds)])


def narrowed(schema: dict[str, Any], branch: dict[str, Any]) -> dict[str, Any]:
    others = {name for other in schema["oneOf"] if other != branch for name in other["required"]}
    known = {name: member for name, member in schema["properties"].items() if name not in others}
    return {"type": "object", "properties": known, "required": branch["required"], "additionalProperties": False}


def fitting_kind(kind: str, schema: dict[str, Any], defs: dict[str, Any]) -> st.SearchStrategy[Any]:
    least = schema.get("minItems", 0)
    made: dict[str, Callable[[], st.SearchStrategy[Any]]] = {
        "integer": lambda: st.integers(schema.get("minimum"), schema.get("maximum")),
        "number": lambda: st.floats(allow_nan=False, allow_infinity=False),
        "boolean": st.booleans,
        "null": st.none,
        "string": lambda: fitting_text(schema),
        "array": lambda: st.lists(fitting(schema.get("items", {}), defs), min_size=least, max_size=3),
        "object": lambda: fitting_object(schema, defs),
    }
    return made[kind]()


def fitting_text(schema: dict[str, Any]) -> st.SearchStrategy[str]:
    if "pattern" in schema:
        return st.from_regex(schema["pattern"], fullmatch=True).filter(lambda text: not text.endswith("\n"))
    return st.text(LETTERS, min_size=schema.get("minLength", 0), max_size=schema.get("maxLength", 20))


def fitting_object(schema: dict[str, Any], defs: dict[str, Any]) -> st.SearchStrategy[Any]:
    known = {name: fitting(member, defs) for name, member in schema.get("properties", {}).items()}
    needed = {name: known.pop(name) for name in schema.get("required", ()) if name in known}
    object_ = st.fixed_dictionaries(needed, optional=known)
    extra = schema.get("additionalProperties", {})
    if extra is False:
        return object_
    more = st.dictionaries(TEXT, fitting(extra, defs), max_size=schema.get("maxProperties", 2))
    return st.builds(lambda others, own: others | own, more, object_)


def places(value: Any, steps: Steps = ()) -> list[Steps]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [steps, *(place for step, child in children for place in places(child, (*steps, step)))]


def replaced(value: Any, steps: Steps, other: Any) -> Any:
    if not steps:
        return other
    copy = value.copy()
    copy[steps[0]] = replaced(value[steps[0]], steps[1:], other)
    return copy


def removed(value: Any, steps: Steps) -> Any:
    parent = reduce(lambda node, step: node[step], steps[:-1], value)
    left = {name: child for name, child in parent.items() if name != steps[-1]} if isinstance(parent, dict) else []
    return replaced(value, steps[:-1], left)


@st.composite
def values(draw: st.DrawFn, schema: Schema) -> Any:
    """A value that fits, or the same with up to three changes."""
    value = draw(fitting(dict(schema.document), schema.document.get("$defs", {})))
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.sampled_from(places(value)))
        gone = bool(place) and draw(st.booleans())
        value = removed(value, place) if gone else replaced(value, place, draw(ANYTHING))
    return value


@pytest.mark.parametrize("name", COMPONENTS)
@settings(max_examples=many(25), deadline=None)
@given(data=st.data())
def test_fast_answer_and_reasons_agree(name: str, data: st.DataObject) -> None:
    schema = NEWEST.components[name]
    value = data.draw(values(schema))
    faults = schema.faults(value, "body")
    assert schema.accepts(value) is (faults == ())
    assert f"a value that fits {name}" not in [fault.expected for fault in faults]
    assert all(fault.place.startswith("body") and len(fault.found) <= 80 for fault in faults)
    # Where Python's regular expressions let a final line feed pass, the library itself is no judge.
    if not any(text.endswith("\n") for text in texts(value)):
        assert schema.accepts(value) is Draft202012Validator(schema.document).is_valid(value)


@pytest.mark.parametrize("name", COMPONENTS)
@settings(max_examples=many(25), deadline=None)
@given(data=st.data())
def test_nothing_is_held_against_a_value_that_fits(name: str, data: st.DataObject) -> None:
    schema = NEWEST.components[name]
    value = data.draw(fitting(dict(schema.document), schema.document.get("$defs", {})))
    assume(schema.accepts(value))
    assert schema.faults(value, "body") == ()
    assert [fault.expected for fault in explain(schema, value, "body")] == [f"a value that fits {name}"]


def texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [*value, *(text for child in value.values() for text in texts(child))]
    if isinstance(value, list):
        return [text for child in value for text in texts(child)]
    return [value] if isinstance(value, str) else []


def nested(levels: int) -> list[Any]:
    return reduce(lambda inner, _: [inner], range(levels), [])


STRANGE = [math.inf, math.nan, "\ud800", 10**5000, -(10**400), b"x", {1, 2}, object(), {1: 1}, {"\udfff": 1}]


@pytest.mark.parametrize("name", COMPONENTS)
@pytest.mark.parametrize("value", [*STRANGE, nested(3000)], ids=lambda value: type(value).__name__)
def test_strange_value_gets_an_answer(name: str, value: Any) -> None:
    schema = NEWEST.components[name]
    for strange in (value, [value], {"a": value}, {"metadata": {"a": value}, "id": value, "input": value}):
        faults = schema.faults(strange, "body")
        assert schema.accepts(strange) is (faults == ())
        assert all(fault.sentence().isprintable() and len(fault.found) <= 80 for fault in faults)
