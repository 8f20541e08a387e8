"""What tests are told: requests that broke the contract, rules that never fired, what has become of batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from emulator.embedded.requests import Request
    from emulator.embedded.rules import Rule
    from emulator.embedded.views import Batch

NEWEST: Final = 10
"""How many requests are told."""
LONGEST: Final = 200
"""How many characters of a body are told."""


def broken(requests: Sequence[Request]) -> Iterator[str]:
    """Yield lines on requests that broke the contract: operation, place, expected, got, and how to allow it."""
    for request in requests:
        yield f"{request.operation or 'a request'} broke the contract: {request.method} {request.path}, answered {request.status}"
        for violation in request.violations:
            yield f"  at        {violation.place}"
            yield f"  expected  {violation.expected}"
            yield f"  got       {violation.found}"
    if requests:
        operations = dict.fromkeys(each.operation for each in requests)
        named = "" if None in operations else ", ".join(f'"{each}"' for each in operations)
        yield f"If that is what the test is about, allow it: .allow_violations({named})"


def idle(rules: Iterable[Rule]) -> Iterator[str]:
    """Yield lines on rules that never fired."""
    for rule in rules:
        yield f"a required rule has never fired: {rule.key}: {rule.written}"


def timelines(batches: Iterable[Batch], timeline_of: Mapping[str, Mapping[str, Any]], *, now: float) -> Iterator[str]:
    """Yield lines on each batch: what has happened to it, when after its creation, and what is still to come."""
    for batch in batches:
        counts = batch.request_counts
        yield (
            f"{batch.id}: {batch.scenario}, {batch.status}, {counts['completed']} completed and {counts['failed']} failed "
            f"of {counts['total']}, at {passed(now - batch.created_at)}"
        )
        for word, entries in (("", timeline_of[batch.id]["past"]), ("to come: ", timeline_of[batch.id]["to_come"])):
            for entry in entries:
                yield f"  {passed(entry['at'] - batch.created_at):>12}  {word}{_step(entry)}"


def _step(entry: Mapping[str, Any]) -> str:
    return (
        str(entry["status"])
        if "status" in entry
        else ", ".join(f"{name} {entry[name]}" for name in entry if name != "at")
    )


def passed(seconds: float) -> str:
    """Return a time span as people read it."""
    whole = int(seconds)
    return f"{whole // 3600}h {whole // 60 % 60:02}m {whole % 60:02}s"


def newest(requests: Sequence[Request], *, since: float) -> Iterator[str]:
    """Yield lines on the newest requests: when, which, how they were answered, and where they broke the contract."""
    if len(requests) > NEWEST:
        yield f"… {len(requests) - NEWEST} before these"
    for request in requests[-NEWEST:]:
        rule = f", rule {request.rule}" if request.rule else ""
        name = request.operation or "no operation"
        yield f"{passed(request.at - since):>12}  {name}: {request.method} {request.path} → {request.status}{rule}"
        if request.body:
            yield f"{'':14}{_short(request.body)}"
        for violation in request.violations:
            yield f"{'':14}broke the contract: {violation}"


def _short(body: str) -> str:
    text = " ".join(body.split())
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
