"""`drip`: the body comes in pieces, in real time, for a client's time-outs are real."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.domain.rules import Drip, Rule
    from emulator.web.reply import Reply
    from emulator.web.wire import Wire


async def drip(rule: Rule, reply: Reply, wire: Wire) -> bool:
    """Send the reply piece by piece, until it is whole or the client has gone."""
    if rule.drip is None:
        return False
    await wire.start(reply)
    gone = asyncio.ensure_future(wire.gone())
    for number, piece in enumerate(_pieces(b"".join(reply.blocks()), rule.drip)):
        if number:
            await asyncio.wait({gone}, timeout=rule.drip.every_us / 1e6)
        if gone.done():
            break
        await wire.send_body(piece)
    gone.cancel()
    with suppress(asyncio.CancelledError):
        await gone
    await wire.end()
    return True


def _pieces(body: bytes, dripping: Drip) -> Iterator[bytes]:
    if dripping.first:
        yield body[: dripping.first]
    for start in range(dripping.first, len(body), dripping.bytes):
        yield body[start : start + dripping.bytes]
