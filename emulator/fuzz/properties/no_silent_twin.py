"""no-silent-twin: a lost reply does not silently make two batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from emulator.clients.protocol import Returned
from emulator.fuzz.oracles.said import is_metadata
from emulator.fuzz.property import Property
from emulator.fuzz.steps import Arrange, Call, Connect, Look, Made, Rule
from emulator.fuzz.strategies.arguments import metadata
from emulator.fuzz.strategies.http import cuts, media_types, reply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypothesis.strategies import SearchStrategy

    from emulator.fuzz.steps import Script
    from emulator.fuzz.trace import Trace
    from emulator.fuzz.violation import Violation

SERVER_ERRORS: Final = (500, 502, 503, 504)


def scripts() -> SearchStrategy[Script]:
    """Draw a create that takes effect, and whose reply does not arrive, or says that something broke."""
    broken = st.builds(
        lambda status, media: {"reply": reply(status, b"Something broke", media)},
        st.sampled_from(SERVER_ERRORS),
        media_types(),
    )
    lost = st.one_of(cuts(longest=300), broken)
    which = st.sampled_from(({"nth": 1}, {"nth": [1, 2]}, {"nth": 2}))
    return st.builds(_script, lost, which, st.one_of(st.none(), metadata().filter(is_metadata)))


def _script(lost: dict[str, Any], which: dict[str, Any], noted: Any) -> Script:
    rule = {"on": {"operation": "createBatch", **which}, "after": True, **lost}
    args = {
        "input_file_id": Made("file"),
        "endpoint": "/v1/chat/completions",
        **({} if noted is None else {"metadata": noted}),
    }
    there = Arrange(what="file", name="file")
    return (
        Connect(retries="default"),
        there,
        Rule(rule=rule),
        Call(call="batches.create", args=args, deadline_s=8.0),
        Look(at="batches"),
    )


def judge(trace: Trace) -> Iterator[Violation]:
    """Say where one create that returned has left more than one batch, or none."""
    call = None
    for each in trace.played:
        if isinstance(each.step, Call):
            call = each
        elif isinstance(each.step, Look) and call is not None and isinstance(call.outcome, Returned):
            made = len(each.seen)
            if made != 1:
                cause = "a twin without a word" if made else "a batch that is not there"
                yield call.violation(
                    cause, "one batch on the server, or a declared error", f"a result, and {made} batches"
                )


PROPERTY: Final = Property(
    name="no-silent-twin",
    statement="A lost reply does not silently make two batches.",
    scripts=scripts,
    judge=judge,
    watches=False,
)
