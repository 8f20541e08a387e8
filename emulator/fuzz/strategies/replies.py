"""Replies that keep the contract, to its edges: a plain one in which a few members are something else.

So they are drawn fast, and what is left of one that breaks a client is what broke it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from emulator.fuzz.contract import REPLIES, VENDOR_REQUIRES, component
from emulator.fuzz.strategies.schemas import of
from emulator.fuzz.strategies.text import texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hypothesis.strategies import SearchStrategy

    Edit = tuple[str, Any]

ABSENT: Final = "(absent)"
UNKNOWN: Final = ("colour", "x", "Status", "_private", "model_config", "__class__", "self", "items", "")
"""Members that nobody knows, some of which have a meaning for programs."""
MOST_EDITS: Final = 4
BATCH: Final[Mapping[str, Any]] = {
    "id": f"batch_{'0' * 31}1",
    "object": "batch",
    "endpoint": "/v1/chat/completions",
    "errors": None,
    "input_file_id": f"file_{'0' * 31}1",
    "completion_window": "24h",
    "status": "validating",
    "output_file_id": None,
    "error_file_id": None,
    "created_at": 1704067200,
    "in_progress_at": None,
    "expires_at": 1704153600,
    "finalizing_at": None,
    "completed_at": None,
    "failed_at": None,
    "expired_at": None,
    "cancelling_at": None,
    "cancelled_at": None,
    "request_counts": {"total": 0, "completed": 0, "failed": 0},
    "metadata": None,
    "max_concurrency": 8,
}
FILE: Final[Mapping[str, Any]] = {
    "id": f"file_{'0' * 31}1",
    "object": "file",
    "bytes": 1,
    "created_at": 1704067200,
    "filename": "input.jsonl",
    "purpose": "batch",
    "status": "processed",
    "expires_at": None,
    "sha256": None,
}
DELETED: Final[Mapping[str, Any]] = {"id": f"file_{'0' * 31}1", "object": "file", "deleted": True}
PLAIN: Final[Mapping[str, Mapping[str, Any]]] = {"BatchObject": BATCH, "File": FILE, "FileDeletionStatus": DELETED}


def replies(operation: str) -> SearchStrategy[Any]:
    """Return replies of an operation, as JSON values."""
    return _replies(REPLIES[operation])


@cache
def _replies(name: str) -> SearchStrategy[Any]:
    if name in PLAIN:
        return _edited(name)
    return _pages("BatchObject" if name == "ListBatchesResponse" else "File")


def _edited(name: str) -> SearchStrategy[dict[str, Any]]:
    """Return a component with a few of its members changed, left out or added."""
    return st.lists(_edits(name), max_size=MOST_EDITS).map(lambda edits: _applied(PLAIN[name], edits))


@cache
def _edits(name: str) -> SearchStrategy[Edit]:
    required = VENDOR_REQUIRES.get(name, tuple(component(name)["required"]))
    members = component(name)["properties"]
    changed = [st.tuples(st.just(member), of(schema)) for member, schema in members.items()]
    left_out = st.sampled_from([member for member in members if member not in required] or [""])
    unknown: SearchStrategy[Edit] = st.tuples(
        st.sampled_from(UNKNOWN), st.one_of(st.none(), texts(), st.just({"deep": [[{}]]}))
    )
    return st.one_of(*changed, unknown, left_out.map(lambda member: (member, ABSENT)))


def _applied(plain: Mapping[str, Any], edits: Sequence[Edit]) -> dict[str, Any]:
    """Return a value with these edits made; one that is edited comes later than those that are not."""
    found = dict(plain)
    for member, value in edits:
        found.pop(member, None)
        if value is not ABSENT:
            found[member] = value
    return found


def _pages(item: str) -> SearchStrategy[dict[str, Any]]:
    """Return a page of a list; what it says of its first and last item may be missing or wrong."""
    return st.builds(
        _page, st.lists(_edited(item), max_size=3), st.booleans(), st.sampled_from(["true", "null", "absent"])
    )


def _page(items: list[dict[str, Any]], has_more: bool, ends: str) -> dict[str, Any]:
    page: dict[str, Any] = {"object": "list", "data": items, "has_more": has_more}
    if ends == "absent":
        return page
    is_told = ends == "true" and items
    return {**page, "first_id": items[0]["id"] if is_told else None, "last_id": items[-1]["id"] if is_told else None}
