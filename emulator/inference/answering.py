"""Owns what the model says when asked for text: prose, JSON that fits a schema, or a call of a function.

Must not know the shapes of requests and replies: chat and responses turn theirs into a Wish.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from emulator.inference.fitting import fit
from emulator.inference.text import before_stop, first_tokens, passage, tokens
from emulator.inference.values import string

if TYPE_CHECKING:
    from emulator.inference.draw import Draw

# What a JSON object looks like when no schema says it.
ANY_OBJECT = {
    "type": "object",
    "properties": {"answer": {"type": "string"}, "score": {"type": "integer", "minimum": 0, "maximum": 100}},
    "required": ["answer", "score"],
}
_NO_PARAMETERS = {"type": "object"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function the model can call."""

    name: str
    parameters: object  # the JSON Schema of its arguments


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a line asks of its answer."""

    functions: tuple[Function, ...] = ()  # one of these must be called; none: text is wished for
    schema: object = None  # the JSON Schema that the text must fit; None: prose
    stops: tuple[str, ...] = ()  # the text ends before any of these
    limit: int | None = None  # tokens
    content: str | None = None  # what is to be said, whatever else is wished for


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the model said."""

    text: str  # a called function's arguments as JSON, or what it says
    function: Function | None  # the one called
    cut: bool  # the limit on tokens ended the text before its end

    @property
    def tokens(self) -> int:
        """The tokens of what was said."""
        return tokens(self.text)


def answer(wish: Wish, draw: Draw) -> Answer:
    """Return what the model says to a wish."""
    if wish.content is not None:
        return Answer(text=wish.content, function=None, cut=False)
    called = wish.functions[draw.below(len(wish.functions))] if wish.functions else None
    text = _arguments(called, draw) if called else before_stop(_said(wish.schema, draw), wish.stops)
    kept = text if wish.limit is None else first_tokens(text, wish.limit)
    return Answer(text=kept, function=called, cut=kept != text)


def _arguments(function: Function, draw: Draw) -> str:
    return json.dumps(fit(function.parameters, draw.below))


def _said(schema: object, draw: Draw) -> str:
    return passage(draw.below) if schema is None else json.dumps(fit(schema, draw.below))


def function_of(definition: dict[str, object]) -> Function | None:
    """Return the function that an object with `name` and `parameters` defines, if it has a name."""
    name, parameters = string(definition.get("name")), definition.get("parameters")
    usable = parameters if isinstance(parameters, dict) else _NO_PARAMETERS
    return Function(name=name, parameters=usable) if name else None


def schema_wished(kind: object, schema: object) -> object:
    """Return the schema for a text format of that type; None for prose."""
    if kind not in ("json_object", "json_schema"):
        return None
    return schema if kind == "json_schema" and isinstance(schema, dict) else ANY_OBJECT
