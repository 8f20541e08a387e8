"""The handlers of the four operations on batches: each reads its call, asks its world once, and shows the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emulator.domain.batch import NewBatch
from emulator.domain.pagination import PageQuery
from emulator.web import representations
from emulator.web.reply import Reply

if TYPE_CHECKING:
    from emulator.domain.batch import Batch
    from emulator.web.call import Call

DEFAULT_CONCURRENCY: Final = 8
"""What a batch shows as `max_concurrency` when its creator did not say (contract section 7)."""


async def create_batch(call: Call) -> Reply:
    """Serve createBatch."""
    body = await call.json_body()
    return _shown(call, call.world.create_batch(call.tenant, _new_batch(body), scenario=call.scenario))


def _new_batch(body: dict[str, Any]) -> NewBatch:
    return NewBatch(
        endpoint=body["endpoint"],
        input_file_id=body["input_file_id"],
        completion_window=body["completion_window"],
        metadata=body.get("metadata"),
        max_concurrency=int(body.get("max_concurrency", DEFAULT_CONCURRENCY)),
    )


async def list_batches(call: Call) -> Reply:
    """Serve listBatches."""
    query = PageQuery(limit=call.parameters["limit"], after=call.parameters.get("after"))
    page = call.world.list_batches(call.tenant, query)
    body = representations.page(page, call.contract, representations.batch)
    return Reply(body=body, changes=representations.batches_changes(page))


async def get_batch(call: Call) -> Reply:
    """Serve getBatch."""
    return _shown(call, call.world.get_batch(call.tenant, call.parameters["batch_id"]))


async def cancel_batch(call: Call) -> Reply:
    """Serve cancelBatch; a body, or a type without one, is no concern of it."""
    return _shown(call, call.world.cancel_batch(call.tenant, call.parameters["batch_id"]))


def _shown(call: Call, batch: Batch) -> Reply:
    return call.showing.batch(batch, call.contract, call.operation.id)
