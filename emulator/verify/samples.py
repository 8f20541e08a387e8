"""Replies with every field filled in, from which checks take what they need. All fields of the newest edition are there."""

from __future__ import annotations

from typing import Any, Final

BATCH_ID: Final = f"batch_{'a1' * 16}"
FILE_ID: Final = f"file_{'b2' * 16}"
CREATED: Final = 1704067200
LARGEST: Final = 9007199254740991
"""The largest integer that the contract has; the smallest is the same below zero."""
SHA256: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

BATCH: Final[dict[str, Any]] = {
    "id": BATCH_ID,
    "object": "batch",
    "endpoint": "/v1/chat/completions",
    "errors": {
        "object": "list",
        "data": [
            {"code": "invalid_method", "message": "method: expected 'POST'.", "param": "method", "line": 4},
            {"code": "token_limit_exceeded", "message": "Too many tokens are waiting.", "param": None, "line": None},
        ],
    },
    "input_file_id": FILE_ID,
    "completion_window": "24h",
    "status": "cancelling",
    "output_file_id": f"file_{'c3' * 16}",
    "error_file_id": f"file_{'d4' * 16}",
    "created_at": CREATED,
    "in_progress_at": CREATED + 60,
    "expires_at": CREATED + 86400,
    "finalizing_at": CREATED + 3600,
    "completed_at": CREATED + 3660,
    "failed_at": CREATED + 61,
    "expired_at": CREATED + 86401,
    "cancelling_at": CREATED + 1800,
    "cancelled_at": CREATED + 2400,
    "request_counts": {"total": 100, "completed": 95, "failed": 5},
    "metadata": {"job": "nightly", "ключ": "\U0001f600 ☕"},
    "max_concurrency": 7,
}
"""No server shows all of this at once; a client has to be able to read each of it."""

FILE: Final[dict[str, Any]] = {
    "id": FILE_ID,
    "object": "file",
    "bytes": 1234567,
    "created_at": CREATED,
    "filename": "naïve ☕ 中文.jsonl",
    "purpose": "batch",
    "status": "processed",
    "expires_at": CREATED + 86400,
    "sha256": SHA256,
}
DELETED: Final[dict[str, Any]] = {"id": FILE_ID, "object": "file", "deleted": True}

NULLABLE_OF_BATCH: Final = (
    "errors", "output_file_id", "error_file_id", "in_progress_at", "expires_at", "finalizing_at", "completed_at",
    "failed_at", "expired_at", "cancelling_at", "cancelled_at", "metadata",
)  # fmt: skip
NULLABLE_OF_FILE: Final = ("expires_at", "sha256")
STATUSES: Final = (
    "validating", "failed", "in_progress", "finalizing", "completed", "expired", "cancelling", "cancelled",
)  # fmt: skip


def page(*items: dict[str, Any], has_more: bool = False) -> dict[str, Any]:
    """Return a page of a list that holds these."""
    first, last = (items[0]["id"], items[-1]["id"]) if items else (None, None)
    return {"object": "list", "data": list(items), "first_id": first, "last_id": last, "has_more": has_more}
