"""Domain to wire, and nowhere else: what a batch, a file and a page of them look like in a reply."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulator.domain.lifecycle import Status
from emulator.domain.paths import UNCHANGED, Changes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emulator.contract.catalog import Contract
    from emulator.domain.batch import Batch
    from emulator.domain.files import File
    from emulator.domain.jsonl import InputFault
    from emulator.domain.pagination import Item, Page


def batch(shown: Batch, contract: Contract) -> dict[str, Any]:
    """Return a BatchObject, its fields in the order of the reference sample (contract section 2)."""
    request, lines, entered = shown.request, shown.lines, shown.entered().get
    return _edition(
        contract,
        "BatchObject",
        {
            "id": shown.id,
            "object": "batch",
            "endpoint": request.endpoint,
            "errors": _errors(shown.errors),
            "input_file_id": request.input_file_id,
            "completion_window": request.completion_window,
            "status": shown.status,
            "output_file_id": shown.output_file_id,
            "error_file_id": shown.error_file_id,
            "created_at": shown.created_at,
            "in_progress_at": entered(Status.IN_PROGRESS),
            "expires_at": shown.expires_at,
            "finalizing_at": entered(Status.FINALIZING),
            "completed_at": entered(Status.COMPLETED),
            "failed_at": entered(Status.FAILED),
            "expired_at": entered(Status.EXPIRED),
            "cancelling_at": entered(Status.CANCELLING),
            "cancelled_at": entered(Status.CANCELLED),
            "request_counts": {"total": lines.total, "completed": lines.completed, "failed": lines.failed},
            "metadata": request.metadata if request.metadata is None else dict(request.metadata),
            "max_concurrency": request.max_concurrency,
        },
    )


def file(shown: File, contract: Contract) -> dict[str, Any]:
    """Return a File (contract section 4)."""
    return _edition(
        contract,
        "File",
        {
            "id": shown.id,
            "object": "file",
            "bytes": shown.content.size,
            "created_at": shown.created_at,
            "filename": shown.filename,
            "purpose": shown.purpose,
            "status": "processed",
            "expires_at": None,
            "sha256": shown.content.sha256,
        },
    )


def page(shown: Page[Item], contract: Contract, item: Callable[[Item, Contract], dict[str, Any]]) -> dict[str, Any]:
    """Return a list of batches or of files, each as `item` shows it."""
    return {
        "object": "list",
        "data": [item(each, contract) for each in shown.items],
        "first_id": shown.items[0].id if shown.items else None,
        "last_id": shown.items[-1].id if shown.items else None,
        "has_more": shown.has_more,
    }


def batches_changes(shown: Page[Batch]) -> Changes:
    """Return what scenarios make of the batches on a page."""
    changes = UNCHANGED
    for place, each in enumerate(shown.items):
        changes = changes.then(each.changes.under(f"data.{place}"))
    return changes


def _errors(faults: tuple[InputFault, ...]) -> dict[str, Any] | None:
    if not faults:
        return None
    data = [{"code": each.code, "message": each.message, "param": each.param, "line": each.line} for each in faults]
    return {"object": "list", "data": data}


def _edition(contract: Contract, component: str, members: Mapping[str, Any]) -> dict[str, Any]:
    """Return those members that the edition's contract knows."""
    known = contract.components[component].document["properties"]
    return {name: value for name, value in members.items() if name in known}
