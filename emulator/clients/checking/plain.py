"""The API without any SDK: what trials arrange beforehand, and the truth to which a driver's answers are held."""

from __future__ import annotations

import json
from typing import Any, Final
from urllib.parse import urlencode

from emulator.connections import Connections

AGENT: Final = "mka1-emulator-check"
"""By this User-Agent the journal tells these requests from the driver's."""
API: Final = "/api/v1/llm"
CHAT: Final = "/v1/chat/completions"
_BOUNDARY: Final = "mka1-emulator-check-boundary"


def good_input(count: int = 1) -> bytes:
    """Return an input file of so many good lines."""
    body = {"model": "m-1", "messages": [{"role": "user", "content": "Name a colour."}]}
    lines = ({"custom_id": f"row-{number}", "method": "POST", "url": CHAT, "body": body} for number in range(count))
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


class Plain:
    """One tenant's files and batches, over plain HTTP."""

    def __init__(self, url: str, api_key: str) -> None:
        headers = {"Authorization": f"Bearer {api_key}", "User-Agent": AGENT}
        self._connections = Connections(url, headers=headers)

    def ask(self, method: str, path: str, body: bytes | None = None, media_type: str = "") -> tuple[int, bytes]:
        """Make a request, and return the reply's status and body. Raises OSError."""
        headers = {"Content-Type": media_type} if media_type else None
        reply = self._connections.exchange(method, API + path, body, headers)
        return reply.status, reply.content

    def close(self) -> None:
        """Let go of its connections."""
        self._connections.close()

    def get(self, path: str, **query: object) -> Any:
        """Return what stands at a path such as `/batches`."""
        return json.loads(self.ask("GET", f"{path}?{urlencode(query)}")[1])

    def content(self, file_id: str) -> bytes:
        """Return a file's bytes."""
        return self.ask("GET", f"/files/{file_id}/content")[1]

    def newest(self, path: str) -> Any:
        """Return the newest of `/batches` or `/files`, or None."""
        return next(iter(self.get(path, limit=1)["data"]), None)

    def file(self, data: bytes | None = None, *, filename: str = "input.jsonl", purpose: str = "batch") -> Any:
        """Upload a file, by default an input file of one line, and return it."""
        head = (
            f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="purpose"\r\n\r\n{purpose}\r\n'
            f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{filename}"\r\n\r\n'
        )
        body = head.encode() + (good_input() if data is None else data) + f"\r\n--{_BOUNDARY}--\r\n".encode()
        return json.loads(self.ask("POST", "/files", body, f"multipart/form-data; boundary={_BOUNDARY}")[1])

    def batch(self) -> Any:
        """Create a batch of one line, and return it."""
        wanted = {"input_file_id": self.file()["id"], "endpoint": CHAT, "completion_window": "24h"}
        return json.loads(self.ask("POST", "/batches", json.dumps(wanted).encode(), "application/json")[1])
