"""`garble`: some bytes of the body are spoilt, always the same ones in the same way."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.domain.rules import Rule
    from emulator.web.effects.scene import Scene
    from emulator.web.reply import Reply


def garble(rule: Rule, reply: Reply, scene: Scene) -> Reply:
    """Return the reply with so many bytes of its body replaced by others."""
    body = bytearray(b"".join(reply.blocks()) if rule.garble else b"")
    if not body:
        return reply
    numbers = scene.numbers(1 << 32)
    for place in _places(min(rule.garble, len(body)), len(body), numbers):
        body[place] ^= 1 + next(numbers) % 255
    return replace(reply, body=bytes(body))


def _places(count: int, length: int, numbers: Iterator[int]) -> Iterator[int]:
    """Yield so many different places, as if they were drawn from a shuffled pack."""
    moved: dict[int, int] = {}
    for top in range(count):
        drawn = top + next(numbers) % (length - top)
        yield moved.get(drawn, drawn)
        moved[drawn] = moved.get(top, top)
