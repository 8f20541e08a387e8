"""transport-faults: resets, closes, truncations and drips end in a declared error or in the right result."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from emulator.clients.protocol import Returned
from emulator.faces.values import shown
from emulator.fuzz.contract import REPLIES, component
from emulator.fuzz.oracles.exactly import differences
from emulator.fuzz.property import Property
from emulator.fuzz.steps import Arrange, Call, Connect, Look, Made, Rule
from emulator.fuzz.strategies.http import cuts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hypothesis.strategies import SearchStrategy

    from emulator.fuzz.steps import Script
    from emulator.fuzz.trace import Played, Trace
    from emulator.fuzz.violation import Violation

CONTENT: Final = b'{"line": 1}\n' * 20
LONGEST: Final = 800
"""About as long as replies get here."""
READS: Final = ("batches.get", "batches.list", "files.get", "files.list", "files.content")
OPERATION: Final = {"batches.get": "getBatch", "batches.list": "listBatches", "files.get": "getFile", "files.list": "listFiles",
                    "files.content": "getFileContent"}  # fmt: skip


def faults() -> SearchStrategy[dict[str, Any]]:
    """Return ways in which a genuine reply does not arrive whole, or arrives slowly."""
    drips = st.builds(
        lambda size, first: {"drip": {"bytes": size, "every": "1ms", "first": first}},
        st.integers(40, 300),
        st.integers(0, 100),
    )
    return st.one_of(
        cuts(longest=LONGEST),
        cuts(longest=LONGEST),
        drips,
        st.integers(0, LONGEST).map(lambda size: {"truncate": size}),
    )


def scripts() -> SearchStrategy[Script]:
    """Draw a reading call, and a fault that its first reply or every reply meets with."""
    times = st.sampled_from(({}, {"nth": 1}))
    return st.builds(_script, st.sampled_from(READS), faults(), times, st.sampled_from(("off", "default")))


def _script(call: str, fault: dict[str, Any], on: dict[str, Any], retries: str) -> Script:
    content = b64encode(CONTENT).decode()
    batch, file = Made("batch"), Made("file")
    args: dict[str, Any] = {"batches.get": {"batch_id": batch}}.get(
        call, {"file_id": file} if call in {"files.get", "files.content"} else {}
    )
    is_file = call.startswith("files.")
    there = Arrange(what="file", name="file", content=content) if is_file else Arrange(what="batch", name="batch")
    after = {} if fault.get("reset") is True or fault.get("close") is True else {"after": True}
    rule = {"on": {"operation": OPERATION[call], **on}, **after, **fault}
    look = Look(at="files" if is_file else "batches")
    return (Connect(retries=retries, timeout_s=1.0), there, look, Rule(rule=rule), Call(call=call, args=args))


def judge(trace: Trace) -> Iterator[Violation]:
    """Say where a broken reply became a result that is not the truth."""
    truth: Any = None
    rule: Mapping[str, Any] = {}
    for each in trace.played:
        match each.step:
            case Look():
                truth = each.seen
            case Rule():
                rule = each.step.rule
            case Call() if isinstance(each.outcome, Returned):
                yield from _judged(each, each.step.call, each.outcome.result, truth, rule)


def _judged(played: Played, call: str, result: Any, truth: Any, rule: Mapping[str, Any]) -> Iterator[Violation]:
    if call == "files.content":
        found, is_cut_truly = b64decode(result["content"]), "truncate" in rule
        if found != CONTENT and not is_cut_truly:
            yield played.violation(
                "part of a file taken for all of it",
                f"{len(CONTENT)} bytes, or a declared error",
                f"{len(found)} bytes",
            )
        return
    sent = truth[0] if call.endswith(".get") else {"data": truth, "has_more": False}
    name = REPLIES[OPERATION[call]]
    if call.endswith(".list"):
        result = {"data": result.get("data"), "has_more": result.get("has_more")}
    for each in differences(component(name), sent, result):
        cause = f"part of a reply taken for all of it: {each.kind}"
        yield played.violation(
            cause, f"{each.place} to be {shown(each.expected)}, or a declared error", shown(each.got)
        )


PROPERTY: Final = Property(
    name="transport-faults",
    statement="Resets, closes, truncations and drips end in a declared error or in the right result.",
    scripts=scripts,
    judge=judge,
    watches=False,
)
