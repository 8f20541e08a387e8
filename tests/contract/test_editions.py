"""What each edition says, held against the facts of the API written down a second time."""

from collections.abc import Iterator
from typing import Any

import pytest

from emulator.contract.catalog import EDITIONS, Contract, load

BATCH = (
    *("id", "object", "endpoint", "errors", "input_file_id", "completion_window", "status"),
    *("output_file_id", "error_file_id", "created_at", "in_progress_at", "expires_at", "finalizing_at"),
    *("completed_at", "failed_at", "expired_at", "cancelling_at", "cancelled_at", "request_counts", "metadata"),
)
FILE = ("id", "object", "bytes", "created_at", "filename", "purpose", "status", "expires_at")
CREATE = ("input_file_id", "endpoint", "completion_window", "metadata")
FIRST_ENDPOINTS = ["/v1/chat/completions", "/v1/embeddings", "/v1/images/generations"]
ENDPOINTS = [*FIRST_ENDPOINTS, "/v1/responses"]
FILE_QUERY = ["after", "limit", "order", "purpose"]

OPERATIONS = {
    "createBatch": ("POST", "/api/v1/llm/batches"),
    "listBatches": ("GET", "/api/v1/llm/batches"),
    "getBatch": ("GET", "/api/v1/llm/batches/{batch_id}"),
    "cancelBatch": ("POST", "/api/v1/llm/batches/{batch_id}/cancel"),
    "uploadFile": ("POST", "/api/v1/llm/files"),
    "listFiles": ("GET", "/api/v1/llm/files"),
    "getFile": ("GET", "/api/v1/llm/files/{file_id}"),
    "deleteFile": ("DELETE", "/api/v1/llm/files/{file_id}"),
    "getFileContent": ("GET", "/api/v1/llm/files/{file_id}/content"),
}

SAMPLE = {
    "id": "batch_" + "0a" * 16,
    "object": "batch",
    "endpoint": "/v1/chat/completions",
    "errors": None,
    "input_file_id": "file_" + "1b" * 16,
    "completion_window": "24h",
    "status": "completed",
    "output_file_id": "file_" + "2c" * 16,
    "error_file_id": None,
    "created_at": 1704067200,
    "in_progress_at": 1704067200 + 60,
    "expires_at": 1704067200 + 86400,
    "finalizing_at": 1704067200 + 3600,
    "completed_at": 1704067200 + 3660,
    "failed_at": None,
    "expired_at": None,
    "cancelling_at": None,
    "cancelled_at": None,
    "request_counts": {"total": 3, "completed": 3, "failed": 0},
    "metadata": None,
}


def fields(contract: Contract, name: str) -> list[str]:
    return list(contract.components[name].document["properties"])


def words(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        yield from (word for name, value in node.items() for word in (name, *words(value)))
    elif isinstance(node, list):
        yield from (word for item in node for word in words(item))
    elif isinstance(node, str):
        yield node


@pytest.mark.parametrize(
    ("name", "concurrency", "digest", "endpoints"),
    [
        ("0.5.25", [], [], FIRST_ENDPOINTS),
        ("0.12.26", [], [], ENDPOINTS),
        ("0.12.91", ["max_concurrency"], [], ENDPOINTS),
        ("0.12.114", ["max_concurrency"], ["sha256"], ENDPOINTS),
    ],
)
def test_edition_has_exactly_the_fields_parameters_and_endpoints_of_its_release(
    name: str, concurrency: list[str], digest: list[str], endpoints: list[str]
) -> None:
    contract = load(name)
    assert contract.document["info"]["version"] == name
    assert fields(contract, "BatchObject") == [*BATCH, *concurrency]
    assert fields(contract, "CreateBatchRequest") == [*CREATE, *concurrency]
    assert fields(contract, "File") == [*FILE, *digest]
    parameters = contract.operations["listFiles"].parameters
    assert [each.name for each in parameters if each.location == "query"] == [*FILE_QUERY, *digest]
    assert contract.components["BatchEndpoint"].document["enum"] == endpoints
    assert list(contract.endpoints) == endpoints


def test_editions_are_tabled_from_oldest_to_newest() -> None:
    assert EDITIONS == ("0.5.25", "0.12.26", "0.12.91", "0.12.114")


@pytest.mark.parametrize(
    ("name", "unknown"),
    [
        ("0.5.25", {"max_concurrency", "sha256", "/v1/responses", "ResponseObject"}),
        ("0.12.26", {"max_concurrency", "sha256"}),
        ("0.12.91", {"sha256"}),
    ],
)
def test_edition_does_not_mention_what_it_does_not_know(name: str, unknown: set[str]) -> None:
    assert unknown.isdisjoint(words(load(name).document))


def test_every_edition_has_the_nine_operations(edition: Contract) -> None:
    found = {id_: (operation.method, operation.path) for id_, operation in edition.operations.items()}
    assert found == OPERATIONS


def test_every_edition_takes_the_timing_of_the_reference_sample(edition: Contract) -> None:
    extra = {"max_concurrency": 8} if "max_concurrency" in fields(edition, "BatchObject") else {}
    assert edition.operations["getBatch"].reply_faults(200, "application/json", SAMPLE | extra) == ()


@pytest.mark.parametrize("name", ["BatchObject", "File", "FileList", "ListBatchesResponse", "FileDeletionStatus"])
def test_reply_carries_all_its_fields_and_no_others(edition: Contract, name: str) -> None:
    document = edition.components[name].document
    assert document["additionalProperties"] is False
    assert sorted(document["required"]) == sorted(document["properties"])


def test_reply_with_a_field_of_a_newer_edition_is_a_fault() -> None:
    faults = load("0.12.26").components["BatchObject"].faults(SAMPLE | {"max_concurrency": 8}, "reply")
    assert [fault.place for fault in faults] == ["reply.max_concurrency"]


def test_reply_without_max_concurrency_is_a_fault_since_0_12_91() -> None:
    faults = load("0.12.91").components["BatchObject"].faults(SAMPLE, "reply")
    assert [fault.sentence() for fault in faults] == ["reply.max_concurrency: expected an integer, found nothing."]


def test_field_that_an_edition_does_not_know_is_ignored_in_its_requests() -> None:
    body: dict[str, Any] = {
        "input_file_id": "f",
        "endpoint": "/v1/embeddings",
        "completion_window": "24h",
        "max_concurrency": None,
    }
    assert load("0.12.26").components["CreateBatchRequest"].accepts(body)
    assert not load("0.12.91").components["CreateBatchRequest"].accepts(body)
