from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.effort import many

from emulator.domain.strictjson import InvalidJson, kind, loads, loads_noting

fixed = settings(derandomize=True, deadline=None, max_examples=many(200))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=15,
)
REFUSED = [
    (b"", "expecting value at line 1, column 1"),
    (b"{", "expecting property name enclosed in double quotes at line 1, column 2"),
    (b'{"a":1}{}', "extra data at line 1, column 8"),
    (b"NaN", "expected a JSON number, found NaN"),
    (b'{"a":-Infinity}', "expected a JSON number, found -Infinity"),
    (b"1e999", "expected a number that fits a double, found 1e999"),
    (b"-1e999", "expected a number that fits a double, found -1e999"),
    (b'{"a":"\xff"}', "expected UTF-8, found the byte 0xff at byte 6"),
    (b'"\xed\xa0\x80"', "expected UTF-8, found the byte 0xed at byte 1"),
    (b'["\\ud800"]', "expected whole characters, found the lone surrogate \\ud800 in a string"),
    (b'{"\\udfff":1}', "expected whole characters, found the lone surrogate \\udfff in a string"),
    (b"[" * 201 + b"1" + b"]" * 201, "expected at most 200 levels of nesting, found more"),
    (b"[" * 201 + b"]" * 201, "expected at most 200 levels of nesting, found more"),
    (b"[" * 10_000 + b"]" * 10_000, "expected at most 200 levels of nesting, found more"),
    (b"[" * 1_000_000 + b"]" * 1_000_000, "expected at most 200 levels of nesting, found more"),
    (b'{"a":' * 1_000_000, "expected at most 200 levels of nesting, found more"),
    (b"9" * 5000, "expected a number of at most 4300 digits, found more"),
    (b"-" + b"9" * 5000, "expected a number of at most 4300 digits, found more"),
]
refused = pytest.mark.parametrize(
    ("data", "sentence"), REFUSED, ids=[data[:12].decode("latin-1") for data, _ in REFUSED]
)


@refused
def test_what_is_no_strict_json_is_refused_with_what_is_wrong(data: bytes, sentence: str) -> None:
    with pytest.raises(InvalidJson) as refusal:
        loads(data)
    assert str(refusal.value) == sentence


@refused
def test_noting_duplicates_refuses_the_same(data: bytes, sentence: str) -> None:
    with pytest.raises(InvalidJson) as refusal:
        loads_noting(data)
    assert str(refusal.value) == sentence


@fixed
@given(values, st.booleans())
def test_json_that_was_written_is_read_back(value: Any, ascii_only: bool) -> None:
    data = json.dumps(value, ensure_ascii=ascii_only).encode()
    assert loads(data) == value


@fixed
@given(st.text(), st.lists(st.text(), max_size=3))
def test_body_may_hold_any_text_but_nul(key: str, texts: list[str]) -> None:
    data = json.dumps({key: [texts]}).encode()
    if any("\0" in text for text in (key, *texts)):
        with pytest.raises(InvalidJson, match="expected text without NUL characters"):
            loads_noting(data)
    else:
        assert loads_noting(data) == ({key: [texts]}, ())


@fixed
@given(st.binary(max_size=40) | st.text('[]{}",:0e-tfnul\\ud8 ', max_size=40).map(str.encode))
def test_any_bytes_are_json_that_can_be_written_again_or_are_refused(data: bytes) -> None:
    try:
        value = loads(data)
    except InvalidJson:
        return
    assert loads(json.dumps(value, ensure_ascii=False, allow_nan=False).encode()) == value


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 200 + b"1" + b"]" * 200,
        b"[" * 200 + b"]" * 200,
        b'{"a":' * 200 + b"1" + b"}" * 200,
        b"9" * 4300,
        b'"\\ud83d\\ude00"',
        b"1e308",
        b' \t\r\n{"a":1}\n ',
    ],
    ids=lambda data: data[:8].decode(),
)
def test_what_is_within_bounds_is_read(data: bytes) -> None:
    assert loads(data) == json.loads(data)


def test_last_of_duplicate_keys_counts_and_each_is_noted() -> None:
    data = b'{"a":1,"b":{"c":1,"c":2},"a":2,"a":3}'
    assert loads(data) == {"a": 3, "b": {"c": 2}}
    assert loads_noting(data) == ({"a": 3, "b": {"c": 2}}, ("c", "a", "a"))


def test_byte_order_mark_is_dropped_from_a_body_but_not_from_a_line() -> None:
    assert loads_noting(b"\xef\xbb\xbf{}") == ({}, ())
    with pytest.raises(InvalidJson):
        loads(b"\xef\xbb\xbf{}")
    with pytest.raises(InvalidJson):
        loads_noting(b"\xef\xbb\xbf\xef\xbb\xbf{}")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "null"),
        (True, "a boolean"),
        (0, "a number"),
        (0.5, "a number"),
        ("", "a string"),
        ([], "an array"),
        ({}, "an object"),
    ],
)
def test_each_kind_of_value_has_its_words(value: object, words: str) -> None:
    assert kind(value) == words
