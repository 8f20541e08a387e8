from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from support.batching import BAD_BATCH, submitted
from support.http import Api

from emulator.contract.catalog import load
from emulator.embedded import Emulator, Request, Requests, Unmet
from emulator.embedded.requests import OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Callable

DIFFERENCE = """\
createBatch broke the contract: POST /api/v1/llm/batches, answered 400
  at        body.endpoint
  expected  "/v1/chat/completions", "/v1/embeddings", "/v1/images/generations" or "/v1/responses"
  got       "/v1/nothing"
listBatches broke the contract: GET /api/v1/llm/batches?limit=0, answered 400
  at        query.limit
  expected  an integer from 1 to 100
  got       0
If that is what the test is about, allow it: .allow_violations("createBatch", "listBatches")"""


@pytest.fixture
def api(emulator: Emulator) -> Api:
    return Api(emulator.url, emulator.api_key)


# Requests


def test_requests_are_told_as_they_came_and_were_answered(emulator: Emulator, api: Api) -> None:
    emulator.advance("1m")
    api("POST", "/batches", value=BAD_BATCH, X_Extra="a")
    api("GET", "/batches?after=batch_x&limit=2")
    created, listed = emulator.requests
    assert (created.operation, created.method, created.path) == ("createBatch", "POST", "/api/v1/llm/batches")
    assert (created.status, created.rule, created.at, created.number) == (400, None, 1704067260, 0)
    assert (created.json, created.json) == (BAD_BATCH, BAD_BATCH)
    assert created.headers["X-EXTRA"] == "a"
    assert "Authorization" not in created.headers or created.headers["Authorization"] == "(hidden)"
    assert [(each.place, each.found) for each in created.violations] == [("body.endpoint", '"/v1/nothing"')]
    assert (listed.path, listed.query) == (
        "/api/v1/llm/batches?after=batch_x&limit=2",
        {"after": "batch_x", "limit": "2"},
    )


def test_requests_are_a_sequence_that_stays_as_it_is(emulator: Emulator, api: Api) -> None:
    submitted(emulator)
    requests = emulator.requests
    api("GET", "/files")
    assert [each.operation for each in requests] == ["uploadFile", "createBatch"]
    assert (requests[0].operation, requests[-1].operation, len(requests)) == ("uploadFile", "createBatch", 2)
    assert isinstance(requests[1:], Requests)
    assert requests[1:].count("uploadFile") == 0
    assert [each.operation for each in requests.of("createBatch")] == ["createBatch"]
    assert len(emulator.requests) == 3


def test_requests_are_counted_and_found_by_operation(emulator: Emulator, api: Api) -> None:
    for limit in (1, 2, 0):
        api("GET", f"/batches?limit={limit}")
    assert (emulator.requests.count("listBatches"), emulator.requests.count("getBatch")) == (3, 0)
    assert emulator.requests.last("listBatches").query == {"limit": "0"}
    assert [each.place for each in emulator.requests.violations] == ["query.limit"]


@pytest.mark.parametrize("method", ["of", "count", "last"])
def test_operation_that_there_is_not_is_refused(emulator: Emulator, method: str) -> None:
    with pytest.raises(ValueError, match="expected an operation, found 'getBach': did you mean 'getBatch'"):
        getattr(emulator.requests, method)("getBach")


def test_request_that_never_came_is_told_with_those_that_did(emulator: Emulator, api: Api) -> None:
    with pytest.raises(LookupError, match="expected a request getBatch, found <Requests: none>"):
        emulator.requests.last("getBatch")
    api("GET", "/files")
    sentence = "expected a request getBatch, found <Requests: listFiles (GET /api/v1/llm/files, answered 200)>"
    with pytest.raises(LookupError, match=re.escape(sentence)):
        emulator.requests.last("getBatch")


def test_body_that_is_no_json_is_told(emulator: Emulator, api: Api) -> None:
    api("POST", "/batches", b"{", Content_Type="application/json")
    with pytest.raises(ValueError, match=r"createBatch \(POST .*, answered 400\): expected a body of JSON, found '{'"):
        _ = emulator.requests[0].json


def test_headers_that_come_twice_are_joined() -> None:
    entry = dict.fromkeys(("number", "at", "operation", "method", "target", "path", "body", "status", "rule"))
    request = Request.of({**entry, "headers": [["a", "1"], ["A", "2"]], "violations": []})
    assert (dict(request.headers), request.headers["A"], len(request.headers)) == ({"a": "1, 2"}, "1, 2", 1)


def test_operations_are_those_of_the_contract() -> None:
    assert sorted(OPERATIONS) == sorted(load("0.12.114").operations)


def test_query_is_told_from_a_path_that_holds_a_question_mark(emulator: Emulator, api: Api) -> None:
    api("GET", "/batches/a%3Fb=c?d=e%26f&g=")
    (request,) = emulator.requests
    assert request.target == "/api/v1/llm/batches/a%3Fb=c?d=e%26f&g="
    assert request.path == "/api/v1/llm/batches/a?b=c?d=e%26f&g="
    assert request.query == {"d": "e&f", "g": ""}


# Batches


def test_batches_are_shown_as_they_truly_are(emulator: Emulator) -> None:
    emulator.use("unknown-status")
    ids = [submitted(emulator), submitted(emulator)]
    emulator.wait_until_done(ids[0])
    first, _ = emulator.batches
    assert [each.id for each in emulator.batches] == ids
    assert (first.status, first["status"], first.scenario, first.tenant) == (
        "completed",
        "completed",
        "unknown-status",
        None,
    )
    assert first.request_counts == {"total": 5, "completed": 5, "failed": 0}
    assert [each["status"] for each in emulator.timeline(ids[0])["past"]][::3] == ["validating", "completed"]
    with pytest.raises(AttributeError, match="a batch has no 'state': expected one of id, tenant,"):
        _ = first.state


# What is asked of it


def broken(emulator: Emulator) -> None:
    api = Api(emulator.url, emulator.api_key)
    api("POST", "/batches", value=BAD_BATCH)
    api("GET", "/batches?limit=0")


def test_check_tells_where_requests_broke_the_contract_and_how_to_allow_it(emulator: Emulator) -> None:
    submitted(emulator)
    emulator.check()
    broken(emulator)
    with pytest.raises(Unmet) as unmet:
        emulator.check()
    assert str(unmet.value) == DIFFERENCE
    assert isinstance(unmet.value, AssertionError)


def test_request_that_is_no_operation_is_told_and_allowed_with_all(emulator: Emulator, api: Api) -> None:
    broken(emulator)
    api("DELETE", "/batches")
    with pytest.raises(Unmet) as unmet:
        emulator.check()
    assert str(unmet.value).splitlines()[-5:] == [
        "a request broke the contract: DELETE /api/v1/llm/batches, answered 405",
        "  at        method",
        "  expected  GET or POST",
        '  got       "DELETE"',
        "If that is what the test is about, allow it: .allow_violations()",
    ]
    emulator.allow_violations()
    emulator.check()


@pytest.mark.parametrize(
    ("allow", "left"),
    [
        (lambda emulator: emulator.allow_violations(), []),
        (lambda emulator: emulator.allow_violations("createBatch", "listBatches"), []),
        (lambda emulator: emulator.allow_violations("createBatch"), ["listBatches"]),
        (lambda emulator: emulator.allow_violations("uploadFile"), ["createBatch", "listBatches"]),
    ],
)
def test_violations_are_allowed_for_some_operations_or_all(
    emulator: Emulator, allow: Callable[[Emulator], None], left: list[str]
) -> None:
    allow(emulator)
    broken(emulator)
    assert told(emulator) == left


def told(emulator: Emulator) -> list[str]:
    """Return the operations that a check complains of."""
    try:
        emulator.check()
    except Unmet as unmet:
        return re.findall(r"^(\w+) broke", str(unmet), re.MULTILINE)
    return []


def test_operation_that_there_is_not_cannot_be_allowed(emulator: Emulator) -> None:
    with pytest.raises(ValueError, match="did you mean 'createBatch'"):
        emulator.allow_violations("createBach")


def test_check_asks_for_required_rules_to_have_fired(emulator: Emulator, api: Api) -> None:
    emulator.rule(on={"operation": "getFile"}, reply={"status": 503})
    required = emulator.rule(on={"operation": "getBatch"}, reply={"status": 503}, required=True)
    removed = emulator.rule(on={"operation": "getBatch"}, reply={"status": 503}, required=True)
    removed.remove()
    with pytest.raises(Unmet) as unmet:
        emulator.check()
    assert [line.split(": ")[1] for line in str(unmet.value).splitlines()] == [required.key, removed.key]
    assert "{'on': {'operation': 'getBatch'}, 'reply': {'status': 503}}" in str(unmet.value)
    assert api("GET", "/batches/batch_x").status == 503
    with pytest.raises(Unmet, match=f"^a required rule has never fired: {removed.key}: [^\n]*$"):
        emulator.check()


# What is told of it


def told_of(emulator: Emulator) -> dict[str, Any]:
    return {heading: text.splitlines() for heading, text in emulator.told()}


def test_batches_are_told_with_what_has_been_and_is_to_come(emulator: Emulator) -> None:
    assert told_of(emulator) == {"batch_emulator: batches": ["none"], "batch_emulator: requests": ["none"]}
    batch_id = submitted(emulator, 4)
    emulator.advance("30m")
    assert told_of(emulator)["batch_emulator: batches"] == [
        f"{batch_id}: happy-path, in_progress, 1 completed and 0 failed of 4, at 0h 30m 00s",
        "    0h 00m 00s  validating",
        "    0h 01m 00s  in_progress",
        "    1h 00m 00s  to come: finalizing",
        "    1h 01m 00s  to come: completed",
    ]


def test_steps_that_are_no_status_are_told_too(emulator: Emulator) -> None:
    steps: list[Any] = [{"to": "in_progress", "after": 60}, {"progress": "50%", "after": "1h"}, "expires"]
    emulator.use({"lifecycle": steps})
    submitted(emulator, 4)
    assert [line.split("  ")[-1] for line in told_of(emulator)["batch_emulator: batches"][2:]] == [
        "to come: in_progress",
        "to come: progress 50%",
        "to come: expired",
    ]


def test_newest_requests_are_told_with_their_rules_and_violations(emulator: Emulator, api: Api) -> None:
    for _ in range(9):
        api("GET", "/files")
    emulator.rule(on={"operation": "getBatch"}, reply={"status": 503})
    emulator.advance("90m")
    api("GET", "/batches/batch_x")
    api("POST", "/batches", value={**BAD_BATCH, "metadata": {"a": "b" * 300}})
    api("GET", "/nowhere")
    lines = told_of(emulator)["batch_emulator: requests"]
    assert lines[0] == "… 2 before these"
    assert lines[1] == "  0h 00m 00s  listFiles: GET /api/v1/llm/files → 200"
    assert lines[8] == "  1h 30m 00s  getBatch: GET /api/v1/llm/batches/batch_x → 503, rule rule_1"
    assert lines[9] == "  1h 30m 00s  createBatch: POST /api/v1/llm/batches → 400"
    assert lines[10].startswith('              {"input_file_id": "file_x"')
    assert lines[10].endswith("bbb…")
    assert lines[11].startswith('              broke the contract: body.endpoint: expected "/v1/chat/completions", ')
    assert lines[12] == "  1h 30m 00s  no operation: GET /api/v1/llm/nowhere → 404"
