"""Batches as replies show them: held against the contract and written once for each of their values.

A client that polls asks for the same batch over and over, and nothing about it changes from one of its events to the next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emulator.web import representations
from emulator.web.reply import JSON, Reply, Written

if TYPE_CHECKING:
    from emulator.contract.catalog import Contract
    from emulator.domain.batch import Batch

KEPT: Final = 64


class Showing:
    """The batches that were shown last, and the replies that showed them."""

    def __init__(self) -> None:
        self._replies: dict[tuple[int, str, str], tuple[Batch, Reply]] = {}

    def batch(self, batch: Batch, contract: Contract, operation: str) -> Reply:
        """Return the operation's reply that shows a batch; its body is Written if it keeps the contract."""
        key = id(batch), contract.edition, operation
        known = self._replies.get(key)
        if known and known[0] is batch:
            return known[1]
        reply = _made(batch, contract, operation)
        if len(self._replies) == KEPT:
            del self._replies[next(iter(self._replies))]
        self._replies[key] = batch, reply
        return reply


def _made(batch: Batch, contract: Contract, operation: str) -> Reply:
    body = representations.batch(batch, contract)
    keeps_contract = not contract.operations[operation].reply_faults(200, JSON, body)
    return Reply(body=Written(body) if keeps_contract else body, changes=batch.changes)
