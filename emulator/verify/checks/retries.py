"""Retries and Retry-After: how often a call is tried, how long it waits in between, and what a repeated request says.

A client may try again or not; if it does, then only where that is sane, within bounds, and with the same request.
"""

from __future__ import annotations

from base64 import b64encode
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from emulator.clients.protocol import Raised, Returned
from emulator.faces.arranging import CHAT, good_input
from emulator.verify.check import Check, Group, Setting, checks_of
from emulator.verify.comparing import holds, same
from emulator.verify.operations import OPERATIONS
from emulator.verify.samples import BATCH_ID

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.clients.protocol import Outcome
    from emulator.verify.stage import Stage

check = checks_of(Group.RETRIES)
PLACE: Final = "errors, limits, tenancy: retries"
ON: Final = Setting(retries="default", deadline_s=20)
MOST_ATTEMPTS: Final = 20
LONGEST_SLEEP_S: Final = 120
LONGEST_HONOURED_S: Final = 30
TRANSIENT: Final = (429, 500, 502, 503, 504)
PERMANENT: Final = (400, 401, 403, 404, 413, 422)


def _refusals(stage: Stage, operation: str, status: int, *, times: int | None = None, **headers: str) -> None:
    """Let an operation be refused so often, or for ever; what is refused does not take place."""
    reply = {"status": status, "headers": headers, "json": {"error": "Come back later"}}
    stage.rule(operation, reply=reply, on={} if times is None else {"times": times})


def _is_sane(outcome: Outcome, attempts: int) -> None:
    """Raise Failed unless a call has kept the bounds that hold for every client."""
    holds(attempts <= MOST_ATTEMPTS, at="attempts", expected=f"at most {MOST_ATTEMPTS}", got=attempts)
    slept = sum(outcome.sleeps)
    holds(slept <= LONGEST_SLEEP_S, at="seconds slept", expected=f"at most {LONGEST_SLEEP_S}", got=slept)


def _ended(stage: Stage, call: str, args: Mapping[str, Any]) -> Outcome:
    """Return how a call ended, which must be a result or a declared error."""
    outcome = stage.call(call, **args)
    if not isinstance(outcome, Returned):
        stage.is_declared(outcome, call, args)
    return outcome


# Whether and how often


def _transient(status: int) -> Check:
    @check(
        f"retries.{status}-once-is-survived-or-declared",
        place=f"{PLACE}, {status}",
        expects=f"After one {status} the call is repeated and returns the batch, or ends in a declared {status}.",
        setting=ON,
    )
    def play(stage: Stage) -> None:
        batch_id = stage.arrange.batch()["id"]
        _refusals(stage, "getBatch", status, times=1)
        outcome = _ended(stage, "batches.get", {"batch_id": batch_id})
        attempts = len(stage.journal("getBatch"))
        if isinstance(outcome, Returned):
            same("result.id", batch_id, outcome.result["id"])
            same("attempts", 2, attempts)
        elif isinstance(outcome, Raised):
            same("raised.status", status, outcome.status)

    return play


def _endless(status: int) -> Check:
    @check(
        f"retries.{status}-for-ever-is-given-up",
        place=f"{PLACE}, {status}",
        expects=f"A server that always says {status} ends in a declared {status}, after at most 20 attempts and 120 s of sleep.",
        setting=ON,
    )
    def play(stage: Stage) -> None:
        _refusals(stage, "getBatch", status)
        raised = stage.raised("batches.get", batch_id=BATCH_ID)
        same("raised.status", status, raised.status)
        _is_sane(raised, len(stage.journal("getBatch")))

    return play


def _permanent(status: int) -> Check:
    @check(
        f"retries.{status}-is-not-repeated",
        place=f"{PLACE}, {status}",
        expects=f"A {status} says that the request is wrong: it is sent once.",
        setting=ON,
    )
    def play(stage: Stage) -> None:
        _refusals(stage, "getBatch", status)
        raised = stage.raised("batches.get", batch_id=BATCH_ID)
        same("raised.status", status, raised.status)
        same("attempts", 1, len(stage.journal("getBatch")))

    return play


@check(
    "retries.resets-for-ever-are-given-up",
    place=f"{PLACE}, transport",
    expects="A server that resets every connection ends in a declared error, after at most 20 attempts and 120 s of sleep.",
    setting=ON,
)
def resets_for_ever(stage: Stage) -> None:
    stage.rule("getBatch", reset=True)
    raised = stage.raised("batches.get", batch_id=BATCH_ID)
    _is_sane(raised, len(stage.journal("getBatch")))


@check(
    "retries.off-means-once",
    place=f"{PLACE}, none",
    expects="With retries off each call is sent once, whatever comes of it, and nothing is slept.",
)
def off_means_once(stage: Stage) -> None:
    for status in TRANSIENT:
        stage.admin.delete_rules()
        _refusals(stage, "getBatch", status)
        raised = stage.raised("batches.get", batch_id=BATCH_ID)
        same("seconds slept", [], list(raised.sleeps))
    same("attempts", len(TRANSIENT), len(stage.journal("getBatch")))


# Retry-After


def _retry_after(seconds: int) -> Check:
    @check(
        f"retries.retry-after-{seconds}-is-not-undercut",
        place=f"{PLACE}, Retry-After",
        expects=f"A client that repeats a call which was told to wait {seconds} s has waited that long.",
        setting=Setting(retries="default", deadline_s=20 + seconds),
    )
    def play(stage: Stage) -> None:
        batch_id = stage.arrange.batch()["id"]
        _refusals(stage, "getBatch", 429, times=1, **{"Retry-After": str(seconds)})
        began = monotonic()
        outcome = _ended(stage, "batches.get", {"batch_id": batch_id})
        took_s = monotonic() - began  # a driver that tells of no sleeps lets its client really sleep
        if len(stage.journal("getBatch")) > 1:
            slept = outcome.sleeps[0] if outcome.sleeps else took_s
            holds(slept >= seconds, at="seconds slept", expected=f"at least {seconds}", got=round(slept, 3))
        _is_sane(outcome, len(stage.journal("getBatch")))

    return play


HEADERS: Final = {
    "a-day": ("86400", "A Retry-After of a day is capped or given up on: nobody waits for it."),
    "a-word": ("soon", "A Retry-After that is no time is passed over."),
    "nothing": ("", "An empty Retry-After is passed over."),
    "less-than-nothing": ("-5", "A Retry-After below zero is passed over."),
    "no-number": ("NaN", "A Retry-After of NaN is passed over."),
    "for-ever": ("inf", "A Retry-After of infinity is capped, given up on or passed over."),
    "past-date": ("Mon, 01 Jan 2001 00:00:00 GMT", "A Retry-After that is over has nobody wait for it."),
    "far-date": ("Fri, 31 Dec 9999 23:59:59 GMT", "A Retry-After in the year 9999 is capped or given up on."),
    "no-date": ("Mon, 99 Foo 2001 00:00:00 GMT", "A Retry-After that is no date is passed over."),
}


def _odd_header(name: str, value: str, expects: str) -> Check:
    @check(f"retries.retry-after-of-{name}-is-survived", place=f"{PLACE}, Retry-After", expects=expects, setting=ON)
    def play(stage: Stage) -> None:
        batch_id = stage.arrange.batch()["id"]
        _refusals(stage, "getBatch", 503, times=1, **{"Retry-After": value})
        outcome = _ended(stage, "batches.get", {"batch_id": batch_id})
        _is_sane(outcome, len(stage.journal("getBatch")))

    return play


# What is repeated


def _args(stage: Stage, call: str) -> dict[str, Any]:
    """Return good arguments of a call, with something in each that a repeated request could lose."""
    if call == "files.upload":
        return {"filename": "in.jsonl", "content": b64encode(good_input(2)).decode(), "purpose": "batch"}
    if call == "batches.create":
        return {"input_file_id": stage.arrange.file()["id"], "endpoint": CHAT, "metadata": {"job": "again"}}
    if call == "batches.list":
        return {"after": stage.arrange.batch()["id"], "limit": 3}
    if call == "files.list":
        return {"after": stage.arrange.file()["id"], "limit": 3, "order": "asc", "purpose": "batch"}
    return {"batch_id": stage.arrange.batch()["id"]} if "batches" in call else {"file_id": stage.arrange.file()["id"]}


def _repeated(name: str, operation: str, call: str) -> Check:
    @check(
        f"{name}.repeats-the-same-request",
        place=f"{PLACE}, {operation}",
        expects="A request that is repeated after a 429 says the same as the first, down to tenant and body.",
        setting=Setting(retries="default", deadline_s=20, on_behalf_of="alice"),
    )
    def play(stage: Stage) -> None:
        args = _args(stage, call)
        _refusals(stage, operation, 429, times=1)
        _ended(stage, call, args)
        first, *again = stage.journal(operation)
        for request in again:
            same("request", [first.method, first.target], [request.method, request.target])
            same("body", _unbound(first.body, first.headers), _unbound(request.body, request.headers))
            for header in ("authorization", "x-on-behalf-of"):
                same(f"header.{header}", first.headers.get(header), request.headers.get(header))
            same("violations", [], list(request.violations))

    return play


def _unbound(body: str, headers: Mapping[str, str]) -> str:
    """Return a body without the boundary of its parts, which may be another each time."""
    boundary = headers.get("content-type", "").partition("boundary=")[2].strip('"')
    return body.replace(boundary, "-") if boundary else body


def _lost(name: str, rule: Mapping[str, Any], what: str) -> Check:
    @check(
        f"create.{name}-makes-no-silent-twin",
        place=f"{PLACE}, createBatch",
        expects=f"A create that took effect but {what} does not return as if there were one batch where there are two.",
        setting=ON,
    )
    def play(stage: Stage) -> None:
        args = _args(stage, "batches.create")
        stage.rule("createBatch", after=True, on={"nth": 1}, **rule)
        outcome = _ended(stage, "batches.create", args)
        made = len(stage.arrange.get("/batches")["data"])
        if isinstance(outcome, Returned):
            same("batches on the server", 1, made)

    return play


LOST: Final = (
    ("reset-reply", {"reset": True}, "whose connection was reset"),
    ("closed-reply", {"close": True}, "whose connection was closed"),
    ("500", {"reply": {"status": 500, "json": {"error": "Something broke"}}}, "was answered 500"),
    ("504", {"reply": {"status": 504, "body": "upstream timed out", "content_type": "text/plain"}}, "was answered 504"),
)
CHECKS: Final = (
    *map(_transient, TRANSIENT),
    *map(_endless, TRANSIENT),
    *map(_permanent, PERMANENT),
    resets_for_ever,
    off_means_once,
    *map(_retry_after, (1, 7, LONGEST_HONOURED_S)),
    *(_odd_header(name, value, expects) for name, (value, expects) in HEADERS.items()),
    *(_repeated(*each) for each in OPERATIONS),
    *(_lost(*each) for each in LOST),
)
