from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.http import Api
from support.worlds import good_input, new_world

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.worlds import TestWorld

OTHERS: dict[str, Callable[[Api], Api]] = {
    "another key": lambda api: Api(api.url, new_world(api.url).api_key),
    "a user of this key": lambda api: api.on_behalf_of("alice"),
    "another user": lambda api: api.on_behalf_of("bob"),
    "the same user of another key": lambda api: Api(api.url, new_world(api.url).api_key).on_behalf_of("carol"),
    "another spelling": lambda api: api.on_behalf_of("Carol"),
}


@pytest.fixture(params=OTHERS)
def pair(request: pytest.FixtureRequest, api: Api) -> tuple[Api, Api]:
    """Return an owner and a stranger."""
    owner = api if "this key" in request.param else api.on_behalf_of("carol")
    return owner, OTHERS[request.param](api)


def test_what_one_tenant_made_does_not_exist_for_another(pair: tuple[Api, Api]) -> None:
    owner, stranger = pair
    file = owner.upload(good_input(1))
    batch = owner.create(file["id"])
    for method, path in [
        ("GET", f"/batches/{batch['id']}"),
        ("POST", f"/batches/{batch['id']}/cancel"),
        ("GET", f"/files/{file['id']}"),
        ("GET", f"/files/{file['id']}/content"),
        ("DELETE", f"/files/{file['id']}"),
    ]:
        stranger(method, path).error(404)
    assert stranger("GET", "/batches").ok()["data"] == []
    assert stranger("GET", "/files").ok()["data"] == []
    stranger("GET", f"/batches?after={batch['id']}").error(400)
    stranger("GET", f"/files?after={file['id']}").error(400)
    assert owner("GET", f"/batches/{batch['id']}").ok() == batch
    assert owner("GET", f"/files/{file['id']}").ok() == file


def test_input_of_another_tenant_is_no_input(api: Api, world: TestWorld) -> None:
    file = api.on_behalf_of("alice").upload(good_input(1))
    batch = api.create(file["id"])
    world.admin.advance("1m")
    failed = api("GET", f"/batches/{batch['id']}").ok()
    assert failed["status"] == "failed"
    assert [error["param"] for error in failed["errors"]["data"]] == ["input_file_id"]


def test_results_belong_to_the_tenant_of_their_batch(api: Api, world: TestWorld) -> None:
    alice = api.on_behalf_of("alice")
    batch = alice.create(alice.upload(good_input(1))["id"])
    world.admin.advance("2h")
    output = alice("GET", f"/batches/{batch['id']}").ok()["output_file_id"]
    assert alice("GET", f"/files/{output}/content").status == 200
    api("GET", f"/files/{output}").error(404)


@pytest.mark.parametrize("user", ["a", "x" * 150, "user 42", "~!@#$%^&()[]{}|;:',<>?/", "**", '"quoted"', "\\"])
def test_user_within_bounds_is_let_in(api: Api, user: str) -> None:
    file = api.on_behalf_of(user).upload()
    assert api.on_behalf_of(user)("GET", f"/files/{file['id']}").ok() == file


@pytest.mark.parametrize("user", ["", " ", "*", "x" * 151, "é", "a\tb", "ünicode", "\x80"])
@pytest.mark.parametrize(("method", "path"), [("GET", "/batches"), ("GET", "/files/file_x"), ("POST", "/files")])
def test_user_out_of_bounds_is_refused(api: Api, world: TestWorld, user: str, method: str, path: str) -> None:
    error = api.on_behalf_of(user)(method, path).error(400)
    assert error["param"] == "X-On-Behalf-Of"
    assert error["message"].startswith(
        "header.X-On-Behalf-Of: expected 1 to 150 printable ASCII characters, and not just *"
    )
    assert [fault["place"] for fault in world.admin.requests()[-1]["violations"]] == ["header.X-On-Behalf-Of"]


def test_header_is_known_in_any_case(api: Api) -> None:
    file = api.on_behalf_of("alice").upload()
    lower = Api(api.url, api.key, {"x-on-behalf-of": "alice"})
    assert lower("GET", f"/files/{file['id']}").ok() == file
