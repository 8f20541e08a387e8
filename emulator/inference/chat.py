"""Owns the replies of /v1/chat/completions. Must not know the other endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.inference.answering import Answer, Function, Wish, answer, function_of, schema_wished
from emulator.inference.draw import drawn_from
from emulator.inference.text import tokens_within
from emulator.inference.values import mapping, mappings, string, whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.inference.draw import Draw
    from emulator.inference.prompt import Prompt

MOST_CHOICES = 128  # a wish for more counts as absent


def chat(prompt: Prompt) -> dict[str, object]:
    """Return a chat completion with `n` choices.

    `max_tokens` and `max_completion_tokens` hold for each choice, the smaller where both are given. A choice
    calls a function where `tool_choice` demands it of a function that `tools` defines; it says plain text, or
    the JSON that `response_format` asks for, everywhere else.
    """
    draw, wish = drawn_from(prompt), _wish(prompt)
    count = whole(prompt.body.get("n"), 1, MOST_CHOICES) or 1
    rows = [draw.branch("choice", index) for index in range(count)]
    answers = [answer(wish, row) for row in rows]
    return {
        "id": f"chatcmpl-{draw.hex(32)}",
        "object": "chat.completion",
        "created": prompt.at,
        "model": string(prompt.body.get("model")) or "",
        "choices": [_choice(index, said, rows[index]) for index, said in enumerate(answers)],
        "usage": _usage(tokens_within(prompt.body.get("messages")), sum(said.tokens for said in answers)),
    }


def _wish(prompt: Prompt) -> Wish:
    body = prompt.body
    form = mapping(body.get("response_format"))
    limits = (whole(body.get(name), 1) for name in ("max_tokens", "max_completion_tokens"))
    return Wish(
        content=prompt.content,
        functions=_demanded(body),
        schema=schema_wished(form.get("type"), mapping(form.get("json_schema")).get("schema")),
        stops=_stops(body.get("stop")),
        limit=min((limit for limit in limits if limit), default=None),
    )


def _demanded(body: Mapping[str, object]) -> tuple[Function, ...]:
    """Return the functions of which one must be called; none if text will do."""
    tools = (function_of(mapping(tool.get("function"))) for tool in mappings(body.get("tools")))
    functions = tuple(function for function in tools if function)
    choice = body.get("tool_choice")
    if choice == "required":
        return functions
    named = mapping(mapping(choice).get("function")).get("name")
    return tuple(function for function in functions if function.name == named)


def _stops(value: object) -> tuple[str, ...]:
    stops = value if isinstance(value, list) else [value]
    return tuple(stop for stop in stops if isinstance(stop, str) and stop)


def _choice(index: int, said: Answer, draw: Draw) -> dict[str, object]:
    return {
        "index": index,
        "message": _message(said, draw),
        "logprobs": None,
        "finish_reason": _finish_reason(said),
    }


def _message(said: Answer, draw: Draw) -> dict[str, object]:
    if said.function is None:
        return {"role": "assistant", "content": said.text}
    function = {"name": said.function.name, "arguments": said.text}
    call = {"id": f"call_{draw.hex(24)}", "type": "function", "function": function}
    return {"role": "assistant", "content": None, "tool_calls": [call]}


def _finish_reason(said: Answer) -> str:
    if said.cut:
        return "length"
    return "tool_calls" if said.function else "stop"


def _usage(asked: int, said: int) -> dict[str, object]:
    return {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}
