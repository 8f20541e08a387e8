"""Holding what a driver answers, and what has arrived of a call, to what it should be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, unquote

from emulator.clients.checking.trial import Wrong
from emulator.clients.members import shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from emulator.clients.checking.bench import Bench, Request

NEWER: Final = frozenset({"max_concurrency", "sha256"})
"""Fields that older releases of an SDK do not know."""
OPTIONAL: Final = ("metadata", "max_concurrency", "after", "limit", "order", "purpose", "sha256")
_NOTHING: Final = (None, "", "null", "None", "undefined")
_WIRE: Final = (
    "Answer what the SDK returned as JSON with the names and types of the wire, "
    "such as created_at with a whole number, and not as the SDK's language has them."
)


def same(bench: Bench, result: Any, truth: Any, place: str = "result") -> None:
    """Hold a result to what the server says; what it says besides does not matter. Raises Wrong."""
    if isinstance(truth, dict) and isinstance(result, dict):
        for name, value in truth.items():
            _same_member(bench, result, name, value, f"{place}.{name}")
    elif isinstance(truth, list) and isinstance(result, list) and len(truth) == len(result):
        for at, value in enumerate(truth):
            same(bench, result[at], value, f"{place}[{at}]")
    elif type(result) is not type(truth) or result != truth:
        raise Wrong(at=place, expected=shown(truth), got=shown(result), mend=_WIRE)


def _same_member(bench: Bench, result: Mapping[str, Any], name: str, value: Any, place: str) -> None:
    if name in result:
        same(bench, result[name], value, place)
    elif value is not None and name in NEWER:
        bench.advise(f"{place} is missing from the answer: that is right only if the SDK does not know this field.")
    elif value is not None:
        raise Wrong(at=place, expected=shown(value), got=f"nothing; there is {shown([*result])}", mend=_WIRE)


def one_request(bench: Bench, call: str, *, since: int = 0) -> Request:
    """Return the only request for a call, after so many earlier ones. Raises Wrong."""
    found = bench.requests(call)[since:]
    if len(found) == 1:
        return found[0]
    others = ", ".join(request.path for request in bench.requests()) or "nothing else either"
    got = f"{len(found)}" if found else f"none; of the driver's requests the world has seen {others}"
    mend = (
        "For each request of the runner call the SDK once, with base_url and api_key of the last 'connect' "
        "and only one attempt if its retries were 'off'."
    )
    raise Wrong(at="requests", expected=f"one for {call}", got=got, mend=mend)


def arrived(bench: Bench, request: Request, call: str, args: Mapping[str, Any]) -> None:
    """Make sure that a request says what the call said. Raises Wrong."""
    if call == "batches.create":
        _carries(bench, request.members, args)
    elif call in {"batches.list", "files.list"}:
        _carries(bench, request.query, {name: str(value) for name, value in args.items()})
    elif call == "files.upload":
        stored = bench.plain.newest("/files")
        _carries(bench, stored, {name: args[name] for name in ("filename", "purpose")})
    else:
        _names(request.path.split("/"), [quote(value, safe="") for value in args.values()])


def _carries(bench: Bench, sent: Mapping[str, Any], args: Mapping[str, Any]) -> None:
    for name, value in args.items():
        if name not in sent or sent[name] != value:
            _lost(f"request.{name}", value, sent.get(name, sent))
    for name in OPTIONAL:
        if name not in args and name in sent and sent[name] in _NOTHING:
            bench.advise(
                f"request.{name} was not given to the driver, but arrived as {shown(sent[name])}: "
                "give the SDK those arguments only that the request has; null is a value, too."
            )


def _names(path: Sequence[str], values: Sequence[str]) -> None:
    for value in values:
        if value not in path:
            _lost("request.path", value, unquote("/".join(path)))


def _lost(place: str, value: Any, sent: Any) -> None:
    mend = "Give the SDK each argument as it comes, under the name that the SDK has for it."
    raise Wrong(at=place, expected=shown(value), got=shown(sent), mend=mend)
