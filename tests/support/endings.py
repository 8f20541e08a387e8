"""The end to which a good client comes with each scenario of the library: written by hand, from what was seen in the wild."""

from __future__ import annotations

from typing import Final

from support.good_client import Summary
from support.library import ALL, rows

FAILED: Final = {"row-2": "processing_error", "row-5": "processing_error", "row-8": "processing_error"}
OTHERS: Final = rows(1, 3, 4, 6, 7)
COMPLETED: Final = Summary(done=ALL)
TWO_FILES: Final = Summary(done=OTHERS, failures=FAILED)


def _failed(*faults: tuple[str, int | None, str | None]) -> Summary:
    return Summary(final="failed", missing=ALL, faults=faults)


def _completed_after(*errors: str) -> Summary:
    return Summary(done=ALL, errors=errors)


LEGAL_ENDINGS: Final = {
    "happy-path": COMPLETED,
    "accepted-then-failed": _failed(("invalid_json_line", 1, None)),
    "one-bad-line": _failed(("missing_required_parameter", 1, "body.model")),
    "many-errors": _failed(
        ("invalid_json_line", 1, None),
        ("duplicate_custom_id", 3, "custom_id"),
        ("invalid_url", 4, "url"),
        ("invalid_request", 7, "body.messages"),
    ),
    "error-without-line": _failed(("invalid_request", None, None)),
    "queue-limit": _failed(("token_limit_exceeded", None, None)),
    "empty-file": _failed(("empty_file", None, None)),
    "file-not-found-at-create": _completed_after("createBatch 400"),
    "create-reply-lost": _completed_after("createBatch transport"),
    "stuck-validating": Summary(final="expired", expired=ALL),
    "counts-zero-then-jump": COMPLETED,
    "finalizing-unseen": COMPLETED,
    "stuck-finalizing": COMPLETED,
    "straggler": Summary(final="expired", done=rows(1, 2, 3, 4, 5, 6, 7), expired=rows(8)),
    "expired-partial": Summary(final="expired", done=rows(1, 2, 3), expired=rows(4, 5, 6, 7, 8)),
    "expired-nothing": Summary(final="expired", expired=ALL),
    "all-failed": Summary(failures=dict.fromkeys(ALL, "processing_error")),
    "mixed-results": TWO_FILES,
    "http-error-lines": Summary(
        done=rows(4, 8),
        failures={"row-1": "400", "row-2": "429", "row-3": "500", "row-5": "400", "row-6": "429", "row-7": "500"},
    ),
    "failed-lines-in-both": TWO_FILES,
    "out-of-order": COMPLETED,
    "truncated-generation": Summary(done=ALL, incomplete=rows(1, 2, 4, 5, 7, 8)),
    "cancel-in-progress": Summary(final="cancelled", done=rows(1, 2, 3, 4), missing=rows(5, 6, 7, 8)),
    "cancel-while-validating": Summary(final="cancelled", missing=ALL),
    "cancel-too-late": COMPLETED,
    "cancel-finished": _completed_after("cancelBatch 409"),
    "cancel-500-but-done": Summary(
        final="cancelled", done=rows(1), missing=rows(2, 3, 4, 5, 6, 7, 8), errors=("cancelBatch 500",)
    ),
    "poll-500-then-ok": _completed_after("getBatch 502", "getBatch 503", "getBatch 429"),
    "rate-limited": _completed_after("createBatch 429", "getBatch 429", "getBatch 429", "getFileContent 429"),
    "error-file-empty": COMPLETED,
    "files-late": TWO_FILES,
    "file-404-then-ok": _completed_after("getFileContent 404", "getFileContent 404"),
    "output-deleted": Summary(
        failures=FAILED, missing=OTHERS, lost_files=("output",), errors=("getFileContent 404",) * 6
    ),
    "not-listed-yet": COMPLETED,
    "grows-while-paging": COMPLETED,
    "old-server": _completed_after(
        "createBatch unreadable", "listBatches unreadable", *(["getBatch unreadable"] * 8)
    ),
}  # fmt: skip

HOSTILE_ENDINGS: Final = {
    "unknown-status": COMPLETED,
    "missing-lines": Summary(done=rows(1, 2, 4, 5, 7, 8), missing=rows(3, 6)),
    "malformed-line": Summary(done=rows(3, 4, 5, 6, 7, 8), missing=rows(1, 2), unreadable=2),
    "octet-stream": Summary(done=OTHERS, failures=FAILED, errors=("getFileContent unreadable",) * 2),
    "malformed-json": _completed_after(*["getBatch unreadable"] * 5),
    "wrong-content-type": _completed_after(*["getBatch unreadable"] * 3),
    "connection-reset": _completed_after(*["getBatch transport"] * 3, "getFileContent transport"),
    "connection-closed": _completed_after(*["getBatch transport"] * 3, "getFileContent transport"),
    "slow-drip": _completed_after("getBatch timeout", "getFileContent timeout"),
    "stalled": _completed_after(*["getBatch timeout"] * 3, "getFileContent timeout"),
    "huge-integers": _completed_after("getBatch unreadable"),
    "deep-nesting": _completed_after(*["getBatch unreadable"] * 2),
    "lone-surrogates": _completed_after(*["getBatch unreadable"] * 2),
}

CANCELLED_AFTER: Final = {name: "10m" for name in LEGAL_ENDINGS if name.startswith("cancel-")}
"""When the client cancels."""
TIMEOUTS_MS: Final = {"slow-drip": 300, "stalled": 300}
"""For how long it waits for bytes, where none may come."""
OF_THE_WORLD: Final = frozenset({"not-listed-yet", "grows-while-paging"})
"""Scenarios about lists: they cannot be chosen for one batch."""
