"""What the demo plays: one story a batch, and how each must end.

Owns the list of stories. Must not know the SDK.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from emulator.demo.requests import CHAT, EMBEDDINGS, IMAGES, RESPONSES, good_lines, with_faults

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Endpoint: TypeAlias = Literal["/v1/chat/completions", "/v1/responses", "/v1/embeddings", "/v1/images/generations"]
TERMINAL: Final = frozenset({"completed", "failed", "expired", "cancelled"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One batch: its lines, what its client does, and the status it must end in.

    `poll_every` is the world's time between two polls. `cancel_at` is the share of finished lines at which the client
    cancels, if it does. `faults` says which code the line of each number must be refused with.
    """

    name: str
    endpoint: Endpoint
    lines: Sequence[object]
    ends: str
    poll_every: str = "2m"
    scenario: str | None = None
    cancel_at: float | None = None
    faults: Mapping[int, str] = field(default_factory=dict)


def stories(lines: int) -> tuple[Story, ...]:
    """Return the demo's stories; the longer ones have so many lines."""
    chats = good_lines(CHAT, lines)
    faulty, faults = with_faults()
    return (
        Story(name="chat", endpoint=CHAT, lines=chats, ends="completed", poll_every="1m"),
        Story(name="responses", endpoint=RESPONSES, lines=good_lines(RESPONSES, 30), ends="completed"),
        Story(name="embeddings", endpoint=EMBEDDINGS, lines=good_lines(EMBEDDINGS, 60), ends="completed"),
        Story(name="images", endpoint=IMAGES, lines=good_lines(IMAGES, 10), ends="completed"),
        Story(name="bad lines", endpoint=CHAT, lines=faulty, ends="failed", poll_every="10s", faults=faults),
        Story(name="cancelled", endpoint=CHAT, lines=chats, ends="cancelled", cancel_at=0.5),
        Story(
            name="expired",
            endpoint=CHAT,
            lines=chats,
            ends="expired",
            poll_every="30m",
            scenario="expired-partial",
        ),
    )
