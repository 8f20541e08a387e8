"""`garble`: some bytes of the body are spoilt, always the same ones in the same way."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emulator.domain.rules import Rule
    from emulator.web.effects.scene import Scene
    from emulator.web.reply import Reply


def garble(rule: Rule, reply: Reply, scene: Scene) -> Reply:
    """Return the reply with so many bytes of its body replaced by others."""
    body = bytearray(b"".join(reply.blocks()) if rule.garble else b"")
    if not body:
        return reply
    numbers = scene.numbers(1 << 32)
    for _ in range(rule.garble):
        place = next(numbers) % len(body)
        body[place] ^= 1 + next(numbers) % 255
    return replace(reply, body=bytes(body))
