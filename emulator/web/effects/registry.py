"""All effects, in the order in which they come when one rule, or several, have more than one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from emulator.web.effects.changing import change
from emulator.web.effects.cutting import close, reset
from emulator.web.effects.dripping import drip
from emulator.web.effects.garbling import garble
from emulator.web.effects.heading import head
from emulator.web.effects.hiding import hide
from emulator.web.effects.stubbing import stub
from emulator.web.effects.truncating import truncate
from emulator.web.effects.writing import write

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from emulator.domain.rules import Rule
    from emulator.web.effects.scene import Scene
    from emulator.web.reply import Reply
    from emulator.web.wire import Wire

ReplyEffect: TypeAlias = "Callable[[Rule, Reply, Scene], Reply]"
WireEffect: TypeAlias = "Callable[[Rule, Reply, Wire], Awaitable[bool]]"
"""Sends the reply in its own way, or returns False when the rule does not have this effect."""

REPLY_EFFECTS: Final[tuple[ReplyEffect, ...]] = (stub, head, hide, change, write, garble, truncate)
WIRE_EFFECTS: Final[tuple[WireEffect, ...]] = (reset, close, drip)


def changed(reply: Reply, rules: Sequence[Rule], scene: Scene) -> Reply:
    """Return what the rules make of a reply."""
    for effect in REPLY_EFFECTS:
        for rule in rules:
            reply = effect(rule, reply, scene)
    return reply


async def deliver(reply: Reply, rules: Sequence[Rule], wire: Wire) -> None:
    """Send a reply as the first of the rules that has a way of its own to do so, or else as it is."""
    reply = reply.written()
    for effect in WIRE_EFFECTS if rules else ():
        for rule in rules:
            if await effect(rule, reply, wire):
                return
    await wire.send(reply)
