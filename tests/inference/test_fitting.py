from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from support.effort import many

from emulator.inference.draw import Draw
from emulator.inference.fitting import BEYOND, fit
from emulator.inference.keywords import READERS

Schema = dict[str, Any]


def fitted(schema: Any, seed: int = 0) -> Any:
    return fit(schema, Draw(seed).below)


def fits(schema: Any, value: Any) -> bool:
    return bool(Draft202012Validator(schema).is_valid(value))


def ordered(low: int, high: int) -> st.SearchStrategy[tuple[int, int]]:
    return st.tuples(st.integers(low, high), st.integers(low, high)).map(lambda pair: (min(pair), max(pair)))


def some_of(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[Schema]:
    return st.fixed_dictionaries({}, optional=members)


@st.composite
def integers(draw: st.DrawFn) -> Schema:
    low, high = draw(ordered(-(10**6), 10**6))
    sides = {
        "minimum": st.just(low),
        "maximum": st.just(high),
        "exclusiveMinimum": st.just(low - 1),
        "exclusiveMaximum": st.just(high + 1),
    }
    step = {"multipleOf": draw(st.integers(1, 50))} if draw(st.booleans()) else {}
    chosen = draw(some_of(**sides))
    # A multiple is sure to lie between two bounds only if they are that far apart.
    upper = [name for name in chosen if "ax" in name and step]
    return {"type": "integer", **step, **{name: value for name, value in chosen.items() if name not in upper}}


@st.composite
def numbers(draw: st.DrawFn) -> Schema:
    low = draw(st.integers(-1000, 1000)) + draw(st.sampled_from([0, 0.5, 0.1]))
    high = low + draw(st.sampled_from([0.01, 0.25, 1, 1e9]))
    sides = {"minimum": low, "maximum": high, "exclusiveMinimum": low, "exclusiveMaximum": high}
    chosen = draw(some_of(**{name: st.just(value) for name, value in sides.items()}))
    step = draw(st.sampled_from([{}, {}, {"multipleOf": 0.1}, {"multipleOf": 2.5}, {"multipleOf": 0.01}]))
    return {"type": "number", **chosen} if any("ax" in name for name in chosen) else {
        "type": "number", **chosen, **step
    }  # fmt: skip


@st.composite
def strings(draw: st.DrawFn) -> Schema:
    low, high = draw(ordered(0, 60))
    lengths = draw(some_of(minLength=st.just(low), maxLength=st.just(high)))
    form = st.sampled_from(["date-time", "date", "time", "email", "uri", "uuid", "ipv4", "ipv6", "hostname", "??"])
    return {"type": "string", **(lengths or draw(some_of(format=form)))}


def leaves() -> st.SearchStrategy[Any]:
    json_values = st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.just([1, {"a": None}])
    return st.one_of(
        st.just(True),
        st.just({}),
        st.just({"type": "boolean"}),
        st.just({"type": "null"}),
        st.just({"type": ["null", "string"], "minLength": 3}),
        st.just({"$ref": "#/$defs/leaf"}),
        st.just({"$ref": "#/$defs/tree"}),
        st.just({"$ref": "#/$defs/a~1b%20c"}),
        st.lists(json_values, min_size=1, max_size=4).map(lambda values: {"enum": values}),
        st.lists(json_values, min_size=1, max_size=4).map(lambda values: {"enum": ["x", *values], "type": "string"}),
        json_values.map(lambda value: {"const": value}),
        integers(),
        numbers(),
        strings(),
    )


@st.composite
def arrays(draw: st.DrawFn, inner: st.SearchStrategy[Any]) -> Schema:
    low, high = draw(ordered(0, 4))
    lengths = draw(some_of(minItems=st.just(low), maxItems=st.just(high)))
    if draw(st.booleans()):
        # Only of values with variety can there be enough that differ.
        items: Any = draw(st.sampled_from([{}, {"type": "integer", "maximum": 3}, {"enum": [1, 2, 3, 4, 1.0]}]))
        return {"type": "array", "items": items, "uniqueItems": True, **lengths}
    parts = draw(some_of(prefixItems=st.lists(inner, min_size=1, max_size=3), items=inner))
    return {"type": "array", **parts, **lengths}


@st.composite
def objects(draw: st.DrawFn, inner: st.SearchStrategy[Any]) -> Schema:
    names = st.text(max_size=3)
    properties = draw(st.dictionaries(names, inner | st.just(False), max_size=4))
    possible = [name for name, schema in properties.items() if schema is not False]
    required = draw(st.lists(st.sampled_from(possible), unique=True)) if possible else []
    rest = draw(some_of(additionalProperties=inner))
    extra = [] if properties else draw(st.lists(names, max_size=2, unique=True))
    closed = {} if rest or extra else draw(some_of(additionalProperties=st.just(False)))
    return {"type": "object", "properties": properties, "required": required + extra, **rest, **closed}


@st.composite
def combined(draw: st.DrawFn, inner: st.SearchStrategy[Any]) -> Schema:
    impossible = st.sampled_from([False, {"type": "integer", "minimum": 3, "maximum": 2}, {"enum": []}])
    branches = [*draw(st.lists(impossible, max_size=2)), draw(inner)]
    disjoint = [{"type": "string", "maxLength": 5}, {"type": "integer"}, {"type": "array", "maxItems": 2}]
    return draw(
        st.sampled_from(
            [
                {"anyOf": branches},
                {"anyOf": [{"type": "integer"}], "minimum": 7},
                {"oneOf": [*branches[:-1], *disjoint]},
                {"oneOf": [{"type": "integer"}, {"type": "number"}]},
                {"allOf": [branches[-1], True, {}]},
                {"allOf": [{"minimum": 3}, {"type": "integer"}, {"maximum": 9, "multipleOf": 2}, {"multipleOf": 3}]},
                {"allOf": [{"type": ["integer", "null"]}, {"type": "number"}]},
                {"allOf": [{"type": "string", "maxLength": 4}, {"minLength": 2}]},
                {"allOf": [{"enum": [1, "a", None]}, {"enum": ["a", 2]}]},
                {"allOf": [{"required": ["a"]}, {"properties": {"a": branches[-1]}}], "type": "object"},
                {
                    "type": "object",
                    "properties": {"a": {}},
                    "additionalProperties": {"type": "integer"},
                    "allOf": [{"properties": {"b": {"minimum": 5}}, "required": ["a", "b"]}],
                },
                {"type": "array", "prefixItems": [{}, {"minimum": 4}], "allOf": [{"items": {"type": "integer"}}]},
                {"not": {"type": "string"}, "type": ["string", "integer"]},
            ]
        )
    )


@st.composite
def schemas(draw: st.DrawFn) -> Schema:
    """Draw a schema that something fits, of the keywords that are supported."""
    schema = draw(st.recursive(leaves(), lambda inner: arrays(inner) | objects(inner) | combined(inner), max_leaves=8))
    tree = {"type": "object", "properties": {"next": {"anyOf": [{"$ref": "#/$defs/tree"}, {"type": "null"}]}}}
    definitions = {
        "leaf": {"type": "integer", "minimum": 1},
        "tree": {**tree, "required": ["next"]},
        "a/b c": {"const": "found"},
    }
    return {"allOf": [schema], "$defs": definitions}


@settings(max_examples=many(250), deadline=None)
@given(schema=schemas(), seed=st.integers(0, 3))
def test_a_value_fits_its_schema(schema: Schema, seed: int) -> None:
    Draft202012Validator.check_schema(schema)
    value = fitted(schema, seed)
    Draft202012Validator(schema).validate(value)
    json.dumps(value, allow_nan=False)


@pytest.mark.parametrize("form", ["date", "email", "ipv4", "ipv6", "uuid"])
def test_a_format_is_kept(form: str) -> None:
    schema = {"type": "string", "format": form}
    checker = Draft202012Validator.FORMAT_CHECKER
    for seed in range(20):
        Draft202012Validator(schema, format_checker=checker).validate(fitted(schema, seed))


def test_optional_properties_are_made_too() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "null"}, "b": False, "c": {"const": 1}}}
    assert fitted(schema) == {"a": None, "c": 1}


def test_properties_stand_in_the_order_of_the_schema() -> None:
    schema = {"properties": {name: {} for name in "zyx"}, "required": ["x", "w"]}
    assert list(fitted(schema)) == ["z", "y", "x", "w"]


def test_a_list_that_refers_to_itself_ends() -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}, "children": {"items": {"$ref": "#"}}}}
    schema = {"$ref": "#/$defs/node", "$defs": {"node": node}}
    assert fits(schema, fitted(schema))


def test_a_list_whose_end_is_the_second_choice_ends_soon() -> None:
    schema = {
        "type": "object",
        "properties": {"next": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}},
        "required": ["next"],
    }
    value = fitted(schema)
    assert fits(schema, value)
    assert json.dumps(value).count("next") < 6


@pytest.mark.parametrize(("kind", "above", "below", "only"), [("integer", 3, 5, 4), ("number", 3, 4, 3.5)])
def test_an_exclusive_bound_is_excluded(kind: str, above: int, below: int, only: float) -> None:
    schema = {"type": kind, "exclusiveMinimum": above, "exclusiveMaximum": below, "multipleOf": 0.5}
    schema |= {"multipleOf": 1} if kind == "integer" else {}
    assert {fitted(schema, seed) for seed in range(20)} == {only}


def test_values_vary() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "string"}}}
    assert len({json.dumps(fitted(schema, seed)) for seed in range(20)}) == 20


def test_all_different_items_of_a_small_range_are_found() -> None:
    items = {"type": "integer", "minimum": 1, "maximum": 20}
    schema = {"type": "array", "items": items, "minItems": 20, "uniqueItems": True}
    assert sorted(fitted(schema)) == list(range(1, 21))


@pytest.mark.parametrize(
    "schema",
    [
        {"allOf": [{"minimum": 3, "exclusiveMaximum": 9}, {"minimum": 5, "exclusiveMaximum": 7}], "type": "integer"},
        {"allOf": [{"minLength": 3, "maxLength": 9}, {"minLength": 5, "maxLength": 6}], "type": "string"},
        {"allOf": [{"type": ["integer", "null"]}, {"type": "number"}]},
        {"allOf": [{"required": ["a", "b"]}, {"required": ["b", "c"]}], "type": "object"},
        {"allOf": [{"not": {"type": "string"}}, {"not": {"type": "integer"}}], "type": ["string", "integer", "null"]},
        {"allOf": [{"format": "uuid"}, {"format": "uuid"}, {"uniqueItems": True}, {"uniqueItems": True}]},
        {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"], "anyOf": [
            {"properties": {"a": {"type": "string"}}}, {"properties": {"a": {"minimum": 7}, "b": {"const": 1}}}]},
    ],
)  # fmt: skip
def test_what_is_demanded_twice_is_fitted_twice(schema: Schema) -> None:
    assert all(fits(schema, fitted(schema, seed)) for seed in range(5))


def test_a_list_ends_where_no_further_item_is_allowed() -> None:
    schema = {"type": "array", "prefixItems": [{"const": 1}], "items": False}
    assert {json.dumps(fitted(schema, seed)) for seed in range(20)} == {"[]", "[1]"}


def test_a_branch_that_fails_leaves_no_trace() -> None:
    branches = [{"properties": {"a": {"type": "string"}, "c": {}}}, {"properties": {"b": {"const": 1}}}]
    schema = {"type": "object", "properties": {"a": {"const": 0}}, "required": ["a"], "anyOf": branches}
    assert fitted(schema) == {"a": 0, "b": 1}


def chain(keyword: str, levels: int) -> Any:
    schema: Any = {"type": "integer"}
    for _ in range(levels):
        wrapped = {"anyOf": [schema], "allOf": [schema], "items": schema, "not": schema}.get(keyword)
        schema = {keyword: wrapped} if wrapped else {"properties": {"a": schema}, "required": ["a"]}
    return schema


BOTH = {"properties": {"a": {"$ref": "#"}, "b": {"$ref": "#"}}, "required": ["a", "b"], "type": "object"}
HOSTILE: dict[str, Any] = {
    "refers to itself": {"$ref": "#"},
    "refers to itself in all": {"allOf": [{"$ref": "#"}, {"$ref": "#"}]},
    "refers to itself in any": {"anyOf": [{"$ref": "#"}, {"$ref": "#"}]},
    "refers to itself in one": {"oneOf": [{"$ref": "#"}, {"$ref": "#"}]},
    "refers to its opposite": {"not": {"$ref": "#"}},
    "endless": BOTH,
    "endless list": {"type": "array", "minItems": 3, "items": {"$ref": "#"}},
    "endless choice": {"anyOf": [BOTH, {**BOTH, "required": ["b"]}]},
    "many items": {"type": "array", "minItems": 10**9},
    "many different items": {"type": "array", "minItems": 200, "uniqueItems": True, "items": {"type": "boolean"}},
    "many items of many": {"type": "array", "minItems": 250, "items": {"anyOf": [{"type": "null"}, {"$ref": "#"}]}},
    "long strings": {"type": "array", "minItems": 250, "items": {"type": "string", "minLength": 4000}},
    "long": {"type": "string", "minLength": 10**9},
    "longer than itself": {"type": "string", "minLength": 5, "maxLength": 4},
    "above itself": {"type": "integer", "minimum": 5, "maximum": 4},
    "between": {"type": "integer", "exclusiveMinimum": 4, "exclusiveMaximum": 5},
    "of no type": {"allOf": [{"type": "string"}, {"type": "null"}]},
    "huge": {"type": "number", "minimum": 10**4000},
    "huge step": {"type": "number", "multipleOf": 1e308, "minimum": 1},
    "tiny step": {"type": "number", "multipleOf": 5e-324, "minimum": 0.1},
    "common multiples": {"allOf": [{"multipleOf": 2**900 + step} for step in range(1, 300, 2)]},
    "many branches": {"allOf": [{"anyOf": [{"minimum": step}, {"maximum": -step}]} for step in range(40)]},
    "many properties": {"properties": {f"p{step}": {"type": "string"} for step in range(20000)}},
    "much required": {"type": "object", "required": [f"p{step}" for step in range(20000)]},
    "leads nowhere": {"$ref": "#/$defs/none/0"},
    "leads outside": {"$ref": "https://example.com/schema"},
    "leads into a list": {"anyOf": [{"type": "null"}], "$ref": "#/anyOf/0"},
    "leads past a list": {"anyOf": [{"type": "null"}], "$ref": "#/anyOf/7"},
    "deep values": {"enum": [json.loads("[" * 100 + "]" * 100)] * 2, "uniqueItems": True},
    "a fraction too large": {"multipleOf": 0.3, "allOf": [{"multipleOf": 7e300 + 0.7}, {"minimum": 1e308}]},
    "no schema": 5,
    "null": None,
    "false": False,
    **{f"{keyword} in {keyword}": chain(keyword, 200) for keyword in ("properties", "anyOf", "allOf", "items", "not")},
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_schema_gets_a_small_value(name: str) -> None:
    assert len(json.dumps(fitted(HOSTILE[name]), allow_nan=False)) < 500_000


@pytest.mark.parametrize(
    ("schema", "outline"),
    [
        ({"type": "string", "minLength": 10**9}, ""),
        ({"type": "array", "minItems": 10**9}, []),
        ({"type": "integer", "minimum": 5, "maximum": 4}, 0),
        (
            {"type": "object", "required": ["a", "b"], "properties": {"a": {"const": 1}, "b": False}},
            {"a": 1, "b": None},
        ),
        ({"type": "string", "format": "uuid", "maxLength": 5}, ""),
        (False, None),
    ],
)
def test_what_nothing_fits_is_outlined(schema: Any, outline: Any) -> None:
    assert fitted(schema) == outline


WILD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["#", "#/allOf/0", "string", "a"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*READERS, "const", "a"]), inner, max_size=5)
    ),
    max_leaves=25,
)


@settings(max_examples=many(250), deadline=None)
@given(schema=WILD)
def test_anything_taken_for_a_schema_gets_a_value(schema: Any) -> None:
    json.dumps(fitted(schema))


def test_what_is_beyond_is_not_read() -> None:
    assert not set(BEYOND) & {*READERS, "const"}


def test_a_keyword_beyond_is_passed_over() -> None:
    assert isinstance(fitted({"type": "string", "pattern": "^x{3}$"}), str)
