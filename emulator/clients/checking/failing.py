"""Trials of errors, time-outs, repeated attempts, and for whom calls are made."""

from __future__ import annotations

import socket
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from emulator.clients.checking.comparing import same
from emulator.clients.checking.trial import Lacking, Trial, Wrong
from emulator.clients.members import shown
from emulator.clients.protocol import Raised, Unsupported

if TYPE_CHECKING:
    from emulator.clients.checking.bench import Bench
    from emulator.clients.protocol import Outcome

UNKNOWN: Final = "batch_00000000000000000000000000000000"
RETRY_AFTER_S: Final = 2
"""Long enough to tell a sleep from none, and short enough for who waits for the trial."""
TENANT: Final = "somebody-else"
_AWAY: Final = {"status": 503, "headers": {"Retry-After": str(RETRY_AFTER_S)}, "body": "Come back later."}


# Errors


def _a_404(bench: Bench) -> None:
    bench.connect()
    error = bench.raised("batches.get", batch_id=UNKNOWN)
    _, body = bench.plain.ask("GET", f"/batches/{UNKNOWN}")
    _status(error, 404)
    if error.body != body.decode():
        mend = "Answer the whole body of the reply as text, which most SDKs keep with the error or with its response."
        raise Wrong(at="raised.body", expected=shown(body.decode()), got=shown(error.body), mend=mend)
    if not error.declared:
        bench.advise(
            f"raised.declared is false for {error.type} on a 404: it is true if the SDK documents that class, "
            "or one that it inherits from."
        )


def _status(error: Raised, expected: int | None) -> None:
    if error.status != expected:
        mend = "Answer the status of the HTTP reply that the error is about; null if none came."
        raise Wrong(at="raised.status", expected=shown(expected), got=shown(error.status), mend=mend)


def _refused(bench: Bench) -> None:
    with socket.socket() as nobody:  # bound, so that no other takes the port, and not listening
        nobody.bind(("127.0.0.1", 0))
        bench.connect(base_url=f"http://127.0.0.1:{nobody.getsockname()[1]}")
        error = bench.raised("batches.get", batch_id=UNKNOWN)
    _no_reply(error)


def _no_reply(error: Raised) -> None:
    _status(error, None)
    if error.body is not None:
        raise Wrong(at="raised.body", expected="null", got=shown(error.body), mend="No reply has no body: answer null.")


def _lives_on(bench: Bench) -> None:
    bench.connect()
    batch = bench.plain.batch()
    for _ in range(3):
        bench.raised("batches.get", batch_id=UNKNOWN)
        same(bench, bench.returned("batches.get", batch_id=batch["id"]), batch)


def _timeout(bench: Bench) -> None:
    batch_id = bench.plain.batch()["id"]
    bench.admin.add_rule({"on": {"operation": "getBatch"}, "delay": {"by": "1h", "clock": "world"}})
    bench.connect(timeout_s=0.5)
    _no_reply(bench.raised("batches.get", batch_id=batch_id))


# Attempts


def _off(bench: Bench) -> None:
    bench.admin.add_rule({"on": {"operation": "getBatch"}, "reply": _AWAY})
    bench.connect(retries="off")
    _status(bench.raised("batches.get", batch_id=UNKNOWN), 503)
    if (attempts := len(bench.requests("batches.get"))) != 1:
        mend = "With 'retries': 'off' set the SDK up to try each call once."
        raise Wrong(at="attempts", expected="1", got=str(attempts), mend=mend)


def _default(bench: Bench) -> None:
    bench.connect(retries="default")
    outcome, took_s = _once_away(bench)
    waited_s = sum(outcome.sleeps)
    if outcome.slept:
        mend = "Answer 'slept' only if 'connect' gave a 'clock', and it was moved."
        raise Wrong(at="slept", expected="false, without a clock", got="true", mend=mend)
    if took_s >= RETRY_AFTER_S and waited_s:
        mend = "Answer as 'sleeps' only what the SDK did not really wait."
        raise Wrong(at="sleeps", expected="[]", got=f"{shown(outcome.sleeps)} and {took_s:.1f} s gone by", mend=mend)
    if took_s >= RETRY_AFTER_S:
        bench.advise(
            f"the call has really waited, {took_s:.1f} s: put something in the place of the SDK's sleep that only notes "
            "how long it was, and answer that as 'sleeps'; otherwise tests of back-off take as long as it says."
        )
    elif len(bench.requests("batches.get")) > 1 and not waited_s:
        bench.advise("the SDK has tried again, without a wait in 'sleeps': right only if it does not wait at all.")


def _clock(bench: Bench) -> None:
    headers = {"Authorization": f"Bearer {bench.api_key}"}
    bench.connect(retries="default", clock={"url": f"{bench.url}/_emulator", "headers": headers})
    before = bench.admin.clock()["now"]
    outcome, _ = _once_away(bench)
    moved_s = bench.admin.clock()["now"] - before
    expected_s = sum(outcome.sleeps) if outcome.slept else 0
    if abs(moved_s - expected_s) > 0.001:
        mend = "Move the clock by each sleep and answer 'slept': true; or leave it alone, and 'slept' out."
        raise Wrong(at="clock", expected=f"moved by {expected_s:g} s", got=f"moved by {moved_s:g} s", mend=mend)


def _once_away(bench: Bench) -> tuple[Outcome, float]:
    """Return how a call ends whose first attempt is sent away for some seconds, and how long that really took."""
    batch_id = bench.plain.batch()["id"]
    bench.admin.add_rule({"on": {"operation": "getBatch", "nth": 1}, "reply": _AWAY})
    began = monotonic()
    outcome = bench.call("batches.get", batch_id=batch_id)
    if isinstance(outcome, Unsupported):
        raise Lacking("batches.get")
    return outcome, monotonic() - began


# For whom


def _on_behalf_of(bench: Bench) -> None:
    batch_id = bench.plain.batch()["id"]
    bench.connect(on_behalf_of=TENANT)
    _status(bench.raised("batches.get", batch_id=batch_id), 404)
    _each_says(bench, TENANT)


def _on_behalf_of_nobody(bench: Bench) -> None:
    batch_id = bench.plain.batch()["id"]
    bench.connect(on_behalf_of=TENANT)
    bench.connect(on_behalf_of=None)
    bench.returned("batches.get", batch_id=batch_id)
    _each_says(bench, None)


def _each_says(bench: Bench, expected: Any) -> None:
    for request in bench.requests():
        if (got := request.headers.get("x-on-behalf-of")) != expected:
            mend = "Let the SDK send the header X-On-Behalf-Of with every request: none if on_behalf_of is null."
            raise Wrong(at="X-On-Behalf-Of", expected=shown(expected), got=shown(got), mend=mend)


TRIALS: Final = (
    Trial("errors.404", "A reply of status 404 becomes 'raised', with status and body.", _a_404),
    Trial("errors.refused", "A refused connection becomes 'raised', with neither status nor body.", _refused),
    Trial("errors.timeout", "timeout_s ends a call without a reply, as 'raised'.", _timeout),
    Trial("errors.lives-on", "After errors the driver goes on as before.", _lives_on),
    Trial("retries.off", "With retries off, a call is tried once.", _off),
    Trial("retries.default", "The SDK's waits between attempts are told as sleeps, and take no time.", _default),
    Trial("retries.clock", "Given a clock, the driver moves it by its sleeps and says so, or leaves it alone.", _clock),
    Trial("on-behalf-of", "on_behalf_of arrives as X-On-Behalf-Of on every request.", _on_behalf_of),
    Trial("on-behalf-of.null", "Where on_behalf_of is null, there is no such header.", _on_behalf_of_nobody),
)
