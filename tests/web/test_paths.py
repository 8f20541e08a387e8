from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.http import API, Api, request

if TYPE_CHECKING:
    from support.worlds import TestWorld


@pytest.mark.parametrize(
    "path",
    [
        "/batches/",
        "//batches",
        "/batches//cancel",
        "/batches/a/cancel/b",
        "/files/a/contents",
        "/batches/a/",
        "/Batches",
    ],
)
def test_path_that_is_nearly_one_of_the_contract_is_none(world: TestWorld, path: str) -> None:
    error = Api(world.url, world.api_key)("GET", path).error(404)
    assert error["message"] == f"Unknown request URL: GET {API}{path}."


@pytest.mark.parametrize("name", ["batch_1", "a.b", "ü", "a%20b", "%2e%2e", "batches"])
def test_name_in_a_path_may_be_any(world: TestWorld, name: str) -> None:
    escaped = name.replace("ü", "%C3%BC")
    error = Api(world.url, world.api_key)("GET", f"/batches/{escaped}").error(404)
    assert error["type"] == "not_found_error"
    assert "Unknown request URL" not in error["message"]


def test_slash_within_a_name_parts_it(world: TestWorld) -> None:
    assert "Unknown request URL" in Api(world.url, world.api_key)("GET", "/batches/a%2Fb").error(404)["message"]


def test_path_of_the_admin_api_is_taken_to_the_letter(server_url: str) -> None:
    assert request(server_url, "GET", "/_emulator/clock/").status == 404
    assert request(server_url, "GET", "/_emulator/health").status == 200
