"""Whole lives of batches as the official SDK sees them, and every line of their results in the SDK's own models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support.clients import REPLIES, Official, fields, violations
from support.worlds import BODIES, CHAT, good_input, jsonl, line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.worlds import TestWorld

ENDPOINTS = tuple(REPLIES)
BAD_LINES = [
    "not an object",
    {"method": "POST", "url": CHAT, "body": BODIES[CHAT]},
    line("row-3") | {"method": "GET"},
    line("row-4") | {"url": "/v1/embeddings"},
    line("row-5"),
    line("row-5"),
    line("row-7", stream=True),
    line("row-8", messages=[]),
]
FAULTS = [
    ("invalid_json_line", 1, None),
    ("missing_required_parameter", 2, "custom_id"),
    ("invalid_method", 3, "method"),
    ("invalid_url", 4, "url"),
    ("duplicate_custom_id", 6, "custom_id"),
    ("streaming_unsupported", 7, "body.stream"),
    ("invalid_request", 8, "body.messages"),
]


@pytest.fixture(autouse=True)
def requests_keep_the_contract(world: TestWorld) -> Iterator[None]:
    yield
    assert violations(world) == []


def counts(batch: Any) -> tuple[int, int, int]:
    return batch.request_counts.total, batch.request_counts.completed, batch.request_counts.failed


def stamps(batch: Any) -> dict[str, int]:
    """Return when the batch entered each state, in seconds since its creation."""
    told = fields(batch)
    names = [name for name in told if name.endswith("_at") and name not in {"created_at", "expires_at"}]
    return {name: told[name] - told["created_at"] for name in names if told[name] is not None}


def custom_ids(results: list[dict[str, Any]]) -> list[str]:
    return [result["custom_id"] for result in results]


def check_successes(results: list[dict[str, Any]], endpoint: str) -> None:
    """Hold each line to what the contract says of a success, and read its reply with the SDK's model."""
    for result in results:
        assert list(result) == ["id", "custom_id", "response", "error"]
        assert result["id"].startswith("response_")
        assert (result["error"], result["response"]["status_code"]) == (None, 200)
        assert result["response"]["request_id"]
        REPLIES[endpoint].model_validate(result["response"]["body"])


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_completed_batch_has_a_reply_for_every_line(sdk: Official, endpoint: str) -> None:
    batch = sdk.create(good_input(5, url=endpoint), endpoint=endpoint)
    sdk.world.admin.advance("61m")
    done = sdk.get(batch)
    assert (done.status, counts(done), done.errors, done.error_file_id) == ("completed", (5, 5, 0), None, None)
    assert stamps(done) == {"in_progress_at": 60, "finalizing_at": 3600, "completed_at": 3660}
    results = sdk.results(done.output_file_id)
    assert custom_ids(results) == [f"row-{number}" for number in range(1, 6)]
    check_successes(results, endpoint)


def test_every_state_on_the_way_is_shown(sdk: Official) -> None:
    batch, seen = sdk.create(good_input(2)), []
    for seconds in (0, 60, 1770, 1770, 60):
        sdk.world.admin.advance(seconds)
        now = sdk.get(batch)
        seen.append((now.status, counts(now), now.output_file_id is not None))
    assert seen == [
        ("validating", (0, 0, 0), False),
        ("in_progress", (2, 0, 0), False),
        ("in_progress", (2, 1, 0), False),
        ("finalizing", (2, 2, 0), False),
        ("completed", (2, 2, 0), True),
    ]


def test_result_file_is_a_file_like_any_other(sdk: Official) -> None:
    batch = sdk.create()
    sdk.world.admin.advance("61m")
    done = sdk.get(batch)
    file = sdk.files.get(file_id=done.output_file_id)
    assert (file.filename, file.purpose, file.status) == (f"{batch.id}_output.jsonl", "batch", "processed")
    assert (file.created_at, file.bytes_) == (done.completed_at, len(sdk.read(file.id)))
    assert [each.id for each in sdk.files.list(sha256=file.sha256).data] == [file.id]


def test_failed_batch_lists_every_bad_line(sdk: Official) -> None:
    batch = sdk.create(jsonl(BAD_LINES))
    sdk.world.admin.advance("60s")
    failed = sdk.get(batch)
    assert (failed.status, counts(failed), stamps(failed)) == ("failed", (0, 0, 0), {"failed_at": 60})
    assert (failed.output_file_id, failed.error_file_id) == (None, None)
    assert [(fault.code, fault.line, fault.param) for fault in failed.errors.data] == FAULTS
    assert all(fault.message for fault in failed.errors.data)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_body_that_its_endpoint_refuses_fails_the_batch(sdk: Official, endpoint: str) -> None:
    wrong = {"custom_id": "row-1", "method": "POST", "url": endpoint, "body": {}}
    batch = sdk.create(jsonl([wrong]), endpoint=endpoint)
    sdk.world.admin.advance("60s")
    fault = sdk.get(batch).errors.data[0]
    first_required = next(iter(BODIES[endpoint]))
    assert (fault.code, fault.line, fault.param) == ("invalid_request", 1, f"body.{first_required}")


def test_failed_batch_names_the_whole_file_when_no_line_is_to_blame(sdk: Official) -> None:
    empty = sdk.create(b"\n")
    unknown = sdk.batches.create(input_file_id="file_unknown", endpoint=CHAT)
    other = sdk.batches.create(input_file_id=sdk.upload(purpose="vision").id, endpoint=CHAT)
    sdk.world.admin.advance("60s")
    faults = [sdk.get(batch).errors.data for batch in (empty, unknown, other)]
    assert [[(fault.code, fault.line, fault.param) for fault in each] for each in faults] == [
        [("empty_file", None, None)],
        [("invalid_request", None, "input_file_id")],
        [("invalid_request", None, "input_file_id")],
    ]


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_expired_batch_keeps_finished_lines_and_names_the_rest(sdk: Official, endpoint: str) -> None:
    batch = sdk.create(
        good_input(10, url=endpoint), endpoint=endpoint, metadata={"emulator_scenario": "expired-partial"}
    )
    sdk.world.admin.advance("24h")
    expired = sdk.get(batch)
    assert (expired.status, counts(expired)[:2]) == ("expired", (10, 4))
    assert stamps(expired) == {"in_progress_at": 60, "expired_at": 86_400}
    finished, rest = sdk.results(expired.output_file_id), sdk.results(expired.error_file_id)
    check_successes(finished, endpoint)
    assert custom_ids(finished) == [f"row-{number}" for number in range(1, 5)]
    assert custom_ids(rest) == [f"row-{number}" for number in range(5, 11)]
    assert {(result["error"]["code"], result["response"]) for result in rest} == {("batch_expired", None)}


def test_batch_that_expires_unread_has_only_an_error_file(sdk: Official) -> None:
    batch = sdk.create(metadata={"emulator_scenario": "stuck-validating"})
    sdk.world.admin.advance("24h")
    expired = sdk.get(batch)
    assert (expired.status, expired.output_file_id) == ("expired", None)
    assert custom_ids(sdk.results(expired.error_file_id)) == ["row-1", "row-2", "row-3"]


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_cancelled_batch_keeps_finished_lines(sdk: Official, endpoint: str) -> None:
    batch = sdk.create(good_input(6, url=endpoint), endpoint=endpoint)
    sdk.world.admin.advance("31m")
    cancelling = sdk.batches.cancel(batch_id=batch.id)
    assert (cancelling.status, cancelling.output_file_id) == ("cancelling", None)
    sdk.world.admin.advance("10m")
    cancelled = sdk.get(batch)
    assert (cancelled.status, counts(cancelled), cancelled.error_file_id) == ("cancelled", (6, 3, 0), None)
    assert stamps(cancelled) == {"in_progress_at": 60, "cancelling_at": 1860, "cancelled_at": 2460}
    finished = sdk.results(cancelled.output_file_id)
    assert custom_ids(finished) == ["row-1", "row-2", "row-3"]
    check_successes(finished, endpoint)


def test_batch_cancelled_before_it_ran_has_no_files(sdk: Official) -> None:
    batch = sdk.create()
    sdk.batches.cancel(batch_id=batch.id)
    sdk.world.admin.advance("10m")
    cancelled = sdk.get(batch)
    assert (cancelled.status, counts(cancelled)) == ("cancelled", (0, 0, 0))
    assert (cancelled.output_file_id, cancelled.error_file_id) == (None, None)


def test_batch_cancelled_while_finalizing_has_every_line(sdk: Official) -> None:
    batch = sdk.create()
    sdk.world.admin.advance("1h")
    sdk.batches.cancel(batch_id=batch.id)
    sdk.world.admin.advance("10m")
    assert custom_ids(sdk.results(sdk.get(batch).output_file_id)) == ["row-1", "row-2", "row-3"]


def test_further_cancels_change_nothing(sdk: Official) -> None:
    batch = sdk.create()
    first = sdk.batches.cancel(batch_id=batch.id)
    sdk.world.admin.advance("5m")
    assert sdk.batches.cancel(batch_id=batch.id) == first
    sdk.world.admin.advance("5m")
    assert sdk.batches.cancel(batch_id=batch.id) == sdk.get(batch)
