"""Rules at work: a world with something in it, requests as bytes, and connections read to whatever end they come to."""

from __future__ import annotations

import json
import select
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from support.http import API, FORM, Api, connect, form, new_batch, part
from support.worlds import TestWorld, good_input

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping

End: TypeAlias = Literal["closed", "reset"]
OPERATIONS: Final = (
    "createBatch", "listBatches", "getBatch", "cancelBatch",
    "uploadFile", "listFiles", "getFile", "deleteFile", "getFileContent",
)  # fmt: skip
FORM_BODY: Final = form(part("file", b"{}\n", "more.jsonl"), part("purpose", "batch"))


@dataclass(frozen=True)
class Heard:
    """All that came over a connection, and how it ended."""

    data: bytes
    end: End

    @property
    def head(self) -> bytes:
        return self.data.partition(b"\r\n\r\n")[0]

    @property
    def body(self) -> bytes:
        return self.data.partition(b"\r\n\r\n")[2]

    @property
    def status(self) -> int:
        return int(self.data.split(b" ", 2)[1])

    @property
    def headers(self) -> list[tuple[str, str]]:
        """The headers in their order, their names in lower case."""
        found = [line.partition(": ") for line in self.head.decode("latin-1").split("\r\n")[1:]]
        return [(name.lower(), value) for name, _, value in found]

    def values(self, name: str) -> list[str]:
        """Return the values of all headers with this name."""
        return [value for found, value in self.headers if found == name]


@dataclass(frozen=True)
class Stage:
    """A world in which there are a file and a batch."""

    world: TestWorld
    file_id: str
    batch_id: str

    @property
    def api(self) -> Api:
        return Api(self.world.url, self.world.api_key)

    def rule(self, **members: Any) -> str:
        """Put a rule in force and return its name."""
        return add_rule(self.world, **members)

    def request(self, operation: str, *, closes: bool = True, **headers: str) -> bytes:
        """Return a good request as bytes."""
        method, path, body, media_type = self._parts(operation)
        given = {"Host": "x", "Authorization": f"Bearer {self.world.api_key}"}
        given |= {"Content-Type": media_type, "Content-Length": str(len(body))} if method == "POST" else {}
        given |= {"Connection": "close"} if closes else {}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        return written(method, API + path, given, body)

    def _parts(self, operation: str) -> tuple[str, str, bytes, str]:
        batch, file = f"/batches/{self.batch_id}", f"/files/{self.file_id}"
        create = json.dumps(new_batch(self.file_id)).encode()
        return {
            "createBatch": ("POST", "/batches", create, "application/json"),
            "listBatches": ("GET", "/batches", b"", ""),
            "getBatch": ("GET", batch, b"", ""),
            "cancelBatch": ("POST", f"{batch}/cancel", b"", "application/json"),
            "uploadFile": ("POST", "/files", FORM_BODY, FORM),
            "listFiles": ("GET", "/files", b"", ""),
            "getFile": ("GET", file, b"", ""),
            "deleteFile": ("DELETE", file, b"", ""),
            "getFileContent": ("GET", f"{file}/content", b"", ""),
        }[operation]

    def hear(self, operation: str) -> Heard:
        """Make a request on a connection of its own, and hear it out."""
        return exchanged(self.world.url, self.request(operation))

    def has_taken_effect(self, operation: str) -> bool:
        """Return whether an operation that changes something has done so."""
        batches, files = self.world.admin.batches(), {file["id"] for file in self.api("GET", "/files").ok()["data"]}
        effects: dict[str, bool] = {
            "createBatch": len(batches) == 2,
            "cancelBatch": batches[0]["status"] == "cancelling",
            "uploadFile": len(files) == 2,
            "deleteFile": self.file_id not in files,
        }
        return effects[operation]

    def is_whole(self) -> bool:
        """Return whether a request is answered as if there had never been a rule."""
        return bool(self.api("GET", f"/batches/{self.batch_id}").ok()["id"] == self.batch_id)

    def journal(self) -> list[tuple[str | None, int | None, str | None]]:
        """Return operation, status and rule of each request of the journal."""
        return [(entry["operation"], entry["status"], entry["rule"]) for entry in self.world.admin.requests()]


def new_stage(world: TestWorld) -> Stage:
    api = Api(world.url, world.api_key)
    file_id = api.upload(good_input(3))["id"]
    return Stage(world, file_id, api.create(file_id)["id"])


def add_rule(world: TestWorld, **members: Any) -> str:
    """Put a rule in force and return its name."""
    return str(world.admin.call("POST", "/rules", members)["rule"])


def rules(world: TestWorld) -> list[tuple[str, int, int]]:
    """Return the rules in force, how often each has matched, and fired."""
    found = world.admin.call("GET", "/rules")["data"]
    return [(rule["rule"], rule["matched"], rule["fired"]) for rule in found]


def await_fired(world: TestWorld, times: int = 1) -> None:
    """Return once the first rule has fired so often: then the server has the request in hand."""
    while rules(world)[0][2] < times:
        pass


def await_journal(stage: Stage, operation: str, *, past: int = 0) -> tuple[str | None, int | None, str | None]:
    """Return the journal's entry of an operation once it is there, past so many that were there before."""
    while True:
        for entry in stage.journal()[past:]:
            if entry[0] == operation:
                return entry


def written(method: str, target: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"{method} {target} HTTP/1.1\r\n{lines}\r\n".encode() + body


def heard(wire: socket.socket) -> Heard:
    """Read a connection to its end."""
    data = b""
    while True:
        try:
            piece = wire.recv(1 << 16)
        except ConnectionResetError:
            return Heard(data, "reset")
        if not piece:
            return Heard(data, "closed")
        data += piece


def exchanged(url: str, data: bytes) -> Heard:
    """Send these bytes on a connection of their own, and hear what comes."""
    with closing(connect(url)) as wire:
        wire.sendall(data)
        return heard(wire)


def is_silent(wire: socket.socket) -> bool:
    """Return whether nothing has come yet."""
    return not select.select([wire], [], [], 0)[0]
