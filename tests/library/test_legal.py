"""What makes each legal scenario: what its client sees on the way to the end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from meetkai_mka1 import errors
from support.good_client import QUICK_RETRIES, GoodClient, Summary
from support.library import ALL, LINES, api_get, content_lines, rows
from support.worlds import TestWorld, new_world

from emulator.engine.worlds import world_id

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def client(world: TestWorld, request: pytest.FixtureRequest) -> Iterator[GoodClient]:
    """A good client in a world of the scenario that the test's parameter names."""
    world.admin.call("PUT", "/scenario", {"name": request.param})
    with GoodClient(world) as client:
        yield client


def playing(*names: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("client", names, indirect=True)


def polled(client: GoodClient) -> list[str]:
    """Return the statuses that polls have shown, each as often as it was seen."""
    return [batch["status"] for batch in client.seen.batches]


# Input


@playing("accepted-then-failed")
def test_create_shows_nothing_of_a_fault_that_comes_later(client: GoodClient) -> None:
    batch = client.submit(LINES)
    assert (batch["status"], batch["errors"]) == ("validating", None)


@playing("error-without-line")
def test_error_without_line_shows_nulls(client: GoodClient) -> None:
    client.run(LINES)
    assert client.seen.batches[-1]["errors"]["data"] == [
        {"code": "invalid_request", "message": "The input file could not be read.", "param": None, "line": None}
    ]


def test_lines_that_are_not_named_succeed_when_they_are_submitted_again(world: TestWorld) -> None:
    with GoodClient(world) as client:
        failed = client.run(LINES, scenario="one-bad-line")
        bad = {line for _, line, _ in failed.faults}
        again = client.run([line for number, line in enumerate(LINES, start=1) if number not in bad])
    assert again == Summary(done=rows(2, 3, 4, 5, 6, 7, 8))


def test_same_lines_succeed_when_the_quota_allows_them(world: TestWorld) -> None:
    with GoodClient(world) as client:
        client.run(LINES, scenario="queue-limit")
        world.admin.advance("1h")
        assert client.run(LINES) == Summary(done=ALL)


@playing("empty-file")
def test_client_that_looks_first_submits_no_empty_file(client: GoodClient, world: TestWorld) -> None:
    with pytest.raises(ValueError, match="nothing to submit"):
        client.run([])
    assert world.admin.requests() == []


# Create


def test_lost_reply_leaves_one_batch_when_the_client_lists_first(world: TestWorld) -> None:
    world.admin.call("PUT", "/scenario", {"name": "create-reply-lost"})
    with GoodClient(world) as client:
        client.submit(LINES)
    assert len(world.admin.batches()) == 1


def test_twin_that_the_sdk_made_by_itself_is_cancelled(world: TestWorld) -> None:
    world.admin.call("PUT", "/scenario", {"name": "create-reply-lost"})
    with GoodClient(world, retries=QUICK_RETRIES) as client:
        assert client.run(LINES) == Summary(done=ALL, twins=1)
    assert [batch["status"] for batch in world.admin.batches()] == ["cancelled", "completed"]


@playing("file-not-found-at-create")
def test_create_that_was_refused_left_no_batch(client: GoodClient, world: TestWorld) -> None:
    client.submit(LINES)
    assert len(world.admin.batches()) == 1


# Lifecycle


def test_client_with_a_deadline_of_its_own_gives_up_on_a_stuck_batch(world: TestWorld) -> None:
    with GoodClient(world, deadline_s=3 * 3600) as client:
        summary = client.run(LINES, scenario="stuck-validating")
    assert summary == Summary(final=None, missing=ALL)
    assert set(polled(client)) == {"validating"}


@playing("counts-zero-then-jump")
def test_counts_jump_from_nothing_while_in_progress(client: GoodClient) -> None:
    client.run(LINES)
    running = [batch["request_counts"] for batch in client.seen.batches if batch["status"] == "in_progress"]
    zero = {"total": 0, "completed": 0, "failed": 0}
    assert zero in running
    jumped = running[running.count(zero)]
    assert jumped["total"] == 8
    assert jumped["completed"] >= 5


@playing("finalizing-unseen")
def test_finalizing_is_never_seen_though_it_leaves_its_timestamp(client: GoodClient, world: TestWorld) -> None:
    batch = client.submit(LINES)
    while client.get(batch["id"])["status"] != "completed":
        world.admin.step(batch["id"])
    last = client.seen.batches[-1]
    assert "finalizing" not in polled(client)
    assert last["finalizing_at"] == last["completed_at"]


@playing("stuck-finalizing")
def test_finalizing_lasts_for_hours(client: GoodClient) -> None:
    client.run(LINES)
    last = client.seen.batches[-1]
    assert last["completed_at"] - last["finalizing_at"] == 6 * 3600
    assert polled(client).count("finalizing") > 3


@playing("straggler")
def test_straggler_alone_is_waited_for_until_the_window_closes(client: GoodClient) -> None:
    client.run(LINES)
    done = [batch["request_counts"]["completed"] for batch in client.seen.batches]
    assert done.count(7) > 20
    assert max(done) == 7


# Results


@playing("all-failed", "expired-nothing", "stuck-validating")
def test_batch_without_a_success_has_an_error_file_alone(client: GoodClient) -> None:
    client.run(LINES)
    last = client.seen.batches[-1]
    assert last["output_file_id"] is None
    assert last["error_file_id"] is not None


@playing("http-error-lines")
def test_line_can_fail_with_an_error_of_null(client: GoodClient, world: TestWorld) -> None:
    client.run(LINES)
    failed = content_lines(world, client.seen.batches[-1]["error_file_id"])
    assert [line["error"] for line in failed] == [None] * 6
    assert [line["response"]["status_code"] for line in failed] == [400, 429, 500] * 2


@playing("failed-lines-in-both")
def test_failed_lines_are_the_same_in_both_files(client: GoodClient, world: TestWorld) -> None:
    client.run(LINES)
    last = client.seen.batches[-1]
    output = content_lines(world, last["output_file_id"])
    error = content_lines(world, last["error_file_id"])
    assert [line["custom_id"] for line in output] == list(ALL)
    assert error == [line for line in output if line["error"]]


def output_order(world: TestWorld) -> list[str]:
    with GoodClient(world) as client:
        client.run(LINES)
        return [line["custom_id"] for line in content_lines(world, client.seen.batches[-1]["output_file_id"])]


def test_order_of_results_is_the_seeds_and_not_the_inputs(server_url: str) -> None:
    worlds = [new_world(server_url, scenario="out-of-order", seed=seed) for seed in (1, 1, 2)]
    first, again, other = map(output_order, worlds)
    for world in worlds:
        world.admin.delete_world(world_id(world.api_key))
    assert first == again
    assert first != other
    assert sorted(first) == sorted(other) == list(ALL)
    assert list(ALL) not in (first, other)


@playing("truncated-generation")
def test_answers_are_cut_off_or_refused_with_a_status_of_200(client: GoodClient, world: TestWorld) -> None:
    client.run(LINES)
    lines = content_lines(world, client.seen.batches[-1]["output_file_id"])
    assert {line["response"]["status_code"] for line in lines} == {200}
    choices = [line["response"]["body"]["choices"][0] for line in lines]
    assert [choice["finish_reason"] for choice in choices] == ["length", "stop", "stop"] * 2 + ["length", "stop"]
    assert choices[1]["message"] == {"role": "assistant", "content": None, "refusal": "I cannot help with that."}


@playing("error-file-empty")
def test_error_file_is_there_with_nothing_in_it(client: GoodClient, world: TestWorld) -> None:
    client.run(LINES)
    reply = api_get(world, f"/files/{client.seen.batches[-1]['error_file_id']}/content")
    assert (reply.status_code, reply.content) == (200, b"")


@playing("files-late")
def test_ids_of_files_are_null_at_first_and_there_later(client: GoodClient) -> None:
    client.run(LINES)
    ended = [batch for batch in client.seen.batches if batch["status"] == "completed"]
    shown = [(batch["output_file_id"] is not None, batch["error_file_id"] is not None) for batch in ended]
    assert shown[0] == (False, False)
    assert shown[-1] == (True, True)


@playing("output-deleted")
def test_output_file_that_is_gone_is_gone_altogether(client: GoodClient, world: TestWorld) -> None:
    client.run(LINES)
    last = client.seen.batches[-1]
    assert last["request_counts"] == {"total": 8, "completed": 5, "failed": 3}
    assert api_get(world, f"/files/{last['output_file_id']}").status_code == 404
    assert api_get(world, f"/files/{last['error_file_id']}").status_code == 200


# Cancel


@playing("cancel-in-progress")
def test_cancelling_takes_ten_minutes(client: GoodClient) -> None:
    client.run(LINES, cancel_after="10m")
    last = client.seen.batches[-1]
    assert last["cancelled_at"] - last["cancelling_at"] == 600
    assert last["request_counts"] == {"total": 8, "completed": 4, "failed": 0}


@playing("cancel-while-validating")
def test_batch_that_was_cancelled_before_it_ran_has_no_files(client: GoodClient) -> None:
    client.run(LINES, cancel_after="10m")
    last = client.seen.batches[-1]
    assert (last["output_file_id"], last["error_file_id"], last["in_progress_at"]) == (None, None, None)
    assert last["request_counts"] == {"total": 0, "completed": 0, "failed": 0}


@playing("cancel-too-late")
def test_batch_completes_after_it_was_seen_cancelling(client: GoodClient) -> None:
    client.run(LINES, cancel_after="10m")
    assert (polled(client)[0], polled(client)[-1]) == ("cancelling", "completed")


@playing("cancel-finished")
def test_cancel_of_an_ended_batch_says_which_status_it_has(client: GoodClient, world: TestWorld) -> None:
    batch = client.submit(LINES)
    world.admin.advance("10m")
    with pytest.raises(errors.SDKDefaultError) as caught:
        client.sdk.llm.batches.cancel(batch_id=batch["id"])
    assert caught.value.status_code == 409
    assert "'completed'" in json.loads(caught.value.body)["error"]["message"]


@playing("cancel-500-but-done")
def test_cancel_raises_and_took_effect(client: GoodClient) -> None:
    batch = client.submit(LINES)
    with pytest.raises(errors.SDKDefaultError) as caught:
        client.sdk.llm.batches.cancel(batch_id=batch["id"])
    assert caught.value.status_code == 500
    assert client.get(batch["id"])["status"] == "cancelling"


# Replies


def raw(world: TestWorld, batch_id: str, count: int) -> list[Any]:
    return [api_get(world, f"/batches/{batch_id}") for _ in range(count)]


@playing("poll-500-then-ok")
def test_polls_fail_as_gateways_do(client: GoodClient, world: TestWorld) -> None:
    replies = raw(world, client.submit(LINES)["id"], 6)
    assert [(reply.status_code, reply.headers["content-type"]) for reply in replies] == [
        (200, "application/json"),
        (502, "text/html"),
        (503, "text/plain"),
        (200, "application/json"),
        (429, "application/json"),
        (200, "application/json"),
    ]
    assert replies[4].json() == {"error": "Rate limit exceeded"}


@playing("rate-limited")
def test_some_refusals_say_how_long_to_wait_and_some_do_not(client: GoodClient, world: TestWorld) -> None:
    client.run(LINES)
    sdk = api_get(world, "/batches/batch_0")  # the gateway lets it in again
    refused = [request["operation"] for request in world.admin.requests(status=429)]
    assert refused == ["createBatch", "getBatch", "getBatch", "getFileContent"]
    assert sdk.status_code == 404


def test_retries_of_the_sdk_get_past_the_gateway_by_themselves(world: TestWorld) -> None:
    world.admin.call("PUT", "/scenario", {"name": "rate-limited"})
    with GoodClient(world, retries=QUICK_RETRIES) as client:
        assert client.run(LINES) == Summary(done=ALL)
    assert len(world.admin.requests(status=429)) == 4
    assert len(world.admin.batches()) == 1


@playing("file-404-then-ok")
def test_file_that_is_not_there_yet_ends_in_the_error_that_the_sdk_documents(client: GoodClient) -> None:
    batch = client.wait(client.submit(LINES)["id"])
    for _ in range(2):
        with pytest.raises(errors.GetFileContentNotFoundError):
            client.sdk.llm.files.content(file_id=batch["output_file_id"])
    assert client.sdk.llm.files.content(file_id=batch["output_file_id"]).read().count(b"\n") == 8


# Lists


@playing("not-listed-yet")
def test_batch_that_get_shows_is_listed_five_minutes_later(client: GoodClient, world: TestWorld) -> None:
    batch = client.submit(LINES)
    assert client.get(batch["id"])["status"] == "validating"
    assert list(client.batches()) == []
    world.admin.advance("5m")
    assert [each["id"] for each in client.batches()] == [batch["id"]]


@playing("grows-while-paging")
@pytest.mark.parametrize("limit", [1, 3])
def test_paging_ends_and_shows_each_batch_once_though_the_list_grows(client: GoodClient, limit: int) -> None:
    own = [client.submit(LINES)["id"] for _ in range(3)]
    seen = [batch["id"] for batch in client.batches(limit=limit)]
    assert len(seen) == len(set(seen))
    assert set(own) <= set(seen)
    assert len(list(client.batches())) > len(seen)


# Editions


@playing("old-server")
def test_old_server_shows_no_max_concurrency(client: GoodClient, world: TestWorld) -> None:
    batch = client.submit(LINES)
    assert "max_concurrency" not in batch
    assert "max_concurrency" not in api_get(world, "/batches").json()["data"][0]
    with pytest.raises(errors.ResponseValidationError) as caught:
        client.sdk.llm.batches.get(batch_id=batch["id"])
    assert json.loads(caught.value.body) == batch
