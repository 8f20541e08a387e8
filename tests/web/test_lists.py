from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

if TYPE_CHECKING:
    from support.http import Api

LISTS = ["/batches", "/files"]
both_lists = pytest.mark.parametrize("path", LISTS)
EMPTY: dict[str, Any] = {"object": "list", "data": [], "first_id": None, "last_id": None, "has_more": False}


def fill(api: Api, path: str, count: int) -> list[str]:
    """Make so many batches or files and return their ids, oldest first."""
    return [str((api.create() if path == "/batches" else api.upload())["id"]) for _ in range(count)]


def page(api: Api, path: str, **query: object) -> dict[str, Any]:
    found: dict[str, Any] = api("GET", f"{path}?{urlencode(query)}").ok()
    return found


def ids(shown: dict[str, Any]) -> list[str]:
    return [item["id"] for item in shown["data"]]


@both_lists
def test_list_of_nothing_has_no_ids(api: Api, path: str) -> None:
    assert page(api, path) == EMPTY


@both_lists
@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
def test_pages_show_everything_once_newest_first(api: Api, path: str, limit: int) -> None:
    made = fill(api, path, 7)
    shown = page(api, path, limit=limit)
    seen = ids(shown)
    while shown["has_more"]:
        assert len(shown["data"]) == limit
        assert (shown["first_id"], shown["last_id"]) == (ids(shown)[0], ids(shown)[-1])
        shown = page(api, path, limit=limit, after=shown["last_id"])
        seen += ids(shown)
    assert seen == made[::-1]


def test_files_are_listed_oldest_first_on_request(api: Api) -> None:
    made = fill(api, "/files", 5)
    first = page(api, "/files", limit=2, order="asc")
    rest = page(api, "/files", order="asc", after=first["last_id"])
    assert ids(first) + ids(rest) == made
    assert (first["has_more"], rest["has_more"]) == (True, False)
    assert ids(page(api, "/files", order="desc")) == made[::-1]


def test_batches_know_no_order(api: Api) -> None:
    made = fill(api, "/batches", 2)
    assert ids(page(api, "/batches", order="asc")) == made[::-1]


@both_lists
def test_nothing_follows_the_last(api: Api, path: str) -> None:
    first, *_ = fill(api, path, 2)
    assert page(api, path, after=first) == EMPTY


@both_lists
def test_more_is_only_said_when_there_is_more(api: Api, path: str) -> None:
    fill(api, path, 3)
    assert [page(api, path, limit=limit)["has_more"] for limit in (2, 3, 4)] == [True, False, False]


def test_batches_come_twenty_at_a_time(api: Api) -> None:
    made = fill(api, "/batches", 21)
    shown = page(api, "/batches")
    assert ids(shown) == made[:0:-1]
    assert shown["has_more"]
    assert len(page(api, "/batches", limit=100)["data"]) == 21


def test_files_come_all_at_once(api: Api) -> None:
    fill(api, "/files", 101)
    assert len(page(api, "/files")["data"]) == 101


@pytest.mark.parametrize(
    ("path", "limit"),
    [*(("/batches", limit) for limit in (1, 20, 100)), *(("/files", limit) for limit in (1, 101, 10000))],
)
def test_limit_within_bounds_is_taken(api: Api, path: str, limit: int) -> None:
    assert page(api, path, limit=limit) == EMPTY


ODD_LIMITS = ["0", "-1", "abc", "1.0", "", " 1", "1e1", "+1", "0x1", "٣", "1" * 5000, "1\n", "null", "20,", "%00"]


@pytest.mark.parametrize(
    ("path", "limit"),
    [*((path, limit) for path in LISTS for limit in ODD_LIMITS), ("/batches", "101"), ("/files", "10001")],
    ids=lambda text: ascii(text)[:20],
)
def test_limit_out_of_bounds_is_refused(api: Api, path: str, limit: str) -> None:
    most = 100 if path == "/batches" else 10000
    error = api("GET", f"{path}?{urlencode({'limit': limit})}").error(400)
    assert error["param"] == "limit"
    assert error["message"].startswith(f"query.limit: expected an integer from 1 to {most}, found ")


@both_lists
@pytest.mark.parametrize("after", ["batch_none", "file_" + "0" * 32, "\0", " ", "💥"])
def test_unknown_after_is_refused(api: Api, path: str, after: str) -> None:
    assert api("GET", f"{path}?{urlencode({'after': after})}").error(400)["param"] == "after"


@both_lists
def test_after_takes_only_ids_of_its_own_list(api: Api, path: str) -> None:
    (other,) = fill(api, next(each for each in LISTS if each != path), 1)
    assert api("GET", f"{path}?after={other}").error(400)["param"] == "after"


@both_lists
def test_empty_after_is_as_if_absent(api: Api, path: str) -> None:
    fill(api, path, 2)
    assert page(api, path, after="") == page(api, path)


def test_deleted_file_cannot_be_continued_from(api: Api) -> None:
    first, second = fill(api, "/files", 2)
    api("DELETE", f"/files/{second}").ok()
    assert api("GET", f"/files?after={second}").error(400)["param"] == "after"
    assert ids(page(api, "/files")) == [first]


def test_files_are_filtered_by_purpose(api: Api) -> None:
    wanted = [api.upload(purpose=purpose)["id"] for purpose in ("evals", "batch", "evals", "vision")][0:3:2]
    first = page(api, "/files", purpose="evals", limit=1)
    second = page(api, "/files", purpose="evals", limit=1, after=first["last_id"])
    assert ids(first) + ids(second) == wanted[::-1]
    assert (first["has_more"], second["has_more"]) == (True, False)
    assert page(api, "/files", purpose="assistants") == EMPTY


def test_page_of_one_purpose_continues_from_a_file_of_another(api: Api) -> None:
    old, between = (api.upload(purpose=purpose)["id"] for purpose in ("evals", "batch"))
    api.upload(purpose="evals")
    assert ids(page(api, "/files", purpose="evals", after=between)) == [old]


@pytest.mark.parametrize("purpose", ["", "Batch", "batch ", "batch_output", "null"])
def test_unknown_purpose_is_refused(api: Api, purpose: str) -> None:
    assert api("GET", f"/files?{urlencode({'purpose': purpose})}").error(400)["param"] == "purpose"


def test_files_are_filtered_by_hash(api: Api) -> None:
    wanted = [api.upload(content)["id"] for content in (b"a", b"b", b"a")][0:3:2]
    assert ids(page(api, "/files", sha256=sha256(b"a").hexdigest())) == wanted[::-1]
    assert page(api, "/files", sha256=sha256(b"a").hexdigest(), purpose="evals") == EMPTY
    assert page(api, "/files", sha256=sha256(b"a").hexdigest().upper()) == EMPTY
    assert page(api, "/files", sha256="nonsense") == EMPTY


@pytest.mark.parametrize("order", ["", "ASC", "newest"])
def test_unknown_order_is_refused(api: Api, order: str) -> None:
    assert api("GET", f"/files?{urlencode({'order': order})}").error(400)["param"] == "order"


@both_lists
def test_unknown_parameters_are_ignored(api: Api, path: str) -> None:
    assert page(api, path, colour="red", before="x", page="2", **{"a[]": "1"}) == EMPTY


@both_lists
def test_nul_in_any_parameter_is_refused(api: Api, path: str) -> None:
    assert api("GET", f"{path}?colour=a%00b").error(400)["param"] == "colour"
    assert api("GET", f"{path}?%00=").error(400)["type"] == "invalid_request_error"
    assert api("GET", f"{path}?colour=b").status == 200


@both_lists
def test_last_of_repeated_parameters_counts(api: Api, path: str) -> None:
    fill(api, path, 3)
    assert len(api("GET", f"{path}?limit=1&limit=2").ok()["data"]) == 2
    assert api("GET", f"{path}?limit=1&limit=0").error(400)["param"] == "limit"


@both_lists
def test_items_are_shown_as_they_are_alone(api: Api, path: str) -> None:
    (made,) = fill(api, path, 1)
    assert page(api, path)["data"] == [api("GET", f"{path}/{made}").ok()]
