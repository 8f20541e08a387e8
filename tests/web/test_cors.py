from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.http import API, Api, request
from support.servers import serving

from emulator.client import AdminClient

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.http import Reply

LOOPBACK = [
    "http://localhost",
    "http://localhost:3000",
    "https://localhost:8443",
    "http://127.0.0.1:5173",
    "http://127.8.9.1",
    "http://[::1]:3000",
]
STRANGERS = [
    "https://app.example.com",
    "http://localhost.example.com",
    "http://localhost:3000.example.com",
    "http://example.com:127",
    "http://127.0.0.1.example.com",
    "file://localhost",
    "http://localhost:3000/path",
    "null",
    "",
]
METHODS = ["GET", "POST", "PUT", "DELETE"]


def preflight(
    url: str, origin: str, *, method: str = "POST", headers: str = "authorization", path: str = "/files"
) -> Reply:
    asked = {"Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}
    return request(url, "OPTIONS", API + path, None, asked)


def allowed(reply: Reply) -> set[str]:
    return {name.strip().lower() for name in reply.headers["Access-Control-Allow-Headers"].split(",")}


@pytest.mark.parametrize("origin", LOOPBACK)
@pytest.mark.parametrize("method", METHODS)
def test_pages_on_loopback_may_call(server_url: str, origin: str, method: str) -> None:
    asked = "authorization, content-type, x-on-behalf-of, x-emulator-scenario, x-emulator-admin-token, x-stainless-os"
    reply = preflight(server_url, origin, method=method, headers=asked)
    assert reply.status == 200
    assert reply.headers["Access-Control-Allow-Origin"] == origin
    assert method in reply.headers["Access-Control-Allow-Methods"].split(", ")
    assert {name.strip() for name in asked.split(",")} <= allowed(reply)
    assert "Origin" in reply.headers["Vary"]


@pytest.mark.parametrize("origin", STRANGERS)
def test_other_pages_may_not(server_url: str, origin: str) -> None:
    reply = preflight(server_url, origin)
    assert reply.status == 400
    assert reply.headers["Access-Control-Allow-Origin"] is None
    simple = Api(server_url, "mk-cors")("GET", "/files", Origin=origin)
    assert simple.headers["Access-Control-Allow-Origin"] is None


@pytest.fixture(scope="module")
def open_url() -> Iterator[str]:
    with serving(cors=("https://app.example.com",)) as url:
        yield url


@pytest.mark.parametrize("origin", ["https://app.example.com", *LOOPBACK])
def test_origin_that_was_let_in_may_call(open_url: str, origin: str) -> None:
    assert preflight(open_url, origin).headers["Access-Control-Allow-Origin"] == origin


@pytest.mark.parametrize(
    "origin", ["https://other.example.com", "http://app.example.com", "https://app.example.com:8443"]
)
def test_origin_that_was_not_let_in_may_not(open_url: str, origin: str) -> None:
    assert preflight(open_url, origin).headers["Access-Control-Allow-Origin"] is None


def test_star_lets_everybody_in() -> None:
    with serving(cors=("*",)) as url:
        assert preflight(url, "https://anybody.example").headers["Access-Control-Allow-Origin"] == "*"
        reply = Api(url, "mk-1")("GET", "/files", Origin="null")
        assert (reply.status, reply.headers["Access-Control-Allow-Origin"]) == (200, "*")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/files", 200),
        ("GET", "/files?limit=x", 400),
        ("GET", "/files/file_x", 404),
        ("GET", "/nothing", 404),
        ("PUT", "/files", 405),
        ("POST", "/files", 415),
    ],
)
def test_page_can_read_what_it_is_answered(api: Api, method: str, path: str, status: int) -> None:
    reply = api(method, path, Origin="http://localhost:3000")
    assert reply.status == status
    assert_readable(reply)


@pytest.mark.parametrize("path", [f"{API}/files", "/_emulator/clock", "/_emulator/health", "/openapi.json", "/nothing"])
def test_page_without_a_key_can_read_why(server_url: str, path: str) -> None:
    reply = request(server_url, "GET", path, None, {"Origin": "http://localhost:3000"})
    assert reply.status in {200, 401, 404}
    assert_readable(reply)


def assert_readable(reply: Reply) -> None:
    assert reply.headers["Access-Control-Allow-Origin"] == "http://localhost:3000"
    assert "x-request-id" in reply.headers["Access-Control-Expose-Headers"].lower()
    assert reply.headers["X-Request-Id"]
    assert "Origin" in reply.headers["Vary"]


def test_preflight_is_no_request_of_a_world(api: Api) -> None:
    preflight(api.url, "http://localhost:3000")
    assert AdminClient(api.url, api_key=api.key).requests() == []
