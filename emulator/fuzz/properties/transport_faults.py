"""transport-faults: resets, closes, truncations and drips end in a declared error or in the right result."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from emulator.clients.protocol import Returned
from emulator.faces.values import shown
from emulator.fuzz.contract import CALLS, LATER, OPERATIONS, REPLIES, component
from emulator.fuzz.oracles.exactly import differences
from emulator.fuzz.oracles.results import at
from emulator.fuzz.property import Property
from emulator.fuzz.steps import Arrange, Call, Connect, Look, Made, Rule
from emulator.fuzz.strategies.http import cuts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hypothesis.strategies import SearchStrategy

    from emulator.fuzz.oracles.exactly import Difference
    from emulator.fuzz.steps import Script
    from emulator.fuzz.trace import Played, Trace
    from emulator.fuzz.violation import Violation

CONTENT: Final = b'{"line": 1}\n' * 20
LARGE: Final = CONTENT * 400
"""More than a client reads at once, and its reply is cut late."""
SMALL: Final = 11
"""So many scripts are about what is small to one about what is large."""
LONGEST: Final = 800
"""About as long as replies get here."""
TIMEOUT_S: Final = 1.0
IMPATIENT_S: Final = 0.3
"""The time-out of a client that meets with silence."""
DEADLINE_S: Final = 5.0
STALLED_S: Final = 3.0
"""How long a call may take, and one that should have given up after its time-out."""
AGES_S: Final = 60
"""After how many seconds a new batch looks otherwise."""
BATCH, FILE = Made("batch"), Made("file")
ARGS: Final[Mapping[str, Mapping[str, Any]]] = {
    "createBatch": {"input_file_id": FILE, "endpoint": "/v1/chat/completions"},
    "getBatch": {"batch_id": BATCH},
    "cancelBatch": {"batch_id": BATCH},
    "uploadFile": {"filename": "new.jsonl", "content": b64encode(CONTENT).decode(), "purpose": "batch"},
    "getFile": {"file_id": FILE},
    "deleteFile": {"file_id": FILE},
    "getFileContent": {"file_id": FILE},
}
READS: Final = ("getBatch", "listBatches", "getFile", "listFiles", "getFileContent")
STALL: Final = {"drip": {"bytes": 40, "every": "1m", "first": 40}}
"""Longer silent than anybody waits; it takes its time, so it comes to calls that are tried once."""
HEADS: Final[tuple[dict[str, Any], ...]] = (
    {"Content-Length": "abc"},
    {"Content-Length": "-1"},
    {"Content-Length": "99999"},
    {"Content-Length": ["9999", "99999"]},
    {"Transfer-Encoding": "chunked"},
    {"Transfer-Encoding": "gzip, chunked"},
    {"Content-Encoding": "gzip"},
    {"Content-Encoding": "x-unheard-of"},
)
"""Headers that say of a whole reply what is not so; what ends with the connection may be read to its end all the same."""


def faults() -> SearchStrategy[dict[str, Any]]:
    """Return ways in which a genuine reply does not arrive whole, or arrives slowly, or says something else of itself."""
    drips = st.builds(
        lambda size, first: {"drip": {"bytes": size, "every": "1ms", "first": first}},
        st.integers(40, 300),
        st.integers(0, 100),
    )
    return st.one_of(
        cuts(longest=LONGEST),
        cuts(longest=LONGEST),
        cuts(longest=LONGEST),
        drips,
        st.integers(0, LONGEST).map(lambda size: {"truncate": size}),
        st.sampled_from(HEADS).map(lambda headers: {"headers": headers}),
        st.sampled_from((STALL, {"truncate": 0}, {"truncate": 1})),
    )


def scripts() -> SearchStrategy[Script]:
    """Draw a call, mostly one that reads, and a fault that its first reply or every reply meets with."""
    operations = st.sampled_from((*READS, *READS, *CALLS))
    times = st.sampled_from(({}, {"nth": 1}))
    retries = st.sampled_from(("off", "default"))
    late = st.builds(
        lambda how, at: {how: {"body": len(LARGE) - at}},
        st.sampled_from(("reset", "close")),
        st.integers(1, len(LARGE) // 4),
    )
    small = st.builds(_script, operations, faults(), times, retries)
    large = st.builds(_script, st.just("getFileContent"), late, times, retries, st.just(LARGE))
    return st.one_of(*[small] * SMALL, large)


def _script(
    operation: str, fault: dict[str, Any], on: dict[str, Any], retries: str, content: bytes = CONTENT
) -> Script:
    args = ARGS.get(operation, {})
    retries, timeout_s = ("off", IMPATIENT_S) if fault == STALL else (retries, TIMEOUT_S)
    file = Arrange(what="file", name=FILE.name, content=b64encode(content).decode())
    there = [Arrange(what="batch", name=BATCH.name)] if BATCH in args.values() or operation == "listBatches" else [file]
    after = {} if fault.get("reset") is True or fault.get("close") is True else {"after": True}
    rule = Rule(rule={"on": {"operation": operation, **on}, **after, **fault})
    look = Look(at=_kind(operation))
    call = Call(call=CALLS[operation], args=args, deadline_s=STALLED_S if fault == STALL else DEADLINE_S)
    # A list is not looked at again: the rule would meet that, too.
    again = () if operation.startswith("list") else (look,)
    return (Connect(retries=retries, timeout_s=timeout_s), *there, look, rule, call, *again)


def _kind(operation: str) -> str:
    return "files" if "File" in operation else "batches"


def judge(trace: Trace) -> Iterator[Violation]:
    """Say where a broken reply became a result that is not the truth: neither as it was before the call nor after it."""
    truths: list[Any] = []
    content = CONTENT
    rule: Mapping[str, Any] | None = None
    call: Played | None = None
    is_seen_after = False
    for each in trace.played:
        match each.step:
            case Look():
                truths.append(each.seen)
                is_seen_after = call is not None
            case Arrange(content=str(there)):
                content = b64decode(there)
            case Rule():
                rule = each.step.rule
            case Call() if isinstance(each.outcome, Returned):
                call = each
                is_seen_after = each.step.call.endswith((".list", ".get", ".content"))
    if call is not None and rule is not None and truths and is_seen_after:
        yield from _judged(call, truths, rule, content)


def _judged(played: Played, truths: Sequence[Any], rule: Mapping[str, Any], content: bytes) -> Iterator[Violation]:
    call, result = getattr(played.step, "call", ""), getattr(played.outcome, "result", None)
    if "truncate" in rule and (result is None or isinstance(result, str)):  # shown as it came
        return
    if _has_aged(played):
        return
    if call == "files.content":
        yield from _content(played, b64decode(at(result, "content")), content, is_cut="truncate" in rule)
    elif call == "files.delete":
        yield from _deleted(played, result, truths[-1])
    else:
        untrue = min((_untrue(call, result, truth) for truth in truths), key=len)
        for each in untrue:
            cause = f"part of a reply taken for all of it: {each.kind}"
            yield played.violation(
                cause, f"{each.place} to be {shown(each.expected)}, or a declared error", shown(each.got)
            )


def _has_aged(played: Played) -> bool:
    """Say whether the world went on, while the client slept, from one look to the reply or from the reply to the other."""
    call, slept_s = getattr(played.step, "call", ""), sum(getattr(played.outcome, "sleeps", ()))
    return call in {"batches.create", "batches.list"} and slept_s >= AGES_S


def _content(played: Played, found: bytes, given: bytes, *, is_cut: bool) -> Iterator[Violation]:
    """Judge the bytes of a file; a reply that was cut before it was framed tells nobody of it."""
    if found != given and not is_cut:
        expected = f"{len(given)} bytes, or a declared error"
        yield played.violation("part of a file taken for all of it", expected, f"{len(found)} bytes")


def _deleted(played: Played, result: Any, truth: Any) -> Iterator[Violation]:
    if at(result, "deleted") is not True or truth:
        yield played.violation("a delete that is none", "a file that is gone, or a declared error", shown(result))


def _untrue(call: str, result: Any, truth: Any) -> list[Difference]:
    """Return what of a result is not as the server has it: the list, or the newest of its items that has the same id."""
    schema = component(REPLIES[OPERATIONS[call]])
    if call.endswith(".list"):
        result = {name: at(result, name) for name in ("object", "data", "has_more", "first_id", "last_id")}
        ends = (
            {"first_id": truth[0]["id"], "last_id": truth[-1]["id"]} if truth else {"first_id": None, "last_id": None}
        )
        return _known(differences(schema, {"object": "list", "data": truth, "has_more": False, **ends}, result))
    same = [item for item in truth if item["id"] == at(result, "id")]
    return _known(differences(schema, (same or truth or [None])[0], result))


def _known(found: Iterator[Difference]) -> list[Difference]:
    return [each for each in found if each.place.rpartition(".")[2] not in LATER]


PROPERTY: Final = Property(
    name="transport-faults",
    statement="Resets, closes, truncations and drips end in a declared error or in the right result.",
    scripts=scripts,
    judge=judge,
    watches=False,
)
