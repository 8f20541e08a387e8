"""What goes over the wire when a program makes its calls: byte for byte, however the connection ends."""

from __future__ import annotations

import json
import re
import socket
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from support.worlds import CHAT, good_input

if TYPE_CHECKING:
    from collections.abc import Iterable

    from support.worlds import TestWorld

_DATE: Final = re.compile(rb"(?im)^date:[^\n]*\n")
_BOUNDARY: Final = "part-of-an-upload"

Step = tuple[Any, ...]
"""What a program does next, and the numbers that say to what or how: `("get", 1)`."""


@dataclass
class Program:
    """Makes calls in a world, each on a connection of its own, and keeps what came back; ids are taken from replies."""

    world: TestWorld
    timeout_s: float = 5
    transcript: list[tuple[str, bytes]] = field(default_factory=list)
    batches: list[str] = field(default_factory=lambda: ["batch_none"])
    files: list[str] = field(default_factory=lambda: ["file_none"])

    def play(self, steps: Iterable[Step]) -> list[tuple[str, bytes]]:
        """Make all steps, then look at everything there is, and return the transcript."""
        for name, *numbers in steps:
            getattr(self, name)(*numbers)
        self.list_batches(100)
        self.list_files()
        for number in range(len(self.files)):
            self.content(number)
        return self.transcript

    def upload(self, lines: int) -> None:
        parts = {'name="purpose"': b"batch", 'name="file"; filename="input.jsonl"': good_input(lines)}
        body = b"".join(
            f"--{_BOUNDARY}\r\nContent-Disposition: form-data; {name}\r\n\r\n".encode() + value + b"\r\n"
            for name, value in parts.items()
        )
        end = f"--{_BOUNDARY}--\r\n".encode()
        self._call("POST", "/files", body + end, f"multipart/form-data; boundary={_BOUNDARY}")

    def create(self, file: int) -> None:
        wanted = {
            "input_file_id": self.files[file % len(self.files)],
            "endpoint": CHAT,
            "completion_window": "24h",
            "metadata": {"file": str(file)},
        }
        self._call("POST", "/batches", json.dumps(wanted).encode(), "application/json")

    def get(self, batch: int) -> None:
        self._call("GET", f"/batches/{self.batches[batch % len(self.batches)]}")

    def cancel(self, batch: int) -> None:
        self._call("POST", f"/batches/{self.batches[batch % len(self.batches)]}/cancel")

    def content(self, file: int) -> None:
        self._call("GET", f"/files/{self.files[file % len(self.files)]}/content")

    def delete(self, file: int) -> None:
        self._call("DELETE", f"/files/{self.files[file % len(self.files)]}")

    def list_batches(self, limit: int) -> None:
        self._call("GET", f"/batches?limit={limit}")

    def list_files(self) -> None:
        self._call("GET", "/files")

    def advance(self, by_s: int) -> None:
        self.transcript.append(("advance", json.dumps(self.world.admin.advance(by_s)).encode()))

    def _call(self, method: str, path: str, body: bytes = b"", media_type: str = "text/plain") -> None:
        target = urlsplit(f"{self.world.openai_url}{path}")
        head = (
            f"{method} {target.path}{'?' if target.query else ''}{target.query} HTTP/1.1\r\nHost: emulator\r\n"
            f"Authorization: Bearer {self.world.api_key}\r\nConnection: close\r\n"
            f"Content-Type: {media_type}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        received = _DATE.sub(b"", self._exchanged((target.hostname or "", target.port or 0), head.encode() + body))
        self.transcript.append((f"{method} {path}", received))
        self._learn(received)

    def _exchanged(self, address: tuple[str, int], request: bytes) -> bytes:
        received = b""
        with socket.create_connection(address, timeout=self.timeout_s) as connection:
            connection.sendall(request)
            try:
                while data := connection.recv(1 << 16):
                    received += data
            except (TimeoutError, ConnectionResetError) as end:
                return received + type(end).__name__.encode()
        return received

    def _learn(self, received: bytes) -> None:
        """Note the ids that a reply shows, in the order in which they first came."""
        for kind, known in ((rb"batch", self.batches), (rb"file", self.files)):
            for found in re.findall(rb'"(%b_[0-9a-f]{32})"' % kind, received):
                if found.decode() not in known:
                    known.append(found.decode())
