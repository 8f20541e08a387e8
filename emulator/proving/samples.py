"""The batches with which a scenario is tried: how many lines, for which endpoint, and when it is cancelled."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CHAT: Final = "/v1/chat/completions"
AFTER_THE_END: Final = "ended"
STAGES: Final = ("validating", "in_progress", "finalizing", "cancelling", AFTER_THE_END)
BODIES: Final[Mapping[str, Mapping[str, Any]]] = {
    CHAT: {"model": "m-1", "messages": [{"role": "user", "content": "Name a colour."}]},
    "/v1/embeddings": {"model": "m-1", "input": "a colour", "dimensions": 8},
    "/v1/images/generations": {"model": "m-1", "prompt": "a colour"},
    "/v1/responses": {"model": "m-1", "input": "Name a colour."},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One batch to try a scenario with.

    `cancel` is the stage in which it is cancelled, if at all. `company` further batches are created beside it, so that lists
    have pages, and `errands` sees to the operations that the life of a batch does not need.
    """

    lines: int
    endpoint: str = CHAT
    cancel: str | None = None
    company: int = 0
    errands: bool = False

    @property
    def name(self) -> str:
        """What it is called in reports."""
        size = f"{self.lines} line{'s' if self.lines > 1 else ''} for {self.endpoint.removeprefix('/v1/')}"
        when = "after its end" if self.cancel == AFTER_THE_END else f"while {self.cancel}"
        parts = [f"cancelled {when}"] if self.cancel else []
        return ", ".join([size, *parts, *([f"{self.company} batches beside it"] if self.company else [])])

    @property
    def custom_ids(self) -> tuple[str, ...]:
        """The custom_ids of its lines: row-1, row-2 and so on."""
        return tuple(f"row-{number}" for number in range(1, self.lines + 1))

    def input(self) -> bytes:
        """Return its input file."""
        body = BODIES[self.endpoint]
        lines = ({"custom_id": each, "method": "POST", "url": self.endpoint, "body": body} for each in self.custom_ids)
        return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def samples(endpoints: Iterable[str]) -> tuple[Sample, ...]:
    """Return the samples for an edition with these endpoints."""
    return (
        *(Sample(lines=lines) for lines in (1, 3, 200)),
        *(Sample(lines=3, endpoint=endpoint) for endpoint in endpoints if endpoint != CHAT),
        *(Sample(lines=3, cancel=stage) for stage in STAGES),
        Sample(lines=3, company=2, errands=True),
    )
