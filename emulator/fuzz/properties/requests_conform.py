"""requests-conform: what a client sends keeps the contract and says what the caller said."""

from __future__ import annotations

from base64 import b64decode
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from emulator.clients.protocol import Raised, Returned
from emulator.faces.values import shown
from emulator.fuzz.oracles.said import is_taken, is_tenant, unlike, unlike_upload
from emulator.fuzz.property import Property
from emulator.fuzz.steps import Call, Connect, Look, Made, Rule
from emulator.fuzz.strategies.arguments import BY_CALL, tenants
from emulator.fuzz.strategies.replies import BATCH

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
MEDIA_TYPES: Final = {"batches.create": "application/json", "files.upload": "multipart/form-data"}
EMPTY: Final[dict[str, Any]] = {"object": "list", "data": [], "first_id": None, "last_id": None, "has_more": False}
ANSWERS: Final[dict[str, Any]] = {"createBatch": BATCH, "listBatches": EMPTY, "listFiles": EMPTY}
"""Good replies for all that is asked: this property is about requests."""


def scripts() -> SearchStrategy[Script]:
    """Draw arguments of every kind for each call that takes more than an id, for a tenant or for none."""
    return st.builds(_script, tenants(), st.fixed_dictionaries(dict(BY_CALL)))


def _script(tenant: str | None, calls: Mapping[str, dict[str, Any]]) -> Script:
    steps: list[Step] = [Connect(on_behalf_of=tenant), *map(_answered, ANSWERS)]
    for call, args in calls.items():
        steps += _upload("file", args, tenant) if call == "files.upload" else [Call(call=call, args=args)]
    return tuple(steps)


def _answered(operation: str) -> Rule:
    return Rule(rule={"on": {"operation": operation}, "reply": {"json": ANSWERS[operation]}})


def _upload(name: str, args: dict[str, Any], tenant: str | None) -> list[Step]:
    """Upload a file, and look at what has come of it, which the server can only be asked for a tenant that it knows."""
    uploaded = Made(name)
    looks = ("file", "content") if is_tenant(tenant) else ()
    call = Call(call="files.upload", args=args, name=name)
    return [call, *(Look(at=look, file=uploaded, tenant=tenant) for look in looks)]


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
    name, is_good = call.call, is_tenant(tenant) and is_taken(call.call, call.args)
    if isinstance(played.outcome, Raised) and is_good:
        cause = f"{name} refused" if not played.requests else f"{name} not understood"
        expected = f"a result: the contract takes {shown(call.args)}"
        yield played.violation(cause, expected, f"{played.outcome.type}: {played.outcome.message}")
    if not isinstance(played.outcome, Raised | Returned):
        return
    for request in played.requests:
        yield from _of_request(played, call, tenant, request)
    if len(played.requests) != 1 and (played.requests or isinstance(played.outcome, Returned)):
        yield played.violation(f"{name} sent otherwise than once", "one request", f"{len(played.requests)}")


def _of_request(played: Played, call: Call, tenant: str | None, request: Sent) -> Iterator[Violation]:
    name, where = call.call, (request.method, request.path)
    if where != METHODS[name]:
        yield played.violation(f"{name} sent elsewhere", " ".join(METHODS[name]), " ".join(where))
    if request.headers.get("x-on-behalf-of") not in _headers(tenant):
        found = request.headers.get("x-on-behalf-of")
        yield played.violation("tenant changed", f"X-On-Behalf-Of {tenant!r}", f"{found!r}")
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != MEDIA_TYPES.get(name, media_type):
        yield played.violation(f"{name} media type", MEDIA_TYPES[name], media_type)
    said = unlike_upload(call.args, request) if name == "files.upload" else unlike(name, call.args, request)
    for argument, given, sent in said:
        yield played.violation(f"{name} {argument} changed", f"{argument} sent as {shown(given)}", shown(sent))


def _headers(tenant: str | None) -> set[str | None]:
    """Return the values of the header that say a tenant: HTTP drops spaces around it, and carries no more than bytes."""
    if tenant is None:
        return {None}
    utf8 = tenant.encode("utf-8", "replace").decode("latin-1")
    return {tenant, tenant.strip(" \t"), utf8, utf8.strip(" \t")}


def _kept(played: Played, look: Look, call: Call) -> Iterator[Violation]:
    """Say what of an upload is not on the server as it was sent; nothing is there when it was refused."""
    if played.seen is None:  # it was refused
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
    share=2,
)
