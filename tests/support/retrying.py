"""What makes a client try again: refusals, and the clock on which it waits for its next attempt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from support.worlds import TestWorld


def refuse(
    world: TestWorld,
    operation: str,
    *,
    status: int = 503,
    headers: Mapping[str, str] | None = None,
    nth: int | Sequence[int] | None = None,
) -> None:
    """Answer an operation with an error, each time or only the nth."""
    match = {"operation": operation, **({} if nth is None else {"nth": nth})}
    reply = {"status": status, "headers": dict(headers or {}), "json": {"error": "Not now"}}
    world.admin.add_rule({"on": match, "reply": reply})


def clock_of(world: TestWorld) -> dict[str, Any]:
    """Return what `connect` takes as the clock of a world."""
    return {"url": f"{world.url}/_emulator", "headers": {"Authorization": f"Bearer {world.api_key}"}}
