"""The contract of one edition, read from its derived files and compiled at once.

Owns the way from the files to `Contract`, so that a broken contract fails when the server starts; it must
not know YAML, nor how the files were derived. Nothing but jsonschema_rs is imported from third parties.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from emulator import resources
from emulator.contract.editions import EDITIONS, document_file, lookup, schema_file
from emulator.contract.errors import ContractError
from emulator.contract.operations import Endpoint, Media, Operation, Parameter
from emulator.contract.references import component, followed, moved, reference, references, resolve
from emulator.contract.validation import Fault, Schema

__all__ = [
    "EDITIONS",
    "Contract",
    "ContractError",
    "Endpoint",
    "Fault",
    "Operation",
    "Parameter",
    "Schema",
    "load",
]

_METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_BESIDE: Final = ("$schema", "$id", "title", "$defs")
_DERIVE: Final = "run `mka1-emulator schemas derive`"


@dataclass(frozen=True)
class Contract:
    """Everything that one edition says."""

    edition: str
    document: Mapping[str, Any] = field(repr=False)
    """The OpenAPI document, as it is served."""
    operations: Mapping[str, Operation] = field(repr=False)
    """By operation id."""
    components: Mapping[str, Schema] = field(repr=False)
    """By name of the component."""
    endpoints: Mapping[str, Endpoint]
    """By path of the endpoint, such as `/v1/embeddings`."""


def load(edition: str, *, folder: Path | None = None) -> Contract:
    """Read and compile an edition from the derived files in `folder`, or else from the program's own.

    Raises ContractError if the edition is not known or anything in its files is at fault.
    """
    if edition not in EDITIONS:
        raise ContractError("schemas", f"edition {edition!r}", f"expected one of {', '.join(EDITIONS)}")
    root = folder or resources.folder("schemas")
    reading = _Reading(root, edition)
    try:
        return reading.contract()
    except (AttributeError, KeyError, TypeError, ValueError) as fault:
        raise reading.error("", f"has a shape that cannot be read ({fault!r})") from fault


class _Reading:
    """One edition being read: its document, and where a fault in it is reported."""

    def __init__(self, root: Path, edition: str) -> None:
        self._root = root
        self._edition = edition
        self._file = root / document_file(edition)
        self._document = _read(self._file)
        self._components: dict[str, Schema] = {}

    def error(self, place: str, wrong: str) -> ContractError:
        return ContractError(self._file, place, wrong)

    def contract(self) -> Contract:
        self._check_references()
        self._components = {name: self._component(name) for name in self._document["components"]["schemas"]}
        return Contract(
            edition=self._edition,
            document=self._document,
            operations=MappingProxyType(self._operations()),
            components=MappingProxyType(self._components),
            endpoints=MappingProxyType(self._endpoints()),
        )

    def _check_references(self) -> None:
        for target in dict.fromkeys(references(self._document)):
            try:
                resolve(self._document, target)
            except LookupError:
                raise self.error(target, "this reference leads nowhere") from None

    def _component(self, name: str) -> Schema:
        places = [self._root / folder / schema_file(name) for folder in lookup(self._edition)]
        file = next((place for place in places if place.is_file()), places[0])
        document = _read(file)
        body = {key: value for key, value in document.items() if key not in _BESIDE}
        if body != moved(self._document["components"]["schemas"][name]):
            raise ContractError(file, name, f"does not say what {self._file} says; {_DERIVE}")
        return _compiled(file, name, document)

    def _operations(self) -> dict[str, Operation]:
        found = [
            self._operation(path, method, item)
            for path, item in self._document["paths"].items()
            for method in _METHODS
            if method in item
        ]
        return {operation.id: operation for operation in found}

    def _operation(self, path: str, method: str, item: Mapping[str, Any]) -> Operation:
        node = item[method]
        place = f"{method.upper()} {path}"
        if "operationId" not in node:
            raise self.error(place, "an operation needs an operationId")
        if "200" not in node.get("responses", {}):
            raise self.error(place, "an operation needs a reply for the status 200")
        body = followed(self._document, node.get("requestBody", {}))
        parameters = [*item.get("parameters", ()), *node.get("parameters", ())]
        return Operation(
            id=node["operationId"],
            method=method.upper(),
            path=path,
            parameters=tuple(self._parameter(place, parameter) for parameter in parameters),
            bodies=self._media(place, body),
            body_required=body.get("required", False),
            replies={status: self._media(place, reply) for status, reply in node["responses"].items()},
        )

    def _parameter(self, place: str, written: Mapping[str, Any]) -> Parameter:
        node = followed(self._document, written)
        schema = self._inline(f"{place}, parameter {node['name']}", node["name"], node["schema"])
        kind = schema.document.get("type")
        if kind not in ("integer", "string") or node["in"] not in ("query", "header", "path"):
            wrong = f"expected an integer or a string in query, header or path, found {kind} in {node['in']}"
            raise self.error(f"{place}, parameter {node['name']}", wrong)
        return Parameter(
            name=node["name"],
            location=node["in"],
            required=node.get("required", False),
            schema=schema,
            kind=kind,
            default=schema.document.get("default"),
            empty_is_absent=node.get("allowEmptyValue", False),
        )

    def _inline(self, place: str, name: str, node: Mapping[str, Any]) -> Schema:
        target = component(reference(node))
        if target is not None:
            return self._components[target]
        if any(references(node)):
            raise self.error(place, "a schema written in place must not refer to others")
        return _compiled(self._file, name, node, place=place)

    def _media(self, place: str, written: Mapping[str, Any]) -> Media:
        content = followed(self._document, written).get("content", {})
        return MappingProxyType({kind.lower(): self._body(place, media) for kind, media in content.items()})

    def _body(self, place: str, media: Mapping[str, Any]) -> Schema | None:
        return self._named(place, media["schema"]) if "schema" in media else None

    def _named(self, place: str, node: Mapping[str, Any]) -> Schema:
        target = component(reference(node))
        if target is None:
            raise self.error(place, "the schema of a body must be a reference to a component")
        return self._components[target]

    def _endpoints(self) -> dict[str, Endpoint]:
        return {
            path: Endpoint(self._named(path, pair["request"]), self._named(path, pair["reply"]))
            for path, pair in self._document["x-batch-endpoints"].items()
        }


def _compiled(file: Path, name: str, document: Mapping[str, Any], place: str = "") -> Schema:
    try:
        return Schema(name, document)
    except ValueError as fault:
        raise ContractError(file, place or name, f"is no valid JSON Schema: {fault}") from fault


def _read(file: Path) -> dict[str, Any]:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except OSError as fault:
        raise ContractError(file, "", f"cannot be read ({fault.strerror}); {_DERIVE}") from fault
    except ValueError as fault:
        raise ContractError(file, "", f"is not JSON ({fault}); {_DERIVE}") from fault
    if not isinstance(document, dict):
        raise ContractError(file, "", f"expected a JSON object, found {type(document).__name__}; {_DERIVE}")
    return document
