"""`headers`: headers of the reply are changed; what it holds stays as it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emulator.domain.rules import Rule
    from emulator.web.effects.scene import Scene
    from emulator.web.reply import Reply


def head(rule: Rule, reply: Reply, _: Scene) -> Reply:
    """Return the reply with the rule's headers in place of its own of these names; a name without values has none left."""
    if not rule.headers:
        return reply
    given = {name.lower() for name in rule.headers}
    kept = tuple((name, value) for name, value in reply.headers if name.lower() not in given)
    new = tuple((name, value) for name, values in rule.headers.items() for value in values)
    return replace(reply, media_type=None if "content-type" in given else reply.media_type, headers=(*kept, *new))
