"""All that a store knows, read through its interface alone; and records to put into it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from emulator.domain.pagination import FileQuery, PageQuery
from emulator.engine.handle import new_state
from emulator.engine.records import JournalEntry
from support.engines import WALL_US, options

if TYPE_CHECKING:
    from emulator.engine.records import WorldState
    from emulator.engine.store.interface import Store, Transaction

TENANTS = ("", "ann", "bob")
ALL = PageQuery(limit=10_000, order="asc")


class Undo(Exception):
    """Leaves a transaction, so that nothing of it is kept."""


def new_world(name: str = "world_1", *, made: int = 0, seed: int = 0) -> WorldState:
    return new_state(name, made=made, options=options(seed=seed), wall_us=WALL_US)


def new_entry(number: int) -> JournalEntry:
    return JournalEntry(
        number=number,
        request_id=f"req_{number}",
        at=0,
        method="GET",
        target="/",
        path="/",
        headers=(("Accept", "*/*"),),
        body="",
        operation="getBatch",
        status=200,
    )


def everything(store: Store) -> dict[str, Any]:
    """Return all that the store knows, by world."""
    with store.transaction() as work:
        names = [world.id for world in work.worlds()]
        found = {name: _world(work, name) for name in names}
    return {name: {**found[name], "due": _due(store, name)} for name in names}


def _world(work: Transaction, name: str) -> dict[str, Any]:
    batches = {tenant: work.batches(name, tenant, ALL) for tenant in TENANTS}
    files = {tenant: work.files(name, tenant, FileQuery(page=ALL)) for tenant in TENANTS}
    return {
        "state": work.world(name),
        "all": tuple(work.all_batches(name)),
        "batches": {tenant: page.items for tenant, page in batches.items() if page},
        "files": {tenant: page.items for tenant, page in files.items() if page},
        "journal": tuple(work.journal(name)),
    }


def _due(store: Store, name: str) -> list[tuple[int, str]]:
    """Return what is due in a world, in order: in a transaction that is undone, each is taken off the list."""
    due: list[tuple[int, str]] = []
    with suppress(Undo), store.transaction() as work:
        while first := work.next_due(name):
            due.append((first[0], first[1].id))
            work.put_batch(name, first[1], due_us=None)
        raise Undo
    return due
