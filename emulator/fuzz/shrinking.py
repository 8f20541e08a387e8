"""Making a script smaller by hand, where Hypothesis has left something: steps that do nothing for it, arguments, long text.

Whatever is tried is played: what is kept breaks the property for the same cause.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from emulator.clients.protocol import CALLS
from emulator.fuzz.contract import REPLIES
from emulator.fuzz.steps import Advance, Call, Connect, Pages, Rule
from emulator.fuzz.strategies.replies import PLAIN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from emulator.fuzz.steps import Script, Step

PLAIN_CONNECT = Connect()


def smaller(script: Script, breaks: Callable[[Script], bool]) -> Script:
    """Return the smallest script found that still breaks; `breaks` plays one and says whether it does."""
    while (found := next((each for each in _simpler(script) if breaks(each)), None)) is not None:
        script = found
    return script


def _simpler(script: Script) -> Iterator[Script]:
    """Yield scripts that are simpler by one thing, those that would save most first."""
    for number in reversed(range(len(script))):
        yield script[:number] + script[number + 1 :]
    for number, step in enumerate(script):
        for simple in _simpler_step(step):
            yield (*script[:number], simple, *script[number + 1 :])


def _simpler_step(step: Step) -> Iterator[Step]:
    match step:
        case Call() | Pages():
            yield from (replace(step, args=args) for args in _simpler_args(step.call, step.args))
        case Rule():
            yield from (Rule(rule=rule) for rule in _simpler_rules(step.rule))
        case Connect():
            changed = [
                name for name in ("on_behalf_of", "retries") if getattr(step, name) != getattr(PLAIN_CONNECT, name)
            ]
            yield from (replace(step, **{name: getattr(PLAIN_CONNECT, name)}) for name in changed)
        case Advance() if step.seconds > 1:
            yield Advance(seconds=step.seconds // 2)


def _simpler_args(call: str, args: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    required = CALLS[call].required
    for name, value in args.items():
        rest = {key: each for key, each in args.items() if key != name}
        if name not in required:
            yield rest
        if name != "content":
            for simple in _simpler_values(value):
                yield {**args, name: simple}


def _simpler_rules(rule: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield rules whose reply is nearer to a plain one."""
    reply = rule.get("reply", {})
    for name in ("headers", "content_type"):
        if name in reply:
            yield {**rule, "reply": {key: value for key, value in reply.items() if key != name}}
    if isinstance(reply.get("body"), str):
        for body in _simpler_bodies(rule["on"].get("operation"), reply["body"]):
            yield {**rule, "reply": {**reply, "body": body}}


def _simpler_bodies(operation: str, body: str) -> Iterator[str]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        yield from (text for text in _simpler_values(body) if isinstance(text, str))
        return
    plain = PLAIN.get(REPLIES.get(operation, ""), {})
    if isinstance(value, dict):
        for name in value:
            if name in plain and value[name] != plain[name]:
                yield json.dumps({**value, name: plain[name]})
            if name not in plain:
                yield json.dumps({key: each for key, each in value.items() if key != name})
            for simple in _simpler_values(value[name]):
                yield json.dumps({**value, name: simple})


def _simpler_values(value: Any) -> Iterator[Any]:
    match value:
        case str() if len(value) > 1:
            yield value[: len(value) // 2]
            yield value[len(value) // 2 :]
            yield value[1:]
            yield value[:-1]
        case dict() if value:
            for name in value:
                yield {key: each for key, each in value.items() if key != name}
        case list() if value:
            for number in range(len(value)):
                yield value[:number] + value[number + 1 :]
