"""`reply`: the client gets what the rule says, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.web.reply import Reply

if TYPE_CHECKING:
    from emulator.domain.rules import Rule
    from emulator.web.effects.scene import Scene


def stub(rule: Rule, reply: Reply, _: Scene) -> Reply:
    """Return the rule's own reply, if it has one."""
    if rule.reply is None:
        return reply
    return Reply(body=rule.reply.body, status=rule.reply.status, media_type=None, headers=rule.reply.headers)
