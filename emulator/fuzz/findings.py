"""Findings: what broke a client, told so that people see it in half a minute. How they stand in files is said elsewhere."""

from __future__ import annotations

import hashlib
import re
from dataclasses import MISSING, dataclass, fields
from typing import TYPE_CHECKING, Any, Final

from emulator.clients.protocol import Raised, Returned, Unsupported
from emulator.faces.values import shown
from emulator.fuzz.steps import HEADS, KINDS, MADE, Connect, Look, Made, Pages
from emulator.fuzz.trace import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from emulator.fuzz.hunting import Catch
    from emulator.fuzz.steps import Script, Step
    from emulator.fuzz.trace import Played, Trace
    from emulator.fuzz.violation import Violation

MOST_SLEEPS: Final = 8
MOST_REQUESTS: Final = 12
SAID: Final = frozenset({"retries"})
"""What people ask themselves when it is not said, though it is as usual."""
REASON: Final = 140
LINE: Final = 170
"""Of what came of a step, people get to see so many letters a line."""
_UNSAFE: Final = re.compile(r"[^a-z0-9]+")
_UNSEEN: Final = re.compile(r"[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010fffe]")
_PASSING: Final = (
    (re.compile(r"\b(127\.0\.0\.1|localhost):\d+"), "server"),
    (re.compile(r"\b0x[0-9a-f]{6,}"), "0x…"),
    (re.compile(r"request \d+ \(([^()]*)\)"), r"\1"),
)
"""What is another each time: the server's port, addresses in memory, numbers of requests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A minimal script that breaks a property with a client, and what it should have done and did."""

    name: str
    property: str
    reason: str
    client: Mapping[str, str]
    cause: str
    script: Script
    expected: str
    got: str
    happened: tuple[str, ...] = ()

    @classmethod
    def of(cls, catch: Catch) -> Finding:
        """Return what was caught, as a finding."""
        hello, found = catch.trace.hello, catch.violation
        broken = next((each for each in catch.trace.played if each.number == found.step), None)
        return cls(
            name=_name(found.cause if found.is_owed else f"{catch.property} {found.cause}"),
            property=catch.property,
            reason=steady(_reason(found, broken)),
            client={"name": hello.name, "version": hello.version, "language": hello.language},
            cause=found.cause,
            script=catch.trace.script,
            expected=steady(found.expected),
            got=steady(found.got),
            happened=happened(catch.trace),
        )


def _reason(found: Violation, broken: Played | None) -> str:
    """Say in a line what is wrong: which call, and what it did."""
    call = getattr(broken.step, "call", "") if broken else ""
    what = found.cause
    if found.is_owed:  # its cause is what tells it from others, and hard to read
        what = f"undeclared {found.got}" if broken and isinstance(broken.outcome, Raised) else found.got
    reason = what if not call or call in what else f"{call}: {what}"
    return reason if len(reason) <= REASON else f"{reason[:REASON].rpartition(' ')[0]}…"


def _name(what: str) -> str:
    """Return a name that is the same for the same cause, and that a file may have."""
    short = _UNSAFE.sub("-", what.lower()).strip("-")
    while len(short) > 56:  # whole words, as many as fit
        short = short[:56].rpartition("-")[0] or short[:56]
    return f"{short}-{hashlib.sha256(what.encode()).hexdigest()[:4]}"


def steady(text: str) -> str:
    """Return a text without what is another each time."""
    for pattern, instead in _PASSING:
        text = pattern.sub(instead, text)
    return text


# What happened


def happened(trace: Trace) -> tuple[str, ...]:
    """Tell what came of each step, in a line or a few; steps of which nothing is to be told are left out."""
    return tuple(line for each in trace.played for line in _told(each))


def _told(played: Played) -> Iterator[str]:
    lines = [*_requests(played), *_outcome(played)]
    if lines:
        yield f"{played.number + 1}. {_headline(played.step)}"
    for line in lines:
        seen = steady(_UNSEEN.sub(lambda found: found[0].encode("unicode_escape").decode(), line)).strip()
        yield "   " + (seen if len(seen) <= LINE else f"{seen[:LINE]}…")


def _headline(step: Step) -> str:
    kind, head = next(name for name, each in KINDS.items() if isinstance(step, each)), HEADS[type(step)]
    return kind if head is None else f"{kind} {getattr(step, head)}"


def _requests(played: Played) -> Iterator[str]:
    for request in played.requests[:MOST_REQUESTS]:
        came = "no reply" if request.status is None else str(request.status)
        ruled = "" if request.rule is None else ", as the rule has it"
        yield f"server: {request.method} {request.target} → {came}{ruled}"
    if len(played.requests) > MOST_REQUESTS:
        yield f"server: … and {len(played.requests) - MOST_REQUESTS} requests more"


def _outcome(played: Played) -> Iterator[str]:
    match played.outcome:
        case Returned(result=result):
            pages = f"{len(played.seen)} pages, the last one " if isinstance(played.step, Pages) else ""
            if not isinstance(played.step, Connect):
                yield f"client: returned {pages}{shown(result)}"
        case Raised() as error:
            kind = "declared" if error.declared else "undeclared"
            yield f"client: raised the {kind} {error.type}: {' '.join(error.message.split())}"
        case Unsupported():
            yield "client: does not have this call, or one of its arguments"
        case Fault() as fault:
            yield f"driver: {fault.kind}: {fault.message}"
    sleeps = getattr(played.outcome, "sleeps", ())
    if sleeps:
        more = f" and {len(sleeps) - MOST_SLEEPS} more" if len(sleeps) > MOST_SLEEPS else ""
        yield "client: slept " + ", ".join(f"{each:.2f} s" for each in sleeps[:MOST_SLEEPS]) + more
    if isinstance(played.step, Look):
        yield f"there: {_seen(played.seen)}"


def _seen(seen: Any) -> str:
    if isinstance(seen, list):
        return f"{len(seen)}: {', '.join(str(item.get('id')) for item in seen)}" if seen else "nothing"
    return "nothing" if seen is None else f"{len(seen)} bytes" if isinstance(seen, bytes) else shown(seen)


# As data


def members_of(step: Step) -> dict[str, Any]:
    """Return a step as it stands in a file: its word with what it is about, what differs from the usual, and what is SAID."""
    kind = next(name for name, each in KINDS.items() if isinstance(step, each))
    head = HEADS[type(step)]
    given = {each.name: getattr(step, each.name) for each in fields(step)}
    usual = {each.name: {} if each.default is MISSING else each.default for each in fields(step)}
    rest = {name: value for name, value in given.items() if name != head and (value != usual[name] or name in SAID)}
    return {kind: rest} if head is None else {kind: given[head], **rest}


def step_as_data(step: Step) -> dict[str, Any]:
    """Return a step as JSON has it: what an earlier step has made is an object of its own."""
    found: dict[str, Any] = _as_data(members_of(step))
    return found


def _as_data(value: Any) -> Any:
    if isinstance(value, Made):
        return {MADE: value.name}
    if isinstance(value, dict):
        return {name: _as_data(each) for name, each in value.items()}
    return value


def as_data(finding: Finding) -> dict[str, Any]:
    """Return a finding for programs."""
    return {
        "name": finding.name,
        "property": finding.property,
        "reason": finding.reason,
        "client": dict(finding.client),
        "cause": finding.cause,
        "script": [step_as_data(step) for step in finding.script],
        "expected": finding.expected,
        "got": finding.got,
        "happened": list(finding.happened),
    }
