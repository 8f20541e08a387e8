"""Findings: what broke a client, as a file that people read in half a minute and that can be played again."""

from __future__ import annotations

import hashlib
import re
from dataclasses import MISSING, asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Final

import yaml

from emulator.clients.protocol import Raised, Returned
from emulator.domain.errors import EmulatorError
from emulator.faces.values import shown
from emulator.fuzz.steps import HEADS, KINDS, MADE, Made
from emulator.fuzz.trace import Fault

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from emulator.fuzz.hunting import Catch
    from emulator.fuzz.steps import Script, Step
    from emulator.fuzz.trace import Played, Trace

FORMAT: Final = 1
PREFIX: Final = "finding-"
_UNSAFE: Final = re.compile(r"[^a-z0-9]+")


class FindingError(EmulatorError):
    """A file is no finding; the message says where, what was expected and what stands there."""


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
        call = next(
            (each.step.call for each in catch.trace.played if each.number == found.step and hasattr(each.step, "call")),
            "",
        )
        return cls(
            name=_name(catch.property, found.cause),
            property=catch.property,
            reason=f"{call or catch.property}: {found.cause}",
            client={"name": hello.name, "version": hello.version, "language": hello.language},
            cause=found.cause,
            script=catch.trace.script,
            expected=found.expected,
            got=found.got,
            happened=happened(catch.trace),
        )


def _name(aim: str, cause: str) -> str:
    """Return a name that is the same for the same cause, and that a file may have."""
    short = _UNSAFE.sub("-", cause.lower()).strip("-")[:40].strip("-")
    return f"{aim}-{short}-{hashlib.sha256(cause.encode()).hexdigest()[:6]}"


def happened(trace: Trace) -> tuple[str, ...]:
    """Tell what came of each step, in a line each."""
    return tuple(line for each in trace.played for line in _told(each))


def _told(played: Played) -> list[str]:
    lines = [f"{request.method} {request.target[:200]} → {request.status or 'cut off'}" for request in played.requests]
    match played.outcome:
        case Returned(result=result):
            lines.append(f"returned {shown(result)}")
        case Raised() as error:
            kind = "declared" if error.declared else "undeclared"
            lines.append(f"raised the {kind} {error.type}: {' '.join(error.message.split())[:200]}")
        case Fault() as fault:
            lines.append(f"the driver {fault.kind}: {fault.message[:200]}")
    sleeps = getattr(played.outcome, "sleeps", ())
    if sleeps:
        lines.append("slept " + ", ".join(f"{each:g} s" for each in sleeps[:20]))
    return [f"step {played.number + 1}: {line}" for line in lines]


# As a file


def write(finding: Finding, folder: Path) -> Path:
    """Write a finding into a folder, and return its file. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / file_of(finding)
    file.write_text(text_of(finding), encoding="utf-8", newline="\n")
    return file


def file_of(finding: Finding) -> str:
    """Return the name of a finding's file."""
    return f"{PREFIX}{finding.name}.yaml"


def text_of(finding: Finding) -> str:
    """Return a finding as YAML, in the order in which it is read."""
    told = {
        "finding": FORMAT,
        "reason": finding.reason,
        "property": finding.property,
        "cause": finding.cause,
        "client": dict(finding.client),
        "steps": [step_as_data(step) for step in finding.script],
        "expected": finding.expected,
        "got": finding.got,
        "happened": list(finding.happened),
    }
    text: str = yaml.dump(told, sort_keys=False, allow_unicode=True, width=110, Dumper=_Dumper)
    return text


class _Dumper(yaml.SafeDumper):
    """Writes plainly: without the anchors by which equal values refer to each other."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def step_as_data(step: Step) -> dict[str, Any]:
    """Return a step as it stands in a file: its word with what it is about, and what differs from the usual."""
    kind = next(name for name, each in KINDS.items() if isinstance(step, each))
    head = HEADS[type(step)]
    given = {each.name: getattr(step, each.name) for each in fields(step)}
    usual = {each.name: {} if each.default is MISSING else each.default for each in fields(step)}
    rest = {name: _as_data(value) for name, value in given.items() if name != head and value != usual[name]}
    return {kind: rest} if head is None else {kind: _as_data(given[head]), **rest}


def _as_data(value: Any) -> Any:
    if isinstance(value, Made):
        return {MADE: value.name}
    if isinstance(value, dict):
        return {name: _as_data(each) for name, each in value.items()}
    return value


def read(file: Path) -> Finding:
    """Read a finding. Raises FindingError, OSError."""
    try:
        said = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise FindingError(
            f"{file}: expected YAML, found what cannot be read: {' '.join(str(error).split())}"
        ) from None
    return _finding(said, file)


def _finding(said: Any, file: Path) -> Finding:
    if not isinstance(said, dict) or said.get("finding") != FORMAT:
        found = shown(said.get("finding")) if isinstance(said, dict) else shown(said)[:60]
        raise FindingError(f"{file}: expected a finding, which begins with 'finding: {FORMAT}', found {found}")
    for name, kind in (("property", str), ("cause", str), ("steps", list)):
        if not isinstance(said.get(name), kind):
            raise FindingError(f"{file}: {name}: expected a {kind.__name__}, found {shown(said.get(name))[:60]}")
    return Finding(
        name=file.stem.removeprefix(PREFIX),
        property=said["property"],
        reason=str(said.get("reason", said["cause"])),
        client=said.get("client") or {},
        cause=said["cause"],
        script=tuple(_step(step, f"{file}: steps[{number}]") for number, step in enumerate(said["steps"])),
        expected=str(said.get("expected", "")),
        got=str(said.get("got", "")),
    )


def _step(said: Any, place: str) -> Step:
    kind = next((name for name in KINDS if name in said), None) if isinstance(said, dict) else None
    if kind is None:
        raise FindingError(f"{place}: expected one of {', '.join(KINDS)}, found {shown(said)[:80]}")
    made = KINDS[kind]
    head = HEADS[made]
    rest = {name: value for name, value in said.items() if name != kind}
    given = (said[kind] or {}) if head is None else {head: said[kind], **rest}
    try:
        return made(**{name: _from_data(value) for name, value in given.items()})
    except (TypeError, AttributeError) as error:
        names = ", ".join(each.name for each in fields(made))
        raise FindingError(f"{place}: {kind}: expected {names}, found {shown(given)[:80]}: {error}") from None


def _from_data(value: Any) -> Any:
    if isinstance(value, dict) and value.keys() == {MADE}:
        return Made(str(value[MADE]))
    if isinstance(value, dict):
        return {name: _from_data(each) for name, each in value.items()}
    return value


def as_data(finding: Finding) -> dict[str, Any]:
    """Return a finding for programs."""
    return {
        **asdict(finding),
        "script": [step_as_data(step) for step in finding.script],
        "happened": list(finding.happened),
    }
