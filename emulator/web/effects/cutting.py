"""`reset` and `close`: the connection ends at a byte of the reply, rudely or in good order."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emulator.domain.rules import Cut, Rule
    from emulator.web.reply import Reply
    from emulator.web.wire import Wire


async def reset(rule: Rule, reply: Reply, wire: Wire) -> bool:
    """Send the reply up to the cut, and reset the connection."""
    if rule.reset is None:
        return False
    await wire.cut(_up_to(rule.reset, reply, wire), rudely=True)
    return True


async def close(rule: Rule, reply: Reply, wire: Wire) -> bool:
    """Send the reply up to the cut, and close the connection."""
    if rule.close is None:
        return False
    await wire.cut(_up_to(rule.close, reply, wire), rudely=False)
    return True


def _up_to(cut: Cut, reply: Reply, wire: Wire) -> bytes:
    head = wire.head(reply)
    return head[: cut.bytes] if cut.part == "head" else head + b"".join(reply.blocks())[: cut.bytes]
