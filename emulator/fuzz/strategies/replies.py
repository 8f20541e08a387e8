"""Replies that keep the contract, to its edges: a plain one in which a few members are something else.

So they are drawn fast, and what is left of one that breaks a client is what broke it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from emulator.fuzz.contract import REPLIES, VENDOR_REQUIRES, component
from emulator.fuzz.strategies.schemas import LARGEST, of
from emulator.fuzz.strategies.text import EDGES, PLACES, packed, texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hypothesis.strategies import SearchStrategy

    Edit = tuple[str, Any]

ABSENT: Final = "(absent)"
UNKNOWN: Final = (
    "colour", "x", "Status", "_private", "model_config", "__class__", "self", "items", "", "error", "message", "code", "detail",
    "success", "result", "createdAt", "inputFileId", "requestCounts", "firstId", "hasMore", "ID",
)  # fmt: skip
"""Members that nobody knows, some of which have a meaning for programs."""
ODDS: Final[tuple[Any, ...]] = ("x", 1, True, {"a": 1}, [1], None, -1)
"""What stands in members that nobody knows, where there are many of them."""
MOST_EDITS: Final = 4
LONG: Final = 101
"""How many items a long page has: one more than any page of batches that was asked for."""
ENTRIES: Final = 12
"""How many entries a long list of errors has, of which every two are about the same line."""
TEXTS: Final = ("filename", "input_file_id")
"""Members that hold text of any kind."""
STAMPS: Final = (
    "in_progress_at", "expires_at", "finalizing_at", "completed_at", "failed_at", "expired_at", "cancelling_at", "cancelled_at",
)  # fmt: skip
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
ENDED: Final[Mapping[str, Any]] = {
    **BATCH,
    "endpoint": "/v1/embeddings",
    "errors": {"object": "list", "data": [{"code": "invalid_method", "message": "No.", "param": "method", "line": 2}]},
    "status": "completed",
    "output_file_id": f"file_{'0' * 31}2",
    "error_file_id": f"file_{'0' * 31}3",
    "created_at": BATCH["created_at"] + 1,
    **{name: BATCH["created_at"] + 100 * number for number, name in enumerate(STAMPS, 1)},
    "request_counts": {"total": 7, "completed": 5, "failed": 2},
    "metadata": {"project": "nightly"},
    "max_concurrency": 4,
}
"""A batch of which every member has a value of its own."""
HASHED: Final[Mapping[str, Any]] = {
    **FILE,
    "bytes": 2048,
    "created_at": FILE["created_at"] + 1,
    "purpose": "fine-tune",
    "expires_at": 1704153600,
    "sha256": "0123456789abcdef" * 4,
}
DELETED: Final[Mapping[str, Any]] = {"id": f"file_{'0' * 31}1", "object": "file", "deleted": True}


def _page_of(item: Mapping[str, Any]) -> dict[str, Any]:
    return {"object": "list", "data": [item], "first_id": item["id"], "last_id": item["id"], "has_more": False}


PLAIN: Final[Mapping[str, Mapping[str, Any]]] = {
    "BatchObject": BATCH,
    "File": FILE,
    "FileDeletionStatus": DELETED,
    "ListBatchesResponse": _page_of(BATCH),
    "FileList": _page_of(FILE),
}
ITEMS: Final[Mapping[str, str]] = {"ListBatchesResponse": "BatchObject", "FileList": "File"}
"""What the items of each list are."""
FULL: Final[Mapping[str, Mapping[str, Any]]] = {"BatchObject": ENDED, "File": HASHED}
NESTED: Final = 60
"""How deep a value may be that nobody asked for: some readers stop not far below."""


def replies(operation: str) -> SearchStrategy[Any]:
    """Return replies of an operation, as JSON values."""
    return _replies(REPLIES[operation])


@cache
def _replies(name: str) -> SearchStrategy[Any]:
    return _pages(name) if name in ITEMS else _edited(name)


def _edited(name: str) -> SearchStrategy[dict[str, Any]]:
    """Return a component with a few of its members changed, left out or added."""
    bases = st.sampled_from((PLAIN[name], FULL.get(name, PLAIN[name])))
    edited = st.builds(_applied, bases, st.lists(_edits(name), max_size=MOST_EDITS))
    return st.one_of(edited, edited, edited, st.builds(_edgy, st.just(name), st.integers(0, PLACES), packed()))


def _edgy(name: str, place: int, pairs: Mapping[str, str]) -> dict[str, Any]:
    """Return a component with text at its edges wherever it has text, errors enough for a page, and all that nobody knows."""
    found = dict(FULL.get(name, PLAIN[name]))
    edges = [EDGES[(place + 7 * number) % len(EDGES)] for number in range(ENTRIES)]
    found |= {member: edges[number] for number, member in enumerate(TEXTS) if member in found}
    found |= {member: ODDS[(place + number) % len(ODDS)] for number, member in enumerate(UNKNOWN)}
    if "metadata" in found:
        found["metadata"] = dict(pairs)
        entry = found["errors"]["data"][0]
        entries = [{**entry, "message": edge, "line": number // 2} for number, edge in enumerate(edges)]
        found["errors"] = {"object": "list", "data": entries}
    return found


@cache
def _edits(name: str) -> SearchStrategy[Edit]:
    required = VENDOR_REQUIRES.get(name, tuple(component(name)["required"]))
    members = component(name)["properties"]
    changed = [st.tuples(st.just(member), of(schema)) for member, schema in members.items()]
    left_out = st.sampled_from([member for member in members if member not in required] or [""])
    return st.one_of(*changed, _unknown(), left_out.map(lambda member: (member, ABSENT)))


def _unknown() -> SearchStrategy[Edit]:
    """Return members that nobody knows, with values that nobody has to look at."""
    others: SearchStrategy[Any] = st.sampled_from((None, [], 0.1, -0.0, LARGEST, True, {"": [[{}]]}))
    large = st.sampled_from((_deep(NESTED), "x")).map(lambda value: value * 20_000 if value == "x" else value)
    return st.tuples(st.sampled_from(UNKNOWN), st.one_of(texts(), others, large))


def _deep(levels: int) -> Any:
    value: Any = {}
    for _ in range(levels):
        value = [value]
    return value


def _applied(plain: Mapping[str, Any], edits: Sequence[Edit]) -> dict[str, Any]:
    """Return a value with these edits made; one that is edited comes later than those that are not."""
    found = dict(plain)
    for member, value in edits:
        found.pop(member, None)
        if value is not ABSENT:
            found[member] = value
    return found


def _pages(name: str) -> SearchStrategy[dict[str, Any]]:
    """Return pages of a list; what they say of their first and last item may be missing or be about others."""
    item = ITEMS[name]
    few = st.lists(_edited(item), max_size=3)
    items = st.one_of(few, few, few, st.just(PLAIN[item]).map(lambda value: [value] * LONG))
    ends = st.sampled_from((None, ABSENT, PLAIN[item]["id"], PLAIN[item]["id"].replace("0", "f")))
    edits = st.lists(_unknown(), max_size=1)
    return st.builds(_page, items, st.booleans(), ends, ends, edits)


def _page(items: list[Any], has_more: bool, first: Any, last: Any, edits: list[Edit]) -> dict[str, Any]:
    edits = [*edits, ("first_id", first), ("last_id", last)]
    return _applied({"object": "list", "data": items, "has_more": has_more}, edits)
