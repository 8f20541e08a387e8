"""Every operation through the official SDK, with every parameter that it has."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, get_args

import pytest
from meetkai_mka1 import models
from meetkai_mka1.files import ContentAcceptEnum
from support.clients import Official, fields, official, violations
from support.worlds import BODIES, CHAT, good_input

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.clients import Style
    from support.worlds import TestWorld

AWKWARD_BYTES = bytes(range(256)) * 5 + b"\r\n--boundary--\r\n\n"
CONTENTS = {"text": b"a,b\n1,2\n", "empty": b"", "binary": AWKWARD_BYTES, "large": bytes(3 << 20)}


@pytest.fixture(autouse=True)
def requests_keep_the_contract(world: TestWorld) -> Iterator[None]:
    yield
    assert violations(world) == []


def test_new_batch_shows_what_was_asked_for(sdk: Official) -> None:
    file = sdk.upload()
    batch = sdk.batches.create(input_file_id=file.id, endpoint=CHAT, metadata={"project": "näïve ☂"}, max_concurrency=3)
    now = sdk.world.admin.clock()["now"]
    assert fields(batch) == {
        "id": batch.id,
        "object": "batch",
        "endpoint": CHAT,
        "errors": None,
        "input_file_id": file.id,
        "completion_window": "24h",
        "status": "validating",
        "output_file_id": None,
        "error_file_id": None,
        "created_at": now,
        "in_progress_at": None,
        "expires_at": now + 86_400,
        "finalizing_at": None,
        "completed_at": None,
        "failed_at": None,
        "expired_at": None,
        "cancelling_at": None,
        "cancelled_at": None,
        "request_counts": {"total": 0, "completed": 0, "failed": 0},
        "metadata": {"project": "näïve ☂"},
        "max_concurrency": 3,
    }


@pytest.mark.parametrize("endpoint", BODIES)
def test_batch_of_every_endpoint_is_taken(sdk: Official, endpoint: str) -> None:
    assert sdk.create(good_input(1, url=endpoint), endpoint=endpoint).endpoint == endpoint


@pytest.mark.parametrize("given", [{}, {"metadata": None}, {"metadata": {}}], ids=["absent", "null", "empty"])
def test_metadata_comes_back_as_given(sdk: Official, given: dict[str, Any]) -> None:
    batch = sdk.create(**given)
    assert (batch.metadata, batch.max_concurrency) == (given.get("metadata"), 8)
    assert sdk.get(batch) == batch


def test_scenario_is_chosen_by_header(sdk: Official) -> None:
    batch = sdk.create(http_headers={"X-Emulator-Scenario": "stuck-validating"})
    sdk.world.admin.advance("2h")
    assert sdk.get(batch).status == "validating"


def test_server_can_be_named_with_the_call(world: TestWorld, style: Style) -> None:
    with official(world, style) as sdk:
        listed = sdk.batches.list(server_url=f"{world.url}/", timeout_ms=10_000)
    assert listed.data == []


def test_batches_page_from_newest_to_oldest(sdk: Official) -> None:
    newest_first = [sdk.create().id for _ in range(5)][::-1]
    pages: list[Any] = []
    after = None
    while not pages or pages[-1].has_more:
        pages.append(sdk.batches.list(limit=2, after=after))
        after = pages[-1].last_id
    assert [[batch.id for batch in page.data] for page in pages] == [
        newest_first[:2],
        newest_first[2:4],
        newest_first[4:],
    ]
    assert [page.first_id for page in pages] == newest_first[::2]


def test_page_of_batches_holds_twenty_unless_told(sdk: Official) -> None:
    file = sdk.upload()
    for _ in range(21):
        sdk.batches.create(input_file_id=file.id, endpoint=CHAT)
    page = sdk.batches.list()
    assert (len(page.data), page.has_more) == (20, True)
    assert len(sdk.batches.list(limit=100).data) == 21


@pytest.mark.parametrize("resource", ["batches", "files"])
def test_empty_list_names_no_ids(sdk: Official, resource: str) -> None:
    page = getattr(sdk, resource).list()
    assert (page.data, page.first_id, page.last_id, page.has_more) == ([], None, None, False)


def test_cancelled_at_once_batch_stays_listed(sdk: Official) -> None:
    batch = sdk.create()
    cancelling = sdk.batches.cancel(batch_id=batch.id)
    assert (cancelling.id, cancelling.status) == (batch.id, "cancelling")
    assert sdk.batches.list().data == [cancelling]


@pytest.mark.parametrize("purpose", get_args(models.UploadFilePurpose))
def test_file_of_every_purpose_is_kept(sdk: Official, purpose: str) -> None:
    content = good_input(1)
    file = sdk.upload(content, purpose=purpose)
    assert fields(file) == {
        "id": file.id,
        "object": "file",
        "bytes": len(content),
        "created_at": sdk.world.admin.clock()["now"],
        "filename": "input.jsonl",
        "purpose": purpose,
        "status": "processed",
        "expires_at": None,
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    assert sdk.files.get(file_id=file.id) == file


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
@pytest.mark.parametrize("name", ["lines.jsonl", "table.csv", "page.html", "picture.png", "report.pdf"])
def test_content_comes_back_byte_for_byte(sdk: Official, name: str, content: bytes) -> None:
    assert sdk.read(sdk.upload(content, name=name).id) == content


@pytest.mark.parametrize("name", ["no-extension", "data.bin", "DATA.PARQUET"])
def test_input_file_can_be_read_whatever_its_name(sdk: Official, name: str) -> None:
    assert sdk.read(sdk.upload(good_input(1), name=name).id) == good_input(1)


def test_type_of_content_does_not_depend_on_what_is_accepted(sdk: Official) -> None:
    file = sdk.upload()
    reply = sdk.files.content(file_id=file.id, accept_header_override=ContentAcceptEnum.TEXT_PLAIN)
    assert reply.headers["content-type"] == "application/jsonl"
    assert sdk.read(file.id, accept_header_override=ContentAcceptEnum.TEXT_PLAIN) == good_input(3)


@pytest.mark.parametrize(
    "name", ["input.jsonl", "zwölf ☂.jsonl", 'a "quoted" one.jsonl', "back\\slash.jsonl", "BLOB", " x "]
)
def test_filename_comes_back_as_given(sdk: Official, name: str) -> None:
    assert sdk.upload(name=name).filename == name


def test_content_type_of_the_part_is_no_concern(sdk: Official) -> None:
    file = sdk.files.upload(
        file={"file_name": "a.jsonl", "content": good_input(1), "content_type": "text/plain"}, purpose="batch"
    )
    assert sdk.files.content(file_id=file.id).headers["content-type"] == "application/jsonl"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, "dcba"),
        ({"order": "asc"}, "abcd"),
        ({"order": "desc"}, "dcba"),
        ({"limit": 2}, "dc"),
        ({"limit": 3, "order": "asc"}, "abc"),
        ({"purpose": "batch"}, "da"),
        ({"purpose": "evals"}, ""),
        ({"sha256": hashlib.sha256(b"same").hexdigest()}, "cb"),
        ({"sha256": hashlib.sha256(b"same").hexdigest(), "purpose": "vision"}, "b"),
        ({"sha256": "0" * 64}, ""),
        ({"after": "c"}, "ba"),
        ({"after": "b", "order": "asc", "limit": 1}, "c"),
        ({"after": ""}, "dcba"),
    ],
)
def test_files_are_listed_by_every_parameter(sdk: Official, query: dict[str, Any], expected: str) -> None:
    files = [
        sdk.upload(b"1", name="a", purpose="batch"),
        sdk.upload(b"same", name="b", purpose="vision"),
        sdk.upload(b"same", name="c", purpose="user_data"),
        sdk.upload(b"4", name="d", purpose="batch"),
    ]
    ids = {file.filename: file.id for file in files}
    if "after" in query:
        query = {**query, "after": ids.get(query["after"], "")}
    assert "".join(file.filename for file in sdk.files.list(**query).data) == expected


def test_deleted_file_is_gone_from_the_list(sdk: Official) -> None:
    file = sdk.upload()
    assert fields(sdk.files.delete(file_id=file.id)) == {"id": file.id, "object": "file", "deleted": True}
    assert sdk.files.list().data == []


def test_batch_runs_on_when_its_input_file_is_deleted_after_validation(sdk: Official) -> None:
    batch = sdk.create()
    sdk.world.admin.advance("60s")
    sdk.files.delete(file_id=batch.input_file_id)
    sdk.world.admin.advance("1h")
    sdk.world.admin.advance("60s")
    assert sdk.get(batch).request_counts.completed == 3


def test_each_end_user_has_files_and_batches_of_their_own(sdk: Official) -> None:
    ids = {}
    for user in ("user-1", "user-2"):
        file = sdk.upload(x_on_behalf_of=user)
        ids[user] = (file.id, sdk.batches.create(input_file_id=file.id, endpoint=CHAT, x_on_behalf_of=user).id)
    for user, (file_id, batch_id) in ids.items():
        assert [file.id for file in sdk.files.list(x_on_behalf_of=user).data] == [file_id]
        assert [batch.id for batch in sdk.batches.list(x_on_behalf_of=user).data] == [batch_id]
        assert sdk.files.get(file_id=file_id, x_on_behalf_of=user).id == file_id
        assert sdk.batches.get(batch_id=batch_id, x_on_behalf_of=user).id == batch_id
        assert sdk.read(file_id, x_on_behalf_of=user) == good_input(3)
        assert sdk.batches.cancel(batch_id=batch_id, x_on_behalf_of=user).status == "cancelling"
        assert sdk.files.delete(file_id=file_id, x_on_behalf_of=user).deleted
    assert (sdk.files.list().data, sdk.batches.list().data) == ([], [])


def test_results_belong_to_the_end_user_of_the_batch(sdk: Official) -> None:
    file = sdk.upload(x_on_behalf_of="user-1")
    batch = sdk.batches.create(input_file_id=file.id, endpoint=CHAT, x_on_behalf_of="user-1")
    sdk.world.admin.advance("2h")
    done = sdk.batches.get(batch_id=batch.id, x_on_behalf_of="user-1")
    assert sdk.read(done.output_file_id, x_on_behalf_of="user-1").count(b"\n") == 3
    assert sdk.files.list().data == []
