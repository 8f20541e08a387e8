from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import pytest
from support.engines import EVERYTHING, custom_ids, move_to, output_rows, request, seen, submit, upload
from support.worlds import good_input

from emulator.domain.errors import InvalidRequest, NotFound
from emulator.domain.pagination import FileQuery, PageQuery

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.engines import Engine

    from emulator.domain.batch import Batch
    from emulator.engine.world import World

DAY_S = 86_400
PAGE = PageQuery(limit=100)
Ask: TypeAlias = "Callable[[World, str, Batch], object]"

BY_BATCH: dict[str, Ask] = {
    "get": lambda world, tenant, batch: world.get_batch(tenant, batch.id),
    "cancel": lambda world, tenant, batch: world.cancel_batch(tenant, batch.id),
}
BY_FILE: dict[str, Ask] = {
    "get input": lambda world, tenant, batch: world.get_file(tenant, batch.request.input_file_id),
    "delete input": lambda world, tenant, batch: world.delete_file(tenant, batch.request.input_file_id),
    "get output": lambda world, tenant, batch: world.get_file(tenant, batch.output_file_id or ""),
    "delete output": lambda world, tenant, batch: world.delete_file(tenant, batch.output_file_id or ""),
}
BY_AFTER: dict[str, Ask] = {
    "batches after": lambda world, tenant, batch: world.list_batches(tenant, PageQuery(limit=5, after=batch.id)),
    "files after": lambda world, tenant, batch: world.list_files(
        tenant, FileQuery(page=PageQuery(limit=5, after=batch.request.input_file_id))
    ),
}
STRANGERS = {"another tenant": ("mk-test", "bob"), "no tenant": ("mk-test", ""), "another world": ("mk-2", "ann")}


@pytest.fixture
def anns(core: World) -> Batch:
    """A batch of ann's that has completed."""
    batch = submit(core, good_input(2), tenant="ann")
    move_to(core, DAY_S)
    return seen(core, batch)


@pytest.mark.parametrize("stranger", STRANGERS)
@pytest.mark.parametrize("ask", [*BY_BATCH.values(), *BY_FILE.values()], ids=[*BY_BATCH, *BY_FILE])
def test_what_is_anothers_does_not_exist(engine: Engine, core: World, anns: Batch, ask: Ask, stranger: str) -> None:
    key, tenant = STRANGERS[stranger]
    before = engine.dump(core)
    with pytest.raises(NotFound):
        ask(engine.world(key), tenant, anns)
    assert engine.dump(core) == before


@pytest.mark.parametrize("stranger", STRANGERS)
@pytest.mark.parametrize("ask", BY_AFTER.values(), ids=BY_AFTER)
def test_what_is_anothers_continues_no_list(engine: Engine, anns: Batch, ask: Ask, stranger: str) -> None:
    key, tenant = STRANGERS[stranger]
    with pytest.raises(InvalidRequest, match="after: expected the id of one of your") as refusal:
        ask(engine.world(key), tenant, anns)
    assert refusal.value.param == "after"


@pytest.mark.usefixtures("anns")
@pytest.mark.parametrize("stranger", STRANGERS)
def test_what_is_anothers_is_in_no_list(engine: Engine, stranger: str) -> None:
    key, tenant = STRANGERS[stranger]
    assert engine.world(key).list_batches(tenant, PAGE).items == ()
    assert engine.world(key).list_files(tenant, EVERYTHING).items == ()


@pytest.mark.parametrize("ask", [*BY_BATCH.values(), *BY_FILE.values()], ids=[*BY_BATCH, *BY_FILE])
def test_what_is_ones_own_can_be_had(core: World, ask: Ask) -> None:
    batch = submit(core, good_input(2), tenant="ann")
    move_to(core, 3600)
    core.cancel_batch("ann", batch.id)
    move_to(core, DAY_S)
    assert ask(core, "ann", seen(core, batch))


@pytest.mark.parametrize(("kind", "ask"), [("batch", BY_BATCH["get"]), ("file", BY_FILE["get output"])])
def test_not_found_names_kind_and_id(core: World, kind: str, ask: Ask) -> None:
    batch = submit(core, good_input(1), tenant="ann")
    with pytest.raises(NotFound) as refusal:
        ask(core, "bob", batch)
    assert refusal.value.kind == kind


def test_tenants_of_a_world_share_its_clock_and_its_numbers(core: World) -> None:
    batches = [submit(core, good_input(1), tenant=tenant) for tenant in ("ann", "bob", "")]
    assert [batch.number for batch in batches] == [0, 1, 2]
    move_to(core, DAY_S)
    assert [seen(core, batch).status for batch in batches] == ["completed"] * 3
    assert list(core.all_batches()) == [seen(core, batch) for batch in batches]


def test_worlds_have_their_own_clocks(engine: Engine) -> None:
    one, other = engine.world("mk-1"), engine.world("mk-2")
    batch = submit(one, good_input(1))
    twin = submit(other, good_input(1))
    assert batch.id == twin.id
    move_to(one, DAY_S)
    assert (seen(one, batch).status, seen(other, twin).status) == ("completed", "validating")


def test_worlds_with_other_seeds_share_no_ids(engine: Engine) -> None:
    one, other = engine.world("mk-1", seed=1), engine.world("mk-2", seed=2)
    batches = [submit(world, good_input(2)) for world in (one, other)]
    for world in (one, other):
        move_to(world, DAY_S)
    rows = [output_rows(world, seen(world, batch)) for world, batch in zip((one, other), batches, strict=True)]
    assert custom_ids(rows[0]) == custom_ids(rows[1])
    assert {row["id"] for row in rows[0]}.isdisjoint(row["id"] for row in rows[1])
    assert batches[0].id != batches[1].id
    assert batches[0].request.input_file_id != batches[1].request.input_file_id


def test_deleted_file_is_gone_from_everywhere(core: World) -> None:
    first, second = upload(core, b"1\n"), upload(core, b"2\n")
    assert core.delete_file("", first.id) == first
    with pytest.raises(NotFound):
        core.get_file("", first.id)
    with pytest.raises(NotFound):
        core.delete_file("", first.id)
    with pytest.raises(InvalidRequest):
        core.list_files("", FileQuery(page=PageQuery(limit=1, after=first.id)))
    assert core.list_files("", EVERYTHING).items == (second,)


def test_number_of_a_deleted_file_is_not_used_again(core: World) -> None:
    first = upload(core, b"1\n")
    core.delete_file("", first.id)
    assert upload(core, b"1\n").id != first.id


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_batches_are_listed_newest_first_and_page_by_page(core: World, order: str) -> None:
    made = [core.create_batch("ann", request("file_none")).id for _ in range(7)]
    core.create_batch("bob", request("file_none"))
    found: list[str] = []
    more, after = True, None
    while more:
        query = PageQuery(limit=3, after=after, order="asc" if order == "asc" else "desc")
        page = core.list_batches("ann", query)
        found += [batch.id for batch in page.items]
        more, after = page.has_more, page.items[-1].id
    assert found == (made if order == "asc" else made[::-1])
