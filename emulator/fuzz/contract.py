"""The contract as the fuzzer reads it: the derived OpenAPI document, and nothing of what the server makes of it."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import jsonschema_rs

from emulator import resources

if TYPE_CHECKING:
    from collections.abc import Mapping

API: Final = "/api/v1/llm"
REPLIES: Final = {
    "createBatch": "BatchObject",
    "listBatches": "ListBatchesResponse",
    "getBatch": "BatchObject",
    "cancelBatch": "BatchObject",
    "uploadFile": "File",
    "listFiles": "FileList",
    "getFile": "File",
    "deleteFile": "FileDeletionStatus",
}
"""The component that each operation is answered with; file content is bytes, and has none."""
CALLS: Final = {
    "createBatch": "batches.create",
    "listBatches": "batches.list",
    "getBatch": "batches.get",
    "cancelBatch": "batches.cancel",
    "uploadFile": "files.upload",
    "listFiles": "files.list",
    "getFile": "files.get",
    "deleteFile": "files.delete",
    "getFileContent": "files.content",
}
"""What drivers call each operation."""
LATER: Final = frozenset({"max_concurrency", "sha256"})
"""Members that SDKs of older editions do not know: that they get lost is for `replies-survive` alone to say."""
OPERATIONS: Final = {call: operation for operation, call in CALLS.items()}
VENDOR_REQUIRES: Final = {
    "BatchObject": (
        "id", "object", "endpoint", "input_file_id", "completion_window", "status", "created_at", "request_counts",
        "max_concurrency",
    ),
    "File": ("id", "object", "bytes", "created_at", "filename", "purpose"),
    "ListBatchesResponse": ("data", "has_more"),
    "FileList": ("data", "has_more"),
}  # fmt: skip
"""What the vendor's newest edition requires; our own schemas require all that our own server sends."""


@cache
def document() -> Mapping[str, Any]:
    """Return the newest edition's OpenAPI document."""
    found: Mapping[str, Any] = json.loads((resources.folder("schemas") / "openapi.json").read_text(encoding="utf-8"))
    return found


def component(name: str) -> Mapping[str, Any]:
    """Return the schema of a component."""
    found: Mapping[str, Any] = document()["components"]["schemas"][name]
    return found


def resolved(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a schema, or the component that it refers to."""
    while "$ref" in schema:
        schema = component(schema["$ref"].rpartition("/")[2])
    return schema


def branch(schema: Mapping[str, Any], value: Any) -> Mapping[str, Any]:
    """Return the branch of a schema that a value belongs to: the one for objects, for lists, for null, or the schema itself."""
    schema = resolved(schema)
    for each in schema.get("anyOf", ()):
        found = branch(each, value)
        if _is_for(found, value):
            return found
    return schema


def _is_for(schema: Mapping[str, Any], value: Any) -> bool:
    wanted = {dict: "object", list: "array", type(None): "null"}.get(type(value))
    return wanted is not None and schema.get("type") == wanted


def keeps(name: str, value: Any) -> bool:
    """Say whether a value keeps the schema of a component: no more is required than the vendor does, and more may be there."""
    return _validator(name).is_valid(value)


@cache
def _validator(name: str) -> jsonschema_rs.Validator:
    schemas: dict[str, Any] = {each: _open(schema) for each, schema in document()["components"]["schemas"].items()}
    for each, required in VENDOR_REQUIRES.items():
        schemas[each]["required"] = list(required)
    return jsonschema_rs.validator_for({"$ref": f"#/components/schemas/{name}", "components": {"schemas": schemas}})


def _open(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema of objects that may have members which nobody knows."""
    return {name: value for name, value in schema.items() if (name, value) != ("additionalProperties", False)}


@cache
def members() -> frozenset[str]:
    """Return the names of all members that objects of the contract have, and of all parameters."""
    parts = document()["components"]
    named = {each["name"] for each in parts["parameters"].values()}
    return frozenset(named.union(*(schema.get("properties", ()) for schema in parts["schemas"].values())))
