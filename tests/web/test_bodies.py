from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from support.http import new_batch
from support.worlds import jsonl, line

if TYPE_CHECKING:
    from support.http import Api, Reply
    from support.worlds import TestWorld

SAFE = 9007199254740991


def create(api: Api, body: bytes) -> Reply:
    return api("POST", "/batches", body, Content_Type="application/json")


GOOD = json.dumps(new_batch()).encode()


def with_metadata(value: bytes) -> bytes:
    return GOOD[:-1] + b', "metadata": {"a": ' + value + b"}}"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "expecting value at line 1, column 1"),
        (b"{", "expecting property name enclosed in double quotes at line 1, column 2"),
        (b'{"a": 1,\n "b" 2}', "expecting ':' delimiter at line 2, column 6"),
        (GOOD + b"x", f"extra data at line 1, column {len(GOOD) + 1}"),
        (b"{'a': 1}", "expecting property name enclosed in double quotes at line 1, column 2"),
        (b'"a\nb"', "invalid control character at line 1, column 3"),
        (b'{"a": NaN}', "expected a JSON number, found NaN"),
        (b"-Infinity", "expected a JSON number, found -Infinity"),
        (with_metadata(b"1e400"), "expected a number that fits a double, found 1e400"),
        (b"[" * 10_000 + b"]" * 10_000, "expected at most 200 levels of nesting, found more"),
        (b"[" * 1_000_000, "expected at most 200 levels of nesting, found more"),
        (b'{"a":' * 300 + b"1" + b"}" * 300, "expected at most 200 levels of nesting, found more"),
        (with_metadata(b'"\\ud800"'), "expected whole characters, found the lone surrogate \\ud800 in a string"),
        (with_metadata(b'"x\\udfff"'), "expected whole characters, found the lone surrogate \\udfff in a string"),
        (GOOD[:-1] + b', "\\ud800": 1}', "expected whole characters, found the lone surrogate \\ud800 in a string"),
        (with_metadata(b'"\xff"'), f"expected UTF-8, found the byte 0xff at byte {len(GOOD) + 20}"),
        (json.dumps(new_batch()).encode("utf-16"), "expected UTF-8, found the byte 0xff at byte 0"),
        (b"\xed\xa0\x80", "expected UTF-8, found the byte 0xed at byte 0"),
        (with_metadata(b'"a\\u0000b"'), "expected text without NUL characters, found \\u0000 in a string"),
        (GOOD[:-1] + b', "\\u0000": 1}', "expected text without NUL characters, found \\u0000 in a string"),
        (GOOD[:-1] + b', "x": [["\\u0000"]]}', "expected text without NUL characters, found \\u0000 in a string"),
        (GOOD + b"\0", f"extra data at line 1, column {len(GOOD) + 1}"),
    ],
)
def test_body_that_is_no_json_is_refused_with_its_place(api: Api, body: bytes, message: str) -> None:
    error = create(api, body).error(400)
    assert error["message"] == f"The body is not valid JSON: {message}."
    assert error["type"] == "invalid_request_error"
    assert error["param"] is None
    assert create(api, GOOD).status == 200


def test_endless_digits_are_refused(api: Api) -> None:
    assert "digits" in create(api, b"1" * 5000).error(400)["message"]
    assert create(api, with_metadata(b"1" * 4000)).error(400)["param"] == "metadata.a"


def test_byte_order_mark_before_the_body_is_dropped(api: Api) -> None:
    assert create(api, b"\xef\xbb\xbf" + GOOD).status == 200
    create(api, b"\xef\xbb\xbf\xef\xbb\xbf" + GOOD).error(400)


def test_nul_in_a_line_of_an_input_file_is_text(api: Api, world: TestWorld) -> None:
    row = line("row-\0", messages=[{"role": "user", "content": "a\0b"}])
    batch = api.create(api.upload(jsonl([row]))["id"])
    world.admin.advance("24h")
    done = api("GET", f"/batches/{batch['id']}").ok()
    assert done["status"] == "completed"
    output = api("GET", f"/files/{done['output_file_id']}/content").content
    assert json.loads(output)["custom_id"] == "row-\0"


@pytest.mark.parametrize("value", [[], "", "{}", 1, None, True, [new_batch()]])
def test_body_of_another_kind_is_refused(api: Api, value: object) -> None:
    error = api("POST", "/batches", value=value).error(400)
    assert error["message"].startswith("body: expected an object, found ")
    assert error["param"] is None


@pytest.mark.parametrize("member", ["input_file_id", "endpoint", "completion_window"])
def test_required_member_is_named_when_it_is_missing(api: Api, member: str) -> None:
    body = new_batch()
    del body[member]
    error = api("POST", "/batches", value=body).error(400)
    assert error["param"] == member
    assert error["message"].startswith(f"body.{member}: expected ")
    assert error["message"].endswith(", found nothing.")


WRONG: dict[str, list[Any]] = {
    "input_file_id": [None, 1, True, [], {}, 1.5],
    "endpoint": [None, 1, "", "/v1/completions", "/v1/chat/completions/", [], "v1"],
    "completion_window": [None, 24, "", "48h", "24H", " 24h", ["24h"]],
    "metadata": [[], "a", 1, True, {str(number): "" for number in range(17)}, {"k" * 65: "v"}],
    "metadata.a": [{"a": None}, {"a": 1}, {"a": True}, {"a": []}, {"a": {}}, {"a": "x" * 513}, {"a": "😀" * 513}],
    "max_concurrency": [None, 0, -1, 65, 1.5, "8", True, [], SAFE, 10**30],
}


@pytest.mark.parametrize(("param", "value"), [(param, value) for param, values in WRONG.items() for value in values])
def test_wrong_member_is_refused_with_its_place(api: Api, param: str, value: object) -> None:
    error = api("POST", "/batches", value=new_batch(**{param.partition(".")[0]: value})).error(400)
    assert error["param"] == param
    assert error["message"].startswith(f"body.{param}: expected ")
    assert api("GET", "/batches").ok()["data"] == []


@pytest.mark.parametrize(
    ("member", "value", "shown"),
    [
        ("max_concurrency", 1, 1),
        ("max_concurrency", 64, 64),
        ("max_concurrency", 8.0, 8),
        ("metadata", None, None),
        ("metadata", {}, {}),
        ("metadata", {str(number): "" for number in range(16)}, {str(number): "" for number in range(16)}),
        ("metadata", {"😀" * 64: "😀" * 512}, {"😀" * 64: "😀" * 512}),
        ("metadata", {"": ""}, {"": ""}),
        ("input_file_id", "", ""),
        ("input_file_id", "file/../x?\n", "file/../x?\n"),
        ("endpoint", "/v1/responses", "/v1/responses"),
    ],
)
def test_member_at_the_edge_is_taken_as_it_is(api: Api, member: str, value: object, shown: object) -> None:
    batch = api.create(**{member: value})
    assert batch[member] == shown
    assert type(batch[member]) is type(shown)


def test_absent_members_have_their_defaults(api: Api) -> None:
    batch = api.create()
    assert (batch["metadata"], batch["max_concurrency"]) == (None, 8)


def test_unknown_members_are_ignored(api: Api, world: TestWorld) -> None:
    batch = api.create(output_expires_after={"anchor": "created_at", "seconds": 3600}, status="completed", id="mine")
    assert batch["status"] == "validating"
    assert "output_expires_after" not in batch
    assert world.admin.requests()[-1]["violations"] == []


def test_last_of_equal_members_counts_and_the_journal_notes_it(api: Api, world: TestWorld) -> None:
    body = GOOD[:-1] + b', "max_concurrency": 3, "max_concurrency": 5, "metadata": {"a": "1", "a": "2"}}'
    batch = create(api, body).ok()
    assert (batch["max_concurrency"], batch["metadata"]) == (5, {"a": "2"})
    assert sorted(world.admin.requests()[-1]["notes"]) == [
        "duplicate key 'a': the last one counts",
        "duplicate key 'max_concurrency': the last one counts",
    ]


def test_first_fault_is_told_and_all_are_in_the_journal(api: Api, world: TestWorld) -> None:
    body = new_batch(endpoint="/v1/none", max_concurrency=0)
    error = api("POST", "/batches", value=body).error(400)
    assert error["param"] == "endpoint"
    entry = world.admin.requests()[-1]
    assert entry["violations"] == [
        {
            "place": "body.endpoint",
            "expected": '"/v1/chat/completions", "/v1/embeddings", "/v1/images/generations" or "/v1/responses"',
            "found": '"/v1/none"',
            "schema": "CreateBatchRequest",
        },
        {
            "place": "body.max_concurrency",
            "expected": "an integer from 1 to 64",
            "found": "0",
            "schema": "CreateBatchRequest",
        },
    ]


@pytest.mark.parametrize("name", ["hapy-path", "happy-pat", "", "Happy-Path", "a happy-path"])
def test_unknown_scenario_is_refused_with_near_names(api: Api, name: str) -> None:
    reply = api("POST", "/batches", value=new_batch(), X_Emulator_Scenario=name)
    if not name:
        assert reply.status == 200
        return
    error = reply.error(400)
    assert error["param"] == "scenario"
    assert "happy-path" in error["message"]


def test_header_chooses_the_scenario_before_metadata_does(api: Api, world: TestWorld) -> None:
    named = {"metadata": {"emulator_scenario": "expired-partial"}}
    by_both = api("POST", "/batches", value=new_batch(**named), X_Emulator_Scenario="stuck-validating").ok()
    by_metadata, by_default = api.create(**named), api.create()
    chosen = [world.admin.timeline(batch["id"])["scenario"] for batch in (by_both, by_metadata, by_default)]
    assert chosen == ["stuck-validating", "expired-partial", "happy-path"]


@pytest.mark.parametrize(
    ("content", "media_type", "place"),
    [
        (b'{"endpoint"', "application/json", "body"),
        (b"{}", "text/plain", "header.Content-Type"),
        (b" " * (1 << 20) + b"{}", "application/json", "body"),
        (b"--b\r\n", "multipart/form-data; boundary=b", "header.Content-Type"),
    ],
)
def test_a_body_that_cannot_be_read_is_a_violation(
    world: TestWorld, api: Api, content: bytes, media_type: str, place: str
) -> None:
    reply = api("POST", "/batches", content, Content_Type=media_type)
    assert reply.status in {400, 413, 415}
    [violation] = world.admin.requests()[-1]["violations"]
    assert violation["place"] == place
