"""`raw`: text is put into the reply's JSON as it stands, for what no JSON value can say, or what no program should write."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from emulator.domain.paths import Changes
from emulator.web.reply import to_json

if TYPE_CHECKING:
    from emulator.domain.rules import Rule
    from emulator.web.effects.scene import Scene
    from emulator.web.reply import Reply


def write(rule: Rule, reply: Reply, scene: Scene) -> Reply:
    """Return the reply with the rule's texts at their paths, unquoted; a path that leads nowhere changes nothing."""
    if not rule.raw or not reply.is_json:
        return reply
    marks = dict(zip(rule.raw, map(str, scene.numbers(1 << 64)), strict=False))
    body = to_json(Changes(marks).applied(reply.body))
    for path, mark in marks.items():
        body = body.replace(f'"{mark}"'.encode(), rule.raw[path].encode(), 1)
    return replace(reply, body=body)
