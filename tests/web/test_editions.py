from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from support.http import Api, new_batch, request
from support.servers import serving
from support.worlds import good_input, new_world

from emulator import resources
from emulator.contract.editions import EDITIONS, document_file

if TYPE_CHECKING:
    from collections.abc import Iterator

BATCH = [
    "id", "object", "endpoint", "errors", "input_file_id", "completion_window", "status", "output_file_id",
    "error_file_id", "created_at", "in_progress_at", "expires_at", "finalizing_at", "completed_at", "failed_at",
    "expired_at", "cancelling_at", "cancelled_at", "request_counts", "metadata",
]  # fmt: skip
FILE = ["id", "object", "bytes", "created_at", "filename", "purpose", "status", "expires_at"]
LATER = {"0.12.91": ["max_concurrency"], "0.12.114": ["max_concurrency"]}
every_edition = pytest.mark.parametrize("edition", EDITIONS)


@pytest.fixture
def api_of(server_url: str, edition: str) -> Api:
    return Api(server_url, new_world(server_url, edition=edition).api_key)


@every_edition
def test_batch_has_exactly_the_fields_of_its_edition(api_of: Api, edition: str) -> None:
    fields = BATCH + LATER.get(edition, [])
    batch = api_of.create(api_of.upload(good_input(1))["id"])
    assert list(batch) == fields
    assert list(api_of("GET", f"/batches/{batch['id']}").ok()) == fields
    assert list(api_of("POST", f"/batches/{batch['id']}/cancel").ok()) == fields
    assert list(api_of("GET", "/batches").ok()["data"][0]) == fields


@every_edition
def test_file_has_exactly_the_fields_of_its_edition(api_of: Api, edition: str) -> None:
    fields = FILE + (["sha256"] if edition == "0.12.114" else [])
    file = api_of.upload()
    assert list(file) == fields
    assert list(api_of("GET", f"/files/{file['id']}").ok()) == fields
    assert list(api_of("GET", "/files").ok()["data"][0]) == fields


@every_edition
def test_responses_came_after_the_first_edition(api_of: Api, edition: str) -> None:
    reply = api_of("POST", "/batches", value=new_batch(endpoint="/v1/responses"))
    if edition == "0.5.25":
        assert reply.error(400)["param"] == "endpoint"
    else:
        assert reply.ok()["endpoint"] == "/v1/responses"


@every_edition
def test_concurrency_is_ignored_until_it_is_known(api_of: Api, edition: str) -> None:
    reply = api_of("POST", "/batches", value=new_batch(max_concurrency=0))
    assert reply.status == (400 if edition in LATER else 200)


@every_edition
def test_hash_filters_only_where_it_is_known(api_of: Api, edition: str) -> None:
    api_of.upload()
    found = api_of("GET", "/files?sha256=none").ok()["data"]
    assert len(found) == (0 if edition == "0.12.114" else 1)


@pytest.fixture(scope="module", params=EDITIONS)
def edition_url(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    with serving(edition=request.param) as url:
        yield request.param, url


def test_server_serves_its_contract(edition_url: tuple[str, str]) -> None:
    edition, url = edition_url
    reply = request(url, "GET", "/openapi.json")
    assert reply.ok()["info"]["version"] == edition
    assert reply.headers["X-Request-Id"]
    assert reply.json == json.loads((resources.folder("schemas") / document_file(edition)).read_text(encoding="utf-8"))


def test_worlds_are_of_the_servers_edition_or_their_own(edition_url: tuple[str, str]) -> None:
    edition, url = edition_url
    assert request(url, "GET", "/_emulator/health").ok()["edition"] == edition
    own = Api(url, new_world(url, edition="0.12.114").api_key)
    assert "max_concurrency" in own.create()
    assert ("max_concurrency" in Api(url, "mk-default").create()) == (edition in LATER)


@pytest.mark.parametrize("method", ["POST", "HEAD", "DELETE"])
def test_contract_is_only_for_reading(server_url: str, method: str) -> None:
    reply = request(server_url, method, "/openapi.json")
    assert (reply.status, reply.headers["Allow"]) == (405, "GET")
