"""errors-declared: any error status, body and content type ends in a declared error with status and body kept."""

from __future__ import annotations

import json
from base64 import b64decode
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from emulator.clients.protocol import Raised, Returned
from emulator.faces.values import is_same, shown
from emulator.fuzz.contract import CALLS
from emulator.fuzz.property import Property
from emulator.fuzz.steps import Call, Connect, Rule
from emulator.fuzz.strategies.calls import plain
from emulator.fuzz.strategies.http import others, refusals

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hypothesis.strategies import SearchStrategy

    from emulator.fuzz.steps import Script
    from emulator.fuzz.trace import Played, Trace
    from emulator.fuzz.violation import Violation

MOST_CALLS: Final = 4


def scripts() -> SearchStrategy[Script]:
    """Draw a few operations, each of which is answered with an error of its own, or with no success at least."""
    answered = st.tuples(st.sampled_from(list(CALLS)), st.one_of(refusals(), refusals(), refusals(), others()))
    return st.lists(answered, min_size=1, max_size=MOST_CALLS, unique_by=lambda pair: pair[0]).map(_script)


def _script(answered: list[tuple[str, dict[str, Any]]]) -> Script:
    steps: list[Rule | Call] = []
    for operation, reply in answered:
        steps += [Rule(rule={"on": {"operation": operation}, "reply": reply}), plain(operation)]
    return (Connect(), *steps)


def judge(trace: Trace) -> Iterator[Violation]:
    """Say where an error was taken for a success, or where its status or its body got lost."""
    reply: Mapping[str, Any] = {}
    for each in trace.played:
        if isinstance(each.step, Rule):
            reply = each.step.rule["reply"]
        elif isinstance(each.step, Call) and reply:
            yield from (_refused(each, reply) if reply["status"] >= 400 else _odd(each, reply))


def _refused(played: Played, reply: Mapping[str, Any]) -> Iterator[Violation]:
    status, body = reply["status"], body_of(reply)
    if isinstance(played.outcome, Returned):
        yield played.violation("error taken for success", f"an error of status {status}", shown(played.outcome.result))
    elif isinstance(played.outcome, Raised):
        if played.outcome.status != status:
            yield played.violation("status lost", f"an error with status {status}", f"{played.outcome.status}")
        if not is_kept(body, reply.get("content_type"), played.outcome.body):
            yield played.violation("body lost", f"an error with the body {body[:200]!r}", f"{played.outcome.body!r}")


def _odd(played: Played, reply: Mapping[str, Any]) -> Iterator[Violation]:
    """Say where a reply that is no success became one: it may be shown just as it is, if anything stands in it."""
    if isinstance(played.outcome, Returned) and not _is_shown(body_of(reply), played.outcome.result):
        yield played.violation(
            "no success taken for one", f"a declared error for status {reply['status']}", shown(played.outcome.result)
        )


def _is_shown(body: bytes, result: Any) -> bool:
    if isinstance(result, dict) and result.keys() == {"content"}:
        return b64decode(result["content"]) == body
    try:
        return is_same(json.loads(body), result)
    except (ValueError, RecursionError):
        return not body and not result


def body_of(reply: Mapping[str, Any]) -> bytes:
    """Return the bytes of a rule's reply."""
    return b64decode(reply["base64"]) if "base64" in reply else str(reply.get("body", "")).encode()


def is_kept(body: bytes, media_type: str | None, kept: str | None) -> bool:
    """Say whether an error's body is the reply's: as UTF-8, or as the charset has it by which the reply calls itself."""
    charset = (media_type or "").partition("charset=")[2].strip() or "utf-8"
    readings = {body.decode("utf-8", "replace")}
    with suppress(LookupError):
        readings.add(body.decode(charset, "replace"))
    return (kept or "").removeprefix("\ufeff") in {reading.removeprefix("\ufeff") for reading in readings}


PROPERTY: Final = Property(
    name="errors-declared",
    statement="Any error status, body and content type ends in a declared error with status and body kept.",
    scripts=scripts,
    judge=judge,
    watches=False,
)
