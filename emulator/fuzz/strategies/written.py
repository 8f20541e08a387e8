"""The same JSON written in several ways, all of which mean the same."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hypothesis.strategies import SearchStrategy

WAYS: Final[Mapping[str, Callable[[Any], str]]] = {
    "compact": lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":")),
    "escaped": lambda value: json.dumps(value).replace("/", "\\/"),
    "coded": lambda value: json.dumps(value).replace('"id":', '"\\u0069d":'),
    "airy": lambda value: f"\r\n\t {json.dumps(value, ensure_ascii=False, indent=2)} \n",
}


def written(values: SearchStrategy[Any]) -> SearchStrategy[str]:
    """Return values as JSON text, mostly compact."""
    ways = st.sampled_from(("compact", "compact", "escaped", "coded", "airy"))
    return st.builds(lambda value, way: WAYS[way](value), values, ways)
