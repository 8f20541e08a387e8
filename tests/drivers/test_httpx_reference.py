"""The reference client: what it sends is what its caller said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest
from support.http import API, Api
from support.reference import CALLS, connected, requests, started

from emulator.clients.catalog import DRIVERS
from emulator.clients.protocol import RetryPolicy, Returned, Unsupported, as_content

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.driven import Driven
    from support.worlds import TestWorld

    from emulator.clients.driver import Driver


@pytest.fixture(scope="module")
def driver() -> Iterator[Driver]:
    with started() as running:
        yield running


@pytest.fixture
def driven(driver: Driver, world: TestWorld) -> Driven:
    return connected(driver, world)


@pytest.fixture
def api(world: TestWorld) -> Api:
    """The same world, seen without the client."""
    return Api(world.url, world.api_key)


def body(driven: Driven, operation: str) -> Any:
    return json.loads(requests(driven, operation)[-1]["body"])


def headers(request: dict[str, Any]) -> dict[str, str]:
    return dict(request["headers"])


def query(driven: Driven, operation: str) -> str:
    target: str = requests(driven, operation)[-1]["target"]
    return target.partition("?")[2]


def test_hello_promises_a_retry_policy(driver: Driver) -> None:
    hello = driver.hello
    statuses = frozenset({0, 408, 425, 429, 500, 502, 503, 504})
    assert (hello.name, hello.language) == ("httpx-reference", "python")
    assert hello.retry == RetryPolicy(max_attempts=4, max_sleep_s=90.0, statuses=statuses)


def test_without_httpx_one_sentence_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "httpx.py").write_text("raise ImportError('there is none')")
    ended = subprocess.run(
        [sys.executable, str(DRIVERS / "httpx_reference.py")],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == (
        "httpx_reference.py: expected the package httpx, which `pip install httpx` installs: there is none\n"
    )


# Every operation, with and without everything that it takes


def test_a_batch_goes_from_upload_to_results(driven: Driven, api: Api) -> None:
    file = driven.upload()
    batch = driven.result("batches.create", input_file_id=file["id"], endpoint="/v1/chat/completions")
    assert batch == api("GET", f"/batches/{batch['id']}").ok()
    driven.world.admin.advance("24h")
    done = driven.result("batches.get", batch_id=batch["id"])
    assert done["status"] == "completed"
    assert driven.result("batches.list") == api("GET", "/batches").ok()
    assert driven.result("files.list") == api("GET", "/files").ok()
    assert driven.result("files.get", file_id=file["id"]) == file
    assert driven.content(done["output_file_id"]) == api("GET", f"/files/{done['output_file_id']}/content").content
    assert driven.result("files.delete", file_id=file["id"]) == {"id": file["id"], "object": "file", "deleted": True}


def test_a_batch_is_cancelled(driven: Driven) -> None:
    batch = driven.create()
    assert driven.result("batches.cancel", batch_id=batch["id"])["status"] == "cancelling"
    sent = requests(driven, "cancelBatch")[-1]
    assert (sent["method"], sent["path"]) == ("POST", f"{API}/batches/{batch['id']}/cancel")
    assert sent["body"] == ""


@pytest.mark.parametrize("operation", CALLS)
def test_no_request_breaks_the_contract(driven: Driven, operation: str) -> None:
    name, args = CALLS[operation]
    driven.call(name, **args)
    assert [request["violations"] for request in requests(driven, operation)] == [[]]


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"metadata": None},
        {"metadata": {}},
        {"metadata": {"": "", "ключ": '\u0001 \U0001f600 "\\/', "k" * 64: "v" * 512}},
        {"max_concurrency": 1},
        {"max_concurrency": 2**53 + 1},
        {"metadata": {"half": "\ud83d"}},
    ],
    ids=str,
)  # fmt: skip
def test_create_sends_what_was_given_and_nothing_else(driven: Driven, more: dict[str, Any]) -> None:
    driven.call("batches.create", input_file_id="file_1", endpoint="/v1/new", **more)
    usual = {"input_file_id": "file_1", "endpoint": "/v1/new", "completion_window": "24h"}
    assert body(driven, "createBatch") == {**usual, **more}


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ({}, ""),
        ({"limit": 1}, "limit=1"),
        ({"limit": 0}, "limit=0"),
        ({"after": ""}, "after="),
        ({"after": "a b&c=ü/%2F+", "limit": 100}, "after=a%20b%26c%3D%C3%BC%2F%252F%2B&limit=100"),
    ],
)
def test_batches_are_listed_by_what_was_given(driven: Driven, args: dict[str, Any], expected: str) -> None:
    driven.call("batches.list", **args)
    assert query(driven, "listBatches") == expected


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ({}, ""),
        ({"order": "asc"}, "order=asc"),
        ({"purpose": "user_data"}, "purpose=user_data"),
        ({"sha256": "0" * 64}, f"sha256={'0' * 64}"),
        ({"after": "f", "limit": 10000, "order": "x", "purpose": "new"}, "after=f&limit=10000&order=x&purpose=new"),
    ],
)
def test_files_are_listed_by_what_was_given(driven: Driven, args: dict[str, Any], expected: str) -> None:
    driven.call("files.list", **args)
    assert query(driven, "listFiles") == expected


@pytest.mark.parametrize("size", [0, 1, 5 << 20])
def test_content_comes_back_to_the_byte(driven: Driven, size: int) -> None:
    content = (bytes(range(256)) * (size // 256 + 1))[:size]
    file = driven.upload(content)
    assert (file["bytes"], file["sha256"]) == (size, sha256(content).hexdigest())
    assert driven.content(file["id"]) == content


@pytest.mark.parametrize("content", [b"\r\n--", b"--", b"\r\n\r\n", b"\xff\xfe\x00", b"\xef\xbb\xbf{}"])
def test_content_is_not_taken_for_anything_else(driven: Driven, content: bytes) -> None:
    assert driven.content(driven.upload(content, purpose="assistants")["id"]) == content


@pytest.mark.parametrize(
    "filename",
    ["a.jsonl", 'a"b', "a\\b", '";x="', "a\r\nb", "\x1b\x7f", "ü/€\U0001f600", " a ", "%", "a;b", "x" * 1000],
)
def test_filename_arrives_as_it_is(driven: Driven, filename: str) -> None:
    assert driven.upload(b"", filename=filename, purpose="vision")["filename"] == filename


def test_upload_says_its_purpose(driven: Driven) -> None:
    assert driven.upload(b"", purpose="fine-tune")["purpose"] == "fine-tune"
    assert driven.raised("files.upload", filename="a", content="", purpose="new").status == 400


# Ids


@pytest.mark.parametrize("given", ["a/b", "../x", "a?b#c", "%2e%2E", "%", "ü €", " ", "a+b", "...", "x" * 5000, "\x00"])
@pytest.mark.parametrize(
    ("name", "form"),
    [("batches.get", "/batches/{}"), ("batches.cancel", "/batches/{}/cancel"), ("files.content", "/files/{}/content")],
)
def test_id_stays_one_segment_of_the_path(driven: Driven, name: str, form: str, given: str) -> None:
    which = "batch_id" if "batches" in name else "file_id"
    assert driven.raised(name, **{which: given}).status == 404
    path: str = requests(driven)[-1]["target"]
    before, after = (API + form).split("{}")
    segment = path.removeprefix(before).removesuffix(after)
    assert "/" not in segment
    assert unquote(segment, errors="strict") == given


@pytest.mark.parametrize("name", ["batches.get", "batches.cancel", "files.get", "files.delete", "files.content"])
@pytest.mark.parametrize("given", ["", ".", "..", "\ud800", "x" * 100_000, None, 1])
def test_id_that_no_path_can_hold_is_refused(driven: Driven, name: str, given: object) -> None:
    refused = driven.raised(name, **{"batch_id" if "batches" in name else "file_id": given})
    assert (refused.type, refused.declared, refused.status) == ("InvalidArgument", True, None)
    assert requests(driven) == []


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("batches.create", {"input_file_id": None}),
        ("batches.create", {"endpoint": 1}),
        ("batches.create", {"max_concurrency": None}),
        ("batches.create", {"max_concurrency": 1.0}),
        ("batches.create", {"max_concurrency": True}),
        ("batches.create", {"metadata": []}),
        ("batches.create", {"metadata": {"a": 1}}),
        ("batches.list", {"after": None}),
        ("batches.list", {"limit": None}),
        ("batches.list", {"limit": "1"}),
        ("files.list", {"order": None}),
        ("files.list", {"sha256": "\udfff"}),
        ("files.upload", {"filename": ""}),
        ("files.upload", {"filename": "\ud800"}),
        ("files.upload", {"purpose": None}),
    ],
)
def test_argument_that_cannot_be_sent_as_it_is_is_refused(driven: Driven, name: str, args: dict[str, Any]) -> None:
    usual = next(usual for called, usual in CALLS.values() if called == name)
    refused = driven.raised(name, **{**usual, **args})
    assert (refused.type, refused.declared) == ("InvalidArgument", True)
    assert refused.message.startswith(f"{next(iter(args))}")
    assert requests(driven) == []


@pytest.mark.parametrize(("name", "args"), [("batches.get", {"batch_id": "b", "more": 1}), ("batches.undo", {})])
def test_what_the_client_does_not_have_is_unsupported(driven: Driven, name: str, args: dict[str, Any]) -> None:
    assert driven.call(name, **args) == Unsupported()


# Headers


def test_requests_bear_the_key_and_nothing_that_was_not_given(driven: Driven) -> None:
    driven.result("batches.list")
    found = headers(requests(driven)[-1])
    assert found["accept-encoding"] == "identity"
    assert found["connection"] == "close"
    assert "x-on-behalf-of" not in found
    driven.connect(api_key="other")
    driven.result("batches.list")
    assert len(requests(driven)) == 1


@pytest.mark.parametrize("user", ["u", "a b", "~" * 150])
def test_requests_bear_the_end_user(driven: Driven, user: str) -> None:
    assert driven.connect(on_behalf_of=user) == Returned(result={})
    for name, args in CALLS.values():
        driven.call(name, **args)
    assert [headers(request)["x-on-behalf-of"] for request in requests(driven)] == [user] * len(CALLS)


@pytest.mark.parametrize("user", ["", " a", "a ", "ü", "a\r\nX-More: 1", "\x00", 5])
def test_end_user_that_no_header_can_hold_is_refused_with_each_call(driven: Driven, user: str) -> None:
    assert driven.connect(on_behalf_of=user) == Returned(result={})
    assert driven.raised("batches.list").type == "InvalidArgument"
    assert requests(driven) == []


def test_upload_is_of_the_type_that_any_bytes_are(driven: Driven) -> None:
    driven.call("files.upload", filename="a.jsonl", content=as_content(b"{}"), purpose="batch")
    sent = requests(driven, "uploadFile")[-1]
    assert sent["body"].count("Content-Type: application/octet-stream\r\n") == 1
