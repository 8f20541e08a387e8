"""Looking on: the journal of requests, and what has happened to batches and is still to come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulator.web.admin import payloads, views

if TYPE_CHECKING:
    from emulator.web.admin.call import AdminCall


async def list_requests(call: AdminCall) -> Any:
    """Show the journal, newest last, filtered by operation and status; with a limit, its newest entries."""
    status, limit = payloads.count(call.request, "status"), payloads.count(call.request, "limit")
    operation = call.request.parameter("operation")
    found = [
        entry
        for entry in call.world().journal()
        if operation in {None, entry.operation} and status in {None, entry.status}
    ]
    newest = found if limit is None else found[len(found) - min(limit, len(found)) :]
    return {"data": [views.request(entry) for entry in newest]}


async def list_batches(call: AdminCall) -> Any:
    """Show the batches of all tenants, oldest first, each with what is still to come."""
    return {"data": [views.overview(batch) for batch in call.world().all_batches()]}


async def get_timeline(call: AdminCall) -> Any:
    """Show what has happened to a batch and what is still to come."""
    return views.timeline(call.world().find_batch(call.request.path_params["batch_id"]))
