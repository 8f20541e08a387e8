"""The end to which a good program comes with each scenario of the library, written by hand from what was seen in the wild."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

LINES: Final = 8
"""How many lines a program submits: row-1 to row-8."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What came of a batch: its last status, and where each line's custom_id belongs.

    `incomplete` are those of the `done` whose answer is cut off or refused; `failures` maps to a code or an HTTP status;
    `missing` are in no file. `unreadable` counts lines of result files that cannot be told whose they are; `lost_files` are
    those of `output` and `error` that could not be had. `faults` are the code, line and param of each entry of the batch's
    errors.
    """

    final: str | None = "completed"
    done: tuple[str, ...] = ()
    incomplete: tuple[str, ...] = ()
    failures: Mapping[str, str] = field(default_factory=dict)
    expired: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unreadable: int = 0
    lost_files: tuple[str, ...] = ()
    faults: tuple[tuple[str, int | None, str | None], ...] = ()


def rows(*numbers: int) -> tuple[str, ...]:
    """Return the custom_ids of these lines."""
    return tuple(f"row-{number}" for number in numbers)


ALL: Final = rows(*range(1, LINES + 1))
FAILED: Final = {"row-2": "processing_error", "row-5": "processing_error", "row-8": "processing_error"}
OTHERS: Final = rows(1, 3, 4, 6, 7)
COMPLETED: Final = Ending(done=ALL)
TWO_FILES: Final = Ending(done=OTHERS, failures=FAILED)


def _failed(*faults: tuple[str, int | None, str | None]) -> Ending:
    return Ending(final="failed", missing=ALL, faults=faults)


LEGAL: Final = {
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
    "file-not-found-at-create": COMPLETED,
    "create-reply-lost": COMPLETED,
    "stuck-validating": Ending(final="expired", expired=ALL),
    "counts-zero-then-jump": COMPLETED,
    "finalizing-unseen": COMPLETED,
    "stuck-finalizing": COMPLETED,
    "straggler": Ending(final="expired", done=rows(1, 2, 3, 4, 5, 6, 7), expired=rows(8)),
    "expired-partial": Ending(final="expired", done=rows(1, 2, 3), expired=rows(4, 5, 6, 7, 8)),
    "expired-nothing": Ending(final="expired", expired=ALL),
    "all-failed": Ending(failures=dict.fromkeys(ALL, "processing_error")),
    "mixed-results": TWO_FILES,
    "http-error-lines": Ending(
        done=rows(4, 8),
        failures={"row-1": "400", "row-2": "429", "row-3": "500", "row-5": "400", "row-6": "429", "row-7": "500"},
    ),
    "failed-lines-in-both": TWO_FILES,
    "out-of-order": COMPLETED,
    "truncated-generation": Ending(done=ALL, incomplete=rows(1, 2, 4, 5, 7, 8)),
    "cancel-in-progress": Ending(final="cancelled", done=rows(1, 2, 3, 4), missing=rows(5, 6, 7, 8)),
    "cancel-while-validating": Ending(final="cancelled", missing=ALL),
    "cancel-too-late": COMPLETED,
    "cancel-finished": COMPLETED,
    "cancel-500-but-done": Ending(final="cancelled", done=rows(1), missing=rows(2, 3, 4, 5, 6, 7, 8)),
    "poll-500-then-ok": COMPLETED,
    "rate-limited": COMPLETED,
    "error-file-empty": COMPLETED,
    "files-late": TWO_FILES,
    "file-404-then-ok": COMPLETED,
    "output-deleted": Ending(failures=FAILED, missing=OTHERS, lost_files=("output",)),
    "not-listed-yet": COMPLETED,
    "grows-while-paging": COMPLETED,
    "old-server": COMPLETED,
}
HOSTILE: Final = {
    "unknown-status": COMPLETED,
    "missing-lines": Ending(done=rows(1, 2, 4, 5, 7, 8), missing=rows(3, 6)),
    "malformed-line": Ending(done=rows(3, 4, 5, 6, 7, 8), missing=rows(1, 2), unreadable=2),
    "octet-stream": TWO_FILES,
    "malformed-json": COMPLETED,
    "wrong-content-type": COMPLETED,
    "connection-reset": COMPLETED,
    "connection-closed": COMPLETED,
    "slow-drip": COMPLETED,
    "stalled": COMPLETED,
    "huge-integers": COMPLETED,
    "deep-nesting": COMPLETED,
    "lone-surrogates": COMPLETED,
}
CANCELLED_AFTER: Final = {name: "10m" for name in LEGAL if name.startswith("cancel-")}
"""When a program cancels."""
