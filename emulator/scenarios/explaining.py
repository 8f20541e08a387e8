"""From the errors of pydantic to problems: plain words, the place in the file, and one problem for one mistake."""

from __future__ import annotations

import json
import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final, get_args

from emulator.scenarios.errors import parts_of
from emulator.scenarios.positions import cut_short, path_text
from emulator.scenarios.types import Changing, Part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from emulator.scenarios.errors import Problem
    from emulator.scenarios.positions import Node, Spot, Steps

LONGEST_FOUND: Final = 80
MOST_ERRORS: Final = 1000
"""How many errors of a file are looked into; fewer than these are told."""
_QUOTED: Final = re.compile(r"'([^']*)'")
_SAID: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "string_type": lambda _: "text",
    "int_type": lambda _: "a whole number",
    "int_from_float": lambda _: "a whole number",
    "bool_type": lambda _: "true or false",
    "model_type": lambda _: "a mapping",
    "dict_type": lambda _: "a mapping",
    "tuple_type": lambda _: "a list",
    "literal_error": lambda facts: _one_of(_QUOTED.findall(facts["expected"])),
    "greater_than_equal": lambda facts: f"a number of at least {facts['ge']}",
    "less_than_equal": lambda facts: f"a number of at most {facts['le']}",
    "too_short": lambda facts: f"at least {facts['min_length']} of them",
    "string_too_short": lambda _: "some text",
    "string_too_long": lambda facts: f"text of at most {facts['max_length']} characters",
    "string_pattern_mismatch": lambda facts: f"text that matches {facts['pattern']}",
}


def nearest(word: str, words: Iterable[str]) -> str | None:
    """Return that of the words which was probably meant."""
    return next(iter(get_close_matches(word, list(words), n=1, cutoff=0.5)), None)


def problem_at(root: Node, steps: Steps, **said: Any) -> Problem:
    """Return a problem of the value to which the steps lead, or of that which contains it."""
    trail = list(root.walk(steps))
    at = trail[-1][1].at if trail else root.at
    return at.problem(path_text(step for step, _ in trail), **said)


def explained(error: ValidationError, root: Node, model: type[Part]) -> list[Problem]:
    """Return the problems that a model found in a tree."""
    errors = _unrepeated(error.errors(include_url=False, include_input=False)[:MOST_ERRORS])
    typos = {(*each["loc"][:-1], near) for each in errors if (near := _meant(each, model))}
    return [_problem(each, root, model) for each in errors if each["type"] != "missing" or each["loc"] not in typos]


def _unrepeated(errors: list[ErrorDetails]) -> list[ErrorDetails]:
    """Return the errors without those that only say that a list is too short for want of the items that are wrong."""
    within = {each["loc"][:length] for each in errors for length in range(len(each["loc"]))}
    return [each for each in errors if each["type"] != "too_short" or each["loc"] not in within]


def _meant(error: ErrorDetails, model: type[Part]) -> str | None:
    """Return the key that an unknown one was probably meant to be."""
    if error["type"] != "extra_forbidden":
        return None
    return nearest(str(error["loc"][-1]), keys(model_at(model, error["loc"][:-1])))


def _problem(error: ErrorDetails, root: Node, model: type[Part]) -> Problem:
    steps, facts = error["loc"], error.get("ctx", {})
    match error["type"]:
        case "extra_forbidden":
            known = keys(model_at(model, steps[:-1]))
            trail = list(root.walk(steps))
            said = {"expected": _one_of(known), "found": f"the key '{steps[-1]}'", "near": _meant(error, model)}
            return _key_spot(trail[-1][1]).problem(path_text(step for step, _ in trail), **said)
        case "missing":
            return problem_at(root, steps[:-1], expected=f"the key '{steps[-1]}'", found="none")
        case "wrong":
            return problem_at(root, (*steps, facts["at"]), **parts_of(facts["sentence"]))
        case "value_error":
            return problem_at(root, steps, **parts_of(str(facts["error"])))
        case kind:
            said = {"expected": _SAID[kind](facts)} if kind in _SAID else {"reason": error["msg"]}
            return _with_found(error, root, said)


def _with_found(error: ErrorDetails, root: Node, said: dict[str, Any]) -> Problem:
    trail = list(root.walk(error["loc"]))
    value = (trail[-1][1] if trail else root).plain()
    if error["type"] == "literal_error" and isinstance(value, str):
        said["near"] = nearest(value, _QUOTED.findall(error["ctx"]["expected"]))
    return problem_at(root, error["loc"], found=shown(value), **said)


def _key_spot(node: Node) -> Spot:
    return node.key_at or node.at


def shown(value: Any) -> str:
    """Return a value in a few words: text in quotes, anything else as JSON, cut short."""
    text = f"'{value}'" if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = " ".join(text.split()) if "\n" in text else text
    return cut_short(text, LONGEST_FOUND)


def _one_of(words: Iterable[str]) -> str:
    several = list(words)
    return f"one of {', '.join(several)}" if len(several) > 1 else f"'{several[0]}'"


def keys(model: type[Part]) -> list[str]:
    """Return the keys of a part, as they are written: its own, then those that it shares with others."""
    fields = sorted(model.model_fields.items(), key=lambda each: each[0] in Changing.model_fields)
    return [field.alias or name for name, field in fields]


def model_at(model: type[Part], steps: Steps) -> type[Part]:
    """Return the model of the part to which the steps lead."""
    for step in steps:
        named = (field for name, field in model.model_fields.items() if step == (field.alias or name))
        model = next((inner for field in named for inner in parts_in(field.annotation)), model)
    return model


def parts_in(annotation: Any) -> Iterator[type[Part]]:
    """Yield the models that an annotation holds, however wrapped."""
    if isinstance(annotation, type) and issubclass(annotation, Part):
        yield annotation
    for inner in get_args(annotation):
        yield from parts_in(inner)
