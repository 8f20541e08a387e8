"""What `Emulator.use` and `Emulator.lines` take, in the form in which the admin API takes it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

UNNAMED: Final = "in-test"
"""The name of a scenario that was given none."""
BASE: Final = "happy-path"
"""What a scenario changes parts of that does not say everything itself."""
_NEEDED: Final = frozenset({"title", "kind", "lifecycle"})
_GIVES_A_NAME: Final = re.compile(r"""(?:^|[{,]\s*)["']?scenario["']?\s*:\s*["']?([^\s"',}#]+)""", re.MULTILINE)
_IS_GLOB: Final = re.compile(r"[*?[]")


def is_name(scenario: str | Mapping[str, Any]) -> bool:
    """Return whether this is a scenario's name, and no scenario."""
    return isinstance(scenario, str) and "\n" not in scenario and ":" not in scenario


def document(scenario: str | Mapping[str, Any]) -> tuple[str, str]:
    """Return the name and the text of a scenario. Raises ValueError when it has no name, or is no JSON value."""
    if isinstance(scenario, str):
        return _name_in(scenario), scenario
    if not isinstance(scenario, Mapping):
        raise ValueError(f"expected a scenario: a name, YAML text or a mapping, found {scenario!r}")  # noqa: TRY004
    base = {} if scenario.keys() >= _NEEDED else {"extends": BASE}
    whole = {"scenario": UNNAMED, **base, **scenario}
    return str(whole["scenario"]), _written(whole)


def _name_in(text: str) -> str:
    found = _GIVES_A_NAME.search(text)
    if found is None:
        shown = text if len(text) <= 80 else f"{text[:80]}…"
        raise ValueError(f"expected the text of a scenario, with 'scenario: NAME' in it, found {shown!r}")
    return found[1]


def _written(whole: Mapping[str, Any]) -> str:
    try:
        return json.dumps(whole, indent=2)
    except (TypeError, ValueError) as error:
        raise ValueError(f"expected a scenario of JSON values alone: {error}") from None


def lines(outcomes: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return outcomes by custom_id, or glob over them, as entries of a scenario's `lines`: single lines before globs."""
    return [{"when": {"custom_id": each}, **outcomes[each]} for each in _by_precision(outcomes)]


def _by_precision(custom_ids: Iterable[str]) -> list[str]:
    return sorted(custom_ids, key=lambda custom_id: bool(_IS_GLOB.search(custom_id)))
