"""Whether a document of the contract is sound, before anything is derived from it.

Owns the questions: do references lead somewhere, are schemas schemas, do they describe what they require, do
examples fit? It must not change the document.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft202012Validator, SchemaError

from emulator.contract.errors import ContractError
from emulator.contract.phrases import placed
from emulator.contract.references import followed, reference, standalone
from emulator.contract.validation import Schema

_NAME: Final = re.compile(r"[A-Z][A-Za-z0-9]*")
Place = tuple[str | int, ...]
Found = tuple[Place, str]


def check(file: Path, document: Mapping[str, Any], edition: str) -> None:
    """Raise ContractError for the first fault; `file` is the hand-written one to blame."""
    for question in (_version, _references, _names, _schemas, _requirements, _examples):
        for place, wrong in question(document, edition):
            raise ContractError(file, f"edition {edition}, {placed('', place).lstrip('.')}", wrong)


def _version(document: Mapping[str, Any], edition: str) -> Iterator[Found]:
    if (found := document.get("info", {}).get("version")) != edition:
        yield ("info", "version"), f"expected {edition}, found {found}"


def _references(document: Mapping[str, Any], _: str) -> Iterator[Found]:
    for place, node in _walk(document):
        try:
            followed(document, node)
        except LookupError:
            yield place, f"the reference {reference(node)} leads nowhere"


def _names(document: Mapping[str, Any], _: str) -> Iterator[Found]:
    for name in _components(document):
        if _NAME.fullmatch(name) is None:
            yield (
                ("components", "schemas", name),
                "the name of a component is a capital, then letters and digits",
            )


def _schemas(document: Mapping[str, Any], _: str) -> Iterator[Found]:
    for place, schema in _every_schema(document):
        try:
            Draft202012Validator.check_schema(schema)
        except SchemaError as fault:
            yield (*place, *fault.absolute_path), f"is no valid JSON Schema: {fault.message}"


def _requirements(document: Mapping[str, Any], _: str) -> Iterator[Found]:
    for place, node in _walk(_components(document), ("components", "schemas")):
        described = node.get("properties")
        unknown = [name for name in node.get("required", ()) if isinstance(described, dict) and name not in described]
        if unknown:
            yield (*place, "required"), f"requires {', '.join(unknown)}, which it does not describe"


def _examples(document: Mapping[str, Any], _: str) -> Iterator[Found]:
    for place, schema, example in _every_example(document):
        for fault in Schema("example", standalone(document, schema)).faults(example, "the example"):
            yield place, f"does not fit: {fault.sentence()}"


def _components(document: Mapping[str, Any]) -> Mapping[str, Any]:
    schemas: Mapping[str, Any] = document.get("components", {}).get("schemas", {})
    return schemas


def _every_schema(document: Mapping[str, Any]) -> Iterator[tuple[Place, Any]]:
    for name, schema in _components(document).items():
        yield ("components", "schemas", name), schema
    for place, node in _walk(document):
        if _holds_schema(place, node):
            yield (*place, "schema"), node["schema"]


def _every_example(document: Mapping[str, Any]) -> Iterator[tuple[Place, Any, Any]]:
    for name, schema in _components(document).items():
        for index, example in enumerate(schema.get("examples", ())):
            yield ("components", "schemas", name, "examples", index), schema, example
    for place, node in _walk(document):
        if not _holds_schema(place, node):
            continue
        if "example" in node:
            yield (*place, "example"), node["schema"], node["example"]
        for name, example in node.get("examples", {}).items():
            yield (*place, "examples", name), node["schema"], followed(document, example).get("value")


def _holds_schema(place: Place, node: Mapping[str, Any]) -> bool:
    """Tell parameters, headers and media types from schemas with a member of that name, and from examples."""
    return "schema" in node and place[:2] != ("components", "schemas") and "examples" not in place


def _walk(node: object, place: Place = ()) -> Iterator[tuple[Place, dict[str, Any]]]:
    if isinstance(node, dict):
        yield place, node
    steps = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for step, child in steps:
        yield from _walk(child, (*place, step))
