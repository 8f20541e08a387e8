"""retries-sane: attempts, back-off and Retry-After stay inside the documented policy and a bound."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from emulator.clients.protocol import Raised, Returned
from emulator.fuzz.contract import CALLS, OPERATIONS
from emulator.fuzz.oracles.sane import insane
from emulator.fuzz.property import Property
from emulator.fuzz.steps import Arrange, Call, Connect, Made, Rule
from emulator.fuzz.strategies.http import retry_after

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypothesis.strategies import SearchStrategy

    from emulator.clients.protocol import RetryPolicy
    from emulator.fuzz.steps import Script
    from emulator.fuzz.trace import Played, Trace
    from emulator.fuzz.violation import Violation

PASSING: Final = (408, 409, 425, 429, 500, 501, 502, 503, 504, 507, 520, 522, 524, 599)
LASTING: Final = (400, 401, 403, 404, 405, 413, 415, 422)
"""Statuses of refusals that may pass, and of those that will come again."""
BATCH, FILE = Made("batch"), Made("file")
ARGS: Final[dict[str, dict[str, Any]]] = {
    "createBatch": {"input_file_id": FILE, "endpoint": "/v1/chat/completions", "metadata": {"k": "v"}},
    "listBatches": {"limit": 3},
    "getBatch": {"batch_id": BATCH},
    "cancelBatch": {"batch_id": BATCH},
    "uploadFile": {"filename": "input.jsonl", "content": b64encode(b"{}\n" * 9).decode(), "purpose": "batch"},
    "listFiles": {"limit": 3, "order": "asc"},
    "getFile": {"file_id": FILE},
    "deleteFile": {"file_id": FILE},
    "getFileContent": {"file_id": FILE},
}


def scripts() -> SearchStrategy[Script]:
    """Draw a call that is refused some times, or for ever, with a Retry-After of some form or none, or cut off."""
    refusals = st.builds(
        _refusal,
        st.one_of(st.sampled_from((429, 503)), *[st.sampled_from(PASSING)] * 3, st.sampled_from(LASTING)),
        retry_after(),
    )
    faults = st.sampled_from(({"reset": True}, {"close": True}))
    times = st.one_of(st.none(), st.integers(1, 3))
    return st.builds(
        _script,
        st.sampled_from(list(CALLS)),
        st.one_of(refusals, refusals, faults),
        times,
        st.sampled_from((None, "alice")),
        st.sampled_from(("default", "default", "default", "off")),
    )


def _refusal(status: int, asked: str | None) -> dict[str, Any]:
    headers = {} if asked is None else {"headers": {"Retry-After": asked}}
    return {"reply": {"status": status, "json": {"error": "Come back later"}, **headers}}


def _script(operation: str, effect: dict[str, Any], times: int | None, tenant: str | None, retries: str) -> Script:
    on = {"operation": operation, **({} if times is None else {"times": times})}
    connect = Connect(retries=retries, on_behalf_of=tenant)
    there = [Arrange(what="batch", name="batch", tenant=tenant), Arrange(what="file", name="file", tenant=tenant)]
    args = ARGS[operation]
    needed = [each for each in there if Made(each.name) in args.values()]
    return (connect, *needed, Rule(rule={"on": on, **effect}), Call(call=CALLS[operation], args=args, deadline_s=8.0))


def judge(trace: Trace) -> Iterator[Violation]:
    """Say where a client tried too often, too soon, too late, after what it should not, or with another request."""
    asked: str | None = None
    policy = trace.hello.retry
    for each in trace.played:
        if isinstance(each.step, Connect):
            is_once = each.step.retries == "off"
            policy = replace(trace.hello.retry, max_attempts=1) if is_once else trace.hello.retry
        elif isinstance(each.step, Rule):
            asked = each.step.rule.get("reply", {}).get("headers", {}).get("Retry-After")
        elif isinstance(each.step, Call) and isinstance(each.outcome, Raised | Returned):
            yield from _judged(each, each.step.call, policy, asked)


def _judged(played: Played, call: str, policy: RetryPolicy, asked: str | None) -> Iterator[Violation]:
    outcome = played.outcome
    if not isinstance(outcome, Raised | Returned):
        return
    attempts = [request for request in played.requests if request.operation == OPERATIONS[call]]
    for cause, expected, got in insane(outcome, attempts, policy, asked):
        yield played.violation(cause, expected, got)
    last = attempts[-1].status if attempts else None
    if isinstance(outcome, Raised) and last is not None and last >= 400 and outcome.status != last:
        yield played.violation("status lost on the last attempt", f"an error with status {last}", f"{outcome.status}")
    if isinstance(outcome, Returned) and attempts and last != 200:
        yield played.violation(
            "success without one", "a declared error", f"a result after {last or 'a transport fault'}"
        )


PROPERTY: Final = Property(
    name="retries-sane",
    statement="Attempts, back-off and Retry-After stay inside the documented policy and a bound.",
    scripts=scripts,
    judge=judge,
)
