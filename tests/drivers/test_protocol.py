from __future__ import annotations

import json

import pytest

from emulator.clients.members import LONGEST_FOUND, Malformed
from emulator.clients.protocol import (
    CALLS,
    Answer,
    OtherProtocol,
    Raised,
    RetryPolicy,
    Returned,
    as_content,
    content_of,
    read_answer,
    read_hello,
    write_request,
)
from emulator.contract.catalog import load
from emulator.contract.editions import NEWEST

HELLO = '"driver": 1, "name": "n", "version": "v", "language": "l"'
RAISED = '"type": "E", "declared": true, "status": 404, "body": "x", "message": "m"'


def answer(line: str, *, call: str = "batches.get", number: int = 1) -> Answer:
    return read_answer(line.encode(), call=call, number=number)


@pytest.mark.parametrize(
    ("retry", "policy"),
    [
        ("{}", RetryPolicy()),
        ('{"max_attempts": 3}', RetryPolicy(max_attempts=3)),
        ('{"max_sleep_s": 0.5, "statuses": [0, 429]}', RetryPolicy(max_sleep_s=0.5, statuses=frozenset({0, 429}))),
    ],
)
def test_hello_may_promise_a_policy(retry: str, policy: RetryPolicy) -> None:
    assert read_hello(f'{{{HELLO}, "retry": {retry}}}'.encode()).retry == policy


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('"hi"', 'hello: expected an object, found "hi"'),
        ("{}", "hello: expected the member 'driver', found {}"),
        ('{"driver": 1}', "hello: expected the member 'name', found {\"driver\": 1}"),
        (f'{{{HELLO}, "retires": {{}}}}', "found \"retires\" (did you mean 'retry'?)"),
        (f'{{{HELLO}, "retry": null}}', "hello.retry: expected an object, found null"),
        (
            f'{{{HELLO}, "retry": {{"max_attempts": 0}}}}',
            "hello.retry.max_attempts: expected a whole number, 1 or more",
        ),
        (f'{{{HELLO}, "retry": {{"max_attempts": true}}}}', "hello.retry.max_attempts: expected a whole number"),
        (f'{{{HELLO}, "retry": {{"statuses": 429}}}}', "hello.retry.statuses: expected a list of statuses, found 429"),
        (f'{{{HELLO}, "retry": {{"statuses": [1, "2"]}}}}', "hello.retry.statuses[1]: expected a whole number, found"),
    ],
)
def test_wrong_hello_is_told_with_its_place(line: str, sentence: str) -> None:
    with pytest.raises(Malformed) as raised:
        read_hello(line.encode())
    assert sentence in str(raised.value)


@pytest.mark.parametrize("version", ["0", "2", "1.0", '"1"', "true", "null"])
def test_other_version_of_the_protocol_is_refused(version: str) -> None:
    with pytest.raises(OtherProtocol, match=r"hello\.driver: expected 1, found "):
        read_hello(f'{{"driver": {version}, "more": 1}}'.encode())


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("", "expected a line of JSON, found an empty line"),
        ("{'id': 1}", "expected a line of JSON, found"),
        ('{"id": 1, "result": 1} {}', "expected a line of JSON, found"),
        ("[" * 100_000, "nest too deep"),
        ('{"id": 1, "result": {"a": 1, "a": 2}}', 'each member of an object once, found "a" twice'),
        ('{"id": 1, "result": NaN}', "found NaN, which JSON does not have"),
        ('{"id": 1, "result": [-Infinity]}', "found -Infinity, which JSON does not have"),
        ('{"id": 1, "result": 1e999}', "expected numbers that a double can hold, found 1e999"),
        (f'{{"id": 1, "result": {"9" * 5000}}}', "expected numbers that can be read, found one that cannot"),
        ("7", "answer: expected an object, found 7"),
        ("{}", "answer: expected the member 'id', found {}"),
        ('{"id": 1}', "expected one of 'result', 'raised' and 'unsupported', found {\"id\": 1}"),
        (
            f'{{"id": 1, "result": 1, "raised": {{{RAISED}}}}}',
            "one of 'result', 'raised' and 'unsupported', found 'result' and 'raised'",
        ),
        ('{"id": "1", "result": 1}', 'answer.id: expected a whole number, found "1"'),
        ('{"id": 1.0, "result": 1}', "answer.id: expected a whole number, found 1.0"),
        ('{"id": true, "result": 1}', "answer.id: expected a whole number, found true"),
        ('{"id": 1, "unsupported": false}', "answer.unsupported: expected true, found false"),
        ('{"id": 1, "unsupported": 1}', "answer.unsupported: expected true, found 1"),
        ('{"id": 1, "result": 1, "sleep": []}', "found \"sleep\" (did you mean 'sleeps'?)"),
        ('{"id": 1, "result": 1, "sleeps": 0.5}', "answer.sleeps: expected a list of seconds, found 0.5"),
        ('{"id": 1, "result": 1, "sleeps": [1, -1]}', "answer.sleeps[1]: expected a number of seconds, 0 or more"),
        ('{"id": 1, "result": 1, "sleeps": ["1"]}', 'answer.sleeps[0]: expected a number of seconds, 0 or more, found "1"'),
        ('{"id": 1, "result": 1, "sleeps": [true]}', "answer.sleeps[0]: expected a number of seconds"),
        ('{"id": 1, "result": 1, "sleeps": [1e300]}', "answer.sleeps[0]: expected a number of seconds"),
        ('{"id": 1, "result": 1, "slept": null}', "answer.slept: expected true or false, found null"),
        ('{"id": 1, "raised": "E"}', 'answer.raised: expected an object, found "E"'),
        ('{"id": 1, "raised": {"type": "E"}}', "answer.raised: expected the member 'declared', found"),
        (f'{{"id": 1, "raised": {{{RAISED}, "code": 1}}}}', "no members but type, declared, status, body, message, found"),
    ],
)  # fmt: skip
def test_wrong_answer_is_told_with_its_place(line: str, sentence: str) -> None:
    with pytest.raises(Malformed) as raised:
        answer(line)
    assert sentence in str(raised.value)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("type", None, "text"),
        ("declared", "yes", "true or false"),
        ("status", "404", "a status of HTTP, or null"),
        ("status", 0, "a status of HTTP, or null"),
        ("status", 1000, "a status of HTTP, or null"),
        ("status", True, "a status of HTTP, or null"),
        ("body", {"error": 1}, "text or null"),
        ("message", None, "text"),
    ],
)
def test_each_member_of_raised_has_its_type(name: str, value: object, expected: str) -> None:
    raised = {"type": "E", "declared": True, "status": None, "body": None, "message": "", name: value}
    with pytest.raises(Malformed) as refused:
        answer(json.dumps({"id": 1, "raised": raised}))
    assert f"answer.raised.{name}: expected {expected}, found {json.dumps(value)}" in str(refused.value)


@pytest.mark.parametrize(
    ("result", "sentence"),
    [
        ('"aGk="', 'answer.result: expected an object, found "aGk="'),
        ("{}", "answer.result: expected the member 'content', found {}"),
        ('{"content": "aGk"}', 'answer.result.content: expected bytes as base64, found "aGk"'),
        ('{"content": "a-k_"}', "answer.result.content: expected bytes as base64"),
        ('{"content": "aG k="}', 'answer.result.content: expected bytes as base64, found "aG k="'),
        ('{"content": "h\\u00e9=="}', "answer.result.content: expected bytes as base64"),
        ('{"content": null}', "answer.result.content: expected text, found null"),
        ('{"content": "", "name": "x"}', "answer.result: expected no members but content"),
    ],
)
def test_content_must_be_bytes_as_base64(result: str, sentence: str) -> None:
    with pytest.raises(Malformed) as raised:
        answer(f'{{"id": 1, "result": {result}}}', call="files.content")
    assert sentence in str(raised.value)


def test_members_that_may_be_null_may_be_null() -> None:
    raised = Raised(type="E", declared=False, status=None, body=None, message="", sleeps=(1.0,), slept=True)
    assert answer(
        '{"id": 1, "raised": {"type": "E", "declared": false, "status": null, "body": null, "message": ""},'
        ' "sleeps": [1], "slept": true}'
    ) == Answer(1, raised)


def test_answer_to_another_request_is_not_held_to_this_ones_call() -> None:
    assert answer('{"id": 1, "result": "page"}', call="files.content", number=2).id == 1


def test_sentence_shows_the_beginning_of_what_is_long() -> None:
    with pytest.raises(Malformed) as raised:
        answer(json.dumps({"id": "x" * 1_000_000, "result": 1}))
    assert len(str(raised.value)) < 2 * LONGEST_FOUND
    assert str(raised.value).endswith("xx…")


def test_request_is_one_line_of_ascii() -> None:
    line = write_request(3, "batches.get", {"batch_id": "é\n\ud800"}, deadline_s=20)
    assert line == b'{"id":3,"call":"batches.get","args":{"batch_id":"\\u00e9\\n\\ud800"},"deadline_s":20}\n'


@pytest.mark.parametrize("data", [b"", b"\0", bytes(range(256))])
def test_content_is_carried_as_base64(data: bytes) -> None:
    assert content_of(Returned(result={"content": as_content(data)})) == data


def test_calls_are_the_operations_of_the_contract() -> None:
    assert {call.operation for call in CALLS.values()} == {None, *load(NEWEST).operations}
