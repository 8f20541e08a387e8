"""requests-conform: what a client sends keeps the contract and says what the caller said."""

from __future__ import annotations

from base64 import b64decode
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from emulator.clients.protocol import Raised, Returned
from emulator.faces.values import shown
from emulator.fuzz.contract import OPERATIONS
from emulator.fuzz.oracles.said import is_taken, unlike
from emulator.fuzz.property import Property
from emulator.fuzz.steps import Call, Connect, Look, Made, Rule
from emulator.fuzz.strategies.arguments import BY_CALL, tenants
from emulator.fuzz.strategies.replies import BATCH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypothesis.strategies import SearchStrategy

    from emulator.faces.journal import Sent
    from emulator.fuzz.steps import Script, Step
    from emulator.fuzz.trace import Played, Trace
    from emulator.fuzz.violation import Violation

METHODS: Final = {
    "batches.create": ("POST", "/batches"),
    "batches.list": ("GET", "/batches"),
    "files.list": ("GET", "/files"),
    "files.upload": ("POST", "/files"),
}
EMPTY: Final[dict[str, Any]] = {"object": "list", "data": [], "first_id": None, "last_id": None, "has_more": False}
ANSWERS: Final[dict[str, Any]] = {"createBatch": BATCH, "listBatches": EMPTY, "listFiles": EMPTY}
"""Good replies for all that is asked: this property is about requests."""
MOST_CALLS: Final = 3


def scripts() -> SearchStrategy[Script]:
    """Draw a few calls with arguments of every kind, for a tenant or for none."""
    calls = [st.tuples(st.just(call), args) for call, args in BY_CALL.items()]
    return st.builds(_script, tenants(), st.lists(st.one_of(calls), min_size=1, max_size=MOST_CALLS))


def _script(tenant: str | None, calls: list[tuple[str, dict[str, Any]]]) -> Script:
    steps: list[Step] = [Connect(on_behalf_of=tenant)]
    asked = {OPERATIONS[call] for call, _ in calls}
    steps += [_answered(operation) for operation in ANSWERS if operation in asked]
    for number, (call, args) in enumerate(calls):
        if call == "files.upload":
            steps += _upload(f"file {number}", args, tenant)
        else:
            steps.append(Call(call=call, args=args))
    return tuple(steps)


def _answered(operation: str) -> Rule:
    return Rule(rule={"on": {"operation": operation}, "reply": {"json": ANSWERS[operation]}})


def _upload(name: str, args: dict[str, Any], tenant: str | None) -> list[Step]:
    uploaded = Made(name)
    return [Call(call="files.upload", args=args, name=name), Look(at="file", file=uploaded, tenant=tenant),
            Look(at="content", file=uploaded, tenant=tenant)]  # fmt: skip


def judge(trace: Trace) -> Iterator[Violation]:
    """Say where a request is missing, comes twice, or says something else than the caller."""
    tenant: str | None = None
    call: Call | None = None
    for each in trace.played:
        match each.step:
            case Connect():
                tenant = each.step.on_behalf_of
            case Call():
                call = each.step
                yield from _judged(each, call, tenant)
            case Look() if call is not None:
                yield from _kept(each, each.step, call)


def _judged(played: Played, call: Call, tenant: str | None) -> Iterator[Violation]:
    name = call.call
    if isinstance(played.outcome, Raised) and not played.requests:
        if is_taken(name, call.args):
            yield played.violation(f"{name} refused", "a request: the contract takes this", played.outcome.message)
    elif isinstance(played.outcome, Raised | Returned):
        if len(played.requests) == 1:
            yield from _of_request(played, call, tenant, played.requests[0])
        else:
            yield played.violation(f"{name} sent otherwise than once", "one request", f"{len(played.requests)}")


def _of_request(played: Played, call: Call, tenant: str | None, request: Sent) -> Iterator[Violation]:
    name, where = call.call, (request.method, request.path)
    if where != METHODS[name]:
        yield played.violation(f"{name} sent elsewhere", " ".join(METHODS[name]), " ".join(where))
    found = request.headers.get("x-on-behalf-of")
    if found != tenant:
        yield played.violation("tenant changed", f"X-On-Behalf-Of {tenant!r}", f"{found!r}")
    if name != "files.upload":
        for argument, given, sent in unlike(name, call.args, request):
            yield played.violation(f"{name} {argument} changed", f"{argument} sent as {shown(given)}", shown(sent))


def _kept(played: Played, look: Look, call: Call) -> Iterator[Violation]:
    """Say what of an upload is not on the server as it was sent; nothing is there when it was refused."""
    if played.seen is None:
        return
    if look.at == "content":
        if played.seen != b64decode(call.args["content"]):
            yield played.violation("upload content changed", "the bytes that were given", f"{len(played.seen)} bytes")
    else:
        for name in ("filename", "purpose"):
            if played.seen[name] != call.args[name]:
                yield played.violation(f"upload {name} changed", f"{name} {call.args[name]!r}", repr(played.seen[name]))


PROPERTY: Final = Property(
    name="requests-conform",
    statement="What the client sends keeps the contract and says what the caller said.",
    scripts=scripts,
    judge=judge,
)
