from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from support.http import API, FORM, Api, chunked, connect, exchange, form, new_batch, part, read_reply, request
from support.servers import serving
from support.worlds import good_input

from emulator.client import AdminClient
from emulator.contract.catalog import load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.worlds import TestWorld

OPERATIONS = {
    "createBatch": ("POST", "/batches"),
    "listBatches": ("GET", "/batches"),
    "getBatch": ("GET", "/batches/batch_x"),
    "cancelBatch": ("POST", "/batches/batch_x/cancel"),
    "uploadFile": ("POST", "/files"),
    "listFiles": ("GET", "/files"),
    "getFile": ("GET", "/files/file_x"),
    "deleteFile": ("DELETE", "/files/file_x"),
    "getFileContent": ("GET", "/files/file_x/content"),
}
every_operation = pytest.mark.parametrize(("method", "path"), OPERATIONS.values(), ids=OPERATIONS.keys())


def test_every_operation_of_the_contract_is_tried_here() -> None:
    assert set(OPERATIONS) == set(load("0.12.114").operations)


@every_operation
@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "mk-1", "Bearer\tmk-1"])
def test_without_a_bearer_key_nothing_is_answered(
    server_url: str, method: str, path: str, authorization: str | None
) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    reply = request(server_url, method, API + path, None, headers)
    error = reply.error(401)
    assert error["type"] == "authentication_error"
    assert error["message"].startswith("Authorization: expected 'Bearer <API key>', found")
    assert reply.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_scheme_is_read_in_any_case(server_url: str, scheme: str, world: TestWorld) -> None:
    headers = {"Authorization": f"{scheme} {world.api_key}"}
    assert request(server_url, "GET", f"{API}/batches", None, headers).status == 200


@pytest.mark.parametrize("path", ["/batches/batch_x", "/files/file_x", "/files/file_x/content"])
@pytest.mark.parametrize(
    "given", ["batch_x", "%00", "a%00b", "%FF", "a%20b", "..", "%2e%2e", "x" * 5000, "%F0%9F%98%80"]
)
def test_unknown_id_is_not_found(api: Api, path: str, given: str) -> None:
    assert api("GET", path.replace("batch_x", given).replace("file_x", given)).error(404)["type"] == "not_found_error"


@pytest.mark.parametrize(
    ("method", "path", "message"),
    [
        ("POST", "/batches/batch_x/cancel", "No batch found with id 'batch_x'."),
        ("DELETE", "/files/file_x", "No file found with id 'file_x'."),
    ],
)
def test_what_does_not_exist_cannot_be_changed(api: Api, method: str, path: str, message: str) -> None:
    assert api(method, path).error(404)["message"] == message


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/batchez",
        "/batches/",
        "/batches/a/b",
        "/batches//cancel",
        "/files/a%2Fb",
        "/a%0Ab",
        "/files/x/content/",
    ],
)
def test_unknown_path_is_not_found(api: Api, path: str) -> None:
    assert api("GET", path).error(404)["message"].startswith("Unknown request URL: GET ")


@pytest.mark.parametrize("path", ["/", "/favicon.ico", "/api", "/v1/batches", "/a%0Ab", "//", "/_emulator/nothing"])
def test_unknown_path_outside_the_api_needs_no_key(server_url: str, path: str) -> None:
    request(server_url, "GET", path).error(404)


@pytest.mark.parametrize("host", ["[", "a b", "", "x" * 3000, "é"])
def test_odd_host_changes_nothing(world: TestWorld, host: str) -> None:
    head = f"GET {API}/nothing HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {world.api_key}\r\n\r\n"
    exchange(world.url, head.encode("latin-1")).error(404)


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/batches", {"GET", "POST"}),
        ("/batches/batch_x", {"GET"}),
        ("/batches/batch_x/cancel", {"POST"}),
        ("/files", {"GET", "POST"}),
        ("/files/file_x", {"GET", "DELETE"}),
        ("/files/file_x/content", {"GET"}),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"])
def test_other_methods_are_refused_with_those_allowed(api: Api, path: str, allowed: set[str], method: str) -> None:
    if method in allowed:
        assert api(method, path).status != 405
        return
    reply = api(method, path)
    assert method in reply.error(405)["message"]
    assert set(reply.headers["Allow"].split(", ")) == allowed


def test_head_is_refused_without_a_body(world: TestWorld) -> None:
    head = f"HEAD {API}/batches HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {world.api_key}\r\n\r\n"
    reply = exchange(world.url, head.encode(), "HEAD")
    assert (reply.status, reply.content) == (405, b"")
    assert reply.headers["X-Request-Id"]


def finished(api: Api, world: TestWorld, status: str) -> str:
    """Return the id of a batch that has ended like this."""
    file = api.upload(good_input(2) if status != "failed" else b"no json\n")
    metadata = {"emulator_scenario": "stuck-validating"} if status == "expired" else None
    batch = api.create(file["id"], metadata=metadata)
    world.admin.advance("2d")
    return str(batch["id"])


@pytest.mark.parametrize("status", ["completed", "failed", "expired"])
def test_finished_batch_cannot_be_cancelled(api: Api, world: TestWorld, status: str) -> None:
    batch_id = finished(api, world, status)
    error = api("POST", f"/batches/{batch_id}/cancel").error(409)
    assert error["message"] == f"Cannot cancel a batch with status '{status}'."
    assert error["type"] == "conflict_error"
    assert api("GET", f"/batches/{batch_id}").ok()["status"] == status


def test_cancel_asked_twice_is_answered_twice(api: Api, world: TestWorld) -> None:
    path = f"/batches/{api.create(api.upload(good_input(1))['id'])['id']}"
    assert [api("POST", f"{path}/cancel").ok()["status"] for _ in range(2)] == ["cancelling", "cancelling"]
    world.admin.advance("10m")
    assert api("POST", f"{path}/cancel").ok() == api("GET", path).ok()
    assert api("GET", path).ok()["status"] == "cancelled"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [("application/json", b""), ("application/json", b"{}"), (None, b"null"), ("text/plain", b"\xff\0"), (FORM, b"--")],
)
def test_cancel_minds_no_body(api: Api, content_type: str | None, body: bytes) -> None:
    path = f"/batches/{api.create()['id']}/cancel"
    headers = {} if content_type is None else {"Content_Type": content_type}
    assert api("POST", path, body, **headers).ok()["status"] == "cancelling"
    assert api("GET", "/batches").status == 200


@pytest.fixture(scope="module")
def limited_url() -> Iterator[str]:
    with serving(rate_limits=["2/minute", "3/hour"]) as url:
        yield url


@every_operation
def test_beyond_the_rate_limit_only_the_gateway_speaks(limited_url: str, method: str, path: str) -> None:
    api = Api(limited_url, f"mk-{method}-{path}")
    assert [api(method, path).status == 429 for _ in range(3)] == [False, False, True]
    reply = api(method, path)
    assert (reply.status, reply.content) == (429, b'{"error":"Rate limit exceeded"}')
    assert reply.headers["Content-Type"] == "application/json"
    assert reply.headers["X-Request-Id"]
    assert "Retry-After" not in reply.headers


def test_rate_limits_are_windows_of_the_worlds_clock(limited_url: str) -> None:
    api, admin = Api(limited_url, "mk-windows"), AdminClient(limited_url, api_key="mk-windows")
    statuses = [api("GET", "/files").status for _ in range(3)]
    admin.advance("1m")
    statuses += [api("GET", "/files").status for _ in range(2)]
    admin.advance("59m")
    statuses.append(api("GET", "/files").status)
    assert statuses == [200, 200, 429, 200, 429, 200]
    assert [entry["status"] for entry in admin.requests()] == statuses
    assert {entry["operation"] for entry in admin.requests()} == {"listFiles"}


def test_rate_limit_is_each_keys_own(limited_url: str) -> None:
    keys = [Api(limited_url, f"mk-own-{number}") for number in range(2)]
    assert [key("GET", "/files").status for key in keys for _ in range(3)] == [200, 200, 429] * 2


@every_operation
def test_more_worlds_than_there_may_be_are_unavailable(method: str, path: str, crowded_url: str) -> None:
    error = Api(crowded_url, "mk-third")(method, path).error(503)
    assert error["type"] == "server_error"
    assert "--max-worlds" in error["message"]
    assert Api(crowded_url, "mk-first")("GET", "/batches").status == 200


@pytest.fixture(scope="module")
def crowded_url() -> Iterator[str]:
    with serving(max_worlds=2) as url:
        for key in ("mk-first", "mk-second"):
            Api(url, key)("GET", "/batches").ok()
        yield url


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonl",
        FORM,
        "application/json; charset=latin-1",
        "application/json; charset=utf-16",
        'application/json; charset="ISO-8859-1"',
        "application/json; v=1; charset=us-ascii",
    ],
)
def test_batch_is_taken_as_json_only(api: Api, content_type: str | None) -> None:
    headers = {} if content_type is None else {"Content_Type": content_type}
    error = api("POST", "/batches", json.dumps(new_batch()).encode(), **headers).error(415)
    assert error["message"] == f"Content-Type: expected application/json, found {content_type or 'none'}."


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "APPLICATION/JSON",
        "application/json;charset=UTF-8",
        'application/json; charset="utf-8"',
        "application/json; charset=utf8; v=1",
        "application/json ; v=1",
    ],
)
def test_json_may_say_that_it_is_utf_8(api: Api, content_type: str) -> None:
    assert api("POST", "/batches", json.dumps(new_batch()).encode(), Content_Type=content_type).status == 200


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate, gzip", "x"])
@pytest.mark.parametrize(("path", "content_type"), [("/batches", "application/json"), ("/files", FORM)])
def test_compressed_body_is_refused(api: Api, path: str, content_type: str, encoding: str) -> None:
    reply = api("POST", path, b"\x1f\x8b", Content_Type=content_type, Content_Encoding=encoding)
    assert encoding in reply.error(415)["message"]


def test_identity_is_no_compression(api: Api) -> None:
    body = json.dumps(new_batch()).encode()
    assert api("POST", "/batches", body, Content_Type="application/json", Content_Encoding="identity").status == 200


@pytest.mark.parametrize(
    "content_type", [None, "application/json", "application/x-www-form-urlencoded", "multipart/mixed"]
)
def test_file_is_taken_as_a_form_only(api: Api, content_type: str | None) -> None:
    headers = {} if content_type is None else {"Content_Type": content_type}
    error = api("POST", "/files", b"purpose=batch&file=x", **headers).error(415)
    assert error["message"] == f"Content-Type: expected multipart/form-data, found {content_type or 'none'}."


def test_json_body_has_a_limit_and_the_refusal_can_be_read(api: Api) -> None:
    padded = json.dumps(new_batch()).encode() + b" " * (1 << 20)
    assert "1,048,576 bytes" in api("POST", "/batches", padded, Content_Type="application/json").error(413)["message"]
    assert api("POST", "/batches", padded[: 1 << 20], Content_Type="application/json").status == 200


def test_refusal_leaves_the_connection_usable(world: TestWorld) -> None:
    head = f"POST {API}/batches HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {world.api_key}\r\n"
    with connect(world.url) as wire:
        for content_type, body, status in [
            ("text/plain", b"x" * 3_000_000, 415),
            ("application/json", b"x" * 3_000_000, 413),
            ("application/json", json.dumps(new_batch()).encode(), 200),
        ]:
            wire.sendall(f"{head}Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
            assert read_reply(wire).status == status


def test_chunked_body_is_a_body(world: TestWorld) -> None:
    head = f"POST {API}/batches HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {world.api_key}\r\n"
    head += "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    body = json.dumps(new_batch()).encode()
    assert exchange(world.url, head.encode() + chunked([body[:7], body[7:]])).status == 200


@pytest.mark.parametrize("offer", ["Upgrade: h2c", "upgrade:h2c", "UPGRADE:  H2C"])
def test_offer_of_http_2_does_not_cost_the_body(world: TestWorld, offer: str) -> None:
    body = json.dumps(new_batch(metadata={"note": "\r\nUpgrade: h2c\r\n"})).encode()
    head = (
        f"POST {API}/batches HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nContent-Length: {len(body)}\r\n"
        f"Host: x\r\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\n{offer}\r\n"
        f"Content-Type: application/json\r\nAuthorization: Bearer {world.api_key}\r\n\r\n"
    )
    with connect(world.url) as wire:
        for _ in range(2):
            wire.sendall(head.encode() + body)
            assert read_reply(wire).ok()["metadata"] == {"note": "\r\nUpgrade: h2c\r\n"}


def test_form_that_speaks_of_http_2_stays_as_it_is(api: Api, world: TestWorld) -> None:
    body = form(part("purpose", "batch"), b"X: 1\r\nUpgrade: h2c\r\n" + part("file", "Upgrade: h2c", "a.txt"))
    body = body.replace(b"\r\n", b"\r\nUpgrade: h2c\r\n", 1)
    head = (
        f"POST {API}/files HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\nContent-Type: {FORM}\r\n"
        f"Authorization: Bearer {world.api_key}\r\nExpect: 100-continue\r\n\r\n"
    )
    with connect(world.url) as wire:
        wire.sendall(head.encode())
        assert wire.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
        wire.sendall(body)
        file = read_reply(wire).ok()
    assert api("GET", f"/files/{file['id']}/content").content == b"Upgrade: h2c"


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"HELLO\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /a\0b HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /?a=\xc3\xa9 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX-On-Behalf-Of: a\0b\r\n\r\n",
        b"POST /api/v1/llm/batches HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc",
        b"POST /api/v1/llm/batches HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"CONNECT example.com:80 HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
def test_what_is_no_http_is_refused_in_the_usual_form(server_url: str, api: Api, data: bytes) -> None:
    assert exchange(server_url, data).error(400)["message"].startswith("The request is not valid HTTP/1.1")
    assert api("GET", "/batches").status == 200


def test_body_that_loses_its_frame_is_refused(world: TestWorld, api: Api) -> None:
    head = f"POST {API}/batches HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {world.api_key}\r\n"
    head += "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
    exchange(world.url, head.encode()).error(400)
    assert api("GET", "/batches").status == 200


def test_every_reply_names_its_exchange(api: Api) -> None:
    replies: list[Any] = [api(method, path) for method, path in OPERATIONS.values() for _ in range(2)]
    named = {reply.headers["X-Request-Id"] for reply in replies}
    assert len(named) == len(replies)
    assert all(len(each) == 36 for each in named)


@pytest.mark.parametrize(
    ("authorized", "first"), [(True, b"HTTP/1.1 100 Continue"), (False, b"HTTP/1.1 401 Unauthorized")]
)
def test_client_that_waits_with_its_body_is_told_whether_to_send_it(
    world: TestWorld, first: bytes, *, authorized: bool
) -> None:
    key = f"Authorization: Bearer {world.api_key}\r\n" if authorized else ""
    head = f"POST {API}/batches HTTP/1.1\r\nHost: x\r\n{key}Content-Type: application/json\r\n"
    with connect(world.url) as wire:
        wire.sendall(f"{head}Content-Length: 9\r\nExpect: 100-continue\r\n\r\n".encode())
        assert wire.recv(len(first)) == first
