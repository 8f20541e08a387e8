import math
from functools import reduce
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from emulator.contract.catalog import Contract, load
from emulator.contract.explaining import explain
from emulator.contract.validation import Fault, Schema

if TYPE_CHECKING:
    from collections.abc import Callable

NEWEST = load("0.12.114")
COMPONENTS = sorted(NEWEST.components)
SAFE = 9007199254740991

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
    kinds = schema.get("type", "null")
    return st.one_of([fitting_kind(kind, schema, defs) for kind in ([kinds] if isinstance(kinds, str) else kinds)])


def fitting_kind(kind: str, schema: dict[str, Any], defs: dict[str, Any]) -> st.SearchStrategy[Any]:
    made: dict[str, Callable[[], st.SearchStrategy[Any]]] = {
        "integer": lambda: st.integers(schema.get("minimum"), schema.get("maximum")),
        "number": lambda: st.floats(allow_nan=False, allow_infinity=False),
        "boolean": st.booleans,
        "null": st.none,
        "string": lambda: fitting_text(schema),
        "array": lambda: st.lists(
            fitting(schema.get("items", {}), defs), min_size=schema.get("minItems", 0), max_size=3
        ),
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


CREATE = {"input_file_id": "f", "endpoint": "/v1/embeddings", "completion_window": "24h"}


@pytest.mark.parametrize(
    ("change", "sentences"),
    [
        ({}, []),
        ({"colour": "red", "output_expires_after": {"seconds": 1}}, []),
        ({"metadata": None}, []),
        ({"metadata": {}}, []),
        ({"metadata": {str(i): "x" * 512 for i in range(16)}}, []),
        ({"metadata": {"😀" * 64: "😀" * 512}}, []),
        ({"max_concurrency": 1}, []),
        ({"max_concurrency": 64}, []),
        ({"max_concurrency": 65}, ["body.max_concurrency: expected an integer from 1 to 64, found 65."]),
        ({"max_concurrency": 0}, ["body.max_concurrency: expected an integer from 1 to 64, found 0."]),
        ({"max_concurrency": None}, ["body.max_concurrency: expected an integer from 1 to 64, found null."]),
        ({"max_concurrency": True}, ["body.max_concurrency: expected an integer from 1 to 64, found true."]),
        ({"max_concurrency": "8"}, ['body.max_concurrency: expected an integer from 1 to 64, found "8".']),
        ({"completion_window": "48h"}, ['body.completion_window: expected "24h", found "48h".']),
        (
            {"endpoint": "/v1/moderations"},
            [
                (
                    'body.endpoint: expected "/v1/chat/completions", "/v1/embeddings", "/v1/images/generations" or '
                    '"/v1/responses", found "/v1/moderations".'
                )
            ],
        ),
        (
            {"metadata": {"a": 1, "b c": None}},
            [
                "body.metadata.a: expected a string of at most 512 characters, found 1.",
                'body.metadata["b c"]: expected a string of at most 512 characters, found null.',
            ],
        ),
        (
            {"metadata": {"k" * 65: "v"}},
            [f'body.metadata: expected every name to be a string of at most 64 characters, found "{"k" * 65}".'],
        ),
        (
            {"metadata": {str(i): "" for i in range(17)}},
            [
                (
                    "body.metadata: expected an object of at most 16 members, found "
                    '{"0": "", "1": "", "2": "", "3": "", "4": "", "5": "", "6": "", "7": "", "8": "….'
                )
            ],
        ),
        ({"metadata": [1]}, ["body.metadata: expected an object of at most 16 members or null, found [1]."]),
        (
            {"metadata": {"a": "\ud800"}},
            [r'body.metadata.a: expected text without lone surrogates, found "\ud800".'],
        ),
        (
            {"input_file_id": 1, "max_concurrency": 0},
            [
                "body.input_file_id: expected a string, found 1.",
                "body.max_concurrency: expected an integer from 1 to 64, found 0.",
            ],
        ),
    ],
)
def test_create_request_is_judged_with_a_sentence_for_each_fault(
    newest: Contract, change: dict[str, Any], sentences: list[str]
) -> None:
    faults = newest.components["CreateBatchRequest"].faults(CREATE | change, "body")
    assert [fault.sentence() for fault in faults] == sentences


def test_what_is_missing_is_told_after_what_is_wrong(newest: Contract) -> None:
    faults = newest.components["CreateBatchRequest"].faults({"x": 1, "endpoint": 5}, "body")
    assert [(fault.place, fault.found) for fault in faults] == [
        ("body.endpoint", "5"),
        ("body.input_file_id", "nothing"),
        ("body.completion_window", "nothing"),
    ]


CHAT = {"model": "m", "messages": [{"role": "user", "content": None}]}
IMAGE = {"prompt": "p"}
EMBED = {"model": "m", "input": "i"}
RESPONSE = {"model": "m", "input": "i"}


@pytest.mark.parametrize(
    ("endpoint", "body", "wrong"),
    [
        ("/v1/chat/completions", CHAT, []),
        ("/v1/chat/completions", CHAT | {"n": None, "stop": None, "tools": None, "max_tokens": None}, []),
        ("/v1/chat/completions", CHAT | {"n": 128, "stop": ["a"], "tool_choice": "auto"}, []),
        ("/v1/chat/completions", {"messages": CHAT["messages"]}, ["body.model"]),
        ("/v1/chat/completions", CHAT | {"model": ""}, ["body.model"]),
        ("/v1/chat/completions", CHAT | {"messages": []}, ["body.messages"]),
        ("/v1/chat/completions", CHAT | {"messages": "hello"}, ["body.messages"]),
        ("/v1/chat/completions", CHAT | {"messages": [{"content": "a"}]}, ["body.messages[0].role"]),
        ("/v1/chat/completions", CHAT | {"n": 0, "max_tokens": 0}, ["body.n", "body.max_tokens"]),
        ("/v1/chat/completions", CHAT | {"n": 129, "tools": [1]}, ["body.n", "body.tools[0]"]),
        ("/v1/embeddings", EMBED | {"dimensions": 1, "encoding_format": "base64"}, []),
        ("/v1/embeddings", EMBED | {"input": ["a"], "encoding_format": None}, []),
        ("/v1/embeddings", EMBED | {"input": []}, ["body.input"]),
        ("/v1/embeddings", EMBED | {"input": [1]}, ["body.input[0]"]),
        ("/v1/embeddings", EMBED | {"encoding_format": "hex"}, ["body.encoding_format"]),
        ("/v1/images/generations", IMAGE | {"n": 10, "response_format": "b64_json", "size": None}, []),
        ("/v1/images/generations", IMAGE | {"n": 11, "response_format": "png"}, ["body.n", "body.response_format"]),
        ("/v1/images/generations", {}, ["body.prompt"]),
        ("/v1/responses", RESPONSE | {"input": [], "max_output_tokens": 1}, []),
        ("/v1/responses", RESPONSE | {"input": None}, ["body.input"]),
        ("/v1/responses", RESPONSE | {"max_output_tokens": 0}, ["body.max_output_tokens"]),
    ],
)
def test_line_body_is_held_against_its_endpoint(
    newest: Contract, endpoint: str, body: dict[str, Any], wrong: list[str]
) -> None:
    faults = newest.endpoints[endpoint].request.faults(body, "body")
    assert [fault.place for fault in faults] == wrong


ANSWER = {"status_code": 200, "request_id": "r", "body": {}}
FAILURE = {"code": "processing_error", "message": "m"}


@pytest.mark.parametrize(
    ("response", "error", "fits"),
    [
        (ANSWER, None, True),
        (ANSWER | {"status_code": 429}, None, True),
        (None, FAILURE, True),
        (None, None, False),
        (ANSWER, FAILURE, False),
        (None, {"code": 1, "message": "m"}, False),
    ],
)
def test_result_line_has_either_a_response_or_an_error(newest: Contract, response: Any, error: Any, fits: bool) -> None:
    line = {"id": "response_1", "custom_id": "a", "response": response, "error": error}
    assert newest.components["BatchResultLine"].accepts(line) is fits


@pytest.mark.parametrize(("edge", "fits"), [(SAFE, True), (-SAFE, True), (SAFE + 1, False), (-SAFE - 1, False)])
def test_integer_is_bounded_by_what_a_double_holds(newest: Contract, edge: int, fits: bool) -> None:
    assert newest.components["Timestamp"].accepts(edge) is fits


def test_sentence_names_place_expected_and_found() -> None:
    fault = Fault("query.limit", "an integer from 1 to 100", "0", "limit")
    assert fault.sentence() == "query.limit: expected an integer from 1 to 100, found 0."


@pytest.mark.parametrize("document", [{"type": "strin"}, {"$ref": "#/$defs/X"}, {"$ref": "urn:x"}, {"pattern": "("}])
def test_broken_schema_is_refused_when_it_is_made(document: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        Schema("Broken", document)
