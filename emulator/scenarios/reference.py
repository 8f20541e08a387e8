"""The reference of the language and of the library, as tables of Markdown drawn from the models and from the files.

`scenarios/README.md` holds them; the library is that of its folder.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from emulator.scenarios.explaining import keys, parts_in
from emulator.scenarios.library import Library
from emulator.scenarios.model import ScenarioModel
from emulator.scenarios.schema import INHERITED, scenario_schema
from emulator.scenarios.words import BREAKS, TOLERATES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from emulator.domain.scenario import Scenario
    from emulator.scenarios.types import Part

_SECTION: Final = re.compile(r"(<!-- generated: (?P<name>\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_TYPES: Final = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}


def readme(file: Path) -> str:
    """Return a README's text with its generated sections as they should be."""
    sections: Mapping[str, Callable[[], str]] = {
        "legal": lambda: scenarios(file.parent / "legal", "asks of its client"),
        "hostile": lambda: scenarios(file.parent / "hostile", "breaks"),
        "keys": keys_section,
        "tolerates": lambda: words(TOLERATES),
        "breaks": lambda: words(BREAKS),
    }
    current = file.read_text(encoding="utf-8")
    return _SECTION.sub(lambda match: f"{match[1]}\n{sections[match['name']]()}\n{match[3]}", current)


def write(file: Path) -> bool:
    """Bring a README up to date; return whether it was not."""
    is_stale = stale(file)
    if is_stale:
        file.write_text(readme(file), encoding="utf-8", newline="\n")
    return is_stale


def stale(file: Path) -> bool:
    """Return whether a README does not say what the models and the files say."""
    return file.read_text(encoding="utf-8") != readme(file)


def scenarios(folder: Path, asks: str) -> str:
    """Return the table of the scenarios in a folder of the library; `asks` heads the words that each of them declares."""
    library = Library(folder.parent)
    found = (library.scenario(file.stem) for file in sorted(folder.glob("*.yaml")))
    return _table(("scenario", "what happens", "what a good client does", asks), map(_told, found))


def _told(scenario: Scenario) -> tuple[str, ...]:
    said = ", ".join(f"`{word}`" for word in scenario.tolerates or scenario.breaks)
    link = f"[`{scenario.name}`]({scenario.kind}/{scenario.name}.yaml)"
    return link, scenario.title, scenario.client or "", said


def words(meanings: Mapping[str, str]) -> str:
    """Return the table of some words."""
    return _table(("word", "meaning"), ((f"`{word}`", meaning) for word, meaning in meanings.items()))


def keys_section() -> str:
    """Return a heading and a table for each part of the language."""
    document = scenario_schema()
    return "\n".join(_part(model, document) for model in dict.fromkeys(_parts(ScenarioModel)))


def _parts(model: type[Part]) -> Iterator[type[Part]]:
    yield model
    for field in model.model_fields.values():
        for inner in parts_in(field.annotation):
            yield from _parts(inner)


def _part(model: type[Part], document: dict[str, Any]) -> str:
    schema = document if model is ScenarioModel else document["$defs"][model.__name__]
    required = {*schema.get("required", ()), *(INHERITED if model is ScenarioModel else ())}
    rows = ((f"`{key}`", *_row(key, schema["properties"][key], key in required)) for key in keys(model))
    heading = f"### {_name(model.__name__)}\n\n{schema['description']}\n"
    return f"{heading}\n{_table(('key', 'value', 'default', 'meaning'), rows)}"


def _row(key: str, member: dict[str, Any], is_required: bool) -> tuple[str, str, str]:
    default = "required" if is_required else f"`{_written(member['default'])}`" if "default" in member else ""
    if key not in member and "description" not in member:
        raise ValueError(f"{key} has no description")
    return _value(member), default, member["description"]


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _value(schema: Mapping[str, Any]) -> str:
    """Return in words what a schema takes; that null stands for nothing is said once, elsewhere."""
    if title := schema.get("title"):
        return str(title)
    if "$ref" in schema:
        name = _name(schema["$ref"].rpartition("/")[2])
        return f"[{name}](#{name.lower().replace(' ', '-')})"
    if branches := schema.get("anyOf", schema.get("oneOf")):
        return _choice([branch for branch in branches if branch.get("type") != "null"])
    if "enum" in schema or "const" in schema:
        return ", ".join(f"`{_written(value)}`" for value in schema.get("enum", [schema.get("const")]))
    return _plain_value(schema)


def _choice(branches: list[Mapping[str, Any]]) -> str:
    many = next((_value(branch["items"]) for branch in branches if branch.get("type") == "array"), "")
    others = " or ".join(dict.fromkeys(_value(branch) for branch in branches if branch.get("type") != "array"))
    if many and others == many:
        return f"{many}; or a list of them"
    return " or ".join(filter(None, (others, many and f"list of {many}")))


def _plain_value(schema: Mapping[str, Any]) -> str:
    match schema.get("type"):
        case "array":
            return f"list of {_value(schema['items'])}"
        case "object":
            return f"mapping of names to {_value(schema['additionalProperties'])}"
        case None:
            return "any JSON value"
        case kind:
            return _TYPES[kind] + _bounds(schema)


def _bounds(schema: Mapping[str, Any]) -> str:
    least, most = schema.get("minimum"), schema.get("maximum")
    if most is not None:
        return f" from {least} to {most}"
    return f" from {least}" if least is not None else ""


def _name(model: str) -> str:
    """Return a model's name as a heading: `ContentTypesModel` is `Content types`."""
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", model.removesuffix("Model"))
    return split.capitalize()


def _table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)
