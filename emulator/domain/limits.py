"""Rate limits: fixed windows of a world's clock, counted from the epoch (design section 2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from emulator.domain.clock import SECOND_US

WINDOWS_S: Final = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_LIMIT = re.compile(r"([1-9]\d{0,8})/([a-z]+)", re.ASCII)

Spent: TypeAlias = Mapping[str, tuple[int, int]]
"""Per window's name: which window was counted last, and how many requests it has had."""


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most `requests` in each window of this name."""

    requests: int
    window: str

    def __str__(self) -> str:
        return f"{self.requests}/{self.window}"


def parse_rate_limit(text: str) -> RateLimit:
    """Read `60/minute` and the like. Raises ValueError with a sentence."""
    match = _LIMIT.fullmatch(text)
    if match is None or match[2] not in WINDOWS_S:
        raise ValueError(f"expected a count and a window, such as 60/minute ({', '.join(WINDOWS_S)}), found {text!r}")
    return RateLimit(int(match[1]), match[2])


def spend(limits: tuple[RateLimit, ...], spent: Spent, *, now_us: int) -> tuple[Spent, RateLimit | None]:
    """Count one request in all windows, or name the limit that is used up, and count none."""
    if not limits:
        return spent, None
    counted = dict(spent)
    for limit in limits:
        window = now_us // (WINDOWS_S[limit.window] * SECOND_US)
        last, requests = spent.get(limit.window, (window, 0))
        used = requests if last == window else 0
        if used >= limit.requests:
            return spent, limit
        counted[limit.window] = (window, used + 1)
    return counted, None
