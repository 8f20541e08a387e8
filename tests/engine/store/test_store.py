from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import pytest
from support.batches import new_batch, new_file
from support.stores import Undo, everything, new_entry, new_world

from emulator.domain.lifecycle import Status
from emulator.domain.pagination import FileQuery, PageQuery
from emulator.engine.store.interface import JOURNAL_ENTRIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from emulator.engine.store.interface import Store, Transaction

W = "world_1"
Order = Literal["asc", "desc"]
orders = pytest.mark.parametrize("order", ["asc", "desc"])


@pytest.fixture
def work(store: Store) -> Iterator[Transaction]:
    """A transaction on a store with one world."""
    with store.transaction() as begun:
        begun.put_world(new_world(W))
        yield begun


def test_new_store_is_empty(store: Store) -> None:
    with store.transaction() as work:
        assert list(work.worlds()) == []
        assert work.world(W) is None


def test_new_world_is_empty(work: Transaction) -> None:
    assert is_empty(work)
    assert (work.batch(W, "batch_0"), work.file(W, "file_0")) == (None, None)
    for order in ("asc", "desc"):
        page = work.batches(W, "", PageQuery(limit=5, order=order))
        assert page is not None
        assert (page.items, page.has_more) == ((), False)


def test_what_was_kept_is_found_in_the_next_transaction(store: Store) -> None:
    batch, file, entry = new_batch(), new_file(data=b"1\n"), new_entry(0)
    with store.transaction() as work:
        work.put_world(new_world(W))
        work.put_batch(W, batch, due_us=5)
        work.put_file(W, file)
        work.append_journal(W, entry)
    with store.transaction() as work:
        assert work.world(W) == new_world(W)
        assert work.batch(W, batch.id) == batch
        assert work.next_due(W) == (5, batch)
        assert work.file(W, file.id) == file
        assert list(work.journal(W)) == [entry]


def test_world_that_is_put_again_is_replaced_and_keeps_what_is_in_it(work: Transaction) -> None:
    work.put_batch(W, new_batch(), due_us=5)
    work.put_world(new_world(W, seed=3))
    assert work.world(W) == new_world(W, seed=3)
    assert work.next_due(W) == (5, new_batch())
    assert len(work.worlds()) == 1


def test_batch_that_is_put_again_is_replaced_in_its_place(work: Transaction) -> None:
    for number in range(3):
        work.put_batch(W, new_batch(number=number), due_us=number)
    changed = new_batch(number=1).entering(Status.IN_PROGRESS, at_us=60)
    work.put_batch(W, changed, due_us=7)
    assert work.batch(W, "batch_1") == changed
    assert [batch.id for batch in work.all_batches(W)] == ["batch_0", "batch_1", "batch_2"]
    assert ids(work, PageQuery(limit=5, order="asc")) == ["batch_0", "batch_1", "batch_2"]


def test_worlds_are_told_in_the_order_of_their_making(work: Transaction) -> None:
    for made in (7, 3, 5):
        work.put_world(new_world(f"world_{made}", made=made))
    assert [world.made for world in work.worlds()] == [0, 3, 5, 7]


def test_world_is_there_from_when_it_is_put_until_it_is_deleted(store: Store) -> None:
    assert [store.has_world(each) for each in ("world_1", "world_2")] == [False, False]
    with store.transaction() as work:
        work.put_world(new_world("world_1"))
    with suppress(RuntimeError), store.transaction() as work:
        work.put_world(new_world("world_2", made=1))
        raise RuntimeError
    assert [store.has_world(each) for each in ("world_1", "world_2")] == [True, False]
    with store.transaction() as work:
        work.delete_world("world_1")
    assert not store.has_world("world_1")


def test_worlds_share_nothing(work: Transaction) -> None:
    work.put_world(new_world("world_2", made=1))
    work.put_batch("world_2", new_batch(), due_us=5)
    work.put_file("world_2", new_file())
    work.append_journal("world_2", new_entry(0))
    assert is_empty(work)
    assert (work.batch(W, "batch_0"), work.file(W, "file_0")) == (None, None)
    work.put_batch(W, new_batch(), due_us=9)
    assert work.next_due("world_2") == (5, new_batch())


def ids(work: Transaction, page: PageQuery, tenant: str = "") -> list[str]:
    found = work.batches(W, tenant, page)
    assert found is not None
    return [batch.id for batch in found.items]


def file_ids(work: Transaction, page: PageQuery, tenant: str = "", **filters: str) -> list[str]:
    found = work.files(W, tenant, FileQuery(page=page, **filters))
    assert found is not None
    return [file.id for file in found.items]


def is_empty(work: Transaction) -> bool:
    listed = (*ids(work, PageQuery(limit=5)), *file_ids(work, PageQuery(limit=5)))
    return not (work.all_batches(W) or work.journal(W) or work.next_due(W) or listed)


@orders
@pytest.mark.parametrize("limit", [1, 2, 3, 4, 7, 8, 100])
@pytest.mark.parametrize("count", [0, 1, 4, 7])
def test_pages_give_each_item_once_and_say_whether_more_follow(
    work: Transaction, order: Order, limit: int, count: int
) -> None:
    for number in range(count):
        work.put_batch(W, new_batch(number=number), due_us=None)
        work.put_batch(W, new_batch(number=number + 100, tenant="ann"), due_us=None)
        work.put_file(W, new_file(number=number))
        work.put_file(W, new_file(number=number + 100, tenant="ann"))
    numbers = list(range(count)) if order == "asc" else list(range(count))[::-1]
    found: list[int] = []
    after: str | None = None
    file_after: str | None = None
    while True:
        batches = work.batches(W, "", PageQuery(limit=limit, after=after, order=order))
        files = work.files(W, "", FileQuery(page=PageQuery(limit=limit, after=file_after, order=order)))
        assert batches is not None
        assert files is not None
        assert [batch.number for batch in batches.items] == [file.number for file in files.items]
        found += [batch.number for batch in batches.items]
        assert batches.has_more == files.has_more == (len(found) < count)
        if not batches.has_more:
            break
        assert len(batches.items) == limit
        after, file_after = batches.items[-1].id, files.items[-1].id
    assert found == numbers


@orders
def test_page_after_the_last_item_is_empty(work: Transaction, order: Order) -> None:
    work.put_batch(W, new_batch(), due_us=None)
    page = work.batches(W, "", PageQuery(limit=5, after="batch_0", order=order))
    assert page is not None
    assert (page.items, page.has_more) == ((), False)


@orders
def test_page_after_an_item_that_is_not_the_tenants_is_none(work: Transaction, order: Order) -> None:
    work.put_batch(W, new_batch(tenant="ann"), due_us=None)
    work.put_file(W, new_file(tenant="ann"))
    for tenant, batch_id, file_id in (("", "batch_0", "file_0"), ("ann", "batch_9", "file_9"), ("ann", "", "")):
        assert work.batches(W, tenant, PageQuery(limit=5, after=batch_id, order=order)) is None
        assert work.files(W, tenant, FileQuery(page=PageQuery(limit=5, after=file_id, order=order))) is None


@orders
def test_filters_are_passed_by_files_that_fit_all_of_them(work: Transaction, order: Order) -> None:
    one, other = new_file(data=b"1").content.sha256, new_file(data=b"2").content.sha256
    purposes = ["batch", "vision", "batch", "batch", "vision", "batch"]
    for number, purpose in enumerate(purposes):
        work.put_file(W, new_file(number=number, purpose=purpose, data=b"1" if number < 4 else b"2"))
    page = PageQuery(limit=10, order=order)
    way = 1 if order == "asc" else -1
    assert file_ids(work, page, purpose="batch") == ["file_0", "file_2", "file_3", "file_5"][::way]
    assert file_ids(work, page, sha256=other) == ["file_4", "file_5"][::way]
    assert file_ids(work, page, purpose="vision", sha256=one) == ["file_1"]
    assert file_ids(work, page, purpose="evals") == []
    assert file_ids(work, page, sha256=one.upper()) == []


@orders
def test_has_more_counts_only_files_that_pass_the_filters(work: Transaction, order: Order) -> None:
    for number, purpose in enumerate(["vision", "batch", "vision", "batch", "vision"]):
        work.put_file(W, new_file(number=number, purpose=purpose))
    for limit, more in ((1, True), (2, False), (3, False)):
        page = work.files(W, "", FileQuery(page=PageQuery(limit=limit, order=order), purpose="batch"))
        assert page is not None
        assert page.has_more is more


def test_page_can_follow_a_file_that_the_filter_holds_back(work: Transaction) -> None:
    for number, purpose in enumerate(["batch", "vision", "batch"]):
        work.put_file(W, new_file(number=number, purpose=purpose))
    assert file_ids(work, PageQuery(limit=5, after="file_1"), purpose="batch") == ["file_0"]


def test_first_due_is_the_earliest_and_of_equals_the_first_created(work: Transaction) -> None:
    for number, due_us in enumerate([50, 30, None, 30, 10]):
        work.put_batch(W, new_batch(number=number), due_us=due_us)
    order = []
    while first := work.next_due(W):
        order.append((first[0], first[1].number))
        work.put_batch(W, first[1], due_us=None)
    assert order == [(10, 4), (30, 1), (30, 3), (50, 0)]


@pytest.mark.parametrize("again", [1, 5, 9, None])
def test_due_time_that_is_put_again_is_the_one_that_counts(work: Transaction, again: int | None) -> None:
    work.put_batch(W, new_batch(), due_us=5)
    work.put_batch(W, new_batch(), due_us=again)
    assert work.next_due(W) == (None if again is None else (again, new_batch()))
    work.put_batch(W, new_batch(), due_us=5)
    assert work.next_due(W) == (5, new_batch())


def test_deleted_file_is_gone_and_others_stay(work: Transaction) -> None:
    files = [new_file(number=number) for number in range(3)]
    for file in files:
        work.put_file(W, file)
    work.delete_file(W, files[1])
    assert work.file(W, "file_1") is None
    assert file_ids(work, PageQuery(limit=5)) == ["file_2", "file_0"]
    assert work.files(W, "", FileQuery(page=PageQuery(limit=5, after="file_1"))) is None


def test_cleared_world_is_empty_and_still_there(work: Transaction) -> None:
    fill(work)
    work.clear_world(W)
    assert work.world(W) == new_world(W)
    assert is_empty(work)
    assert (work.file(W, "file_0"), work.batch(W, "batch_0")) == (None, None)


def test_deleted_world_is_gone_and_one_of_its_id_begins_anew(work: Transaction) -> None:
    fill(work)
    work.put_world(new_world("world_2", made=1))
    work.delete_world(W)
    assert work.world(W) is None
    assert [world.id for world in work.worlds()] == ["world_2"]
    work.put_world(new_world(W, made=2))
    assert is_empty(work)
    assert work.file(W, "file_0") is None


def test_journal_drops_its_oldest_entries(work: Transaction) -> None:
    for number in range(JOURNAL_ENTRIES + 5):
        work.append_journal(W, new_entry(number))
    assert [entry.number for entry in work.journal(W)] == list(range(5, JOURNAL_ENTRIES + 5))


def test_full_journal_is_whole_again_after_a_transaction_that_failed(store: Store) -> None:
    with store.transaction() as work:
        work.put_world(new_world(W))
        for number in range(JOURNAL_ENTRIES - 1):
            work.append_journal(W, new_entry(number))
    with suppress(Undo), store.transaction() as work:
        for number in range(4):
            work.append_journal(W, new_entry(-number))
        raise Undo
    with store.transaction() as work:
        assert [entry.number for entry in work.journal(W)] == list(range(JOURNAL_ENTRIES - 1))


def fill(work: Transaction) -> None:
    work.put_batch(W, new_batch(number=0), due_us=5)
    work.put_batch(W, new_batch(number=1, tenant="ann"), due_us=None)
    work.put_file(W, new_file(number=0))
    work.append_journal(W, new_entry(0))


CHANGES: dict[str, Callable[[Transaction], object]] = {
    "put world": lambda work: work.put_world(new_world("world_2", made=1)),
    "replace world": lambda work: work.put_world(new_world(W, seed=9)),
    "delete world": lambda work: work.delete_world(W),
    "clear world": lambda work: work.clear_world(W),
    "put batch": lambda work: work.put_batch(W, new_batch(number=2), due_us=3),
    "replace batch": lambda work: work.put_batch(W, replace(new_batch(), errors=()), due_us=9),
    "make due": lambda work: work.put_batch(W, new_batch(number=1, tenant="ann"), due_us=1),
    "make not due": lambda work: work.put_batch(W, new_batch(), due_us=None),
    "put file": lambda work: work.put_file(W, new_file(number=1)),
    "delete file": lambda work: work.delete_file(W, new_file()),
    "journal": lambda work: work.append_journal(W, new_entry(1)),
}


@pytest.mark.parametrize("failure", [Undo, KeyboardInterrupt])
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_transaction_that_an_exception_leaves_changes_nothing(
    store: Store, change: Callable[[Transaction], object], failure: type[BaseException]
) -> None:
    with store.transaction() as work:
        work.put_world(new_world(W))
        fill(work)
    before = everything(store)
    with suppress(failure), store.transaction() as work:
        change(work)
        raise failure
    assert everything(store) == before


def test_exception_comes_out_of_the_transaction_that_it_undoes(store: Store) -> None:
    def fail(store: Store) -> None:
        with store.transaction() as work:
            work.put_world(new_world(W))
            raise Undo

    with pytest.raises(Undo):
        fail(store)
    assert everything(store) == {}
