"""Arranging a world before the client enters it: files and batches made over plain HTTP, by nobody's SDK.

What is asked here carries a User-Agent of its own, by which the journal tells it from the client's requests.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

from emulator.connections import Connections

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

API: Final = "/api/v1/llm"
AGENT: Final = "mka1-emulator-verify"
CHAT: Final = "/v1/chat/completions"
BOUNDARY: Final = "mka1-emulator-verify-boundary"
PATIENCE_S: Final = 30.0


def chat_line(custom_id: str, **body: Any) -> dict[str, Any]:
    """Return a good line of an input file for chat completions; `body` adds to what is asked."""
    asked = {"model": "m-1", "messages": [{"role": "user", "content": f"Name a colour for {custom_id}."}], **body}
    return {"custom_id": custom_id, "method": "POST", "url": CHAT, "body": asked}


def jsonl(lines: Sequence[object]) -> bytes:
    """Return lines as the bytes of a JSONL file."""
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def good_input(count: int) -> bytes:
    """Return an input file of so many good lines, with custom_ids from `row-1` on."""
    return jsonl([chat_line(f"row-{number}") for number in range(1, count + 1)])


class Refused(AssertionError):
    """The server does not do what was asked of it; `status` is that of its reply."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Arranger:
    """Makes files and batches in one world, and looks at them, without the client. Connections are kept between calls."""

    def __init__(self, url: str, api_key: str, *, on_behalf_of: str | None = None) -> None:
        headers = {"Authorization": f"Bearer {api_key}", "User-Agent": AGENT}
        if on_behalf_of is not None:
            headers["X-On-Behalf-Of"] = on_behalf_of
        self._connections = Connections(url, headers=headers, patience_s=PATIENCE_S)

    def file(self, content: bytes | None = None, *, filename: str = "input.jsonl", purpose: str = "batch") -> Any:
        """Upload a file, by default an input file of three good lines, and return it."""
        content = good_input(3) if content is None else content
        return self.ask("POST", "/files", *_multipart(content, filename, purpose))

    def batch(self, **more: Any) -> Any:
        """Create a batch, of a new file unless `input_file_id` is given, and return it; `more` joins the request."""
        request = {"endpoint": CHAT, "completion_window": "24h", **more}
        request.setdefault("input_file_id", None)
        request["input_file_id"] = request["input_file_id"] or self.file()["id"]
        return self.ask("POST", "/batches", json.dumps(request).encode(), "application/json")

    def get(self, path: str, **query: object) -> Any:
        """Return what the API has at a path such as `/batches/batch_1`."""
        return self.ask("GET", f"{path}?{urlencode(query)}" if query else path)

    def content(self, file_id: str) -> bytes:
        """Return a file's bytes."""
        return self._asked("GET", f"/files/{quote(file_id, safe='')}/content", None, {})

    def ask(self, method: str, path: str, body: bytes | None = None, content_type: str | None = None) -> Any:
        """Make one request and return the reply's JSON. Raises Refused when it is not a success."""
        return json.loads(self._asked(method, path, body, {"Content-Type": content_type} if content_type else {}))

    def _asked(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> bytes:
        reply = self._connections.exchange(method, API + path, body, headers)
        if reply.status != 200:
            said = f"arranging a check: {method} {path} was answered {reply.status}: {reply.content[:500]!r}"
            raise Refused(reply.status, said)
        return reply.content


def _multipart(content: bytes, filename: str, purpose: str) -> tuple[bytes, str]:
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="purpose"\r\n\r\n{purpose}\r\n'
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{filename}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    return head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode(), f"multipart/form-data; boundary={BOUNDARY}"
