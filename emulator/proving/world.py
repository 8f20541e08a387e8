"""A world for one run, held through the admin API: its clock, and what has truly happened in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from emulator.client import AdminClient

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SEED: Final = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """A batch as the admin API shows it: nothing that a scenario makes of replies is in it."""

    status: str
    total: int
    completed: int
    failed: int
    next_at: float | None
    steps_at: tuple[float, ...]
    """When the steps come that are still to come; lines that finish on the way are no steps."""

    @property
    def finished(self) -> int:
        """How many lines have finished."""
        return self.completed + self.failed


class World:
    """A fresh world whose clock moves when told."""

    def __init__(self, url: str, *, scenario: str) -> None:
        made = AdminClient(url).create_world(seed=SEED, clock="manual", scenario=scenario)
        self.id = made["world"]
        self.api_key = made["api_key"]
        self._admin = AdminClient(url, api_key=self.api_key)
        self.now: float = self._admin.clock()["now"]
        self._began: float = self.now

    def elapsed_s(self) -> float:
        """Return for how long the world has been going."""
        return self.now - self._began

    def advance(self, by_s: float) -> None:
        """Move the clock on."""
        self.advance_to(self.now + by_s)

    def advance_to(self, at: float) -> None:
        """Move the clock to an instant."""
        self._admin.advance_to(at)
        self.now = at

    def truth(self, batch_id: str) -> Truth:
        """Return how a batch truly stands."""
        shown = self._batches()[batch_id]
        counts = shown["request_counts"]
        return Truth(
            status=shown["status"],
            total=counts["total"],
            completed=counts["completed"],
            failed=counts["failed"],
            next_at=shown["next_at"],
            steps_at=tuple(step["at"] for step in shown["to_come"]),
        )

    def entered(self, batch_id: str) -> dict[str, int]:
        """Return in which epoch second a batch has entered each of its statuses."""
        past: Sequence[Mapping[str, Any]] = self._admin.timeline(batch_id)["past"]
        return {entry["status"]: int(entry["at"]) for entry in past}

    def _batches(self) -> dict[str, Mapping[str, Any]]:
        return {shown["id"]: shown for shown in self._admin.batches()}

    def batch_ids(self) -> frozenset[str]:
        """Return the ids of all batches that there are."""
        return frozenset(self._batches())

    def files_created(self) -> int:
        """Return how many files there have been."""
        return int(next(shown["files_created"] for shown in self._admin.worlds() if shown["world"] == self.id))

    def rules(self) -> list[Mapping[str, Any]]:
        """Return the rules in force, as they were written, and how often each has fired."""
        return list(self._admin.call("GET", "/rules")["data"])

    def delete(self) -> None:
        """Forget it."""
        self._admin.delete_world(self.id)
