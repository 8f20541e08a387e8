from __future__ import annotations

import json
from typing import Any

import pytest
from support.traces import returned, sent

from emulator.clients.protocol import RetryPolicy
from emulator.fuzz.contract import component
from emulator.fuzz.oracles.exactly import ABSENT, differences
from emulator.fuzz.oracles.kept import is_kept
from emulator.fuzz.oracles.said import is_taken, is_tenant, unlike, unlike_upload
from emulator.fuzz.oracles.sane import insane
from emulator.fuzz.oracles.shown import misread
from emulator.fuzz.strategies.replies import BATCH, FILE, PLAIN

SCHEMA = component("BatchObject")
WITHOUT_METADATA = {name: value for name, value in BATCH.items() if name != "metadata"}

# Exactly


@pytest.mark.parametrize(
    ("sent_", "shown"),
    [
        (BATCH, BATCH),
        (BATCH, {**BATCH, "colour": "red"}),
        ({**BATCH, "colour": "red"}, BATCH),
        (WITHOUT_METADATA, WITHOUT_METADATA),
        (WITHOUT_METADATA, BATCH),
        ({**BATCH, "metadata": {}}, {**BATCH, "metadata": {}}),
    ],
)
def test_what_is_shown_exactly_has_no_differences(sent_: Any, shown: Any) -> None:
    assert list(differences(SCHEMA, sent_, shown)) == []


@pytest.mark.parametrize(
    ("name", "value", "shown", "kind"),
    [
        ("metadata", {}, None, "lost"),
        ("metadata", None, {}, "invented"),
        ("metadata", None, ABSENT, "lost"),
        ("metadata", ABSENT, {}, "invented"),
        ("metadata", {"a": "1"}, {"a": 1}, "altered"),
        ("metadata", {"a": "1"}, {}, "altered"),
        ("created_at", 1704067200, 1704067200.0, "altered"),
        ("created_at", 1704067200, "1704067200", "altered"),
        ("created_at", 1, True, "altered"),
        ("status", "finalizing", "in_progress", "altered"),
        ("id", "batch_1", ABSENT, "lost"),
        ("output_file_id", "file_1", None, "lost"),
        ("errors", {"object": "list", "data": []}, {"object": "list", "data": [{}]}, "altered"),
    ],
)
def test_each_kind_of_difference_is_told_with_its_place(name: str, value: Any, shown: Any, kind: str) -> None:
    (found,) = differences(SCHEMA, with_(name, value), with_(name, shown))
    assert (found.kind, found.place.split(".")[1]) == (kind, name)


def with_(name: str, value: Any) -> dict[str, Any]:
    rest = {key: each for key, each in BATCH.items() if key != name}
    return rest if value is ABSENT else {**rest, name: value}


@pytest.mark.parametrize("result", [None, [], "x", 7, {"data": None}, {"data": {}}, {"data": [[]]}])
def test_a_result_that_is_no_page_is_a_difference_and_no_accident(result: Any) -> None:
    assert list(differences(component("FileList"), PLAIN["FileList"], result))


def test_a_difference_in_a_list_names_no_number() -> None:
    page = PLAIN["FileList"]
    (found,) = differences(component("FileList"), page, {**page, "data": [{**FILE, "bytes": 2}]})
    assert found.place == "result.data[].bytes"


# Kept


@pytest.mark.parametrize(
    ("body", "media_type", "kept"),
    [
        (b"", None, None),
        (b"", "application/json", ""),
        (b"No.", "text/plain", "No."),
        ("naïve".encode(), "application/json", "naïve"),
        (b"\xef\xbb\xbf{}", "application/json", "{}"),
        (b"na\xefve", "text/html", "na\ufffdve"),
        (b"na\xefve", "text/html", "naïve"),
        (b"na\xefve", "text/html; charset=ISO-8859-1", "naïve"),
        (b"\x80", "text/html; charset=iso-8859-1", "€"),
        ("é".encode("utf-16"), 'text/plain; charset="utf-16"', "é"),
        (b"No.", "text/plain; charset=unheard-of", "No."),
        (b'{"error": {"code": 404}}', "application/json", '{"error":{"code":404}}'),
        (b"null", "application/json", None),
        (b'{"a":NaN}', "text/html", '{"a": NaN}'),
    ],
)
def test_an_errors_body_may_be_kept_in_several_ways(body: bytes, media_type: str | None, kept: str | None) -> None:
    assert is_kept(body, media_type, kept)


@pytest.mark.parametrize(
    ("body", "media_type", "kept"),
    [
        (b"No.", "text/plain", None),
        (b"No.", "text/plain", "No"),
        (b"No. ", "text/plain", "No."),
        (b'{"code": 404}', "application/json", '{"code": 404.0}'),
        (b'{"code": 404}', "application/json", '{"code": "404"}'),
        (b'{"error": "a"}', "application/json", "a"),
        ("naïve".encode(), "application/json", "naÃ¯ve"),
        (b"x" * 70_000, "text/plain", "x" * 65_536),
        (b"null", "application/json", "None"),
        (b"{}", "application/json", None),
    ],
)
def test_another_body_is_not_the_replys(body: bytes, media_type: str | None, kept: str | None) -> None:
    assert not is_kept(body, media_type, kept)


# Shown


@pytest.mark.parametrize(
    ("body", "result"),
    [
        ('{"created_at": 1.0}', {"created_at": 1}),
        ('{"created_at": 1e3}', {"created_at": 1000.0}),
        ('{"created_at": 9007199254740993}', {"created_at": 9007199254740993}),
        ('{"created_at": 1, "created_at": 2}', {"created_at": 1}),
        ('{"created_at": 1, "created_at": 2}', {"created_at": 2}),
        ('{"created_at": "soon"}', {"created_at": "soon"}),
        ('{"errors": {"a": 1}}', {"errors": {}}),
        ('{"errors": {"a": 1}}', {"errors": {"object": None, "data": None}}),
        ('{"metadata": {"k": 1}}', {"metadata": {"k": 1}}),
        ('{"colour": "red"}', {}),
        ('{"metadata": {}}', '{"metadata": {}}'),
        ('{"created_at": 1E400}', {"created_at": None}),
        ('{"created_at": 1E400}', {"created_at": "Infinity"}),
        ('{"created_at": 1E400}', {"created_at": float("inf")}),
        ('{"created_at": 1E400}', {"created_at": 10**400}),
        ("{", None),
        ("<html>", "<html>"),
        ("[]", []),
        ('\ufeff{"id": "a"}', {"id": "a"}),
    ],
)
def test_a_bad_reply_may_be_shown_as_it_is(body: str, result: Any) -> None:
    assert misread(SCHEMA, body.encode(), "application/json", result) == []


@pytest.mark.parametrize(
    ("body", "result", "places"),
    [
        ('{"created_at": 1.5}', {"created_at": 1}, ["result.created_at"]),
        ('{"created_at": 9007199254740993}', {"created_at": 9007199254740992}, ["result.created_at"]),
        ('{"created_at": 1E400}', {"created_at": 0}, ["result.created_at"]),
        ('{"created_at": 1E400}', {"created_at": 10**400 + 1}, ["result.created_at"]),
        ('{"created_at": 1.5}', {"created_at": None}, ["result.created_at"]),
        ('{"created_at": 1, "created_at": 2}', {"created_at": 3}, ["result.created_at"]),
        ('{"created_at": "1"}', {"created_at": 1}, ["result.created_at"]),
        ('{"created_at": true}', {"created_at": 1}, ["result.created_at"]),
        ('{"status": "new"}', {"status": "in_progress"}, ["result.status"]),
        ('{"status": null}', {"status": "validating"}, ["result.status"]),
        ("{}", {"object": "batch"}, ["result.object"]),
        ('{"metadata": {"k": 1}}', {"metadata": {"k": "1"}}, ["result.metadata.k"]),
        ('{"metadata": {"k": "a", "k": "b"}}', {"metadata": {"k": "c"}}, ["result.metadata.k"]),
        ('{"errors": {"data": [{}]}}', {"errors": {"data": []}}, ["result.errors.data"]),
        ("[]", {}, ["result"]),
        ("{}", None, ["result"]),
        ('"\\ud800"', "?", ["result"]),
    ],
)
def test_another_value_than_the_replys_is_told_with_its_place(body: str, result: Any, places: list[str]) -> None:
    found = misread(SCHEMA, body.encode(), "application/json", result)
    assert found is not None
    assert [place for place, _, _ in found] == places


@pytest.mark.parametrize("body", [b"{", b"{}{}", b"NaN", b"{'id': 1}", b"", b"[" * 100_000])
def test_what_is_no_json_is_none_of_any_kind(body: bytes) -> None:
    assert misread(SCHEMA, body, "application/json", {}) is None


@pytest.mark.parametrize("body", [b'{"id": "a\xff"}', b'{"id": "a\\ud800"}'])
@pytest.mark.parametrize("media_type", ["application/json", "application/json; charset=utf-8", None])
def test_what_is_no_text_may_be_shown_as_the_character_for_that(body: bytes, media_type: str | None) -> None:
    assert misread(SCHEMA, body, media_type, {"id": "a\ufffd"}) == []
    assert misread(SCHEMA, body, media_type, {"id": "a"}) != []
    assert misread(SCHEMA, body, media_type, {"id": "a?"}) != []


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_json_may_be_read_by_the_charset_that_its_zeros_tell(charset: str) -> None:
    body = '{"id": "naïve"}'.encode(charset)
    for media_type in ("application/json", "application/json; charset=utf-8"):
        assert misread(SCHEMA, body, media_type, {"id": "naïve"}) == []
        assert misread(SCHEMA, body, media_type, {"id": "naive"}) != []


def test_halves_of_pairs_may_be_read_as_they_stand_in_utf_8() -> None:
    body = b'{"id": "\xed\xa0\x80"}'
    assert misread(SCHEMA, body, "application/json", {"id": "\ud800"}) == []
    assert misread(SCHEMA, body, "application/json", {"id": "\ufffd" * 3}) == []
    assert misread(SCHEMA, body, "application/json", {"id": ""}) != []


def test_a_reply_may_be_read_by_the_charset_that_it_names() -> None:
    body, media_type = '{"id": "naïve"}'.encode("latin-1"), "application/json; charset=latin-1"
    assert misread(SCHEMA, body, media_type, {"id": "naïve"}) == []
    assert misread(SCHEMA, body, media_type, {"id": "na\ufffdve"}) != []


# Said


@pytest.mark.parametrize(
    ("call", "args", "is_good"),
    [
        ("batches.list", {"limit": 1}, True),
        ("batches.list", {"limit": 0}, False),
        ("batches.list", {"limit": 100}, True),
        ("batches.list", {"limit": 101}, False),
        ("files.list", {"limit": 10_000}, True),
        ("files.list", {"limit": 10_001}, False),
        ("files.list", {"order": "up"}, False),
        ("files.list", {"purpose": "fine-tune"}, True),
        ("files.list", {"purpose": "fine_tune"}, False),
        ("batches.create", {"endpoint": "/v1/responses"}, True),
        ("batches.create", {"endpoint": ""}, False),
        ("batches.create", {"metadata": None}, True),
        ("batches.create", {"metadata": {"k" * 64: "v" * 512}}, True),
        ("batches.create", {"metadata": {"k" * 65: ""}}, False),
        ("batches.create", {"metadata": {"k": "v" * 513}}, False),
        ("batches.create", {"metadata": {str(number): "" for number in range(17)}}, False),
        ("batches.create", {"metadata": {"k": 7}}, False),
        ("batches.create", {"metadata": {"k": None}}, False),
        ("batches.create", {"max_concurrency": "3"}, False),
        ("batches.create", {"max_concurrency": True}, False),
        ("batches.create", {"max_concurrency": 2.5}, False),
        ("batches.create", {"max_concurrency": 64}, True),
        ("batches.create", {"max_concurrency": 65}, False),
        ("batches.create", {"input_file_id": "a\0b"}, False),
        ("files.upload", {"purpose": "batch", "filename": "a.jsonl"}, True),
        ("files.upload", {"purpose": "batches", "filename": "a.jsonl"}, False),
    ],
)
def test_bounds_of_arguments_are_the_contracts(call: str, args: dict[str, Any], is_good: bool) -> None:
    assert is_taken(call, args) is is_good


@pytest.mark.parametrize(
    ("tenant", "is_good"),
    [(None, True), ("a b", True), ("x" * 150, True), ("", False), ("*", False), ("x" * 151, False), ("é", False), ("a\n", False)],
)  # fmt: skip
def test_bounds_of_tenants_are_the_contracts(tenant: str | None, is_good: bool) -> None:
    assert is_tenant(tenant) is is_good


@pytest.mark.parametrize(
    ("args", "query"),
    [
        ({}, ""),
        ({}, "?limit=20"),
        ({"limit": 20}, ""),
        ({"limit": 5, "after": "a b/c"}, "?after=a+b%2Fc&limit=5"),
        ({"after": ""}, ""),
        ({"limit": 0}, "?limit=0"),
        ({}, "?colour=red"),
    ],
)
def test_a_query_may_say_the_same_in_several_ways(args: dict[str, Any], query: str) -> None:
    assert list(unlike("batches.list", args, sent(path=f"/batches{query}"))) == []


@pytest.mark.parametrize(
    ("args", "query", "name"),
    [
        ({"limit": 5}, "", "limit"),
        ({"limit": 101}, "?limit=100", "limit"),
        ({"limit": 0}, "", "limit"),
        ({"after": "a+b"}, "?after=a+b", "after"),
        ({"after": "a&limit=1"}, "?after=a&limit=1", "after"),
        ({}, "?after=None", "after"),
        ({"limit": 5}, "?limit=5&limit=6", "limit"),
        ({"limit": 5}, "?limit=6&limit=5", "limit"),
        ({"limit": 5}, "?limit=5.0", "limit"),
    ],
)
def test_a_query_that_says_something_else_is_told(args: dict[str, Any], query: str, name: str) -> None:
    assert name in [found for found, _, _ in unlike("batches.list", args, sent(path=f"/batches{query}"))]


CREATE = {"input_file_id": "file_1", "endpoint": "/v1/embeddings"}


@pytest.mark.parametrize(
    ("given", "said", "names"),
    [
        ({}, {}, []),
        ({}, {"metadata": None, "max_concurrency": 8, "output_expires_after": {}}, []),
        ({"metadata": {}}, {"metadata": {}}, []),
        ({"metadata": {"k": 7}}, {"metadata": {"k": 7}}, []),
        ({"metadata": {"k": 7}}, {}, ["metadata"]),
        ({"metadata": {"k": 7}}, {"metadata": {"k": "7"}}, ["metadata"]),
        ({"max_concurrency": "3"}, {"max_concurrency": 3}, ["max_concurrency"]),
        ({"metadata": {}}, {}, ["metadata"]),
        ({"metadata": None}, {}, []),
        ({"metadata": None}, {"metadata": {}}, ["metadata"]),
        ({}, {"metadata": {}}, ["metadata"]),
        ({"max_concurrency": 65}, {"max_concurrency": 64}, ["max_concurrency"]),
        ({"max_concurrency": 65}, {"max_concurrency": 65}, []),
        ({"max_concurrency": 1}, {"max_concurrency": 1.0}, ["max_concurrency"]),
        ({}, {"completion_window": "1h"}, ["completion_window"]),
        ({}, {"endpoint": "/v1/responses"}, ["endpoint"]),
    ],
)
def test_a_create_says_what_its_caller_said(given: dict[str, Any], said: dict[str, Any], names: list[str]) -> None:
    request = sent("POST", body=json.dumps({**CREATE, "completion_window": "24h", **said}))
    assert [name for name, _, _ in unlike("batches.create", {**CREATE, **given}, request)] == names


@pytest.mark.parametrize("body", ["", "[]", "input_file_id=file_1", "null"])
def test_a_create_without_an_object_says_nothing(body: str) -> None:
    assert [name for name, _, _ in unlike("batches.create", CREATE, sent("POST", body=body))] == ["body"]


def test_an_upload_says_its_purpose_in_a_part_of_its_own() -> None:
    part = 'Content-Disposition: form-data; name="purpose"\r\n\r\n{}\r\n'.format
    args = {"filename": "a", "content": "", "purpose": "vision"}
    assert list(unlike_upload(args, sent("POST", body=part("vision")))) == []
    assert [name for name, _, _ in unlike_upload(args, sent("POST", body=part("batch")))] == ["purpose"]


# Sane


def sanity(*statuses: int | None, sleeps: tuple[float, ...] = (), asked: str | None = None, **policy: Any) -> list[str]:
    requests = [sent(status=status) for status in statuses]
    return [cause for cause, _, _ in insane(returned({}, *sleeps), requests, RetryPolicy(**policy), asked)]


@pytest.mark.parametrize("status", [None, 408, 409, 425, 429, 500, 501, 503, 599])
def test_what_may_pass_may_be_tried_again(status: int | None) -> None:
    assert sanity(status, 200) == []


@pytest.mark.parametrize("status", [200, 201, 302, 400, 401, 404, 413, 422])
def test_what_is_no_accident_is_not_tried_again(status: int) -> None:
    assert sanity(status, 200) == [f"repeated after {status}"]


@pytest.mark.parametrize(
    ("sleeps", "asked", "found"),
    [
        ((1.0, 1.0), None, []),
        ((5.0, 5.0), "5", []),
        ((4.9, 5.0), "5", ["Retry-After undercut"]),
        ((2.5, 2.5, 5.0), "5", []),
        ((1.0, 1.0, 1.0), "5", ["Retry-After undercut"]),
        ((30.0, 30.0), "86400", []),
        ((1.0, 1.0), "31", []),
        ((1.0, 1.0), "soon", []),
        ((1.0, 1.0), "Fri, 31 Dec 9999 23:59:59 GMT", []),
        ((), "5", []),
        ((60.0, 61.0), None, ["too long asleep"]),
        ((60.0, 60.0), None, []),
    ],
)
def test_retry_after_is_not_undercut_and_sleep_is_bounded(
    sleeps: tuple[float, ...], asked: str | None, found: list[str]
) -> None:
    assert sanity(429, 503, 200, sleeps=sleeps, asked=asked) == found


def test_a_call_is_tried_twenty_times_at_most() -> None:
    assert sanity(*[503] * 19, 200) == []
    assert sanity(*[503] * 20, 200) == ["too many attempts"]


def test_retry_after_binds_nobody_who_does_not_ask_again() -> None:
    assert sanity(503, sleeps=(0.25,), asked="5") == []


@pytest.mark.parametrize(
    ("method", "status", "found"),
    [
        ("GET", None, []),
        ("DELETE", None, []),
        ("POST", None, ["too many attempts"]),
        ("GET", 503, ["too many attempts"]),
    ],
)
def test_what_carries_requests_may_send_one_again_that_met_with_no_reply(
    method: str, status: int | None, found: list[str]
) -> None:
    requests = [sent(method, status=status), sent(method)]
    assert [cause for cause, _, _ in insane(returned({}), requests, RetryPolicy(max_attempts=1), None)] == found


@pytest.mark.parametrize(
    ("statuses", "sleeps", "policy", "found"),
    [
        ((503, 200), (), {"statuses": frozenset({503})}, []),
        ((500, 200), (), {"statuses": frozenset({503})}, ["repeated against its own policy"]),
        ((None, 200), (), {"statuses": frozenset({503})}, ["repeated against its own policy"]),
        ((None, 200), (), {"statuses": frozenset({0})}, []),
        ((503, 503, 200), (), {"max_attempts": 2}, ["too many attempts"]),
        ((503, 200), (3.0,), {"max_sleep_s": 2.0}, ["too long asleep"]),
    ],
)
def test_a_client_is_held_to_its_own_stricter_policy(
    statuses: tuple[int | None, ...], sleeps: tuple[float, ...], policy: dict[str, Any], found: list[str]
) -> None:
    assert sanity(*statuses, sleeps=sleeps, **policy) == found


@pytest.mark.parametrize(
    ("again", "found"),
    [
        ({}, []),
        ({"path": "/batches?limit=1"}, ["request line changed on repeat"]),
        ({"headers": {"x-on-behalf-of": "bob"}}, ["tenant changed on repeat"]),
        ({"headers": {"content-type": "text/plain"}}, ["media type changed on repeat"]),
        ({"body": "{}"}, ["body changed on repeat"]),
    ],
)
def test_what_is_repeated_says_the_same(again: dict[str, Any], found: list[str]) -> None:
    requests = [sent(status=503), sent(**again)]
    assert [cause for cause, _, _ in insane(returned({}), requests, RetryPolicy(), None)] == found


def test_a_forms_boundary_may_be_another_on_repeat() -> None:
    forms = [
        sent(body=f"--{word}--", headers={"content-type": f"multipart/form-data; boundary={word}"}) for word in "ab"
    ]
    assert list(insane(returned({}), forms, RetryPolicy(), None)) == [
        ("repeated after 200", "one attempt: a 200 is no accident", "2 attempts")
    ]
