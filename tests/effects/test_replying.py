from __future__ import annotations

from base64 import b64encode
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from support.effects import OPERATIONS, heard
from support.http import connect, read_reply

if TYPE_CHECKING:
    from support.effects import Stage

STATUSES = [100, 101, 103, 199, 200, 201, 204, 205, 299, 300, 304, 307, 399, 400, 401, 418, 429, 499, 500, 503, 599]
WITHOUT_BODY = {100, 101, 103, 199, 204, 304}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_reply_takes_the_place_of_every_operation(stage: Stage, operation: str) -> None:
    stage.rule(on={"operation": operation, "nth": 1}, reply={"status": 503, "content_type": "text/html", "body": "<p>"})
    found = stage.hear(operation)
    assert (found.status, found.values("content-type"), found.body) == (503, ["text/html"], b"<p>")
    assert stage.journal()[2:] == [(operation, 503, "rule_1")]
    assert stage.is_whole()


@pytest.mark.parametrize("operation", ["createBatch", "cancelBatch", "uploadFile", "deleteFile"])
@pytest.mark.parametrize("after", [False, True])
def test_reply_comes_instead_of_the_operation_or_after_it(stage: Stage, operation: str, *, after: bool) -> None:
    stage.rule(on={"operation": operation}, after=after, reply={"status": 502})
    assert stage.hear(operation).status == 502
    assert stage.has_taken_effect(operation) is after


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("body", ["", "hello"])
def test_reply_has_any_status_with_a_body_or_without(stage: Stage, status: int, body: str) -> None:
    stage.rule(on={"operation": "getBatch", "nth": 1}, reply={"status": status, "body": body})
    found = stage.hear("getBatch")
    assert (found.status, found.body, found.end) == (status, body.encode(), "closed")
    assert found.values("content-length") == ([] if status in WITHOUT_BODY else [str(len(body))])
    assert len(found.values("x-request-id")) == 1
    assert stage.journal()[-1] == ("getBatch", status, "rule_1")
    assert stage.is_whole()


@pytest.mark.parametrize("status", [status for status in STATUSES if status >= 200])
def test_connection_goes_on_after_a_well_framed_reply(stage: Stage, status: int) -> None:
    body = "" if status in WITHOUT_BODY else "hello"
    stage.rule(on={"operation": "getBatch", "nth": [1, 2]}, reply={"status": status, "body": body})
    request = stage.request("getBatch", closes=False)
    with closing(connect(stage.world.url)) as wire:
        for _ in range(2):
            wire.sendall(request)
            assert (found := read_reply(wire)).status == status
            assert found.content == body.encode()
        wire.sendall(request)
        assert read_reply(wire).ok()["id"] == stage.batch_id


@pytest.mark.parametrize(
    "retry_after", ["1", "86400", "-1", "soon", "Fri, 31 Dec 1999 23:59:59 GMT", ["2", "Mon, 01 Jan 2024 00:00:09 GMT"]]
)
def test_reply_has_the_headers_that_it_is_given(stage: Stage, retry_after: Any) -> None:
    headers = {"Retry-After": retry_after, "Set-Cookie": ["a=1", "b=2", "a=1"], "X-Latin": "caf\xe9"}
    stage.rule(reply={"status": 429, "headers": headers, "json": {"error": "Rate limit exceeded"}})
    found = stage.hear("listFiles")
    assert found.values("retry-after") == (retry_after if isinstance(retry_after, list) else [retry_after])
    assert found.values("set-cookie") == ["a=1", "b=2", "a=1"]
    assert found.values("x-latin") == ["caf\xe9"]
    assert found.values("content-type") == ["application/json"]
    assert found.body == b'{"error": "Rate limit exceeded"}'


@pytest.mark.parametrize(
    "data", [b"", b"\0", bytes(range(256)), b"HTTP/1.1 200 OK\r\n\r\n", b"\r\n\r\n" * 3, bytes(200_000)]
)
def test_reply_has_any_bytes(stage: Stage, data: bytes) -> None:
    stage.rule(reply={"base64": b64encode(data).decode()})
    found = stage.hear("getFileContent")
    assert (found.status, found.body, found.values("content-type")) == (200, data, [])


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"Content-Length": "3"}, "hello"),
        ({"Content-Length": "5"}, "hello"),
        ({"Content-Length": "500"}, "hello"),
        ({"Content-Length": "-1"}, "hello"),
        ({"Content-Length": "many"}, "hello"),
        ({"Content-Length": ["5", "6"]}, "hello"),
        ({"Transfer-Encoding": "chunked"}, "5\r\nhello\r\n0\r\n\r\n"),
        ({"Transfer-Encoding": "chunked"}, "hello"),
        ({"Transfer-Encoding": "chunked", "Content-Length": "2"}, "2\r\nhe\r\n"),
        ({"Transfer-Encoding": "gzip"}, ""),
        ({"Connection": "close"}, "hello"),
        ({"Connection": "keep-alive"}, ""),
    ],
)
@pytest.mark.parametrize("drip", [{}, {"drip": {"every": 0}}])
def test_reply_may_lie_about_where_it_ends_and_then_the_connection_does(
    stage: Stage, headers: dict[str, Any], body: str, drip: dict[str, Any]
) -> None:
    stage.rule(on={"nth": 1}, reply={"headers": headers, "body": body}, **drip)
    with closing(connect(stage.world.url)) as wire:
        wire.sendall(stage.request("getBatch", closes=False))
        found = heard(wire)
    given = {name.lower(): value if isinstance(value, list) else [value] for name, value in headers.items()}
    framing = ("content-length", "transfer-encoding", "connection")
    assert {name: found.values(name) for name in framing if found.values(name)} == given
    assert (found.status, found.body, found.end) == (200, body.encode(), "closed")
    assert stage.journal()[-1] == ("getBatch", 200, "rule_1")
    assert stage.is_whole()
