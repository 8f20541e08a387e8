"""HTTP as it goes over the wire: requests that a polite client would not send, and replies as they come."""

from __future__ import annotations

import json
import re
import socket
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from io import BytesIO
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from email.message import Message

API = "/api/v1/llm"
TIMEOUT_S = 30


@dataclass(frozen=True)
class Reply:
    """A reply: its status, its headers, its body's bytes."""

    status: int
    headers: Message
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)

    def ok(self) -> Any:
        """Return the JSON of a success."""
        assert self.status == 200, self.content
        assert self.headers["Content-Type"] == "application/json"
        return self.json

    def error(self, status: int) -> dict[str, Any]:
        """Return what the error envelope holds; everything that all errors have in common is checked."""
        assert self.status == status, self.content
        assert self.headers["Content-Type"] == "application/json"
        assert self.headers["X-Request-Id"].startswith("req_")
        error: dict[str, Any] = self.json["error"]
        assert list(self.json) == ["error"]
        assert list(error) == ["message", "type", "code", "param"]
        assert type(error["code"]) is int
        assert error["code"] == status
        assert error["message"].endswith((".", "?"))
        assert "internal" not in error["message"].lower()
        return error


def request(
    url: str, method: str, target: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> Reply:
    """Send one request on a connection of its own, with no headers but these, Host and Content-Length."""
    with closing(HTTPConnection(urlsplit(url).netloc, timeout=TIMEOUT_S)) as connection:
        connection.putrequest(method, target, skip_accept_encoding=True)
        given = dict(headers or {})
        if body is not None and "Transfer-Encoding" not in given:
            given.setdefault("Content-Length", str(len(body)))
        for name, value in given.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        return _read(connection.getresponse())


def exchange(url: str, data: bytes, method: str = "GET") -> Reply:
    """Send these bytes, whatever they are, and read the reply."""
    with closing(connect(url)) as wire:
        wire.sendall(data)
        return read_reply(wire, method)


def connect(url: str) -> socket.socket:
    """Return a connection to the server."""
    address = urlsplit(url)
    assert address.hostname is not None
    return socket.create_connection((address.hostname, address.port or 80), timeout=TIMEOUT_S)


def read_reply(wire: socket.socket, method: str = "GET") -> Reply:
    """Read the next reply that comes over a connection, and no byte of the one behind it."""
    head = _head(wire)
    length = re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE)
    has_body = method != "HEAD" and head[9:12] not in {b"204", b"304"}
    body = _bytes(wire, int(length[1]) if length else None) if has_body else b""
    response = HTTPResponse(cast("socket.socket", _Received(head + body)), method=method)
    try:
        response.begin()
        return _read(response)
    finally:
        response.close()


def _head(wire: socket.socket) -> bytes:
    head = bytearray()
    while not head.endswith(b"\r\n\r\n") and (byte := wire.recv(1)):
        head += byte
    return bytes(head)


def _bytes(wire: socket.socket, length: int | None) -> bytes:
    """Return so many bytes, or all until the connection's end."""
    body = bytearray()
    while (length is None or len(body) < length) and (
        data := wire.recv(65536 if length is None else length - len(body))
    ):
        body += data
    return bytes(body)


@dataclass(frozen=True)
class _Received:
    """What came over a connection, in the form in which the standard library parses it."""

    data: bytes

    def makefile(self, _mode: str) -> BytesIO:
        return BytesIO(self.data)


def _read(response: HTTPResponse) -> Reply:
    content = response.read()
    return Reply(response.status, response.headers, content)


@dataclass(frozen=True)
class Api:
    """The API for one key, as its operations; `headers` go with each request."""

    url: str
    key: str | None
    headers: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, method: str, path: str, body: bytes | None = None, *, value: Any = ..., **headers: str) -> Reply:
        """Make one request; `value` is sent as JSON; in names of headers `_` stands for `-`."""
        given = {} if self.key is None else {"Authorization": f"Bearer {self.key}"}
        given |= self.headers
        if value is not ...:
            body = json.dumps(value).encode()
            given["Content-Type"] = "application/json"
        given |= {name.replace("_", "-"): text for name, text in headers.items()}
        return request(self.url, method, API + path, body, given)

    def on_behalf_of(self, user: str) -> Api:
        return Api(self.url, self.key, {**self.headers, "X-On-Behalf-Of": user})

    def upload(self, content: bytes = b"{}\n", filename: str = "input.jsonl", purpose: str = "batch") -> dict[str, Any]:
        """Upload a file and return it."""
        file: dict[str, Any] = self.send_upload(content, filename, purpose).ok()
        return file

    def send_upload(self, content: bytes = b"{}\n", filename: str = "input.jsonl", purpose: str = "batch") -> Reply:
        return self.send_form(part("file", content, filename), part("purpose", purpose))

    def send_form(self, *parts: bytes) -> Reply:
        return self("POST", "/files", form(*parts), Content_Type=FORM)

    def create(self, input_file_id: str = "file_none", /, **members: Any) -> dict[str, Any]:
        """Create a batch and return it."""
        batch: dict[str, Any] = self("POST", "/batches", value=new_batch(input_file_id, **members)).ok()
        return batch


def new_batch(input_file_id: str = "file_none", /, **members: Any) -> dict[str, Any]:
    """Return the body of a good createBatch."""
    good = {"input_file_id": input_file_id, "endpoint": "/v1/chat/completions", "completion_window": "24h"}
    return {**good, **members}


BOUNDARY = "----------------------------boundary"
FORM = f"multipart/form-data; boundary={BOUNDARY}"


def part(name: str, content: bytes | str, filename: str | None = None) -> bytes:
    """Return one part of a form; the filename is written as it is."""
    named = f'; filename="{filename}"' if filename is not None else ""
    return raw_part(f'form-data; name="{name}"{named}'.encode(), content)


def raw_part(disposition: bytes, content: bytes | str) -> bytes:
    """Return one part of a form with this Content-Disposition."""
    data = content.encode() if isinstance(content, str) else content
    return b"Content-Disposition: " + disposition + b"\r\n\r\n" + data


def form(*parts: bytes) -> bytes:
    """Return a multipart body."""
    return b"".join(opened(each) for each in parts) + f"--{BOUNDARY}--\r\n".encode()


def opened(data: bytes) -> bytes:
    return f"--{BOUNDARY}\r\n".encode() + data + b"\r\n"


def chunked(pieces: Iterable[bytes]) -> bytes:
    """Return a body in chunked transfer coding."""
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces if piece) + b"0\r\n\r\n"
