"""The reference client: what it gives back is what came, or an error of its own."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
from support.reference import BATCH, CALLS, FILE, connected, requests, rule, shown, started

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.driven import Driven
    from support.worlds import TestWorld

    from emulator.clients.driver import Driver
    from emulator.clients.protocol import Raised

LARGEST = 9007199254740991
BATCH_ERROR = {"code": "c", "message": "m"}
DELETED = {"id": "f", "object": "file", "deleted": True}
COUNTS = ("total", "completed", "failed")
GOOD = json.dumps({**BATCH, "metadata": {"note": "?"}}).encode()
PAGE = {"data": [], "has_more": False}


@pytest.fixture(scope="module")
def driver() -> Iterator[Driver]:
    with started() as running:
        yield running


@pytest.fixture
def driven(driver: Driver, world: TestWorld) -> Driven:
    return connected(driver, world)


def refused(driven: Driven, operation: str = "getBatch", /, **reply: Any) -> Raised:
    """Return the error that a reply ends in."""
    rule(driven, operation, reply=reply)
    name, args = CALLS[operation]
    return driven.raised(name, **args)


# Successes


@pytest.mark.parametrize(
    ("operation", "reply"),
    [
        ("createBatch", BATCH),
        ("getBatch", BATCH),
        ("cancelBatch", {**BATCH, "more": [1.5, {"a": None}, "\ud83d"]}),
        ("getBatch", {**BATCH, "errors": None, "metadata": None, "output_file_id": None, "expires_at": None}),
        ("getBatch", {**BATCH, "metadata": {}, "max_concurrency": -LARGEST, "created_at": LARGEST}),
        ("getBatch", {**BATCH, "metadata": {"half \ude00": "\ud83d", "\u0000": "\u2028"}}),
        ("getBatch", {**BATCH, "status": "queued", "endpoint": "/v1/new", "id": ""}),
        ("getBatch", {**BATCH, "errors": {"object": "list", "data": []}}),
        ("getBatch", {**BATCH, "errors": {"data": [BATCH_ERROR, {**BATCH_ERROR, "param": None, "line": None}]}}),
        ("getBatch", {**BATCH, "errors": {"data": [{**BATCH_ERROR, "param": "p", "line": 7}]}}),
        ("listBatches", PAGE),
        ("listBatches", {**PAGE, "data": [BATCH, BATCH], "first_id": None, "last_id": "b", "has_more": True}),
        ("uploadFile", FILE),
        ("getFile", {**FILE, "object": "file", "status": "new", "expires_at": None, "sha256": None, "bytes": 0}),
        ("listFiles", {**PAGE, "object": "list", "data": [FILE]}),
        ("deleteFile", DELETED),
    ],
)
def test_reply_is_shown_exactly(driven: Driven, operation: str, reply: Any) -> None:
    assert shown(driven, operation, reply) == reply


@pytest.mark.parametrize("content_type", ["application/json;charset=UTF-8", 'Application/JSON; charset="utf8"'])
def test_json_in_utf_8_is_read_however_that_is_said(driven: Driven, content_type: str) -> None:
    rule(driven, "deleteFile", reply={"json": DELETED, "content_type": content_type})
    assert driven.result("files.delete", file_id="f") == DELETED


@pytest.mark.parametrize("content_type", ["application/octet-stream", "text/html; charset=latin-1", "nonsense"])
def test_content_is_bytes_whatever_type_it_is_said_to_be(driven: Driven, content_type: str) -> None:
    content = b"\xff\xfe{\x00"
    rule(driven, "getFileContent", reply={"base64": base64.b64encode(content).decode(), "content_type": content_type})
    assert driven.content("f") == content


@pytest.mark.parametrize(
    "changed",
    [
        {"id": None},
        {"object": "file"},
        {"object": 1},
        {"endpoint": 1},
        {"input_file_id": None},
        {"completion_window": 24},
        {"status": None},
        {"output_file_id": 1},
        {"error_file_id": []},
        {"created_at": None},
        {"created_at": "1704067200"},
        {"created_at": 1704067200.0},
        {"created_at": True},
        {"created_at": LARGEST + 1},
        {"created_at": -LARGEST - 1},
        {"in_progress_at": 0.5},
        {"expires_at": ""},
        {"finalizing_at": []},
        {"completed_at": {}},
        {"failed_at": False},
        {"expired_at": "0"},
        {"cancelling_at": 1.0},
        {"cancelled_at": 1e300},
        {"request_counts": None},
        *({"request_counts": {name: 1 for name in COUNTS if name != missing}} for missing in COUNTS),
        {"request_counts": {"total": 1, "completed": 1, "failed": None}},
        {"request_counts": {"total": 1.0, "completed": 1, "failed": 0}},
        {"request_counts": {"total": 1, "completed": "1", "failed": 0}},
        {"metadata": []},
        {"metadata": {"a": 1}},
        {"metadata": {"a": None}},
        {"max_concurrency": None},
        {"max_concurrency": 8.0},
        {"errors": []},
        {"errors": {}},
        {"errors": {"object": "page", "data": []}},
        {"errors": {"data": None}},
        {"errors": {"data": [None]}},
        {"errors": {"data": [{"code": "c"}]}},
        {"errors": {"data": [{"message": "m"}]}},
        {"errors": {"data": [{**BATCH_ERROR, "param": 1}]}},
        {"errors": {"data": [{**BATCH_ERROR, "line": "1"}]}},
    ],
    ids=lambda changed: str(changed)[:60],
)
def test_batch_that_breaks_the_contract_is_refused(driven: Driven, changed: dict[str, Any]) -> None:
    error = refused(driven, json={**BATCH, **changed})
    assert (error.type, error.declared, error.status) == ("UnreadableReply", True, 200)
    assert error.body
    assert "expected" in error.message


@pytest.mark.parametrize("missing", BATCH)
def test_batch_without_a_required_member_is_refused(driven: Driven, missing: str) -> None:
    error = refused(driven, json={name: value for name, value in BATCH.items() if name != missing})
    assert f"expected the member {missing}" in error.message


@pytest.mark.parametrize(
    ("operation", "reply"),
    [
        ("listBatches", {"data": []}),
        ("listBatches", {"has_more": False}),
        ("listBatches", {**PAGE, "has_more": 0}),
        ("listBatches", {**PAGE, "has_more": None}),
        ("listBatches", {**PAGE, "object": None}),
        ("listBatches", {**PAGE, "first_id": 1}),
        ("listBatches", {**PAGE, "last_id": []}),
        ("listBatches", {**PAGE, "data": [BATCH, {**BATCH, "created_at": "1"}]}),
        ("listFiles", {**PAGE, "data": [BATCH]}),
        ("listFiles", {**PAGE, "data": {}}),
        *(("getFile", {name: value for name, value in FILE.items() if name != missing}) for missing in FILE),
        ("getFile", {**FILE, "object": "batch"}),
        ("getFile", {**FILE, "bytes": -1}),
        ("getFile", {**FILE, "bytes": 1.0}),
        ("getFile", {**FILE, "created_at": None}),
        ("getFile", {**FILE, "filename": None}),
        ("getFile", {**FILE, "purpose": 1}),
        ("getFile", {**FILE, "status": None}),
        ("uploadFile", {**FILE, "expires_at": "1"}),
        ("uploadFile", {**FILE, "sha256": 1}),
        ("deleteFile", {"object": "file", "deleted": True}),
        ("deleteFile", {**DELETED, "object": "batch"}),
        ("deleteFile", {**DELETED, "deleted": "yes"}),
        ("deleteFile", {"id": "f", "object": "file"}),
        ("createBatch", []),
        ("createBatch", None),
        ("cancelBatch", "batch"),
    ],
    ids=str,
)
def test_reply_that_breaks_the_contract_is_refused(driven: Driven, operation: str, reply: Any) -> None:
    error = refused(driven, operation, json=reply)
    assert (error.type, error.declared, error.status) == ("UnreadableReply", True, 200)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("1e400", "a double can hold"),
        ("NaN", "got NaN"),
        ("-Infinity", "got -Infinity"),
        ('{"a": 1, "a": 1}', "got one twice"),
        ("9" * 5000, "numbers that can be read"),
        ("'a'", "expected JSON"),
        ("1 2", "expected JSON"),
        ('"\t"', "expected JSON"),
        ([{"text": "[", "times": 100_000}, {"text": "]", "times": 100_000}], "some depth"),
        ([{"text": '{"a":', "times": 100_000}, "1", {"text": "}", "times": 100_000}], "some depth"),
    ],
    ids=lambda raw: str(raw)[:30],
)
def test_json_that_would_not_come_out_as_it_is_is_refused(driven: Driven, raw: Any, why: str) -> None:
    pieces = [{"text": raw}] if isinstance(raw, str) else raw
    body = [{"text": json.dumps(BATCH)[:-1] + ', "more": '}, *pieces, {"text": "}"}]
    error = refused(driven, body=body, content_type="application/json")
    assert (error.type, error.declared, error.status) == ("UnreadableReply", True, 200)
    assert why in error.message


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        GOOD[:-1],
        GOOD + b"x",
        b"\xef\xbb\xbf" + GOOD,
        GOOD.replace(b"?", b"\xff"),
        GOOD.replace(b"?", b"\xed\xa0\xbd"),
        GOOD.decode().encode("utf-16"),
        b"<html>",
    ],
)
def test_body_that_is_no_json_is_refused_and_kept(driven: Driven, body: bytes) -> None:
    error = refused(driven, base64=base64.b64encode(body).decode(), content_type="application/json")
    assert (error.type, error.status, error.body) == ("UnreadableReply", 200, body.decode("utf-8", "replace"))


@pytest.mark.parametrize(
    "content_type",
    ["text/html", "application/jsonl", "application/problem+json", "application/json; charset=latin-1", "text/json"],
)
def test_success_that_is_not_said_to_be_json_is_refused(driven: Driven, content_type: str) -> None:
    error = refused(driven, json=BATCH, content_type=content_type)
    assert (error.type, error.declared, error.status) == ("UnreadableReply", True, 200)
    assert content_type in error.message


def test_success_of_no_said_type_is_refused(driven: Driven) -> None:
    rule(driven, "getBatch", reply={"json": BATCH}, headers={"Content-Type": []})
    assert driven.raised("batches.get", batch_id="b").type == "UnreadableReply"


@pytest.mark.parametrize("operation", ["getBatch", "getFileContent"])
def test_coding_that_was_not_asked_for_is_refused(driven: Driven, operation: str) -> None:
    error = refused(driven, operation, json=BATCH, headers={"Content-Encoding": "gzip"})
    assert (error.type, error.declared, error.status) == ("UnreadableReply", True, 200)


# Errors


@pytest.mark.parametrize("operation", CALLS)
@pytest.mark.parametrize("status", [400, 404, 409, 418, 451, 501, 599])
def test_error_keeps_status_and_body(driven: Driven, operation: str, status: int) -> None:
    body = b'{"error": "\xff\xfe \xe2\x82"}'
    error = refused(driven, operation, status=status, base64=base64.b64encode(body).decode(), content_type="text/html")
    assert (error.type, error.declared, error.status) == ("ApiError", True, status)
    assert error.body == body.decode("utf-8", "replace")


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ("", {}),
        ("<html>", {"Content-Type": "application/json"}),
        ("null", {"Content-Type": "application/json"}),
        ('{"error": {"code": "text"}}', {"Content-Type": ["application/json", "text/html"]}),
        ("not compressed", {"Content-Encoding": "gzip"}),
        ("\xe9", {"Content-Type": "text/plain; charset=utf-16"}),
        ("x" * 1_000_000, {"Content-Type": "nonsense"}),
    ],
    ids=lambda given: str(given)[:30],
)
def test_error_is_an_error_whatever_it_looks_like(driven: Driven, body: str, headers: dict[str, Any]) -> None:
    error = refused(driven, status=400, body=body, headers=headers)
    assert (error.type, error.declared, error.status, error.body) == ("ApiError", True, 400, body)


@pytest.mark.parametrize("operation", CALLS)
@pytest.mark.parametrize("status", [201, 202, 203, 204, 206, 226, 300, 301, 302, 303, 304, 307, 308, 399])
def test_no_status_but_200_is_a_success(driven: Driven, operation: str, status: int) -> None:
    headers = {"Location": f"{driven.world.url}/api/v1/llm/batches"}
    error = refused(driven, operation, status=status, headers=headers)
    assert (error.type, error.declared, error.status) == ("UnexpectedStatus", True, status)
    assert len(requests(driven)) == 1


@pytest.mark.parametrize("location", ["", "http://[", "//", "ftp://x", "\xff"])
def test_redirect_to_nowhere_is_no_more_than_a_redirect(driven: Driven, location: str) -> None:
    assert refused(driven, status=302, headers={"Location": location}).type == "UnexpectedStatus"
    assert len(requests(driven)) == 1


@pytest.mark.parametrize("status", [100, 101, 103, 199])
def test_reply_that_is_not_final_is_a_broken_one(driven: Driven, status: int) -> None:
    error = refused(driven, status=status)
    assert (error.type, error.declared, error.status) == ("BrokenReply", True, None)
    assert len(requests(driven)) == 1
