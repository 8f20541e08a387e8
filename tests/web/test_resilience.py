from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_from_bytes

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.effort import many
from support.http import API, FORM, Reply, exchange, form, new_batch, raw_part, request
from support.servers import serving
from support.worlds import new_world

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from support.worlds import TestWorld

OPERATIONS = st.sampled_from(
    [
        ("POST", "/batches"),
        ("GET", "/batches"),
        ("GET", "/batches/{}"),
        ("POST", "/batches/{}/cancel"),
        ("POST", "/files"),
        ("GET", "/files"),
        ("GET", "/files/{}"),
        ("DELETE", "/files/{}"),
        ("GET", "/files/{}/content"),
    ]
)
ADMIN = st.sampled_from(
    [
        ("POST", "/worlds"),
        ("DELETE", "/worlds/{}"),
        ("GET", "/clock"),
        ("POST", "/clock/advance"),
        ("GET", "/requests"),
        ("GET", "/batches/{}/timeline"),
        ("POST", "/batches/{}/step"),
    ]
)
SEGMENT = st.one_of(
    st.binary(max_size=20).map(quote_from_bytes), st.text(max_size=20).map(lambda text: quote(text, safe=""))
)
HEADER_TEXT = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"), max_size=30)
NAMES = st.sampled_from(["limit", "after", "order", "purpose", "sha256", "status", "operation", "world"])
QUERY = st.lists(
    st.tuples(NAMES | SEGMENT, st.one_of(SEGMENT, st.integers().map(str), st.floats().map(str))), max_size=3
).map(lambda pairs: "&".join(f"{name}={value}" for name, value in pairs))
CONTENT_TYPES = (
    st.sampled_from(["application/json", FORM, "multipart/form-data; boundary=", "text/plain"]) | HEADER_TEXT
)
HEADERS = st.fixed_dictionaries(
    {"Content-Type": CONTENT_TYPES},
    optional={
        "X-On-Behalf-Of": HEADER_TEXT,
        "X-Emulator-Scenario": HEADER_TEXT,
        "Content-Encoding": HEADER_TEXT,
        "Origin": HEADER_TEXT | st.just("http://localhost:3000"),
        "Access-Control-Request-Method": HEADER_TEXT,
        "Host": HEADER_TEXT,
        "Cookie": HEADER_TEXT,
        "X-Emulator-Admin-Token": HEADER_TEXT,
    },
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
MEMBERS = st.sampled_from(
    [
        "input_file_id",
        "endpoint",
        "completion_window",
        "metadata",
        "max_concurrency",
        "seed",
        "clock",
        "by",
        "to",
        "edition",
    ]
)
JSON_BODY = st.one_of(
    st.dictionaries(MEMBERS, JSON, max_size=4),
    st.dictionaries(MEMBERS, JSON, max_size=2).map(lambda members: {**new_batch(), **members}),
    JSON,
).map(lambda value: json.dumps(value).encode())
DISPOSITION = st.one_of(
    st.sampled_from([b'form-data; name="file"; filename="a"', b'form-data; name="purpose"']),
    st.binary(max_size=30).map(lambda data: b'form-data; name="file"; filename="' + data + b'"'),
    st.binary(max_size=30),
)
FORM_BODY = st.lists(st.builds(raw_part, DISPOSITION, st.binary(max_size=20)), max_size=3).map(
    lambda parts: form(*parts)
)
BODY = st.one_of(st.binary(max_size=200), JSON_BODY, FORM_BODY)


def check(reply: Reply, server: TestWorld) -> None:
    """Whatever came, the reply is no failure of the server, errors have their form, and the server goes on."""
    assert reply.status in {200, 400, 401, 404, 405, 409, 413, 415}
    if reply.status != 200 and not reply.content.startswith(b"Disallowed CORS"):
        reply.error(reply.status)
    good = {"Authorization": f"Bearer {server.api_key}"}
    request(server.url, "GET", f"{API}/files", None, good).ok()


def send(
    server: TestWorld, method: str, target: str, body: bytes, headers: Mapping[str, str], *, key: str | None = None
) -> Reply:
    given = {
        "Host": "x",
        "Content-Length": str(len(body)),
        "Authorization": f"Bearer {key or server.api_key}",
        **headers,
    }
    head = f"{method} {target} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in given.items())
    return exchange(server.url, head.encode("latin-1") + b"\r\n" + body, method)


@pytest.fixture(scope="module")
def server() -> Iterator[TestWorld]:
    with serving(max_worlds=100_000) as url:
        yield new_world(url)


def targets(prefix: str, operations: st.SearchStrategy[tuple[str, str]]) -> st.SearchStrategy[tuple[str, str]]:
    """Return methods and targets: any text where an id belongs, any query."""

    def target(operation: tuple[str, str], segment: str, query: str) -> tuple[str, str]:
        return operation[0], f"{prefix}{operation[1].format(segment)}?{query}"

    return st.builds(target, operations, SEGMENT, QUERY)


@settings(max_examples=many(600), deadline=None)
@given(target=targets(API, OPERATIONS), headers=HEADERS, body=BODY)
def test_no_request_makes_the_api_fail(
    server: TestWorld, target: tuple[str, str], headers: dict[str, str], body: bytes
) -> None:
    check(send(server, *target, body, headers), server)


@settings(max_examples=many(200), deadline=None)
@given(target=targets("/_emulator", ADMIN), headers=HEADERS, body=BODY)
def test_no_request_makes_the_admin_api_fail(
    server: TestWorld, target: tuple[str, str], headers: dict[str, str], body: bytes
) -> None:
    check(send(server, *target, body, headers, key="mk-spare"), server)


@settings(max_examples=many(100), deadline=None)
@given(method=st.sampled_from(["GET", "POST", "PUT", "OPTIONS"]), path=st.lists(SEGMENT, max_size=4).map("/".join))
def test_no_path_makes_the_server_fail(server: TestWorld, method: str, path: str) -> None:
    check(send(server, method, f"/{path}", b"", {}), server)


@settings(max_examples=many(200), deadline=None)
@given(junk=st.binary(min_size=1, max_size=60), place=st.integers(0, 130))
def test_no_bytes_in_a_head_make_the_server_fail(server: TestWorld, junk: bytes, place: int) -> None:
    head = f"GET {API}/batches?limit=3 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer mk-spare\r\nX-On-Behalf-Of: me\r\n"
    data = head.encode()[:place] + junk + head.encode()[place:]
    check(exchange(server.url, data + b"Connection: close\r\n\r\nGET / HTTP/1.0\r\n\r\n"), server)
