"""The reference client at work, seen from both sides: what came of a call, and what of it reached the server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from emulator.clients.catalog import command
from emulator.clients.driver import Driver
from support.driven import Driven

if TYPE_CHECKING:
    from support.worlds import TestWorld

PATIENCE_S: Final = 10
"""A time-out of the client that no test means to run into."""
IMPATIENCE_S: Final = 0.1
"""A time-out of the client that a test means to run into."""
BATCH: Final = {
    "id": "batch_1",
    "object": "batch",
    "endpoint": "/v1/embeddings",
    "input_file_id": "file_1",
    "completion_window": "24h",
    "status": "validating",
    "created_at": 1704067200,
    "request_counts": {"total": 0, "completed": 0, "failed": 0},
}
"""A batch with what the vendor requires, and no more."""
FILE: Final = {"id": "file_1", "bytes": 1, "created_at": 1704067200, "filename": "a.jsonl", "purpose": "batch"}
"""Likewise a file."""
CALLS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "createBatch": ("batches.create", {"input_file_id": "file_1", "endpoint": "/v1/embeddings"}),
    "listBatches": ("batches.list", {}),
    "getBatch": ("batches.get", {"batch_id": "batch_1"}),
    "cancelBatch": ("batches.cancel", {"batch_id": "batch_1"}),
    "uploadFile": ("files.upload", {"filename": "a.jsonl", "content": "e30K", "purpose": "batch"}),
    "listFiles": ("files.list", {}),
    "getFile": ("files.get", {"file_id": "file_1"}),
    "deleteFile": ("files.delete", {"file_id": "file_1"}),
    "getFileContent": ("files.content", {"file_id": "file_1"}),
}
"""A call for each operation, with no more arguments than it needs."""


def started() -> Driver:
    """Start the driver."""
    return Driver(command("httpx"))


def connected(driver: Driver, world: TestWorld) -> Driven:
    """Connect the driver to a world, with the client's own retries."""
    driven = Driven(driver, world)
    driven.connect(retries="default", timeout_s=PATIENCE_S)
    return driven


def rule(driven: Driven, operation: str, **members: Any) -> None:
    """Put a rule in force; `nth` and `times` say on which of the operation's requests."""
    on = {name: members.pop(name) for name in ("nth", "times") if name in members}
    driven.world.admin.add_rule({"on": {"operation": operation, **on}, **members})


def requests(driven: Driven, operation: str | None = None) -> list[dict[str, Any]]:
    """Return the requests that reached the server."""
    return driven.world.admin.requests(operation=operation)


def shown(driven: Driven, operation: str, reply: Any) -> Any:
    """Return what the client makes of a 200 with this JSON."""
    rule(driven, operation, reply={"body": json.dumps(reply), "content_type": "application/json"})
    name, args = CALLS[operation]
    return driven.result(name, **args)
