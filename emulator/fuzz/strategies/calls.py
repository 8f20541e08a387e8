"""Calls that a client can make without a thought, for properties that are about the reply and not about the call."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any, Final

from emulator.fuzz.contract import CALLS
from emulator.fuzz.steps import Call

if TYPE_CHECKING:
    from collections.abc import Mapping

BATCH_ID: Final = f"batch_{'0' * 31}1"
FILE_ID: Final = f"file_{'0' * 31}1"
ARGS: Final[Mapping[str, Mapping[str, Any]]] = {
    "createBatch": {"input_file_id": FILE_ID, "endpoint": "/v1/chat/completions", "metadata": {"k": "v"}},
    "listBatches": {},
    "getBatch": {"batch_id": BATCH_ID},
    "cancelBatch": {"batch_id": BATCH_ID},
    "uploadFile": {"filename": "input.jsonl", "content": b64encode(b"{}\n").decode(), "purpose": "batch"},
    "listFiles": {},
    "getFile": {"file_id": FILE_ID},
    "deleteFile": {"file_id": FILE_ID},
    "getFileContent": {"file_id": FILE_ID},
}


def plain(operation: str, *, deadline_s: float = 5.0) -> Call:
    """Return a plain call of an operation."""
    return Call(call=CALLS[operation], args=ARGS[operation], deadline_s=deadline_s)
