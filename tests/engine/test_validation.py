from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.engines import EVERYTHING, counts, history, move_to, output_rows, request, seen, submit, upload
from support.worlds import BODIES, CHAT, good_input, jsonl, line

from emulator.domain.errors import InvalidRequest

if TYPE_CHECKING:
    from support.engines import Engine

    from emulator.domain.batch import Batch
    from emulator.engine.world import World

DAY_S = 86_400
REQUIRED = {CHAT: "messages", "/v1/responses": "input", "/v1/embeddings": "input", "/v1/images/generations": "prompt"}


def faults(batch: Batch) -> list[tuple[str, int | None, str | None]]:
    return [(fault.code, fault.line, fault.param) for fault in batch.errors]


def failed(world: World, batch: Batch) -> Batch:
    """Return the batch at its end, of which everything is true that is true of each batch that fails."""
    files = len(world.list_files(batch.tenant, EVERYTHING).items)
    world.advance(by_us=2 * DAY_S * 1_000_000)
    ended = seen(world, batch)
    assert history(ended) == {"validating": 0, "failed": 60}
    assert (counts(ended), ended.output_file_id, ended.error_file_id) == ((0, 0, 0), None, None)
    assert len(world.list_files(batch.tenant, EVERYTHING).items) == files
    return ended


def test_batch_with_bad_lines_fails_and_lists_every_one(core: World) -> None:
    rows: list[object] = [
        line("a"),
        7,
        {"custom_id": "b"},
        line("c") | {"method": "GET"},
        line("d", url="/v1/embeddings"),
        line("a"),
        line("e", stream=True),
        line("f") | {"body": {"model": "m-1"}},
        line("g"),
    ]
    ended = failed(core, submit(core, b"\n" + jsonl(rows)))
    assert faults(ended) == [
        ("invalid_json_line", 3, None),
        ("missing_required_parameter", 4, "method"),
        ("invalid_method", 5, "method"),
        ("invalid_url", 6, "url"),
        ("duplicate_custom_id", 7, "custom_id"),
        ("streaming_unsupported", 8, "body.stream"),
        ("invalid_request", 9, "body.messages"),
    ]


@pytest.mark.parametrize(("endpoint", "field"), REQUIRED.items())
def test_body_without_what_its_endpoint_requires_is_invalid(core: World, endpoint: str, field: str) -> None:
    body = {name: value for name, value in BODIES[endpoint].items() if name != field}
    ended = failed(core, submit(core, jsonl([line("a", url=endpoint) | {"body": body}]), endpoint=endpoint))
    assert faults(ended) == [("invalid_request", 1, f"body.{field}")]


def test_lines_for_another_endpoint_have_an_invalid_url(core: World) -> None:
    ended = failed(core, submit(core, good_input(2), endpoint="/v1/responses"))
    assert faults(ended) == [("invalid_url", 1, "url"), ("invalid_url", 2, "url")]


def test_batch_of_an_empty_file_fails(core: World) -> None:
    assert faults(failed(core, submit(core, b""))) == [("empty_file", None, None)]


def test_batch_of_too_many_lines_fails(core: World) -> None:
    ended = failed(core, submit(core, good_input(50_001)))
    assert faults(ended) == [("too_many_requests_in_batch", None, None)]


def test_batch_of_a_file_for_another_purpose_fails(core: World) -> None:
    file = upload(core, good_input(1), purpose="assistants")
    ended = failed(core, core.create_batch("", request(file.id)))
    assert faults(ended) == [("invalid_request", None, "input_file_id")]


def test_batch_of_an_unknown_file_fails(core: World) -> None:
    ended = failed(core, core.create_batch("", request("file_none")))
    assert faults(ended) == [("invalid_request", None, "input_file_id")]
    assert "file_none" in ended.errors[0].message


@pytest.mark.parametrize(("owner", "tenant"), [("ann", "bob"), ("ann", ""), ("", "ann")])
def test_batch_of_another_tenants_file_fails_as_if_there_were_none(core: World, owner: str, tenant: str) -> None:
    file = upload(core, good_input(1), tenant=owner)
    ended = failed(core, core.create_batch(tenant, request(file.id)))
    unknown = failed(core, core.create_batch(tenant, request("file_none")))
    assert ended.errors[0].message.replace(file.id, "file_none") == unknown.errors[0].message


def test_batch_of_another_worlds_file_fails(engine: Engine) -> None:
    one, other = engine.world("mk-1", seed=1), engine.world("mk-2", seed=2)
    ended = failed(other, other.create_batch("", request(upload(one, good_input(1)).id)))
    assert faults(ended) == [("invalid_request", None, "input_file_id")]


def test_batch_whose_input_is_deleted_before_validation_ends_fails(core: World) -> None:
    batch = submit(core, good_input(1))
    core.advance(by_us=59_999_999)
    core.delete_file("", batch.request.input_file_id)
    assert faults(failed(core, batch)) == [("invalid_request", None, "input_file_id")]


def test_batch_whose_input_is_deleted_after_validation_completes(core: World) -> None:
    batch = submit(core, good_input(3))
    move_to(core, 60)
    core.delete_file("", batch.request.input_file_id)
    move_to(core, DAY_S)
    ended = seen(core, batch)
    assert (ended.status, counts(ended)) == ("completed", (3, 3, 0))
    assert len(output_rows(core, ended)) == 3


def test_file_that_comes_after_its_batch_is_found_if_it_is_there_in_time(engine: Engine) -> None:
    promised = upload(engine.world("mk-1", seed=5), good_input(1)).id
    core = engine.world("mk-2", seed=5)
    batch = core.create_batch("", request(promised))
    assert upload(core, good_input(1)).id == promised
    move_to(core, DAY_S)
    assert seen(core, batch).status == "completed"


def test_faults_are_not_seen_before_the_batch_fails(core: World) -> None:
    batch = submit(core, b"7\n")
    core.advance(by_us=59_999_999)
    assert (seen(core, batch).status, seen(core, batch).errors) == ("validating", ())


def test_unknown_scenario_is_refused_and_nothing_is_made(engine: Engine) -> None:
    core = engine.world()
    file = upload(core, good_input(1))
    before = engine.dump(core)
    with pytest.raises(InvalidRequest, match="did you mean expired-partial") as refusal:
        core.create_batch("", request(file.id), scenario="expired-partly")
    assert refusal.value.param == "scenario"
    assert engine.dump(core) == before
