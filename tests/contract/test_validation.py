from typing import Any

import pytest

from emulator.contract.catalog import Contract
from emulator.contract.validation import Fault, Schema

SAFE = 9007199254740991
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


def test_faults_of_an_array_are_told_item_by_item(newest: Contract) -> None:
    body = {"model": "m", "messages": [{"content": "a", "role": 1}, {"role": 2}, 3, {"role": 4}]}
    faults = newest.components["ChatCompletionRequest"].faults(body, "body")
    assert [fault.found for fault in faults] == ["1", "2", "3", "4"]


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
