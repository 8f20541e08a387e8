"""References inside a document: finding, following and moving them.

Owns what `$ref` means here: a JSON pointer into the same document. It must not know what the document says.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

SCHEMAS: Final = "#/components/schemas/"
"""Where a component schema stands in an OpenAPI document."""

DEFS: Final = "#/$defs/"
"""Where the same schema stands in a JSON Schema of its own."""


def reference(node: object) -> str | None:
    """Give the target of a node that is a reference, else None."""
    target = node.get("$ref") if isinstance(node, dict) else None
    return target if isinstance(target, str) else None


def references(node: object) -> Iterator[str]:
    """Give the target of every reference in a node, at any depth, in the order of the text."""
    target = reference(node)
    if target is not None:
        yield target
    for child in children(node):
        yield from references(child)


def children(node: object) -> Iterator[object]:
    """Give the values of an object or the items of an array."""
    if isinstance(node, dict):
        yield from node.values()
    elif isinstance(node, list):
        yield from node


def resolve(document: Mapping[str, Any], target: str) -> Any:
    """Follow a reference from the root of its document. Raises LookupError if it leads nowhere."""
    if not target.startswith("#/"):
        raise LookupError(f"{target} does not point into this document")
    node: Any = document
    for step in target.removeprefix("#/").split("/"):
        name = step.replace("~1", "/").replace("~0", "~")
        if not isinstance(node, dict) or name not in node:
            raise LookupError(f"{target} leads nowhere")
        node = node[name]
    return node


def followed(document: Mapping[str, Any], node: Any) -> Any:
    """Give what a node stands for: the node, or what its reference leads to. Raises LookupError."""
    target = reference(node)
    return node if target is None else followed(document, resolve(document, target))


def moved(node: Any) -> Any:
    """Copy a node with its references to component schemas turned into references to `$defs`."""
    if isinstance(node, list):
        return [moved(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {key: _moved_target(value) if key == "$ref" else moved(value) for key, value in node.items()}


def _moved_target(target: object) -> object:
    if isinstance(target, str) and target.startswith(SCHEMAS):
        return DEFS + target.removeprefix(SCHEMAS)
    return moved(target)


def component(target: str | None) -> str | None:
    """Give the name of the component schema that a reference leads to, else None."""
    if target is None or not target.startswith(SCHEMAS):
        return None
    name = target.removeprefix(SCHEMAS)
    return None if "/" in name else name


def standalone(document: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """Give a schema of an OpenAPI document as one that stands by itself: what it uses is in its `$defs`."""
    schemas = document["components"]["schemas"]
    used = list(_components_in(schema))
    for name in used:
        used += [other for other in _components_in(schemas[name]) if other not in used]
    defs = {"$defs": {name: moved(schemas[name]) for name in sorted(used)}} if used else {}
    return moved(schema) | defs  # type: ignore[no-any-return]


def _components_in(node: object) -> Iterator[str]:
    """Give the names of the components that a node refers to, each once."""
    yield from dict.fromkeys(name for name in map(component, references(node)) if name)
