"""Reading the hand-written YAML strictly.

Owns what counts as readable; it must not know what the files mean.
"""

from pathlib import Path
from typing import Any

import yaml

from emulator.contract.errors import ContractError


def read_yaml(file: Path) -> dict[str, Any]:
    """Read one mapping. Raises ContractError for no file, bad YAML, a repeated key or one that is no text."""
    try:
        document = yaml.load(file.read_text(encoding="utf-8"), Loader=_StrictLoader)  # noqa: S506 - a SafeLoader
    except OSError as fault:
        raise ContractError(file, "", f"cannot be read ({fault.strerror})") from fault
    except yaml.MarkedYAMLError as fault:
        raise ContractError(file, _line(fault), f"is no YAML we take: {fault.problem}") from fault
    if not isinstance(document, dict):
        raise ContractError(file, "", "expected a mapping at the top")
    return document


def _line(fault: yaml.MarkedYAMLError) -> str:
    return f"line {fault.problem_mark.line + 1}" if fault.problem_mark else ""


class _StrictLoader(yaml.SafeLoader):
    """Refuses what YAML would let pass in silence: the last of two equal keys, and keys that are no text."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str) or key in seen:
                wrong = "stands twice" if key in seen else "is no text"
                raise yaml.MarkedYAMLError(problem=f"the key {key!r} {wrong}", problem_mark=key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep=deep)
