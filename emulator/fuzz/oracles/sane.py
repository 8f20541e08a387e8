"""Sane: how often a call may be tried, after what, how long it may wait, and that what is repeated says the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from emulator.clients.protocol import Outcome, RetryPolicy
    from emulator.faces.journal import Sent

MOST_ATTEMPTS: Final = 20
LONGEST_SLEEP_S: Final = 120.0
LONGEST_HONOURED_S: Final = 30.0
LONGEST_DIGITS: Final = 6
ASKS: Final = frozenset({429, 503})
"""Statuses with which Retry-After says when to come again."""
PARTS: Final = ("request line", "tenant", "key", "media type", "body")
IDEMPOTENT: Final = frozenset({"GET", "DELETE"})
REPEATED: Final = frozenset({408, 409, 425, 429, *range(500, 600)})
"""After which statuses a request may be repeated; after a transport fault it may be, too."""


def insane(
    outcome: Outcome, requests: Sequence[Sent], policy: RetryPolicy, asked: str | None
) -> Iterator[tuple[str, str, str]]:
    """Yield what was not sane about the attempts of one call: a cause, what was expected and what came.

    `asked` is what Retry-After said on each refusal.
    """
    most = min(MOST_ATTEMPTS, policy.max_attempts or MOST_ATTEMPTS) + _is_repeated_below(requests)
    longest = min(LONGEST_SLEEP_S, LONGEST_SLEEP_S if policy.max_sleep_s is None else policy.max_sleep_s)
    if len(requests) > most:
        yield "too many attempts", f"at most {most} attempts", f"{len(requests)}"
    if sum(outcome.sleeps) > longest:
        yield "too long asleep", f"at most {longest:g} s of sleep", f"{sum(outcome.sleeps):g} s"
    yield from _after_what(requests, policy)
    yield from _undercut(outcome, requests, asked)
    yield from _changed(requests)


def _is_repeated_below(requests: Sequence[Sent]) -> bool:
    """Say whether the HTTP library below a client may have repeated its request, whatever that has said of retries.

    It may (RFC 9110, 9.2.2) where no reply came at all, and the request does no more when it comes twice.
    """
    return bool(requests) and requests[0].method in IDEMPOTENT and not requests[0].status


def _after_what(requests: Sequence[Sent], policy: RetryPolicy) -> Iterator[tuple[str, str, str]]:
    for request in requests[:-1]:
        status = request.status or 0
        if status and status not in REPEATED:
            yield f"repeated after {status}", f"one attempt: a {status} is no accident", f"{len(requests)} attempts"
        elif policy.statuses is not None and status not in policy.statuses:
            yield (
                "repeated against its own policy",
                f"repeats after {sorted(policy.statuses)} alone",
                f"one after {status or 'a transport fault'}",
            )


def asked_to_wait_s(rule: Mapping[str, Any]) -> int:
    """Return how many seconds a rule's reply asks for, if that is no more than must be given; 0 otherwise."""
    return _honoured_s(rule.get("reply", {}).get("headers", {}).get("Retry-After"))


def _honoured_s(asked: Any) -> int:
    """Return what Retry-After asks for; in a rule that was written by hand there may stand anything."""
    text = str(asked)
    wanted = int(text) if text.isascii() and text.isdigit() and len(text) < LONGEST_DIGITS else 0
    return wanted if wanted <= LONGEST_HONOURED_S else 0


def _undercut(outcome: Outcome, requests: Sequence[Sent], asked: str | None) -> Iterator[tuple[str, str, str]]:
    """Yield the first sleep that was shorter than was asked for; where sleeps are not one an attempt, all together."""
    wanted = _honoured_s(asked)
    refused = [request.status in ASKS for request in requests[:-1]]
    if not (wanted and outcome.sleeps and any(refused)):
        return
    if len(outcome.sleeps) == len(refused):
        slept = min((each for each, is_asked in zip(outcome.sleeps, refused, strict=True) if is_asked), default=wanted)
    else:
        slept = sum(outcome.sleeps) / sum(refused)
    if slept < wanted:
        yield "Retry-After undercut", f"at least {wanted} s before the next attempt", f"{slept:g} s"


def _changed(requests: Sequence[Sent]) -> Iterator[tuple[str, str, str]]:
    for request in requests[1:]:
        for name, ours, theirs in zip(PARTS, _said(requests[0]), _said(request), strict=True):
            if ours != theirs:
                yield f"{name} changed on repeat", f"{str(ours)[:150]}", f"{str(theirs)[:150]}"


def _said(request: Sent) -> tuple[Any, ...]:
    """Return what a request says, without the boundary of its parts, which may be another each time."""
    media_type, _, parameters = request.headers.get("content-type", "").partition(";")
    boundary = parameters.partition("boundary=")[2].strip('"')
    body = request.body.replace(boundary, "-") if boundary else request.body
    headers = request.headers
    return (
        f"{request.method} {request.target}",
        headers.get("x-on-behalf-of"),
        "authorization" in headers,
        media_type.strip().lower(),
        body,
    )
