"""What is written down of who catches whom: `caught.yaml` has for each mutant checks that it fails, each check once at least.

A check is written down under the mutant that fails the fewest, for that one says most clearly what the check is for.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from emulator.verify.results import Result
    from mutants.playing import Played

FILE: Final = Path(__file__).with_name("caught.yaml")
HEAD: Final = "# Made by `python -m mutants --write`: the checks that each mutant of the table is to fail.\n"
LONG_S: Final = 1.0
"""A failure that takes so long came by a time-out: where there is another, that one is written down."""


def read() -> dict[str, list[str]]:
    """Return the checks that are written down for each mutant."""
    found: dict[str, list[str]] = yaml.safe_load(FILE.read_text("utf-8"))
    return found


def write(found: Sequence[Played]) -> None:
    """Write down what was found, in the order of the table."""
    text = yaml.safe_dump(dict(telling(found)), sort_keys=False, width=110, default_flow_style=None)
    FILE.write_text(HEAD + text, "utf-8")


def telling(found: Sequence[Played]) -> Mapping[str, list[str]]:
    """Return for each mutant that was caught those checks for which it is the most telling, and at least one."""
    catchers = _catchers(found)
    chosen: dict[str, list[str]] = {played.mutant.name: [] for played in found if played.failures}
    for check, failures in catchers.items():
        played, _ = min(failures, key=_is_slow_or_broad)
        chosen[played.mutant.name].append(check)
    for played in found:
        if played.failures and not chosen[played.mutant.name]:
            result = min(played.failures, key=lambda result: (_is_slow(result), len(catchers[result.check.name])))
            chosen[played.mutant.name].append(result.check.name)
    return chosen


def _catchers(found: Sequence[Played]) -> Mapping[str, list[tuple[Played, Result]]]:
    catchers: dict[str, list[tuple[Played, Result]]] = defaultdict(list)
    for played in found:
        for result in played.failures:
            catchers[result.check.name].append((played, result))
    return catchers


def _is_slow_or_broad(failure: tuple[Played, Result]) -> tuple[bool, int]:
    played, result = failure
    return _is_slow(result), len(played.failures)


def _is_slow(result: Result) -> bool:
    return result.at.startswith("driver") or result.seconds > LONG_S
