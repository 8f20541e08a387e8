"""Findings as files: written for people, in the order in which they read, and read with patience, for people change them."""

from __future__ import annotations

from base64 import b64decode
from difflib import get_close_matches
from math import inf
from typing import TYPE_CHECKING, Any, Final, NoReturn

from emulator.clients.protocol import CALLS
from emulator.domain.errors import EmulatorError
from emulator.faces.values import shown
from emulator.fuzz import yaml_text
from emulator.fuzz.findings import Finding, members_of
from emulator.fuzz.steps import HEADS, KINDS, Made
from emulator.fuzz.yaml_text import Block, NotYaml, Open, shortened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from emulator.fuzz.steps import Step

FORMAT: Final = 1
PREFIX: Final = "finding-"
LARGEST: Final = 20_000_000
"""Bytes. No finding's file is larger."""
MOST_FOUND: Final = 80


class FindingError(EmulatorError):
    """A file is no finding, or cannot be played; the message says where, what was expected and what stands there."""


def file_of(finding: Finding) -> str:
    """Return the name of a finding's file."""
    return f"{PREFIX}{finding.name}.yaml"


def write(finding: Finding, folder: Path) -> Path:
    """Write a finding into a folder, and return its file. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / file_of(finding)
    file.write_text(text_of(finding), encoding="utf-8", newline="\n")
    return file


def text_of(finding: Finding) -> str:
    """Return a finding as YAML."""
    return yaml_text.write(
        {
            "finding": FORMAT,
            "reason": finding.reason,
            "expected": finding.expected,
            "got": finding.got,
            "steps": [Open(_for_people(members_of(step))) for step in finding.script],
            "happened": Block("".join(f"{line}\n" for line in finding.happened)),
            "property": finding.property,
            "client": dict(finding.client),
            "cause": finding.cause,
        }
    )


def _for_people(value: Any) -> Any:
    """Return a value with its base64 as that of a text, where it is one."""
    if isinstance(value, dict):
        return {
            name: shortened(each) if name in {"content", "base64"} and isinstance(each, str) else _for_people(each)
            for name, each in value.items()
        }
    return [_for_people(each) for each in value] if isinstance(value, list) else value


# Reading


def read(file: Path) -> Finding:
    """Read a finding. Raises FindingError, OSError."""
    try:
        if file.stat().st_size > LARGEST:
            _refuse(str(file), f"at most {LARGEST} bytes", "more")
        said = yaml_text.read(file.read_text(encoding="utf-8"))
    except (NotYaml, UnicodeDecodeError) as error:
        raise FindingError(f"{file}: expected a finding in YAML, found what is none: {error}") from None
    return _finding(said, file)


def _finding(said: Any, file: Path) -> Finding:
    if not isinstance(said, dict) or said.get("finding") != FORMAT:
        found = said.get("finding", said) if isinstance(said, dict) else said
        _refuse(str(file), f"a finding, which begins with 'finding: {FORMAT}'", _told(found))
    for name, kind, words in (("property", str, "a name"), ("cause", str, "text"), ("steps", list, "a list of steps")):
        if not isinstance(said.get(name), kind):
            _refuse(f"{file}: {name}", words, _told(said.get(name)))
    client = said.get("client", {})
    if not isinstance(client, dict):
        _refuse(f"{file}: client", "an object with name, version and language", _told(client))
    return Finding(
        name=file.stem.removeprefix(PREFIX),
        property=said["property"],
        reason=str(said.get("reason", said["cause"])),
        client={name: str(each) for name, each in client.items()},
        cause=said["cause"],
        script=tuple(_step(step, f"{file}: steps[{number}]") for number, step in enumerate(said["steps"])),
        expected=str(said.get("expected", "")),
        got=str(said.get("got", "")),
        happened=tuple(str(said.get("happened", "")).splitlines()),
    )


def _step(said: Any, place: str) -> Step:
    kind = next((name for name in said if name in KINDS), None) if isinstance(said, dict) else None
    if kind is None:
        words = list(said) if isinstance(said, dict) else []
        _refuse(place, f"one of {', '.join(KINDS)}", _told(said), near=_near(words, KINDS))
    made = KINDS[kind]
    head = HEADS[made]
    rest = {name: value for name, value in said.items() if name != kind}
    if head is None and not isinstance(said[kind], dict | None):
        _refuse(place, f"an object after '{kind}'", _told(said[kind]))
    given = {**(said[kind] or {}), **rest} if head is None else {head: said[kind], **rest}
    for name, value in given.items():
        _check(kind, name, value, place if name == head else f"{place}.{name}")
    missing = [each for each in NEEDED.get(kind, ()) if each not in given]
    if missing:
        _refuse(f"{place}.{missing[0]}", "text", "nothing")
    if "args" in given or "call" in given:
        _check_args(given["call"], given.get("args", {}), f"{place}.args")
    return made(**given)


NEEDED: Final = {"arrange": ("name",)}


def _check(kind: str, name: str, value: Any, place: str) -> None:
    known = MEMBERS[kind]
    if name not in known:
        _refuse(place, f"{kind} with {', '.join(known)}", f"'{name}'", near=_near([name], known))
    words, fits = known[name]
    if not fits(value):
        _refuse(place, words, _told(value), near=_near([value], words.replace(" or ", ", ").split(", ")))


def _check_args(call: str, args: dict[str, Any], place: str) -> None:
    known = CALLS[call]
    for name in args:
        if name not in known.arguments:
            _refuse(f"{place}.{name}", ", ".join(known.arguments), f"'{name}'", near=_near([name], known.arguments))
    if "content" in args and not (isinstance(args["content"], str) and _is_base64(args["content"])):
        _refuse(f"{place}.content", "base64", _told(args["content"]))
    for name in known.required:
        if name not in args:
            _refuse(f"{place}.{name}", f"what {call} needs", "nothing")


def _near(words: Iterable[Any], known: Iterable[str]) -> str | None:
    found = [near for word in words if isinstance(word, str) for near in get_close_matches(word, known, n=1)]
    return found[0] if found else None


def _refuse(place: str, expected: str, found: str, *, near: str | None = None) -> NoReturn:
    hint = f" (did you mean '{near}'?)" if near else ""
    raise FindingError(f"{place}: expected {expected}, found {found}{hint}")


def _told(value: Any) -> str:
    return shown(value)[:MOST_FOUND]


def _is_base64(text: str) -> bool:
    try:
        b64decode(text, validate=True)
    except ValueError:
        return False
    return True


def _one_of(*words: str) -> tuple[str, Callable[[Any], bool]]:
    return ", ".join(words), lambda value: value in words


def _number(least: float, words: str) -> tuple[str, Callable[[Any], bool]]:
    return words, lambda value: type(value) in {int, float} and least <= value < inf


TEXT: Final = ("text", lambda value: isinstance(value, str))
TEXT_OR_NULL: Final = ("text or null", lambda value: value is None or isinstance(value, str))
OBJECT: Final = ("an object", lambda value: isinstance(value, dict))
CONTENT: Final = ("base64 or null", lambda value: value is None or (isinstance(value, str) and _is_base64(value)))
SECONDS: Final = _number(0.001, "a number of seconds")
COUNT: Final = ("a whole number from 1", lambda value: type(value) is int and value >= 1)
MEMBERS: Final[dict[str, dict[str, tuple[str, Callable[[Any], bool]]]]] = {
    "connect": {"on_behalf_of": TEXT_OR_NULL, "retries": _one_of("off", "default"), "timeout_s": SECONDS},
    "arrange": {
        "what": _one_of("file", "batch"), "name": TEXT, "content": CONTENT, "filename": TEXT, "tenant": TEXT_OR_NULL,
    },
    "rule": {"rule": OBJECT},
    "scenario": {"scenario": TEXT},
    "advance": {"seconds": _number(0, "a number of seconds")},
    "call": {
        "call": _one_of(*(call for call in CALLS if call != "connect")), "args": OBJECT, "name": TEXT_OR_NULL,
        "deadline_s": SECONDS,
    },
    "pages": {"call": _one_of("batches.list", "files.list"), "args": OBJECT, "most": COUNT, "deadline_s": SECONDS},
    "look": {
        "at": _one_of("batches", "files", "file", "content"),
        "file": ("text, null or !made", lambda value: value is None or isinstance(value, str | Made)),
        "tenant": TEXT_OR_NULL,
    },
}  # fmt: skip
"""What may stand in a step: in words, and as a check."""
