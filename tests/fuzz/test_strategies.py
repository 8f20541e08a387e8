from __future__ import annotations

import json
from base64 import b64decode
from functools import cache
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from emulator.fuzz.contract import REPLIES, VENDOR_REQUIRES, document
from emulator.fuzz.oracles.said import is_metadata, is_sendable, is_taken, is_tenant
from emulator.fuzz.strategies.arguments import BY_CALL, ids, metadata, tenants
from emulator.fuzz.strategies.breaking import sets_of_bad_replies
from emulator.fuzz.strategies.http import body_of, cuts, headers, media_type_of, others, refusals, reply, retry_after
from emulator.fuzz.strategies.oddities import oddities
from emulator.fuzz.strategies.replies import PLAIN, UNKNOWN, replies
from emulator.fuzz.strategies.written import written
from emulator.scenarios.rules import RuleModel

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

pytestmark = pytest.mark.thorough

SETTINGS = settings(
    max_examples=60, database=None, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
SAMPLE = settings(SETTINGS, max_examples=1000, derandomize=False, phases=(Phase.generate,))
STRATEGIES: dict[str, Callable[[], SearchStrategy[Any]]] = {
    "batches": lambda: replies("getBatch"),
    "pages": lambda: replies("listBatches"),
    "sets of bad replies": sets_of_bad_replies,
    "ids": ids,
    "tenants": tenants,
    "metadata": metadata,
    "refusals": refusals,
    "others": others,
    "headers": headers,
    "retry after": retry_after,
    "cuts": lambda: cuts(longest=50),
    **{call: lambda args=args: args for call, args in BY_CALL.items()},  # type: ignore[misc]
}


@cache
def sample(name: str) -> list[Any]:
    """Return what is drawn by a strategy in a thousand examples, the same each time."""
    found: list[Any] = []

    @seed(1)
    @SAMPLE
    @given(STRATEGIES[name]())
    def draw(value: Any) -> None:
        found.append(value)

    draw()
    return found


def reaches(name: str, predicate: Callable[[Any], bool]) -> bool:
    """Return whether something like this is among what a strategy draws."""
    return any(map(predicate, sample(name)))


def _beside(headers: dict[str, Any]) -> dict[str, Any]:
    return {"status": 200, "headers": headers}


@cache
def schema(name: str) -> jsonschema.Draft202012Validator:
    """Return what a component is to fit: the contract's schema, as far as the vendor requires it."""
    schemas = json.loads(json.dumps(document()["components"]["schemas"]))
    for each in schemas.values():
        each.pop("additionalProperties", None) if each.get("additionalProperties") is False else None
    for component, required in VENDOR_REQUIRES.items():
        schemas[component]["required"] = list(required)
    whole = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": schemas}}
    return jsonschema.Draft202012Validator(whole)


# Replies that keep the contract


@pytest.mark.parametrize("operation", REPLIES)
def test_good_replies_fit_the_schema(operation: str) -> None:
    @SETTINGS
    @given(replies(operation))
    def fits(value: Any) -> None:
        schema(REPLIES[operation]).validate(value)

    fits()


@pytest.mark.parametrize("name", PLAIN)
def test_plain_replies_fit_the_schema(name: str) -> None:
    schema(name).validate(PLAIN[name])


LARGEST = 2**53 - 1
BATCH_EDGES: dict[str, Callable[[Any], bool]] = {
    "null metadata": lambda batch: "metadata" in batch and batch["metadata"] is None,
    "no metadata": lambda batch: "metadata" not in batch,
    "empty metadata": lambda batch: batch.get("metadata") == {},
    "wide metadata": lambda batch: len(batch.get("metadata") or {}) == 16,
    "the longest value": lambda batch: 512 in map(len, (batch.get("metadata") or {}).values()),
    "no max_concurrency but where it is required": lambda batch: batch["max_concurrency"] != 8,
    "the largest integer": lambda batch: batch["created_at"] == LARGEST,
    "the smallest integer": lambda batch: batch["created_at"] == -LARGEST,
    "an end before the beginning": lambda batch: (
        (batch.get("completed_at") or batch["created_at"]) < batch["created_at"]
    ),
    "counts below zero": lambda batch: min(batch["request_counts"].values()) < 0,
    "errors": lambda batch: len((batch.get("errors") or {}).get("data", ())) > 1,
    "an unknown member": lambda batch: not batch.keys().isdisjoint(UNKNOWN),
    "a member called self": lambda batch: "self" in batch,
    "something deep": lambda batch: "[" * 60 in json.dumps(batch).replace(" ", ""),
    "something huge": lambda batch: len(json.dumps(batch)) > 15_000,
    "another order of members": lambda batch: next(iter(batch)) != "id",
    "a character beyond 16 bits": lambda batch: any(ord(letter) > 0xFFFF for letter in batch["input_file_id"]),
    "NUL": lambda batch: "\0" in batch["input_file_id"],
    "a status of the middle": lambda batch: batch["status"] == "finalizing",
    "the endpoint of a later edition": lambda batch: batch["endpoint"] == "/v1/responses",
}


@pytest.mark.parametrize("edge", BATCH_EDGES)
def test_batches_are_drawn_to_their_edges(edge: str) -> None:
    assert reaches("batches", BATCH_EDGES[edge])


PAGE_EDGES: dict[str, Callable[[Any], bool]] = {
    "empty, and more": lambda page: not page["data"] and page["has_more"],
    "a long one": lambda page: len(page["data"]) > 20,
    "one that does not say its last id": lambda page: "last_id" not in page,
    "one whose last id is null": lambda page: page["data"] and page.get("last_id", "") is None,
    "one whose last id is of another": lambda page: page["data"] and str(page.get("last_id")).startswith("batch_f"),
}


@pytest.mark.parametrize("edge", PAGE_EDGES)
def test_pages_are_drawn_to_their_edges(edge: str) -> None:
    assert reaches("pages", PAGE_EDGES[edge])


def test_all_ways_to_write_json_mean_the_same() -> None:
    @SETTINGS
    @given(st.data(), replies("getBatch"))
    def means_the_same(data: st.DataObject, value: Any) -> None:
        assert json.loads(data.draw(written(st.just(value)))) == value

    means_the_same()


# Replies that break it


@pytest.mark.parametrize("name", PLAIN)
def test_bad_replies_are_rules_that_the_server_takes(name: str) -> None:
    for value in oddities(name):
        rule = RuleModel.model_validate({"reply": value}).rule()
        assert rule.reply is not None
        assert rule.reply.body == body_of(value)


ODDITIES: dict[str, Callable[[bytes], bool]] = {
    "an integer that no double holds": lambda body: b"9007199254740993" in body,
    "a whole float": lambda body: b"1704067200.0" in body,
    "a member twice": lambda body: body.count(b'"status":') > 1,
    "nothing": lambda body: body == b"",
    "half a surrogate pair": lambda body: b"\\ud800" in body,
    "a byte order mark": lambda body: body.startswith(b"\xef\xbb\xbf{"),
    "without an id": lambda body: body.startswith(b'{"object": "batch"'),
    "a list of one": lambda body: body.startswith(b'[{"id"'),
    "something after it": lambda body: body.endswith(b"}}") and body.count(b"{") < body.count(b"}"),
    "a status of null": lambda body: b'"status": null' in body,
    "a status that nobody knows": lambda body: b'"status": "paused"' in body,
    "metadata of numbers": lambda body: b'{"k":1}' in body,
    "deeper than anybody reads": lambda body: body.startswith(b"[" * 50_000),
    "a byte that is no text": lambda body: b"_\xff" in body,
    "latin-1": lambda body: b"na\xefve" in body,
    "cut short": lambda body: body.startswith(b'{"id"') and not body.endswith(b"}"),
}


@pytest.mark.parametrize("way", ODDITIES)
def test_there_is_an_oddity_of_every_kind(way: str) -> None:
    assert any(ODDITIES[way](body_of(value)) for value in oddities("BatchObject"))


def test_items_of_bad_pages_are_bad_as_well() -> None:
    bodies = [body_of(value) for value in oddities("FileList")]
    assert any(b'"data": [{' in body and b'"bytes": "x"' in body for body in bodies)


def test_each_new_number_is_something_new_for_each_operation() -> None:
    drawn = [list(map(repr, each.values())) for each in sample("sets of bad replies")[:200]]
    assert len({reply for each in drawn for reply in each}) > 0.5 * 200 * len(REPLIES)


# Arguments


ARGUMENTS: dict[str, tuple[str, Callable[[dict[str, Any]], bool]]] = {
    "no argument at all": ("batches.list", lambda args: not args),
    "all arguments": ("files.list", lambda args: len(args) == 5),
    "a limit beyond its bound": ("batches.list", lambda args: args.get("limit") == 101),
    "a limit of zero": ("files.list", lambda args: args.get("limit") == 0),
    "a limit below zero": ("files.list", lambda args: args.get("limit", 0) < 0),
    "an empty cursor": ("batches.list", lambda args: args.get("after") == ""),
    "a long cursor": ("batches.list", lambda args: len(args.get("after", "")) > 1000),
    "a cursor of URLs' letters": ("batches.list", lambda args: set(args.get("after", "")) & set("&=#+%") != set()),
    "an order that there is not": ("files.list", lambda args: args.get("order") not in {None, "asc", "desc"}),
    "metadata of null": ("batches.create", lambda args: args.get("metadata", 0) is None),
    "metadata of nothing": ("batches.create", lambda args: args.get("metadata") == {}),
    "too many pairs": ("batches.create", lambda args: len(args.get("metadata") or ()) > 16),
    "a key of JavaScript's": ("batches.create", lambda args: "__proto__" in (args.get("metadata") or ())),
    "metadata that is not all text": ("batches.create", lambda args: (args.get("metadata") or {}).get("run") == 7),
    "deep metadata": ("batches.create", lambda args: (args.get("metadata") or {}).get("run") == [[[{}]]]),
    "a concurrency beyond its bound": ("batches.create", lambda args: args.get("max_concurrency") == 65),
    "an endpoint that there is not": ("batches.create", lambda args: args["endpoint"] == ""),
    "a file of nothing": ("files.upload", lambda args: args["content"] == ""),
    "a file that holds a boundary": ("files.upload", lambda args: b"--boundary\r\n" in b64decode(args["content"])),
    "a name in another script": ("files.upload", lambda args: not args["filename"].isascii()),
    "a name with a quote": ("files.upload", lambda args: '"' in args["filename"]),
}  # fmt: skip


@pytest.mark.parametrize("edge", ARGUMENTS)
def test_arguments_are_drawn_to_their_edges(edge: str) -> None:
    call, predicate = ARGUMENTS[edge]
    assert reaches(call, predicate)


@pytest.mark.parametrize("call", BY_CALL)
@pytest.mark.parametrize("is_good", [True, False])
def test_arguments_are_drawn_that_the_contract_takes_and_forbids(call: str, is_good: bool) -> None:
    assert reaches(call, lambda args: is_taken(call, args) is is_good)


@pytest.mark.parametrize("given_id", ["", ".", "..", "a/b", "?", "#", "%2F", "é", "x" * 300, "a\nb"])
def test_ids_are_drawn_that_change_paths(given_id: str) -> None:
    assert reaches("ids", lambda value: value == given_id)


@pytest.mark.parametrize("tenant", [None, "", "*", "a b", " a", "x" * 150, "x" * 151, "é", "a\r\nX-Evil: 1"])
def test_tenants_are_drawn_in_odd_forms(tenant: str | None) -> None:
    assert reaches("tenants", lambda value: value == tenant)


@pytest.mark.parametrize("is_good", [True, False])
def test_metadata_is_drawn_on_both_sides_of_its_bounds(is_good: bool) -> None:
    assert reaches("metadata", lambda value: is_metadata(value) is is_good)
    assert reaches("tenants", lambda value: is_tenant(value) is is_good)


def test_every_argument_is_made_of_whole_characters() -> None:
    @SETTINGS
    @given(st.one_of(list(BY_CALL.values())))
    def can_be_said(args: dict[str, Any]) -> None:
        assert is_sendable(json.dumps(args, ensure_ascii=False).replace("\0", ""))

    can_be_said()


# Around replies


@pytest.mark.parametrize(
    "strategy", [refusals(), others(), headers().map(_beside)], ids=["refusals", "others", "headers"]
)
def test_odd_replies_are_rules_that_the_server_takes(strategy: SearchStrategy[dict[str, Any]]) -> None:
    @SETTINGS
    @given(strategy)
    def is_taken_by_the_server(value: dict[str, Any]) -> None:
        rule = RuleModel.model_validate({"reply": value}).rule()
        assert rule.reply is not None
        named = dict(rule.reply.headers)
        assert (rule.reply.body, named.get("Content-Type")) == (body_of(value), media_type_of(value))

    is_taken_by_the_server()


@pytest.mark.parametrize("status", [400, 404, 409, 429, 500, 503, 599])
def test_every_refusal_comes_with_and_without_a_body(status: int) -> None:
    assert reaches("refusals", lambda value: value["status"] == status and not body_of(value))
    assert reaches("refusals", lambda value: value["status"] == status and len(body_of(value)) > 3)


@pytest.mark.parametrize("status", [100, 103, 201, 204, 206, 301, 304, 308])
def test_replies_are_drawn_that_are_neither_success_nor_error(status: int) -> None:
    assert reaches("others", lambda value: value["status"] == status)


@pytest.mark.parametrize("where", [None, "", "?again", "mailto:nobody"])
def test_redirects_lead_nowhere(where: str | None) -> None:
    assert reaches("others", lambda value: value["status"] == 302 and value.get("headers", {}).get("Location") == where)
    assert not reaches("others", lambda value: value["status"] < 300 and "headers" in value)


@pytest.mark.parametrize("name", ["Retry-After", "Location", "Set-Cookie", "X-Long", "X-Latin", "ETag"])
def test_good_replies_come_with_headers_that_change_nothing(name: str) -> None:
    assert reaches("headers", lambda value: name in value)
    assert reaches("headers", lambda value: not value)


@pytest.mark.parametrize("text", [None, "0", "5", "30", "86400", "-1", "1e400", "NaN", "", "soon"])
def test_retry_after_is_drawn_in_every_form(text: str | None) -> None:
    assert reaches("retry after", lambda value: value == text)


@pytest.mark.parametrize("place", ["head", "body"])
@pytest.mark.parametrize("kind", ["reset", "close"])
def test_connections_are_cut_at_any_byte(kind: str, place: str) -> None:
    assert reaches("cuts", lambda value: value.get(kind) is True)
    assert reaches("cuts", lambda value: value.get(kind) == {place: 1})


def test_text_that_repeats_a_piece_is_written_by_that_piece() -> None:
    assert reply(200, b"[" * 1000, None)["body"] == [{"text": "[", "times": 1000}]
    assert reply(200, b"[]", None)["body"] == "[]"


def test_bytes_that_are_no_text_are_written_as_base64() -> None:
    assert reply(500, b"\xff", None) == {"status": 500, "base64": "/w=="}
