"""The calls that a run makes, each as the contract has it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlencode

from emulator.proving.caller import Ask

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emulator.proving.samples import Sample

BOUNDARY: Final = "mka1-emulator-proving"


def upload(content: bytes, *, effect: Callable[[], object]) -> Ask:
    """Return the upload of an input file."""
    disposition = 'form-data; name="file"; filename="input.jsonl"'
    parts = (
        ('form-data; name="purpose"', b"batch"),
        (f"{disposition}\r\nContent-Type: application/octet-stream", content),
    )
    body = b"".join(_part(head, data) for head, data in parts) + f"--{BOUNDARY}--\r\n".encode()
    media_type = f"multipart/form-data; boundary={BOUNDARY}"
    return Ask(operation="uploadFile", body=body, media_type=media_type, effect=effect)


def _part(disposition: str, data: bytes) -> bytes:
    return f"--{BOUNDARY}\r\nContent-Disposition: {disposition}\r\n\r\n".encode() + data + b"\r\n"


def create(facts: Mapping[str, object], *, effect: Callable[[], object]) -> Ask:
    """Return the creation of a batch."""
    return Ask(operation="createBatch", body=json.dumps(facts).encode(), effect=effect)


def wanted(sample: Sample, file_id: str) -> dict[str, object]:
    """Return what a sample's batch is created with."""
    return {
        "input_file_id": file_id,
        "endpoint": sample.endpoint,
        "completion_window": "24h",
        "metadata": {"sample": sample.name},
    }


def of_batch(operation: str, batch_id: str) -> Ask:
    """Return a call about one batch."""
    return Ask(operation=operation, path={"batch_id": quote(batch_id, safe="")})


def of_file(operation: str, file_id: str) -> Ask:
    """Return a call about one file."""
    return Ask(operation=operation, path={"file_id": quote(file_id, safe="")})


def of_result(operation: str, file_id: str) -> Ask:
    """Return a call about a result file, which may come late or be gone."""
    return Ask(operation=operation, path={"file_id": quote(file_id, safe="")}, may_be_lost=True)


def page(*, after: str | None, limit: int) -> Ask:
    """Return the call for a page of the list of batches."""
    given = {"limit": limit} if after is None else {"limit": limit, "after": after}
    return Ask(operation="listBatches", query=f"?{urlencode(given)}")
