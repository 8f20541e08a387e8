"""The JSON Schema of scenario files, for editors: derived from the models, and whether the derived file is current.

It says all that a JSON Schema can say; the loader knows more, such as which steps contradict each other.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from pydantic.json_schema import GenerateJsonSchema

from emulator.scenarios.model import ScenarioModel

if TYPE_CHECKING:
    from collections.abc import Iterator

State: TypeAlias = Literal["missing", "stale"]
FILE: Final = Path("scenario.schema.json")

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_ID: Final = "urn:mka1-emulator:scenario"
_NULL: Final = {"type": "null"}
_ABOUT: Final = frozenset({"description", "default", "title"})
INHERITED: Final = ("title", "kind", "lifecycle")
"""What only a scenario that extends another may leave out."""

EXAMPLES: Final[list[dict[str, Any]]] = [
    {
        "scenario": "one-of-ten-fails",
        "title": "Every tenth line is turned away, and the window closes with work left",
        "kind": "legal",
        "lifecycle": [{"to": "in_progress", "after": "60s"}, {"progress": "40%", "after": "1h"}, "expires"],
        "lines": [
            {"when": {"every": 10}, "response": {"status_code": 429, "body": {"error": {"message": "Slow down"}}}}
        ],
    },
    {
        "scenario": "half-a-reply",
        "title": "The second look at the batch is cut off in the middle",
        "kind": "hostile",
        "extends": "happy-path",
        "breaks": ["transport"],
        "rules": [{"on": {"operation": "getBatch", "nth": 2}, "after": True, "reset": {"body": 20}}],
    },
]


class _Generator(GenerateJsonSchema):
    """Leaves out the titles that would only repeat the names of members."""

    def field_title_should_be_set(self, _: Any) -> bool:
        return False


def scenario_schema() -> dict[str, Any]:
    """Return the schema of scenario files."""
    schema = ScenarioModel.model_json_schema(schema_generator=_Generator)
    schema["required"] = [name for name in schema["required"] if name not in INHERITED]
    for part in (schema, *schema["$defs"].values()):
        _tidy_members(part)
    return {"$schema": _DIALECT, "$id": _ID, **schema, "title": "Scenario", **_without_extends(), "examples": EXAMPLES}


def text() -> str:
    """Return the schema file's text."""
    return json.dumps(scenario_schema(), indent=2, ensure_ascii=False) + "\n"


def write(folder: Path) -> list[tuple[Path, State]]:
    """Put right whatever `stale` finds in the folder of schemas, and return what that was."""
    found = stale(folder)
    if found:
        (folder / FILE).write_text(text(), encoding="utf-8", newline="\n")
    return found


def stale(folder: Path) -> list[tuple[Path, State]]:
    """Return the schema file, relative to the folder, if it is missing or out of date."""
    if not (folder / FILE).is_file():
        return [(FILE, "missing")]
    return [] if (folder / FILE).read_bytes() == text().encode() else [(FILE, "stale")]


def _without_extends() -> dict[str, Any]:
    """Return what holds for a scenario that stands for itself."""
    types = {"title": "string", "kind": "string", "lifecycle": "array"}
    return {
        "if": {"required": ["extends"], "properties": {"extends": {"type": "string"}}},
        "else": {
            "required": list(INHERITED),
            "properties": {name: {"type": kind} for name, kind in types.items()},
            "if": {"required": ["kind"], "properties": {"kind": {"const": "hostile"}}},
            "then": {"required": ["breaks"], "properties": {"breaks": {"type": "array", "minItems": 1}}},
            "else": {"properties": {"breaks": {"maxItems": 0}}},
        },
    }


def _tidy_members(part: dict[str, Any]) -> None:
    """Let null stand for every member that may be left out, and show only defaults that a person would write."""
    for name, member in part.get("properties", {}).items():
        if name not in part.get("required", ()):
            about = {key: value for key, value in member.items() if key in _ABOUT and _is_plain(key, value)}
            rest = {key: value for key, value in member.items() if key not in _ABOUT}
            choices = list(_choices(rest)) if rest else []
            part["properties"][name] = {
                **about,
                **({"anyOf": choices + [_NULL] * (_NULL not in choices)} if rest else {}),
            }


def _is_plain(key: str, value: Any) -> bool:
    return key != "default" or not (value is None or isinstance(value, dict))


def _choices(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the alternatives of a schema, those within alternatives too."""
    if schema.keys() == {"anyOf"}:
        for choice in schema["anyOf"]:
            yield from _choices(choice)
    else:
        yield schema
