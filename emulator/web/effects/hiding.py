"""`hide`: items are left out of lists, as if they were not there yet."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from emulator.domain.paths import look

if TYPE_CHECKING:
    from emulator.domain.rules import Rule
    from emulator.web.effects.scene import Scene
    from emulator.web.reply import Reply


def hide(rule: Rule, reply: Reply, scene: Scene) -> Reply:
    """Return the list without the items that the rule hides."""
    hidden = rule.hide
    if hidden is None or not reply.is_json or not isinstance(reply.body.get("data"), list):
        return reply
    kept = [item for item in reply.body["data"] if not hidden.means(item, now_us=scene.now_us)]
    ends = {
        "first_id": look(kept, "0.id"),
        "last_id": look(kept, "-1.id") if kept else reply.body["last_id"] if reply.body["has_more"] else None,
    }
    return replace(reply, body={**reply.body, "data": kept, **ends})
