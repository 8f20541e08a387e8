"""OpenAI's client for Python, unchanged but for its base URL."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, cast

import openai
import pytest
from support.clients import violations
from support.worlds import good_input, jsonl, line

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.worlds import TestWorld

CHAT: Final = "/v1/chat/completions"
UNKNOWN = "file_unknown"
ENDPOINTS = '"/v1/chat/completions", "/v1/embeddings", "/v1/images/generations" or "/v1/responses"'
HALF_DONE = {"emulator_scenario": "expired-partial"}


def upload(client: openai.OpenAI, content: bytes | None = None, **more: Any) -> str:
    file = ("input.jsonl", good_input(3) if content is None else content)
    return client.files.create(file=file, purpose="batch", **more).id


def create(client: openai.OpenAI, content: bytes | None = None, **more: Any) -> str:
    return client.batches.create(
        input_file_id=upload(client, content), endpoint=CHAT, completion_window="24h", **more
    ).id


def custom_ids(client: openai.OpenAI, file_id: str | None) -> list[str]:
    """Return which lines stand in a result file; none when there is no such file."""
    return (
        [json.loads(each)["custom_id"] for each in client.files.content(file_id).text.splitlines()] if file_id else []
    )


def ended(client: openai.OpenAI, world: TestWorld, batch_id: str) -> Any:
    world.admin.advance("24h")
    return client.batches.retrieve(batch_id)


def test_completed_batch_has_every_result(client: openai.OpenAI, world: TestWorld) -> None:
    batch_id = create(client, metadata={"project": "night"})
    new = client.batches.retrieve(batch_id)
    assert (new.status, new.metadata, new.expires_at) == ("validating", {"project": "night"}, new.created_at + 86_400)
    done = ended(client, world, batch_id)
    assert (done.status, done.request_counts.completed, done.error_file_id) == ("completed", 3, None)
    assert custom_ids(client, done.output_file_id) == ["row-1", "row-2", "row-3"]


def test_replies_parse_as_openais_own(client: openai.OpenAI, world: TestWorld) -> None:
    done = ended(client, world, create(client, good_input(1)))
    body = json.loads(client.files.content(done.output_file_id).text)["response"]["body"]
    completion = openai.types.chat.ChatCompletion.model_validate(body)
    assert completion.choices[0].message.role == "assistant"


def test_failed_batch_lists_its_errors(client: openai.OpenAI, world: TestWorld) -> None:
    failed = ended(client, world, create(client, jsonl([line("a"), line("a"), line("b", messages=[])])))
    assert failed.status == "failed"
    assert [(fault.code, fault.line, fault.param) for fault in failed.errors.data] == [
        ("duplicate_custom_id", 2, "custom_id"),
        ("invalid_request", 3, "body.messages"),
    ]


def test_expired_batch_has_both_files(client: openai.OpenAI, world: TestWorld) -> None:
    expired = ended(client, world, create(client, good_input(5), metadata=HALF_DONE))
    assert expired.status == "expired"
    assert custom_ids(client, expired.output_file_id) == ["row-1", "row-2"]
    assert custom_ids(client, expired.error_file_id) == ["row-3", "row-4", "row-5"]


def test_cancelled_batch_keeps_finished_lines(client: openai.OpenAI, world: TestWorld) -> None:
    batch_id = create(client, good_input(4))
    world.admin.advance("31m")
    assert client.batches.cancel(batch_id).status == "cancelling"
    cancelled = ended(client, world, batch_id)
    assert cancelled.status == "cancelled"
    assert custom_ids(client, cancelled.output_file_id) == ["row-1", "row-2"]


def test_batches_page_by_themselves(client: openai.OpenAI, world: TestWorld) -> None:
    file_id = upload(client)
    ids = [client.batches.create(input_file_id=file_id, endpoint=CHAT, completion_window="24h").id for _ in range(45)]
    assert [batch.id for batch in client.batches.list()] == ids[::-1]
    assert len(world.admin.requests(operation="listBatches")) == 3
    assert [batch.id for batch in client.batches.list(limit=44)] == ids[::-1]


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_files_page_by_themselves(client: openai.OpenAI, order: Any) -> None:
    ids = [upload(client) for _ in range(5)]
    listed = [file.id for file in client.files.list(limit=2, order=order, purpose="batch")]
    assert listed == (ids if order == "asc" else ids[::-1])


def test_file_is_processed_at_once(client: openai.OpenAI) -> None:
    file_id = upload(client)
    file = client.files.wait_for_processing(file_id, max_wait_seconds=0)
    assert (file.id, file.status, file.bytes) == (file_id, "processed", len(good_input(3)))
    assert client.files.retrieve(file_id) == file


def test_deleted_file_is_gone(client: openai.OpenAI) -> None:
    file_id = upload(client)
    assert client.files.delete(file_id).deleted
    with pytest.raises(openai.NotFoundError):
        client.files.retrieve(file_id)


def test_content_comes_back_byte_for_byte(client: openai.OpenAI) -> None:
    content = bytes(range(256)) * 9000
    assert client.files.content(upload(client, content)).content == content


def test_what_only_openai_knows_is_passed_over(client: openai.OpenAI, world: TestWorld) -> None:
    file_id = upload(client, expires_after={"anchor": "created_at", "seconds": 3600})
    assert client.files.retrieve(file_id).expires_at is None
    batch = client.batches.create(
        input_file_id=file_id,
        endpoint=CHAT,
        completion_window="24h",
        output_expires_after={"anchor": "created_at", "seconds": 3600},
        extra_body={"priority": "low"},
        extra_query={"colour": "green"},
    )
    assert ended(client, world, batch.id).status == "completed"
    assert violations(world) == []


@pytest.mark.parametrize(
    ("call", "expected", "message"),
    [
        (lambda client: client.batches.retrieve("batch_x"), openai.NotFoundError, "No batch found with id 'batch_x'."),
        (lambda client: client.batches.cancel("batch_x"), openai.NotFoundError, "No batch found with id 'batch_x'."),
        (lambda client: client.files.retrieve(UNKNOWN), openai.NotFoundError, f"No file found with id '{UNKNOWN}'."),
        (lambda client: client.files.delete(UNKNOWN), openai.NotFoundError, f"No file found with id '{UNKNOWN}'."),
        (lambda client: client.files.content(UNKNOWN), openai.NotFoundError, f"No file found with id '{UNKNOWN}'."),
        (
            lambda client: client.batches.list(limit=101),
            openai.BadRequestError,
            "query.limit: expected an integer from 1 to 100, found 101.",
        ),
        (
            lambda client: client.batches.list(after="batch_x"),
            openai.BadRequestError,
            "after: expected the id of one of your batches, found 'batch_x'.",
        ),
        (
            lambda client: client.batches.create(
                input_file_id=UNKNOWN, endpoint="/v1/moderations", completion_window="24h"
            ),
            openai.BadRequestError,
            f'body.endpoint: expected {ENDPOINTS}, found "/v1/moderations".',
        ),
        (
            lambda client: client.files.create(file=("blob", b"{}"), purpose="batch"),
            openai.BadRequestError,
            "file: expected a filename that is not blank and not 'blob', found 'blob'.",
        ),
    ],
)
def test_error_has_its_class_and_message(
    client: openai.OpenAI,
    call: Callable[[openai.OpenAI], Any],
    expected: type[openai.APIStatusError],
    message: str,
) -> None:
    with pytest.raises(openai.APIStatusError) as caught:
        call(client)
    error, body = caught.value, cast("dict[str, Any]", caught.value.body)
    assert type(error) is expected
    assert body["message"] == message
    assert message in error.message
    assert (error.code, error.type, error.request_id) == (
        str(error.status_code),
        body["type"],
        error.response.headers["x-request-id"],
    )


def test_cancel_of_an_ended_batch_conflicts(client: openai.OpenAI, world: TestWorld) -> None:
    batch = ended(client, world, create(client))
    with pytest.raises(openai.ConflictError, match="Cannot cancel a batch with status 'completed'"):
        client.batches.cancel(batch.id)


def test_unknown_key_is_an_authentication_error(locked_out: TestWorld) -> None:
    with (
        openai.OpenAI(base_url=locked_out.openai_url, api_key=locked_out.api_key, max_retries=0) as stranger,
        pytest.raises(openai.AuthenticationError, match="expected an API key that this server knows"),
    ):
        stranger.batches.list()


def test_rate_limit_is_a_rate_limit_error(limited: TestWorld) -> None:
    with openai.OpenAI(base_url=limited.openai_url, api_key=limited.api_key, max_retries=0) as hasty:
        hasty.batches.list()
        with pytest.raises(openai.RateLimitError) as caught:
            hasty.batches.list()
    assert caught.value.response.json() == {"error": "Rate limit exceeded"}
