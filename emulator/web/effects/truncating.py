"""`truncate`: the body is cut short, and the head says so truthfully."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emulator.domain.rules import Rule
    from emulator.web.effects.scene import Scene
    from emulator.web.reply import Reply


def truncate(rule: Rule, reply: Reply, _: Scene) -> Reply:
    """Return the reply with only the first bytes of its body."""
    return reply if rule.truncate is None else replace(reply, body=b"".join(reply.blocks())[: rule.truncate])
