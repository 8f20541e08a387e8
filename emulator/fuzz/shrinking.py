"""Making a script smaller: steps that do nothing for it go, then arguments, members of rules, and letters.

Whatever is tried is played: what is kept breaks the property for the same cause. Hypothesis, which has drawn the script, is
not asked: it would have to draw all of it again for each step that goes.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from emulator.clients.protocol import CALLS
from emulator.fuzz.contract import REPLIES
from emulator.fuzz.steps import Advance, Arrange, Call, Connect, Look, Made, Pages, Rule
from emulator.fuzz.strategies.replies import PLAIN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from emulator.fuzz.steps import Script, Step

    Breaks: TypeAlias = Callable[[Script], bool]

USUAL: Final = Connect()
DEADLINE_S: Final = Pages(call="").deadline_s


def smaller(script: Script, breaks: Breaks) -> Script:
    """Return the smallest script found that still breaks; `breaks` plays one and says whether it does."""
    before: Script = ()
    while script != before:
        before = script
        script = _fewer(script, breaks)
        for number in range(len(script)):
            script = _with_simplest(script, number, breaks)
    return script


# Steps


def _fewer(script: Script, breaks: Breaks) -> Script:
    """Leave out steps: first half of them at once, last one by one."""
    size = len(script) // 2
    while size:
        for start in reversed(range(0, len(script), size)):
            rest = without(script, start, start + size)
            if len(rest) < len(script) and breaks(rest):
                script = rest
        size //= 2
    return script


def without(script: Script, start: int, end: int) -> Script:
    """Leave out steps, with what would look at what they have made; calls about that get an id that nothing has."""
    left = script[:start] + script[end:]
    gone = _makers(script) - _makers(left)
    return tuple(_freed(step, gone) for step in left if not (isinstance(step, Look) and _name(step.file) in gone))


def _makers(script: Script) -> set[str]:
    return {step.name for step in script if isinstance(step, Arrange | Call) and step.name is not None}


def _name(value: Any) -> str | None:
    return value.name if isinstance(value, Made) else None


def _freed(step: Step, gone: set[str]) -> Step:
    if not isinstance(step, Call | Pages) or not any(_name(value) in gone for value in step.args.values()):
        return step
    args = {
        name: f"{name.removesuffix('_id')}_1" if _name(value) in gone else value for name, value in step.args.items()
    }
    return replace(step, args=args)


def _with_simplest(script: Script, number: int, breaks: Breaks) -> Script:
    """Make one step as simple as it gets."""
    while True:
        tried = ((*script[:number], simple, *script[number + 1 :]) for simple in _simpler(script[number]))
        found = next((each for each in tried if breaks(each)), None)
        if found is None:
            return script
        script = found


# What a step says


def _simpler(step: Step) -> Iterator[Step]:
    """Yield steps that are simpler by one thing, those that would save most first."""
    match step:
        case Call() | Pages():
            yield from (replace(step, args=args) for args in _args(step.call, step.args))
            if step.deadline_s > DEADLINE_S:
                yield replace(step, deadline_s=DEADLINE_S)
            if isinstance(step, Call) and step.name is not None:
                yield replace(step, name=None)
        case Rule():
            yield from (Rule(rule=rule) for rule in _rules(step.rule))
        case Connect():
            changed = [name for name in ("on_behalf_of", "retries") if getattr(step, name) != getattr(USUAL, name)]
            yield from (replace(step, **{name: getattr(USUAL, name)}) for name in changed)
        case Arrange() if step.content is not None:
            yield from (replace(step, content=content) for content in _contents(step.content))
        case Advance() if step.seconds > 1:
            yield Advance(seconds=step.seconds // 2)


def _args(call: str, args: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name, value in args.items():
        if name not in CALLS[call].required:
            yield {key: each for key, each in args.items() if key != name}
        for simple in _contents(value) if name == "content" else values(value):
            yield {**args, name: simple}


def _contents(content: str) -> Iterator[str]:
    """Yield less, as base64."""
    data = b64decode(content)
    for some in dict.fromkeys((b"", data[: len(data) // 2], data[len(data) // 2 :], data[1:], data[:-1])):
        if len(some) < len(data):
            yield b64encode(some).decode()


def _rules(rule: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield rules that say less, or whose reply is nearer to a plain one."""
    for name, value in rule.items():
        if name == "reply":
            yield from ({**rule, name: reply} for reply in _replies(rule["on"].get("operation"), value))
        elif name == "on":
            yield from ({**rule, name: _without(value, key)} for key in value if key != "operation")
        else:
            yield _without(rule, name)
            yield from ({**rule, name: simple} for simple in values(value))


def _replies(operation: str, reply: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield from (_without(reply, name) for name in reply if name != "status")
    body = reply.get("body")
    if isinstance(body, str):
        yield from ({**reply, "body": simple} for simple in _bodies(operation, body))
    if "json" in reply:
        yield from ({**reply, "json": simple} for simple in values(reply["json"]))
    if "base64" in reply:
        text = b64decode(reply["base64"]).decode("latin-1")
        bodies = (simple.encode("latin-1", "replace") for simple in _bodies(operation, text, is_ascii=False))
        yield from ({**reply, "base64": b64encode(body).decode()} for body in bodies)


def _bodies(operation: str, body: str, *, is_ascii: bool = True) -> Iterator[str]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        yield from (text for text in values(body) if isinstance(text, str))
        return
    plain = PLAIN.get(REPLIES.get(operation, ""), {})
    for some in _members(value, plain):
        text = json.dumps(some, ensure_ascii=is_ascii)
        if len(text) < len(body) or some != value:
            yield text


def _members(value: dict[str, Any], plain: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield an object without what it need not hold, and with plain members in the place of odd ones."""
    yield {name: each for name, each in value.items() if name in plain and each is not None}
    for name, member in value.items():
        yield _without(value, name)
        if name in plain and member != plain[name]:
            yield {**value, name: plain[name]}
        yield from ({**value, name: simple} for simple in values(member) if member != plain.get(name))


def _without(value: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: each for key, each in value.items() if key != name}


def values(value: Any) -> Iterator[Any]:
    """Yield JSON values that are smaller than this one, and of its kind."""
    match value:
        case bool() | None:
            return
        case int():
            yield from dict.fromkeys(each for each in (0, value // 2, value - 1) if abs(each) < abs(value))
        case str() if len(value) > 1:
            yield from dict.fromkeys((value[: len(value) // 2], value[len(value) // 2 :], value[1:], value[:-1]))
        case dict():
            yield from (_without(value, name) for name in value)
            yield from ({**value, name: each} for name in value for each in values(value[name]))
        case list():
            yield from (value[:number] + value[number + 1 :] for number in range(len(value)))
            yield from (
                [*value[:number], each, *value[number + 1 :]]
                for number in range(len(value))
                for each in values(value[number])
            )
