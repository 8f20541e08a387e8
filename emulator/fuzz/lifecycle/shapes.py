"""What the model reads of a result, and whether it is there: a client may return anything at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emulator.fuzz.contract import component
from emulator.fuzz.oracles.results import at

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

STAMPS: Final = (
    "in_progress_at", "finalizing_at", "completed_at", "failed_at", "expired_at", "cancelling_at", "cancelled_at",
)  # fmt: skip
COUNTS: Final = ("total", "completed", "failed")


def plain(name: str, value: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the contract knows of a value: other members may come and go, and null is as good as absent."""
    return {member: value[member] for member in component(name)["properties"] if value.get(member) is not None}


def _is_batch(value: Any) -> bool:
    """Say whether a value has what the model reads of a batch."""
    counts = at(value, "request_counts")
    return (
        isinstance(at(value, "id"), str)
        and isinstance(at(value, "status"), str)
        and isinstance(at(value, "created_at"), int)
        and all(isinstance(at(counts, name), int) for name in COUNTS)
        and all(isinstance(at(value, name), int | None) for name in STAMPS)
    )


def _is_file(value: Any) -> bool:
    return isinstance(at(value, "id"), str)


def _is_page_of(is_item: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(at(value, "data"), list) and all(map(is_item, value["data"]))


_BATCH: Final = (_is_batch, "batch")
_FILE: Final = (_is_file, "file")
SHAPES: Final[Mapping[str, tuple[Callable[[Any], bool], str]]] = {
    "batches.create": _BATCH,
    "batches.list": (_is_page_of(_is_batch), "page of batches"),
    "batches.get": _BATCH,
    "batches.cancel": _BATCH,
    "files.upload": _FILE,
    "files.list": (_is_page_of(_is_file), "page of files"),
    "files.get": _FILE,
    "files.delete": (_is_file, "confirmation"),
    "files.content": (lambda value: at(value, "content") is not None, "content"),
}
"""Of each call, what its result is to be, and in a word."""
