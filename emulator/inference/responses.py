"""Owns the replies of /v1/responses. Must not know the other endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.inference.answering import Answer, Function, Wish, answer, function_of, schema_wished
from emulator.inference.draw import drawn_from
from emulator.inference.echoing import metadata, text, tool_choice, tools, truncation
from emulator.inference.text import tokens_within
from emulator.inference.values import flag, mapping, mappings, string, whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.inference.draw import Draw
    from emulator.inference.prompt import Prompt


def responses(prompt: Prompt) -> dict[str, object]:
    """Return a response with one output item: a message, or the function call that `tool_choice` demands.

    What the line set is echoed, with the usual default in place of what it did not set or what cannot be
    used. A text that `max_output_tokens` cut leaves the response incomplete.
    """
    draw = drawn_from(prompt)
    identity, said = f"resp_{draw.hex(48)}", answer(_wish(prompt), draw.branch("output"))
    return {
        "id": identity,
        "object": "response",
        "created_at": prompt.at,
        "completed_at": prompt.at,
        "status": _status(said),
        "error": None,
        "incomplete_details": {"reason": "max_output_tokens"} if said.cut else None,
        "output": [_item(said, draw)],
        "usage": _usage(_asked(prompt.body), said.tokens),
        **_echo(prompt.body),
    }


def _echo(body: Mapping[str, object]) -> dict[str, object]:
    return {
        "background": flag(body.get("background"), otherwise=False),
        "instructions": string(body.get("instructions")),
        "max_output_tokens": whole(body.get("max_output_tokens"), 1),
        "max_tool_calls": whole(body.get("max_tool_calls")),
        "metadata": metadata(body.get("metadata")),
        "model": string(body.get("model")) or "",
        "parallel_tool_calls": flag(body.get("parallel_tool_calls"), otherwise=True),
        "previous_response_id": string(body.get("previous_response_id")),
        "store": flag(body.get("store"), otherwise=True),
        "text": text(body.get("text")),
        "tool_choice": tool_choice(body.get("tool_choice")),
        "tools": tools(body.get("tools")),
        "truncation": truncation(body.get("truncation")),
        "user": string(body.get("user")),
    }


def _wish(prompt: Prompt) -> Wish:
    body = prompt.body
    form = mapping(mapping(body.get("text")).get("format"))
    return Wish(
        content=prompt.content,
        functions=_demanded(body),
        schema=schema_wished(form.get("type"), form.get("schema")),
        limit=whole(body.get("max_output_tokens"), 1),
    )


def _demanded(body: Mapping[str, object]) -> tuple[Function, ...]:
    """Return the functions of which one must be called; none if text will do."""
    defined = (function_of(tool) for tool in mappings(body.get("tools")) if tool.get("type") == "function")
    functions = tuple(function for function in defined if function)
    choice = body.get("tool_choice")
    if choice == "required":
        return functions
    names = _names_demanded(mapping(choice))
    return tuple(function for function in functions if function.name in names)


def _names_demanded(choice: dict[str, object]) -> list[object]:
    if choice.get("type") == "function":
        return [choice.get("name")]
    if choice.get("type") == "allowed_tools" and choice.get("mode") == "required":
        return [tool.get("name") for tool in mappings(choice.get("tools"))]
    return []


def _status(said: Answer) -> str:
    return "incomplete" if said.cut else "completed"


def _item(said: Answer, draw: Draw) -> dict[str, object]:
    return _call(said, said.function, draw) if said.function else _message(said, draw)


def _call(said: Answer, function: Function, draw: Draw) -> dict[str, object]:
    return {
        "id": f"fc_{draw.hex(48)}",
        "type": "function_call",
        "status": _status(said),
        "call_id": f"call_{draw.hex(24)}",
        "name": function.name,
        "arguments": said.text,
    }


def _message(said: Answer, draw: Draw) -> dict[str, object]:
    return {
        "id": f"msg_{draw.hex(48)}",
        "type": "message",
        "role": "assistant",
        "status": _status(said),
        "content": [{"type": "output_text", "text": said.text, "annotations": []}],
    }


def _asked(body: Mapping[str, object]) -> int:
    return tokens_within([body.get("instructions"), body.get("input")])


def _usage(asked: int, said: int) -> dict[str, object]:
    return {
        "input_tokens": asked,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": said,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": asked + said,
    }
