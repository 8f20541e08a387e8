"""How an older edition follows from the next newer one: a merge patch (RFC 7396), and what comes of it.

Owns the two steps; it must not know which editions there are, nor read a file. The patch names only what the
older edition lacks; what depends on that goes by itself: references to it, its name in `required`, and its
members in examples.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from emulator.contract.references import children, reference, references, resolve

_EXAMPLES = frozenset({"example", "examples"})


def merged(target: object, patch: object) -> object:
    """Apply a merge patch as RFC 7396 says: null removes, an object goes deeper, anything else replaces."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


def older(document: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """Derive the next older edition's document."""
    cut: Any = merged(document, patch)
    gone = {target for target in references(document) if _leads_nowhere(cut, target)}
    left: dict[str, Any] = _trimmed(_without(cut, gone), members(document) - members(cut))
    return left


def idle(document: object, patch: object, place: str = "") -> Iterator[str]:
    """Give the places where a patch changes nothing, which are slips of the pen."""
    for name, value in patch.items() if isinstance(patch, dict) else ():
        there = document.get(name) if isinstance(document, dict) else None
        at = f"{place}/{name}"
        if isinstance(value, dict) and isinstance(there, dict):
            yield from idle(there, value, at)
        elif there == value:
            yield at


def members(node: object) -> AbstractSet[str]:
    """Give the names of all members that the schemas in a node describe."""
    own = node.get("properties") if isinstance(node, dict) else None
    names: set[str] = set(own) if isinstance(own, dict) else set()
    return names.union(*(members(child) for child in children(node)))


def _leads_nowhere(document: Mapping[str, Any], target: str) -> bool:
    try:
        resolve(document, target)
    except LookupError:
        return True
    return False


def _without(node: Any, gone: AbstractSet[str]) -> Any:
    """Drop the references that lead nowhere, and the requirement of members that are not described."""
    if isinstance(node, list):
        return [_without(item, gone) for item in node if reference(item) not in gone]
    if not isinstance(node, dict):
        return node
    kept = {name: _without(value, gone) for name, value in node.items() if reference(value) not in gone}
    if isinstance(kept.get("properties"), dict) and isinstance(kept.get("required"), list):
        kept["required"] = [name for name in kept["required"] if name in kept["properties"]]
    return kept


def _trimmed(node: Any, vanished: AbstractSet[str]) -> Any:
    """Drop from the examples in a node the members that no schema describes any longer."""
    if isinstance(node, list):
        return [_trimmed(item, vanished) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        name: _stripped(value, vanished) if name in _EXAMPLES else _trimmed(value, vanished)
        for name, value in node.items()
    }


def _stripped(node: Any, vanished: AbstractSet[str]) -> Any:
    if isinstance(node, list):
        return [_stripped(item, vanished) for item in node]
    if not isinstance(node, dict):
        return node
    return {name: _stripped(value, vanished) for name, value in node.items() if name not in vanished}
