"""The store that lives in memory: dictionaries, a heap of due times, and a list of how to undo a transaction."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import deque
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from emulator.domain.batch import Batch
from emulator.domain.files import File
from emulator.domain.pagination import FileQuery, Page, PageQuery
from emulator.engine.store.interface import JOURNAL_ENTRIES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager
    from typing import Self

    from emulator.engine.records import JournalEntry, WorldState
    from emulator.engine.store.interface import Transaction

Item = TypeVar("Item", Batch, File)


def _every(_: object) -> bool:
    return True


class _Shelf(Generic[Item]):
    """Items by id, and each tenant's in the order of their numbers."""

    def __init__(self) -> None:
        self.by_id: dict[str, Item] = {}
        self._numbers: dict[str, list[tuple[int, str]]] = {}

    def put(self, item: Item) -> None:
        if item.id not in self.by_id:
            numbers = self._numbers.setdefault(item.tenant, [])
            numbers.insert(bisect_left(numbers, (item.number, item.id)), (item.number, item.id))
        self.by_id[item.id] = item

    def remove(self, item: Item) -> None:
        del self.by_id[item.id]
        numbers = self._numbers[item.tenant]
        del numbers[bisect_left(numbers, (item.number, item.id))]

    def page(self, tenant: str, query: PageQuery, accept: Callable[[Item], bool]) -> Page[Item] | None:
        numbers = self._numbers.get(tenant, [])
        found: list[Item] = []
        try:
            places = self._places(numbers, tenant, query)
        except LookupError:
            return None
        for place in places:
            if not accept(item := self.by_id[numbers[place][1]]):
                continue
            if len(found) == query.limit:
                return Page(tuple(found), has_more=True)
            found.append(item)
        return Page(tuple(found), has_more=False)

    def _places(self, numbers: list[tuple[int, str]], tenant: str, query: PageQuery) -> range:
        """Return the places in the list that follow `after`, in the order asked for. Raises LookupError."""
        first, last = 0, len(numbers)
        if query.after is not None:
            after = self.by_id.get(query.after)
            if after is None or after.tenant != tenant:
                raise LookupError(query.after)
            key = (after.number, after.id)
            first, last = bisect_right(numbers, key), bisect_left(numbers, key)
        return range(first, len(numbers)) if query.order == "asc" else range(last - 1, -1, -1)


@dataclass
class _World:
    """One world's shelves. `due` says what is due of each batch; the heap may hold more, which is then stale."""

    batches: _Shelf[Batch] = field(default_factory=_Shelf)
    files: _Shelf[File] = field(default_factory=_Shelf)
    due: dict[str, int] = field(default_factory=dict)
    heap: list[tuple[int, int, str]] = field(default_factory=list)
    journal: deque[JournalEntry] = field(default_factory=deque)

    def set_due(self, batch_id: str, number: int, due_us: int | None) -> None:
        if due_us is None:
            self.due.pop(batch_id, None)
            return
        self.due[batch_id] = due_us
        heappush(self.heap, (due_us, number, batch_id))

    def first_due(self) -> tuple[int, str] | None:
        while self.heap and self.due.get(self.heap[0][2]) != self.heap[0][0]:
            heappop(self.heap)
        return (self.heap[0][0], self.heap[0][2]) if self.heap else None


class MemoryStore:
    """Keeps everything in this process; it is gone with it. Not for use from several threads at once."""

    def __init__(self) -> None:
        self._states: dict[str, WorldState] = {}
        self._worlds: dict[str, _World] = {}

    def has_world(self, world_id: str) -> bool:
        """Say whether there is a world with this id; see Store."""
        return world_id in self._states

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Begin a unit of work; see Store."""
        return _MemoryTransaction(self._states, self._worlds)

    def dump(self, world_id: str) -> dict[str, Any]:
        """Return all that is known of a world, for comparing: everything but its journal and counted requests."""
        state, world = self._states[world_id], self._worlds[world_id]
        return {
            "state": (state.clock, state.settled_us, state.counters.batches, state.counters.files, state.scenario),
            "batches": dict(world.batches.by_id),
            "files": dict(world.files.by_id),
            "due": dict(world.due),
        }


class _MemoryTransaction:
    """Changes the dictionaries at once, and remembers how to change them back. Implements Transaction."""

    def __init__(self, states: dict[str, WorldState], worlds: dict[str, _World]) -> None:
        self._states = states
        self._worlds = worlds
        self._undo: list[Callable[[], object]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            for step in reversed(self._undo):
                step()

    def worlds(self) -> Sequence[WorldState]:
        return sorted(self._states.values(), key=lambda state: state.made)

    def world(self, world_id: str) -> WorldState | None:
        return self._states.get(world_id)

    def put_world(self, world: WorldState) -> None:
        before = self._states.get(world.id)
        self._states[world.id] = world
        if before is not None:
            self._undo.append(lambda: self._states.update({world.id: before}))
            return
        self._worlds[world.id] = _World()
        self._undo.append(lambda: (self._states.pop(world.id), self._worlds.pop(world.id)))

    def delete_world(self, world_id: str) -> None:
        state, world = self._states.pop(world_id), self._worlds.pop(world_id)
        self._undo.append(lambda: (self._states.update({world_id: state}), self._worlds.update({world_id: world})))

    def clear_world(self, world_id: str) -> None:
        before = self._worlds[world_id]
        self._worlds[world_id] = _World()
        self._undo.append(lambda: self._worlds.update({world_id: before}))

    def put_batch(self, world_id: str, batch: Batch, *, due_us: int | None) -> None:
        world = self._worlds[world_id]
        before, before_due = world.batches.by_id.get(batch.id), world.due.get(batch.id)
        world.batches.put(batch)
        world.set_due(batch.id, batch.number, due_us)
        self._undo.append(lambda: world.set_due(batch.id, batch.number, before_due))
        self._undo.append(lambda: world.batches.put(before) if before else world.batches.remove(batch))

    def batch(self, world_id: str, batch_id: str) -> Batch | None:
        return self._worlds[world_id].batches.by_id.get(batch_id)

    def batches(self, world_id: str, tenant: str, page: PageQuery) -> Page[Batch] | None:
        return self._worlds[world_id].batches.page(tenant, page, _every)

    def all_batches(self, world_id: str) -> Sequence[Batch]:
        return tuple(self._worlds[world_id].batches.by_id.values())

    def next_due(self, world_id: str) -> tuple[int, Batch] | None:
        world = self._worlds[world_id]
        first = world.first_due()
        return (first[0], world.batches.by_id[first[1]]) if first else None

    def put_file(self, world_id: str, file: File) -> None:
        files = self._worlds[world_id].files
        files.put(file)
        self._undo.append(lambda: files.remove(file))

    def file(self, world_id: str, file_id: str) -> File | None:
        return self._worlds[world_id].files.by_id.get(file_id)

    def delete_file(self, world_id: str, file: File) -> None:
        files = self._worlds[world_id].files
        files.remove(file)
        self._undo.append(lambda: files.put(file))

    def files(self, world_id: str, tenant: str, query: FileQuery) -> Page[File] | None:
        def wanted(file: File) -> bool:
            return query.purpose in {None, file.purpose} and query.sha256 in {None, file.content.sha256}

        return self._worlds[world_id].files.page(tenant, query.page, wanted)

    def append_journal(self, world_id: str, entry: JournalEntry) -> None:
        journal = self._worlds[world_id].journal
        dropped = journal.popleft() if len(journal) == JOURNAL_ENTRIES else None
        journal.append(entry)
        if dropped is not None:
            self._undo.append(lambda: journal.appendleft(dropped))
        self._undo.append(journal.pop)

    def journal(self, world_id: str) -> Sequence[JournalEntry]:
        return tuple(self._worlds[world_id].journal)
