"""A world's time: durations as people write them, and clocks as values.

Time is whole microseconds throughout, so that a walk in any number of steps ends at the same instant. This module never
asks what time it is: the wall's time, where a clock follows it, is handed in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from emulator.domain.values import changed

SECOND_US = 1_000_000
START_S = 1_704_067_200
"""Where a manual clock starts: the `created_at` of the reference sample (contract section 2)."""
LATEST_US = 253_402_300_799 * SECOND_US
"""The last second of the year 9999: no clock goes beyond it."""

_UNITS_US = {
    "ms": 1000,
    "s": SECOND_US,
    "m": 60 * SECOND_US,
    "h": 3600 * SECOND_US,
    "d": 86400 * SECOND_US,
}
_DURATION = re.compile(r"(\d{1,12}(?:\.\d{1,9})?)\s*(ms|s|m|h|d)?", re.ASCII)
_SPEED = re.compile(r"x(\d{1,9}(?:\.\d{1,6})?)", re.ASCII)


def parse_duration(value: object) -> int:
    """Read `90s`, `10m`, `24h`, `1d`, `250ms`, or a number of seconds; return microseconds.

    Raises ValueError with a sentence when the value is none of these, is negative, or reaches beyond the year 9999.
    """
    expected = f"expected a duration such as 90s, 10m, 24h, 1d or a number of seconds, found {value!r}"
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(expected)  # noqa: TRY004 - for its callers, any unusable duration is one kind of error
    match = _DURATION.fullmatch(_plain(value).strip())
    if match is None:
        raise ValueError(expected)
    number, unit_us = match[1], _UNITS_US[match[2] or "s"]
    duration_us = int(number) * unit_us if number.isdecimal() else round(Fraction(number) * unit_us)
    if duration_us > LATEST_US:
        raise ValueError(f"{expected}, which reaches beyond the year 9999")
    return duration_us


def _plain(value: float | str) -> str:
    """Write a number without an exponent, which `str` would use for small and large floats."""
    return format(value, "f") if isinstance(value, float) else str(value)


def seconds(time_us: int) -> int:
    """Return the whole second that an instant lies in, as the API's timestamps show it."""
    return time_us // SECOND_US


@dataclass(frozen=True)
class Clock:
    """A clock as a value: at wall time `wall_us` it showed `world_us`, and it runs `rate` times as fast as the wall.

    One without a rate only moves when told; `tick_us` is added before each API request.
    """

    mode: str
    world_us: int
    wall_us: int
    rate: Fraction | None = None
    tick_us: int = 0

    def now_us(self, wall_us: int) -> int:
        """Return the world's time at this wall time; a wall that was set back does not turn the world back."""
        if self.rate is None:
            return self.world_us
        passed = max(0, wall_us - self.wall_us)
        return min(LATEST_US, self.world_us + int(passed * self.rate))

    def moved_to(self, world_us: int, *, wall_us: int) -> Clock:
        """Return this clock as it goes on from another instant."""
        return changed(self, world_us=min(world_us, LATEST_US), wall_us=max(wall_us, self.wall_us))


def parse_clock(text: str, *, wall_us: int) -> Clock:
    """Make the clock that `manual`, `real`, `xN` or `tick=DURATION` names.

    `manual` and `tick` start at 1704067200, `real` and `xN` at the wall's time. Raises ValueError with a sentence.
    """
    start = Clock(mode=text, world_us=START_S * SECOND_US, wall_us=wall_us)
    if text == "manual":
        return start
    if text == "real":
        return changed(start, world_us=wall_us, rate=Fraction(1))
    if text.startswith("tick="):
        return changed(start, tick_us=parse_duration(text.removeprefix("tick=")))
    speed = _SPEED.fullmatch(text)
    if speed is None or not Fraction(speed[1]):
        raise ValueError(
            f"expected manual, real, xN (such as x360) or tick=DURATION (such as tick=30m), found {text!r}"
        )
    return changed(start, world_us=wall_us, rate=Fraction(speed[1]))
