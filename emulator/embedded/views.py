"""What the admin API shows of batches, in the form in which programs read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any


class Batch(dict[str, Any]):
    """A batch as it truly is, whatever a scenario shows to clients. Its members are attributes as well.

    Times are epoch seconds; `tenant` is the external user id, or None; `to_come` is what its script still holds, and
    `next_at` when that goes on.
    """

    if TYPE_CHECKING:
        id: str
        tenant: str | None
        endpoint: str
        scenario: str
        status: str
        created_at: int
        expires_at: int
        request_counts: dict[str, int]
        input_file_id: str
        output_file_id: str | None
        error_file_id: str | None
        next_at: float | None
        to_come: list[dict[str, Any]]

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"a batch has no {name!r}: expected one of {', '.join(self)}") from None
