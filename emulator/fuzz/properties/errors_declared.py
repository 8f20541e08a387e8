"""errors-declared: any error status, body and content type ends in a declared error with status and body kept."""

from __future__ import annotations

from base64 import b64decode
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from emulator.clients.protocol import Raised, Returned
from emulator.faces.values import shown
from emulator.fuzz.contract import CALLS, OPERATIONS, REPLIES, component
from emulator.fuzz.oracles.kept import is_kept
from emulator.fuzz.oracles.shown import misread
from emulator.fuzz.property import Property
from emulator.fuzz.steps import Call, Connect, Rule
from emulator.fuzz.strategies.calls import plain
from emulator.fuzz.strategies.http import body_of, media_type_of, others, refusals

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hypothesis.strategies import SearchStrategy

    from emulator.fuzz.steps import Script
    from emulator.fuzz.trace import Played, Trace
    from emulator.fuzz.violation import Violation

BODILESS: Final = frozenset({*range(100, 200), 204, 304})
"""Replies of these statuses have no body, whatever a rule gives them."""
TO_PROXY: Final = 407
"""A word between a client and its proxy, which the web's own `fetch` keeps to itself."""


def scripts() -> SearchStrategy[Script]:
    """Draw for each operation an error of its own, or what is no success at least."""
    reply = st.one_of(refusals(), refusals(), refusals(), others())
    return st.fixed_dictionaries(dict.fromkeys(CALLS, reply)).map(_script)


def _script(replies: Mapping[str, Any]) -> Script:
    steps: list[Rule | Call] = []
    for operation, reply in replies.items():
        steps += [Rule(rule={"on": {"operation": operation}, "reply": reply}), plain(operation)]
    return (Connect(), *steps)


def judge(trace: Trace) -> Iterator[Violation]:
    """Say where an error was taken for a success, or where its status or its body got lost."""
    for each, _, reply in trace.answered():
        is_refusal = reply["status"] >= 400 and reply["status"] != TO_PROXY
        yield from (_refused(each, reply) if is_refusal else _odd(each, reply))


def _refused(played: Played, reply: Mapping[str, Any]) -> Iterator[Violation]:
    status, body = reply["status"], body_of(reply)
    if isinstance(played.outcome, Returned):
        yield played.violation("error taken for success", f"an error of status {status}", shown(played.outcome.result))
    elif isinstance(played.outcome, Raised):
        if played.outcome.status != status:
            yield played.violation("status lost", f"an error with status {status}", f"{played.outcome.status}")
        if not is_kept(body, media_type_of(reply), played.outcome.body):
            cause = "body changed" if played.outcome.body else "body lost"
            yield played.violation(cause, f"an error with the body {body[:200]!r}", f"{played.outcome.body!r}")


def _odd(played: Played, reply: Mapping[str, Any]) -> Iterator[Violation]:
    """Say where a reply that is no success became one: it may be shown just as it is, if anything stands in it."""
    if isinstance(played.outcome, Returned) and not _is_shown(played, reply, played.outcome.result):
        yield played.violation(
            "no success taken for one", f"a declared error for status {reply['status']}", shown(played.outcome.result)
        )


def _is_shown(played: Played, reply: Mapping[str, Any], result: Any) -> bool:
    body = b"" if reply["status"] in BODILESS else body_of(reply)
    call = getattr(played.step, "call", "")
    if call == "files.content":
        return b64decode(result["content"]) == body
    return misread(component(REPLIES[OPERATIONS[call]]), body, media_type_of(reply), result) == []


PROPERTY: Final = Property(
    name="errors-declared",
    statement="Any error status, body and content type ends in a declared error with status and body kept.",
    scripts=scripts,
    judge=judge,
    watches=False,
)
