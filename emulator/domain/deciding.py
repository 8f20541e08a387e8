"""Which rules fire on a request: decided purely, from the rules in force, the request's facts and what was counted.

What a rule asks and does stands in `rules`; its effects happen at the edge.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from emulator.domain.facts import Facts
    from emulator.domain.rules import Rule


@dataclass(frozen=True, slots=True)
class Count:
    """How often a rule has matched, and fired."""

    matched: int = 0
    fired: int = 0


@dataclass(frozen=True, slots=True)
class RuleInForce:
    """A rule where it applies: `key` names it in counts, in the journal and in lists."""

    key: str
    rule: Rule


def decide(
    rules: Iterable[RuleInForce], facts: Facts, counts: Mapping[str, Count]
) -> tuple[tuple[RuleInForce, ...], dict[str, Count]]:
    """Return the rules that fire on this request, in order, and the counts as they are then."""
    fired: list[RuleInForce] = []
    counted = dict(counts)
    for each in rules:
        if not each.rule.on.means(facts):
            continue
        before = counted.get(each.key, Count())
        number = before.matched + 1
        fires = each.rule.on.picks(number, fired=before.fired)
        counted[each.key] = Count(number, before.fired + fires)
        if fires:
            fired.append(each)
    return tuple(fired), counted
