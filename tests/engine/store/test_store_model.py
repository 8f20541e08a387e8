"""Any transactions, some of which fail, leave a store as plain dictionaries would be left."""

from __future__ import annotations

from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st
from support.batches import new_batch, new_file
from support.effort import many
from support.stores import TENANTS, Undo, everything, new_entry, new_world

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.domain.batch import Batch
    from emulator.domain.files import File
    from emulator.engine.records import JournalEntry, WorldState
    from emulator.engine.store.interface import Store, Transaction

fixed = settings(derandomize=True, deadline=None, max_examples=many(500))


@dataclass
class Plain:
    """A world in plain dictionaries."""

    state: WorldState
    batches: dict[int, Batch] = field(default_factory=dict)
    due: dict[int, int] = field(default_factory=dict)
    files: dict[int, File] = field(default_factory=dict)
    journal: list[JournalEntry] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        batches = tuple(self.batches[number] for number in sorted(self.batches))
        files = tuple(self.files[number] for number in sorted(self.files))
        return {
            "state": self.state,
            "all": batches,
            "batches": {tenant: tuple(each for each in batches if each.tenant == tenant) for tenant in TENANTS},
            "files": {tenant: tuple(each for each in files if each.tenant == tenant) for tenant in TENANTS},
            "journal": tuple(self.journal),
            "due": [(at_us, f"batch_{number}") for at_us, number in sorted((at, n) for n, at in self.due.items())],
        }


Plains: TypeAlias = dict[str, Plain]
Change: TypeAlias = "Callable[[Transaction, Plains], None]"
"""Does one thing to a store and to the dictionaries."""


def put_world(name: str, seed: int) -> Change:
    def change(work: Transaction, plains: Plains) -> None:
        state = new_world(name, made=int(name[-1]), seed=seed)
        work.put_world(state)
        plains[name] = replace(plains[name], state=state) if name in plains else Plain(state)

    return change


def delete_world(name: str) -> Change:
    def change(work: Transaction, plains: Plains) -> None:
        if plains.pop(name, None):
            work.delete_world(name)

    return change


def clear_world(name: str) -> Change:
    def change(work: Transaction, plains: Plains) -> None:
        if name in plains:
            work.clear_world(name)
            plains[name] = Plain(plains[name].state)

    return change


def put_batch(name: str, number: int, scenario: str, due_us: int | None) -> Change:
    def change(work: Transaction, plains: Plains) -> None:
        if name not in plains or number > len(plains[name].batches):
            return
        fresh = new_batch(number=number, tenant=TENANTS[number % 3])
        batch = replace(fresh, scenario=replace(fresh.scenario, name=scenario))
        work.put_batch(name, batch, due_us=due_us)
        plains[name].batches[number] = batch
        plains[name].due.pop(number, None)
        plains[name].due |= {} if due_us is None else {number: due_us}

    return change


def put_or_delete_file(name: str, number: int) -> Change:
    def change(work: Transaction, plains: Plains) -> None:
        if name not in plains:
            return
        file = new_file(number=number, tenant=TENANTS[number % 3])
        if plains[name].files.pop(number, None):
            work.delete_file(name, file)
        else:
            work.put_file(name, file)
            plains[name].files[number] = file

    return change


def journal(name: str, number: int) -> Change:
    def change(work: Transaction, plains: Plains) -> None:
        if name in plains:
            work.append_journal(name, new_entry(number))
            plains[name].journal.append(new_entry(number))

    return change


def look(name: str) -> Change:
    """Ask what is due, which a store may answer by tidying up."""

    def change(work: Transaction, plains: Plains) -> None:
        if name in plains:
            first = work.next_due(name)
            assert (first and (first[0], first[1].number)) == min(
                ((at, number) for number, at in plains[name].due.items()), default=None
            )

    return change


names = st.sampled_from(["world_1", "world_2"])
numbers = st.integers(0, 4)
changes = st.one_of(
    st.builds(put_batch, names, numbers, st.sampled_from("ab"), st.none() | st.integers(0, 4)),
    st.builds(put_batch, names, numbers, st.sampled_from("ab"), st.integers(0, 4)),
    st.builds(put_or_delete_file, names, numbers),
    st.builds(journal, names, numbers),
    st.builds(look, names),
    st.builds(clear_world, names),
    st.builds(delete_world, names),
    st.builds(put_world, names, st.integers(0, 3)),
)
transactions = st.tuples(st.lists(changes, min_size=1, max_size=10), st.booleans())


@fixed
@given(taken=st.lists(transactions, max_size=8))
def test_transactions_take_effect_as_a_whole_or_not_at_all(
    new_store: Callable[[], Store], taken: list[tuple[list[Change], bool]]
) -> None:
    store, plains = new_store(), Plains()
    plains = _carry_out(store, plains, [put_world("world_1", 0), put_world("world_2", 0)], fails=False)
    for wanted, fails in taken:
        plains = _carry_out(store, plains, wanted, fails=fails)
        assert everything(store) == {name: plains[name].told() for name in sorted(plains)}
    assert everything(store) == everything(store)


def _carry_out(store: Store, plains: Plains, wanted: list[Change], *, fails: bool) -> Plains:
    """Do all of this in one transaction and return how dictionaries stand after it."""
    after = deepcopy(plains)
    with suppress(Undo), store.transaction() as work:
        for change in wanted:
            change(work, after)
        if fails:
            raise Undo
    return plains if fails else after
