from typing import Any

import pytest

from emulator.contract.catalog import Contract

JSON = "application/json"


@pytest.mark.parametrize(
    ("operation", "query", "values"),
    [
        ("listBatches", "", {"limit": 20}),
        ("listBatches", "limit=1", {"limit": 1}),
        ("listBatches", "limit=100", {"limit": 100}),
        ("listBatches", "limit=007", {"limit": 7}),
        ("listBatches", "limit=5&limit=9", {"limit": 9}),
        ("listBatches", "limit=x&limit=9", {"limit": 9}),
        ("listBatches", "after=", {"limit": 20}),
        ("listBatches", "after=a&after=", {"limit": 20}),
        ("listBatches", "after=batch_1&colour=red", {"after": "batch_1", "limit": 20}),
        ("listFiles", "", {"limit": 10000, "order": "desc"}),
        ("listFiles", "order=asc&purpose=fine-tune", {"limit": 10000, "order": "asc", "purpose": "fine-tune"}),
        ("listFiles", "sha256=ab", {"limit": 10000, "order": "desc", "sha256": "ab"}),
        ("getBatch", "limit=x", {}),
    ],
)
def test_query_is_read_as_declared(newest: Contract, operation: str, query: str, values: dict[str, Any]) -> None:
    assert newest.operations[operation].read_parameters(pairs(query), {}) == (values, ())


@pytest.mark.parametrize(
    ("operation", "query", "sentence"),
    [
        ("listBatches", "limit=0", "query.limit: expected an integer from 1 to 100, found 0."),
        ("listBatches", "limit=101", "query.limit: expected an integer from 1 to 100, found 101."),
        ("listBatches", "limit=-1", "query.limit: expected an integer from 1 to 100, found -1."),
        ("listBatches", "limit=", 'query.limit: expected an integer from 1 to 100, found "".'),
        ("listBatches", "limit=+5", 'query.limit: expected an integer from 1 to 100, found "+5".'),
        ("listBatches", "limit=5.0", 'query.limit: expected an integer from 1 to 100, found "5.0".'),
        ("listBatches", "limit=1e1", 'query.limit: expected an integer from 1 to 100, found "1e1".'),
        ("listBatches", "limit= 5", 'query.limit: expected an integer from 1 to 100, found " 5".'),
        ("listBatches", "limit=5\n", r'query.limit: expected an integer from 1 to 100, found "5\n".'),
        ("listBatches", "limit=٣", r'query.limit: expected an integer from 1 to 100, found "\u0663".'),
        ("listFiles", "limit=10001", "query.limit: expected an integer from 1 to 10000, found 10001."),
        ("listFiles", "order=ASC", 'query.order: expected "asc" or "desc", found "ASC".'),
        ("listFiles", "order=", 'query.order: expected "asc" or "desc", found "".'),
    ],
)
def test_query_that_breaks_the_contract_gets_a_sentence(
    newest: Contract, operation: str, query: str, sentence: str
) -> None:
    _, faults = newest.operations[operation].read_parameters(pairs(query), {})
    assert [fault.sentence() for fault in faults] == [sentence]


def test_number_of_absurd_length_is_not_even_read(newest: Contract) -> None:
    _, faults = newest.operations["listBatches"].read_parameters([("limit", "9" * 5000)], {})
    assert faults[0].found.startswith('"999')
    assert len(faults[0].found) == 80


def test_every_fault_of_a_query_is_told_at_once(newest: Contract) -> None:
    query = pairs("limit=0&order=up&purpose=x")
    _, faults = newest.operations["listFiles"].read_parameters(query, {"x-on-behalf-of": ""})
    assert [fault.place for fault in faults] == [
        "header.X-On-Behalf-Of",
        "query.limit",
        "query.order",
        "query.purpose",
    ]
    assert [fault.schema for fault in faults] == ["X-On-Behalf-Of", "limit", "order", "Purpose"]


@pytest.mark.parametrize("user", ["a", "*a", "**", "~", "user 42", "x" * 150])
def test_end_user_is_read_from_its_header(newest: Contract, user: str) -> None:
    assert newest.operations["getFile"].read_parameters((), {"x-on-behalf-of": user}) == (
        {"X-On-Behalf-Of": user},
        (),
    )


@pytest.mark.parametrize("user", ["", "*", "x" * 151, "é", "a\n", "a\tb", "\x7f"])
def test_end_user_outside_printable_ascii_is_refused(newest: Contract, user: str) -> None:
    values, faults = newest.operations["getFile"].read_parameters((), {"x-on-behalf-of": user})
    assert values == {}
    assert {fault.expected for fault in faults} == {"1 to 150 printable ASCII characters, and not just *"}


def test_body_is_held_against_its_media_type(newest: Contract) -> None:
    create = newest.operations["createBatch"]
    body = {"input_file_id": "f", "endpoint": "/v1/responses", "completion_window": "24h"}
    assert create.body_required
    assert create.body_faults("application/json; charset=utf-8", body) == ()
    assert create.body_faults("Application/JSON", body) == ()
    assert [fault.place for fault in create.body_faults(JSON, body | {"completion_window": "1h"})] == [
        "body.completion_window"
    ]
    assert create.body_faults("text/plain", body)[0].sentence() == (
        'header.Content-Type: expected application/json, found "text/plain".'
    )


def test_upload_needs_a_file_and_a_known_purpose(newest: Contract) -> None:
    upload = newest.operations["uploadFile"]
    parts = {"file": "input.jsonl", "purpose": "batch", "expires_after[anchor]": "created_at"}
    assert upload.body_faults("multipart/form-data; boundary=x", parts) == ()
    faults = upload.body_faults("multipart/form-data", {"purpose": "fun"})
    assert [fault.place for fault in faults] == ["body.purpose", "body.file"]


def test_cancel_has_no_body(newest: Contract) -> None:
    assert not newest.operations["cancelBatch"].body_required
    assert newest.operations["cancelBatch"].bodies == {}


def test_reply_of_an_undocumented_status_or_media_type_is_a_fault(newest: Contract) -> None:
    get = newest.operations["getBatch"]
    assert get.reply_faults(201, JSON, {})[0].place == "reply.status"
    assert get.reply_faults(200, "text/html", {})[0].sentence() == (
        'reply.Content-Type: expected application/json, found "text/html".'
    )


@pytest.mark.parametrize(
    ("body", "fits"),
    [
        ({"error": "Rate limit exceeded"}, True),
        ({"error": "Rate limit exceeded", "code": 429}, False),
        ({"error": {"message": "m", "type": "t", "code": 429, "param": None}}, False),
    ],
)
def test_rate_limited_reply_is_exactly_the_gateways(newest: Contract, body: Any, fits: bool) -> None:
    assert (newest.operations["listFiles"].reply_faults(429, JSON, body) == ()) is fits


@pytest.mark.parametrize(("code", "fits"), [(404, True), ("not_found", False), (None, False)])
def test_error_code_is_an_integer(newest: Contract, code: Any, fits: bool) -> None:
    body = {"error": {"message": "m", "type": "t", "code": code, "param": None}}
    assert (newest.operations["getFileContent"].reply_faults(404, JSON, body) == ()) is fits


@pytest.mark.parametrize("media_type", ["application/jsonl", "image/png", "application/octet-stream"])
def test_content_is_any_bytes_of_any_media_type(newest: Contract, media_type: str) -> None:
    assert newest.operations["getFileContent"].reply_faults(200, media_type, b"\xff") == ()


def pairs(query: str) -> list[tuple[str, str]]:
    return [(name, text) for name, _, text in (pair.partition("=") for pair in query.split("&")) if name]
