"""What makes each hostile scenario: what comes over the wire, and what the SDK makes of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from meetkai_mka1 import errors
from support.good_client import GoodClient
from support.library import LINES, api_get

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.worlds import TestWorld


@pytest.fixture
def client(world: TestWorld, request: pytest.FixtureRequest) -> Iterator[GoodClient]:
    """A good client in a world of the scenario that the test's parameter names."""
    world.admin.call("PUT", "/scenario", {"name": request.param})
    with GoodClient(world, timeout_ms=300) as client:
        yield client


def playing(*names: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("client", names, indirect=True)


def looks(client: GoodClient, count: int) -> list[Any]:
    """Return what the SDK's get comes to, so many times: the batch, or its error."""
    batch_id = client.submit(LINES)["id"]
    return [_look(client, batch_id) for _ in range(count)]


def _look(client: GoodClient, batch_id: str) -> Any:
    try:
        return client.sdk.llm.batches.get(batch_id=batch_id)
    except (errors.SDKError, httpx.RequestError) as error:
        return error


def raw_looks(client: GoodClient, world: TestWorld, count: int) -> list[httpx.Response]:
    """Return what get answers, so many times, as it stands."""
    batch_id = client.submit(LINES)["id"]
    return [api_get(world, f"/batches/{batch_id}") for _ in range(count)]


@playing("unknown-status")
def test_status_that_the_sdk_does_not_know_is_shown_as_it_is(client: GoodClient) -> None:
    [found] = looks(client, 1)
    assert found.status == "queued"


@playing("missing-lines")
def test_counts_tell_nothing_of_lines_that_are_missing(client: GoodClient) -> None:
    summary = client.run(LINES)
    assert client.seen.batches[-1]["request_counts"] == {"total": 8, "completed": 8, "failed": 0}
    assert len(summary.done) == 6


@playing("malformed-line")
def test_two_lines_of_the_output_cannot_be_told_whose_they_are(client: GoodClient, world: TestWorld) -> None:
    client.run(LINES)
    reply = api_get(world, f"/files/{client.seen.batches[-1]['output_file_id']}/content")
    cut, nameless, *others = reply.content.splitlines()
    with pytest.raises(ValueError, match="Unterminated"):
        json.loads(cut)
    assert json.loads(nameless).keys() == {"id", "response", "error"}
    assert all("custom_id" in json.loads(line) for line in others)


@playing("octet-stream")
def test_sdk_refuses_bytes_of_a_type_that_it_does_not_list_and_keeps_them(client: GoodClient, world: TestWorld) -> None:
    batch = client.wait(client.submit(LINES)["id"])
    for file_id in (batch["output_file_id"], batch["error_file_id"]):
        served = api_get(world, f"/files/{file_id}/content")
        assert served.headers["content-type"] == "application/octet-stream"
        with pytest.raises(errors.SDKDefaultError) as caught:
            client.sdk.llm.files.content(file_id=file_id)
        assert caught.value.body.encode() == served.content


@playing("malformed-json")
def test_what_is_no_batch_ends_in_a_declared_error_that_keeps_it(client: GoodClient) -> None:
    found = looks(client, 8)
    assert [type(each).__name__ for each in found] == [
        "BatchObject",
        *["ResponseValidationError"] * 3,
        "BatchObject",
        *["ResponseValidationError"] * 2,
        "BatchObject",
    ]
    assert len(found[1].body) == 100
    assert [found[at].body for at in (2, 3, 5, 6)] == [
        '{"object": "batch"}<!-- served by node 7 -->', '["completed"]', "null", ""
    ]  # fmt: skip


@playing("wrong-content-type")
def test_labels_and_bodies_do_not_agree(client: GoodClient, world: TestWorld) -> None:
    _, labelled_html, unlabelled, html = raw_looks(client, world, 4)
    assert labelled_html.headers["content-type"] == "text/html"
    assert labelled_html.json()["object"] == "batch"
    assert "content-type" not in unlabelled.headers
    assert unlabelled.json()["object"] == "batch"
    assert html.headers["content-type"] == "application/json"
    assert html.text.startswith("<html>")


@playing("wrong-content-type")
def test_wrong_labels_end_in_declared_errors(client: GoodClient) -> None:
    assert [type(each).__name__ for each in looks(client, 5)] == [
        "BatchObject", "SDKDefaultError", "SDKDefaultError", "ResponseValidationError", "BatchObject"
    ]  # fmt: skip


@playing("connection-reset", "connection-closed")
def test_connection_that_fails_early_ends_in_a_declared_error_and_one_that_fails_late_in_a_batch(
    client: GoodClient,
) -> None:
    first, before, head, body, late = looks(client, 5)
    assert all(isinstance(each, httpx.TransportError) for each in (before, head, body))
    assert first.id == late.id


@playing("connection-reset")
def test_reset_is_a_true_one(client: GoodClient) -> None:
    assert all("reset by peer" in str(each) for each in looks(client, 4)[1:])


@playing("connection-closed")
def test_close_leaves_the_client_with_what_was_sent(client: GoodClient) -> None:
    _, before, _, body = looks(client, 4)
    assert "without sending" in str(before)
    assert "received 100 bytes" in str(body)


@playing("slow-drip")
def test_drip_that_ends_is_a_whole_batch_and_one_that_does_not_is_a_timeout(client: GoodClient) -> None:
    first, slow, endless, last = looks(client, 4)
    assert first == slow == last
    assert isinstance(endless, httpx.ReadTimeout)


@playing("stalled")
def test_stalled_call_times_out_and_leaves_the_server_alive(client: GoodClient, world: TestWorld) -> None:
    _, *stalled, last = looks(client, 5)
    assert all(isinstance(each, httpx.ReadTimeout) for each in stalled)
    assert last.status == "validating"
    assert len(world.admin.requests(operation="getBatch")) == 5  # none of them is still being held up


@playing("huge-integers")
def test_integers_that_no_double_holds_are_exact_in_the_sdk(client: GoodClient) -> None:
    _, beyond_doubles, beyond_words, infinite = looks(client, 4)
    assert beyond_doubles.max_concurrency == 9007199254740993
    assert beyond_words.max_concurrency == 123456789012345678901234567890123456789012345678901
    assert isinstance(infinite, errors.ResponseValidationError)
    assert '"max_concurrency":1e400' in infinite.body


@playing("deep-nesting")
def test_nesting_without_end_is_a_declared_error(client: GoodClient) -> None:
    _, lists, objects, last = looks(client, 4)
    assert isinstance(lists, errors.ResponseValidationError)
    assert "[" * 100_000 + "]" * 100_000 in lists.body
    assert isinstance(objects, errors.ResponseValidationError)
    assert last.status == "validating"


@playing("lone-surrogates")
def test_half_a_character_is_refused_and_kept(client: GoodClient) -> None:
    _, in_value, in_name, last = looks(client, 4)
    for refused, text in ((in_value, r'{"note": "half: \ud83d"}'), (in_name, r'{"half: \ude00": "note"}')):
        assert isinstance(refused, errors.ResponseValidationError)
        assert text in refused.body
    assert last.status == "validating"
