from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.effort import many
from support.worlds import BODIES, CHAT, jsonl, line

from emulator.domain.files import content_of
from emulator.domain.jsonl import Examination, InputFault, examine, good_lines, write_line

fixed = settings(derandomize=True, deadline=None, max_examples=many(200))
BOM = b"\xef\xbb\xbf"
GOOD = json.dumps(line("row-1")).encode()


def needs_a_model(body: dict[str, Any]) -> tuple[str, str] | None:
    return None if "model" in body else ("body.model", "body.model: expected a string, found nothing.")


def examined(data: bytes, *, endpoint: str = CHAT) -> Examination:
    return examine(content_of([data]), endpoint=endpoint, check_body=needs_a_model)


def faults(data: bytes, *, endpoint: str = CHAT) -> list[tuple[str, int | None, str | None]]:
    """Return each fault's code, line and param."""
    return [(fault.code, fault.line, fault.param) for fault in examined(data, endpoint=endpoint).faults]


def without(field: str) -> dict[str, Any]:
    return {name: value for name, value in line("row-1").items() if name != field}


NOT_JSON_OBJECTS = [
    b"{",
    b"nonsense",
    b"[]",
    b"null",
    b'"text"',
    b"1",
    b"true",
    b"NaN",
    GOOD.replace(b'"m-1"', b"NaN"),
    GOOD.replace(b'"m-1"', b"-Infinity"),
    GOOD.replace(b'"m-1"', b"1e999"),
    GOOD.replace(b'"m-1"', b'"\\ud800"'),
    GOOD.replace(b"row-1", b"\\udc00"),
    GOOD.replace(b'"model"', b'"\\udfff"'),
    GOOD.replace(b"row-1", b"\xff"),
    GOOD.replace(b"row-1", b"\xed\xa0\x80"),
    GOOD.replace(b'"m-1"', b"[" * 10_000 + b"]" * 10_000),
    GOOD.replace(b'"m-1"', b"[" * 1_000_000 + b"]" * 1_000_000),
    b'{"a":' * 1_000_000,
    GOOD.replace(b'"m-1"', b"9" * 5000),
    BOM + BOM + GOOD,
    GOOD + GOOD,
    GOOD.replace(b'"m-1"', b'"two\r\rlines"'),
]


@pytest.mark.parametrize("text", NOT_JSON_OBJECTS, ids=range(len(NOT_JSON_OBJECTS)))
def test_line_that_is_no_json_object_is_an_invalid_json_line(text: bytes) -> None:
    assert faults(text) == [("invalid_json_line", 1, None)]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (without("custom_id"), ("missing_required_parameter", "custom_id")),
        (without("method"), ("missing_required_parameter", "method")),
        (without("url"), ("missing_required_parameter", "url")),
        (without("body"), ("missing_required_parameter", "body")),
        ({}, ("missing_required_parameter", "custom_id")),
        (line("row-1") | {"method": "GET"}, ("invalid_method", "method")),
        (line("row-1") | {"method": "post"}, ("invalid_method", "method")),
        (line("row-1") | {"method": ""}, ("invalid_method", "method")),
        (line("row-1", url="/v1/embeddings"), ("invalid_url", "url")),
        (line("row-1") | {"url": "/v1/chat/completions/"}, ("invalid_url", "url")),
        (line("row-1", stream=True), ("streaming_unsupported", "body.stream")),
        (line("row-1") | {"body": {"stream": True}}, ("streaming_unsupported", "body.stream")),
        (line("row-1") | {"body": {}}, ("invalid_request", "body.model")),
        (line("row-1") | {"body": {"stream": False}}, ("invalid_request", "body.model")),
        (line("row-1") | {"custom_id": 1}, ("invalid_request", "custom_id")),
        (line("row-1") | {"custom_id": None}, ("invalid_request", "custom_id")),
        (line("row-1") | {"method": None}, ("invalid_request", "method")),
        (line("row-1") | {"method": ["POST"]}, ("invalid_request", "method")),
        (line("row-1") | {"url": 1}, ("invalid_request", "url")),
        (line("row-1") | {"body": None}, ("invalid_request", "body")),
        (line("row-1") | {"body": []}, ("invalid_request", "body")),
        (line("row-1") | {"body": "{}"}, ("invalid_request", "body")),
    ],
)
def test_line_is_told_its_fault_and_the_place(row: dict[str, Any], expected: tuple[str, str]) -> None:
    code, param = expected
    assert faults(jsonl([row])) == [(code, 1, param)]


ORDER: list[tuple[str, dict[str, Any]]] = [
    ("missing_required_parameter", {"body": ...}),
    ("invalid_method", {"method": "GET"}),
    ("invalid_url", {"url": "/v1/embeddings"}),
    ("duplicate_custom_id", {"custom_id": "first"}),
    ("streaming_unsupported", {"body": {"stream": True}}),
]


@pytest.mark.parametrize("rank", range(len(ORDER)))
def test_of_several_faults_the_first_in_the_contracts_order_is_told(rank: int) -> None:
    faulty: dict[str, Any] = line("row-2") | {"body": {}}
    for _, change in reversed(ORDER[rank:]):
        faulty |= change
    row = {name: value for name, value in faulty.items() if value is not ...}
    assert [code for code, _, _ in faults(jsonl([line("first"), row]))] == [ORDER[rank][0]]


@pytest.mark.parametrize(
    ("row", "param"),
    [
        ({"custom_id": 1, "method": 2, "url": 3, "body": 4}, "custom_id"),
        ({"custom_id": "a", "method": 2, "url": 3, "body": 4}, "method"),
        ({"custom_id": "a", "method": "POST", "url": 3, "body": 4}, "url"),
        ({"custom_id": "a", "method": "POST", "url": CHAT, "body": 4}, "body"),
    ],
)
def test_of_several_wrong_types_the_first_field_is_told(row: dict[str, Any], param: str) -> None:
    assert faults(jsonl([row])) == [("invalid_request", 1, param)]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ([], "This line is no request: expected an object, found an array."),
        (without("url"), "Missing required parameter: 'url'."),
        (line("a") | {"method": "PUT"}, "method: expected 'POST', found 'PUT'."),
        (line("a") | {"url": "/v1"}, "url: expected the batch's endpoint '/v1/chat/completions', found '/v1'."),
        (line("first"), "The custom_id 'first' is already used on line 1."),
        (line("a", stream=True), "body.stream: a line of a batch cannot stream."),
        (line("a") | {"custom_id": 7}, "custom_id: expected a string, found a number."),
        (line("a") | {"body": True}, "body: expected an object, found a boolean."),
        (line("a") | {"body": {}}, "body.model: expected a string, found nothing."),
    ],
)
def test_sentence_of_a_fault_says_what_was_expected(row: object, sentence: str) -> None:
    assert [fault.message for fault in examined(jsonl([line("first"), row])).faults] == [sentence]


def test_every_bad_line_is_told_once_and_good_ones_are_not() -> None:
    rows = [line("a"), without("body"), line("b"), line("a"), line("c", stream=True), 7, line("d")]
    assert faults(jsonl(rows)) == [
        ("missing_required_parameter", 2, "body"),
        ("duplicate_custom_id", 4, "custom_id"),
        ("streaming_unsupported", 5, "body.stream"),
        ("invalid_json_line", 6, None),
    ]
    assert examined(jsonl(rows)).total == 7


@pytest.mark.parametrize(
    "bad", [without("body"), line("row-1") | {"method": "GET"}, line("row-1", stream=True), line("row-1") | {"body": 1}]
)
def test_custom_ids_of_bad_lines_count_as_used(bad: dict[str, Any]) -> None:
    assert faults(jsonl([bad, line("row-1"), line("row-1")]))[1:] == [
        ("duplicate_custom_id", 2, "custom_id"),
        ("duplicate_custom_id", 3, "custom_id"),
    ]


def test_duplicate_names_the_line_of_the_first_use() -> None:
    data = b"\n" + jsonl([line("a"), line("b"), line("b"), line("b")])
    assert [(fault.line, fault.message) for fault in examined(data).faults] == [
        (4, "The custom_id 'b' is already used on line 3."),
        (5, "The custom_id 'b' is already used on line 3."),
    ]


def test_custom_ids_that_only_look_alike_are_two() -> None:
    assert faults(jsonl([line("A"), line("a"), line("a "), line("\u00e9"), line("e\u0301"), line("")])) == []


def test_last_of_duplicate_keys_counts() -> None:
    assert faults(GOOD[:-1] + b',"method":"GET"}') == [("invalid_method", 1, "method")]
    assert faults(b'{"method":"GET",' + GOOD[1:]) == []


def test_members_that_are_unknown_are_let_pass() -> None:
    assert faults(jsonl([line("a") | {"id": 1, "extra": None}])) == []


@pytest.mark.parametrize("blank", [b"", b" ", b"\t", b"\r", b"  \t \r"])
def test_blank_lines_are_skipped_but_counted(blank: bytes) -> None:
    data = b"\n".join([blank, GOOD, blank, blank, b"7", blank])
    assert faults(data) == [("invalid_json_line", 5, None)]
    assert examined(data).total == 2


@pytest.mark.parametrize("data", [b"", b"\n", b"\n\n", b" \r\n\t\n", BOM, BOM + b"\n", b"\r"])
def test_file_without_lines_is_empty(data: bytes) -> None:
    assert faults(data) == [("empty_file", None, None)]
    assert examined(data).total == 0


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("last_end", [True, False])
def test_lines_end_with_a_line_feed_and_a_return_before_it_is_dropped(end: bytes, last_end: bool) -> None:
    data = end.join(json.dumps(line(f"row-{number}")).encode() for number in range(3)) + (end if last_end else b"")
    assert examined(data) == Examination(3, ())
    assert [each.custom_id for each in good_lines(content_of([data]))] == ["row-0", "row-1", "row-2"]


@pytest.mark.parametrize("separator", ["\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_nothing_else_ends_a_line(separator: str) -> None:
    two = separator.join(json.dumps(line(name)) for name in "ab").encode()
    assert faults(two) == [("invalid_json_line", 1, None)]
    text = json.dumps(line("a", user=f"one{separator}two"), ensure_ascii=False)
    assert examined(text.encode()).total == 1


def test_byte_order_mark_is_dropped_at_the_start_of_the_file_only() -> None:
    assert faults(BOM + GOOD) == []
    assert faults(BOM + b"\n" + GOOD) == []
    assert faults(b"\n" + BOM + GOOD) == [("invalid_json_line", 2, None)]
    assert faults(jsonl([line("a")]) + BOM + GOOD) == [("invalid_json_line", 2, None)]
    assert [each.custom_id for each in good_lines(content_of([BOM + GOOD]))] == ["row-1"]


def test_50000_lines_are_taken_and_one_more_is_too_many() -> None:
    data = jsonl(line(f"row-{number}") for number in range(50_000)) + b"\n \n"
    assert examined(data) == Examination(50_000, ())
    found = examined(b"7\n" + data)
    assert [(fault.code, fault.line, fault.param) for fault in found.faults] == [
        ("too_many_requests_in_batch", None, None)
    ]
    assert "at most 50,000" in found.faults[0].message


@pytest.mark.parametrize("endpoint", BODIES)
def test_good_line_of_each_endpoint_has_no_fault(endpoint: str) -> None:
    found = examine(content_of([jsonl([line("a", url=endpoint)])]), endpoint=endpoint, check_body=lambda _: None)
    assert found == Examination(1, ())


def test_good_lines_come_with_their_bodies_in_order() -> None:
    rows = [line("b", n=1), line("a", n=2)]
    assert [(each.custom_id, each.body) for each in good_lines(content_of([jsonl(rows)]))] == [
        (row["custom_id"], row["body"]) for row in rows
    ]


def test_lines_that_cannot_be_named_are_no_good_lines() -> None:
    rows: list[object] = [line("a"), 7, {}, {"custom_id": 7}, {"custom_id": "b", "body": None}, line("c")]
    found = list(good_lines(content_of([b"{\n", jsonl(rows)])))
    assert [(each.custom_id, bool(each.body)) for each in found] == [("a", True), ("b", False), ("c", True)]


@fixed
@given(st.lists(st.dictionaries(st.text(), st.text() | st.integers() | st.none(), max_size=3), max_size=5))
def test_written_lines_are_lines(written: list[dict[str, Any]]) -> None:
    data = b"".join(map(write_line, written))
    assert data.count(b"\n") == len(written)
    assert [json.loads(each) for each in data.split(b"\n")[:-1]] == written


pieces = st.lists(
    st.sampled_from(
        [GOOD, b"{", b"7", b"", b"\n", b"\r\n", b"\n\n", BOM, b" ", b"\xff", json.dumps(line("x")).encode()]
    ),
    max_size=12,
).map(b"".join)


@fixed
@given(pieces | st.binary(max_size=60))
def test_any_bytes_are_examined_to_a_fault_or_to_good_lines(data: bytes) -> None:
    found = examined(data)
    numbers = [fault.line for fault in found.faults if fault.line is not None]
    assert numbers == sorted(set(numbers))
    assert len(numbers) <= found.total <= data.count(b"\n") + 1
    if not found.faults:
        assert len(list(good_lines(content_of([data])))) == found.total


def test_fault_of_a_whole_file_has_no_line() -> None:
    assert examined(b"").faults == (
        InputFault("empty_file", "The input file has no lines: expected at least one request."),
    )
