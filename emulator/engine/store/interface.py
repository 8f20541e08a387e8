"""What the engine asks of a store. One test suite runs against every implementation.

All reading and writing goes through a transaction: it takes effect as a whole, or, when an exception leaves it, not at
all. Values that go in and come out are frozen; a change is a new value under the same id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from emulator.domain.batch import Batch
    from emulator.domain.files import File
    from emulator.domain.pagination import FileQuery, Page, PageQuery
    from emulator.engine.records import JournalEntry, WorldState

JOURNAL_ENTRIES = 10_000
"""How many requests a world's journal holds: the oldest make room."""


class Transaction(Protocol):
    """One unit of work on a store."""

    def worlds(self) -> Sequence[WorldState]:
        """Return all worlds in the order in which they were made."""
        ...

    def world(self, world_id: str) -> WorldState | None:
        """Return the world with this id."""
        ...

    def put_world(self, world: WorldState) -> None:
        """Add a world, or replace the one with its id."""
        ...

    def delete_world(self, world_id: str) -> None:
        """Forget a world with its files, batches and journal."""
        ...

    def clear_world(self, world_id: str) -> None:
        """Forget a world's files, batches and journal, but not the world."""
        ...

    def put_batch(self, world_id: str, batch: Batch, *, due_us: int | None) -> None:
        """Add a batch, or replace the one with its id; `due_us` is when its next event is due, None when never."""
        ...

    def batch(self, world_id: str, batch_id: str) -> Batch | None:
        """Return the batch with this id, whoever's it is."""
        ...

    def batches(self, world_id: str, tenant: str, page: PageQuery) -> Page[Batch] | None:
        """Return a page of this tenant's batches; None when `after` is none of them."""
        ...

    def all_batches(self, world_id: str) -> Sequence[Batch]:
        """Return the batches of all tenants in the order of their creation."""
        ...

    def next_due(self, world_id: str) -> tuple[int, Batch] | None:
        """Return the batch whose next event is due first, of equals the one created first, and when that is."""
        ...

    def put_file(self, world_id: str, file: File) -> None:
        """Add a file."""
        ...

    def file(self, world_id: str, file_id: str) -> File | None:
        """Return the file with this id, whoever's it is."""
        ...

    def delete_file(self, world_id: str, file: File) -> None:
        """Forget a file; a batch that took its content keeps that."""
        ...

    def files(self, world_id: str, tenant: str, query: FileQuery) -> Page[File] | None:
        """Return a page of this tenant's files; None when `after` is none of them."""
        ...

    def append_journal(self, world_id: str, entry: JournalEntry) -> None:
        """Add an entry to the journal's end."""
        ...

    def journal(self, world_id: str) -> Sequence[JournalEntry]:
        """Return the journal, newest last."""
        ...


class Store(Protocol):
    """A store of worlds."""

    def has_world(self, world_id: str) -> bool:
        """Say whether there is a world with this id. Every request asks that first, so it takes no transaction."""
        ...

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Begin a unit of work: kept when the block ends, undone when an exception leaves it."""
        ...
