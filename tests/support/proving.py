"""Scenarios for proofs: a good one with something wrong in it, one for each word that a scenario can need."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from emulator.scenarios.loader import load_text

if TYPE_CHECKING:
    from emulator.domain.scenario import Scenario

LIFECYCLE: Final = [
    {"to": "in_progress", "after": "60s"},
    {"to": "finalizing", "after": "1h"},
    {"to": "completed", "after": "60s"},
]
FILE_GONE: Final = {"error": {"message": "No such file.", "type": "not_found_error", "code": 404, "param": None}}
ONE_FAILS: Final = [{"when": {"index": 0}, "error": {"code": "processing_error", "message": "It failed."}}]
ALL_FAIL: Final = [{"error": {"code": "processing_error", "message": "It failed."}}]
NO_LINE_YET: Final = {"total": 0, "completed": 0, "failed": 0}
LATER_ROW: Final = (
    '{"id":"response_x","custom_id":"row-1","response":{"status_code":302,"request_id":"r","body":{}},"error":null}\n'
)

BATCH: Final = {
    "id": f"batch_{'0' * 32}",
    "object": "batch",
    "endpoint": "/v1/embeddings",
    "errors": None,
    "input_file_id": "file-1",
    "completion_window": "24h",
    "status": "validating",
    "output_file_id": None,
    "error_file_id": None,
    "created_at": 1704067200,
    "in_progress_at": None,
    "expires_at": None,
    "finalizing_at": None,
    "completed_at": None,
    "failed_at": None,
    "expired_at": None,
    "cancelling_at": None,
    "cancelled_at": None,
    "request_counts": NO_LINE_YET,
    "metadata": None,
    "max_concurrency": 8,
}

ROUND: Final = {
    "object": "list",
    "data": [BATCH],
    "first_id": BATCH["id"],
    "last_id": BATCH["id"],
    "has_more": True,
}

Members = dict[str, Any]


def on_get(**rule: Any) -> Members:
    """Return a scenario's rules: this effect on getBatch, the second time."""
    return {"rules": [{"on": {"operation": "getBatch", "nth": 2}, **rule}]}


def on_get_while(*statuses: str, **rule: Any) -> Members:
    """Return a scenario's rules: this effect on getBatch, while the batch is in one of these statuses."""
    return {"rules": [{"on": {"operation": "getBatch", "status": list(statuses)}, **rule}]}


def steps(**changes: Any) -> list[Members]:
    """Return a good lifecycle of which the batch shows these changes from its second step on."""
    return [LIFECYCLE[0], {**LIFECYCLE[1], "set": changes}, LIFECYCLE[2]]


def edits(*made: Members) -> Members:
    return {"results": {"edits": list(made)}}


TOLERATING: Final[dict[str, Members]] = {
    "http-errors": on_get(reply={"status": 502, "content_type": "text/html", "body": "<html>Bad gateway</html>"}),
    "lost-reply": {"rules": [{"on": {"operation": "createBatch", "nth": 1}, "after": True, "close": True}]},
    "late-file-ids": {"results": {"ids_after": "30m"}},
    "late-files": {
        "rules": [{"on": {"operation": "getFileContent", "nth": 1}, "reply": {"status": 404, "json": FILE_GONE}}]
    },
    "lost-files": {"results": {"deleted": "output"}},
    "empty-error-file": {"results": {"present": "error"}},
    "empty-output-file": {"results": {"present": "output"}, "lines": ALL_FAIL},
    "duplicate-lines": {"results": {"failed_in": "both"}, "lines": ONE_FAILS},
    "failed-in-output": {"results": {"failed_in": "output_file"}, "lines": ONE_FAILS},
    "any-order": {"results": {"order": "reversed"}},
    "late-counts": {
        "rules": [{"on": {"operation": "getBatch", "status": "in_progress"}, "set": {"request_counts": NO_LINE_YET}}]
    },
    "late-listing": {"rules": [{"on": {"operation": "listBatches"}, "hide": {"until": "10m"}}]},
    "growing-list": {"rules": [{"on": {"operation": "listBatches", "nth": 2}, "arrive": 1}]},
    "older-edition": {"edition": "0.5.25"},
}
"""For each word, a scenario that asks that of its client, and nothing else."""

BREAKING: Final[dict[str, tuple[set[str], Members]]] = {
    "reply of an unknown status": ({"status"}, on_get(reply={"status": 201, "json": {}})),
    "200 for a cancel that comes too late": (
        {"status", "schema"},
        {"rules": [{"on": {"operation": "cancelBatch", "status": "completed"}, "reply": {"status": 200, "json": {}}}]},
    ),
    "unknown status of the batch": ({"schema", "lifecycle"}, {"lifecycle": steps(status="queued")}),
    "member missing": ({"schema"}, on_get(unset=["metadata"])),
    "reply that is no object": ({"schema"}, on_get(reply={"json": []})),
    "error of a file in HTML": (
        {"content-type", "json"},
        {"rules": [{"on": {"operation": "getFileContent", "nth": 1}, "reply": {"status": 404, "body": "<html>"}}]},
    ),
    "error that nests deep": (
        {"schema"},
        on_get(reply={"status": 500, "content_type": "application/json", "body": "[" * 20000}),
    ),
    "error that clients cannot parse": (
        {"schema"},
        {"rules": [{"on": {"operation": "getFileContent", "nth": 1}, "reply": {"status": 404, "json": {}}}]},
    ),
    "body cut short": ({"json"}, on_get(truncate=10)),
    "HTML that is called JSON": (
        {"json"},
        on_get(reply={"status": 500, "content_type": "application/json", "body": "<html>"}),
    ),
    "JSON that is called HTML": ({"content-type"}, on_get(after=True, headers={"Content-Type": "text/html"})),
    "bytes of no type": ({"content-type"}, {"results": {"content_type": {"output": "application/octet-stream"}}}),
    "reset": ({"transport"}, on_get(reset=True)),
    "cut within the head": ({"transport"}, on_get(after=True, close={"head": 40})),
    "cut within the body": ({"transport"}, on_get(after=True, close={"body": 40})),
    "stalled reply": ({"transport"}, on_get(delay="1h")),
    "slow reply": ({"transport"}, on_get(drip={"bytes": 1, "every": "1m"})),
    "going back": (
        {"lifecycle", "timestamps", "file-ids"},
        {
            "rules": [
                {"on": {"operation": "getBatch", "status": "completed", "nth": 2}, "set": {"status": "finalizing"}}
            ]
        },
    ),
    "no end": (
        {"lifecycle", "timestamps", "file-ids"},
        {"rules": [{"on": {"operation": "getBatch", "status": "completed"}, "set": {"status": "in_progress"}}]},
    ),
    "wrong time": (
        {"timestamps"},
        on_get_while("in_progress", "finalizing", "completed", set={"in_progress_at": 1704067261}),
    ),
    "time that changes": ({"timestamps"}, on_get_while("finalizing", set={"in_progress_at": 1704067261})),
    "time that is missing": ({"timestamps"}, on_get_while("finalizing", set={"finalizing_at": None})),
    "another endpoint": ({"identity"}, on_get(set={"endpoint": "/v1/embeddings"})),
    "another id at creation": (
        {"identity"},
        {"rules": [{"on": {"operation": "createBatch"}, "set": {"id": f"batch_{'0' * 32}"}}]},
    ),
    "file id before the end": ({"file-ids"}, on_get(set={"output_file_id": f"file_{'0' * 32}"})),
    "file id that changes": (
        {"file-ids"},
        {
            "rules": [
                {
                    "on": {"operation": "getBatch", "status": "completed", "nth": 2},
                    "set": {"output_file_id": f"file_{'0' * 32}"},
                }
            ]
        },
    ),
    "batch listed twice": (
        {"list"},
        {
            "rules": [
                {"on": {"operation": "listBatches", "nth": 1}, "reply": {"json": ROUND}},
                {"on": {"operation": "listBatches", "nth": 2}, "reply": {"json": {**ROUND, "has_more": False}}},
            ]
        },
    ),
    "never listed": ({"list"}, {"rules": [{"on": {"operation": "listBatches"}, "hide": {}}]}),
    "list that goes round": (
        {"list"},
        {"rules": [{"on": {"operation": "listBatches"}, "reply": {"json": ROUND}}]},
    ),
    "wrong size": ({"bytes"}, {"rules": [{"on": {"operation": "getFile"}, "set": {"bytes": 7}}]}),
    "line dropped": ({"missing-lines"}, edits({"drop": {"index": 0}})),
    "line that never finishes": ({"missing-lines"}, {"lines": [{"when": {"index": 0}, "unfinished": True}]}),
    "stranger's line": (
        {"invented-lines", "missing-lines"},
        edits({"change": {"index": 0}, "set": {"custom_id": "nobody"}}),
    ),
    "line of no JSON": ({"malformed-lines", "missing-lines"}, edits({"replace": {"index": 0}, "text": "{"})),
    "wrong body": ({"malformed-lines"}, edits({"change": {"index": 0}, "set": {"response.body": {}}})),
    "line twice": ({"repeated-lines"}, edits({"repeat": {"index": 0}})),
    "lines swapped": ({"swapped-lines"}, edits({"swap": {"index": [0, 1]}})),
    "success in the error file": (
        {"misplaced-lines"},
        {"results": {"present": "error", "edits": [{"in": "error", "append": LATER_ROW}]}},
    ),
    "more lines than there are": ({"counts"}, {"lifecycle": steps(**{"request_counts.completed": 7})}),
    "counts that stay behind": (
        {"counts"},
        {"lifecycle": [{**LIFECYCLE[0], "set": {"request_counts.completed": 0}}, *LIFECYCLE[1:]]},
    ),
    "total that is too small": ({"counts"}, on_get_while("in_progress", set={"request_counts.total": 1})),
    "counts that go back": (
        {"counts"},
        {"rules": [{"on": {"operation": "getBatch", "status": "finalizing"}, "set": {"request_counts.completed": 1}}]},
    ),
}
"""For each way to break the contract, its words, and a scenario that breaks it so."""


def scenario(kind: str = "legal", **members: Any) -> Scenario:
    """Return a good scenario with these members."""
    data = {"scenario": "tried", "title": "A try", "kind": kind, "lifecycle": LIFECYCLE, **members}
    text = json.dumps(data)
    return replace(load_text(text, source="tried.yaml", files={}).compiled(), text=text)
