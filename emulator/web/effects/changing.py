"""`set` and `unset`: members of the genuine reply are changed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emulator.domain.rules import Rule
    from emulator.web.effects.scene import Scene
    from emulator.web.reply import Reply


def change(rule: Rule, reply: Reply, _: Scene) -> Reply:
    """Return the reply with the rule's changes made to its JSON."""
    if not rule.changes or not reply.is_json:
        return reply
    return replace(reply, body=rule.changes.applied(reply.body))
