"""The axis of time: to scale where it can be, wider where a label needs room, cut short where nothing happens for hours.

Owns the one mapping between times and places; every stretch between two instants that matter keeps a scale of its own,
and the ruler's ticks, and its breaks, show it.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Final

from emulator.domain.clock import SECOND_US

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_MINUTE_US, _HOUR_US = 60 * SECOND_US, 3600 * SECOND_US
_STEPS_US: Final = (
    *(seconds * SECOND_US for seconds in (1, 2, 5, 10, 15, 30)),
    *(minutes * _MINUTE_US for minutes in (1, 2, 5, 10, 15, 30)),
    *(hours * _HOUR_US for hours in (1, 2, 3, 6, 12)),
)
_LEAST, _BROKEN = 16.0, 150.0
_BREAK_FROM_US: Final = _HOUR_US
_BREAK_RATIO: Final = 3.2
"""A stretch is cut short when it is so many times as long as all that is left."""
_MINOR, _MAJOR = 8.0, 74.0
_WIDEST: Final = 2600.0


@dataclass(frozen=True, slots=True)
class Room:
    """Between these two times something of this width, in pixels, must find room."""

    from_us: int
    until_us: int
    width: float


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the axis with one scale."""

    from_us: int
    until_us: int
    from_x: float
    until_x: float
    is_broken: bool

    @property
    def us_per_px(self) -> float:
        """Its scale."""
        return (self.until_us - self.from_us) / (self.until_x - self.from_x)


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on the ruler; `is_major` where its time may be written."""

    at_us: int
    x: float
    is_major: bool


@dataclass(frozen=True, slots=True)
class Axis:
    """Time from its first stretch's start to its last one's end."""

    stretches: tuple[Stretch, ...]

    @property
    def width(self) -> float:
        """How wide it is."""
        return self.stretches[-1].until_x

    @property
    def end_us(self) -> int:
        """The last time on it."""
        return self.stretches[-1].until_us

    @property
    def is_cut_short(self) -> bool:
        """Whether any stretch of it is broken."""
        return any(stretch.is_broken for stretch in self.stretches)

    def x(self, at_us: int) -> float:
        """Return where a time stands; one beyond the end stands at the end."""
        found = bisect_right([each.from_us for each in self.stretches], at_us) - 1
        stretch = self.stretches[max(0, found)]
        share = (min(at_us, stretch.until_us) - stretch.from_us) / (stretch.until_us - stretch.from_us)
        return stretch.from_x + share * (stretch.until_x - stretch.from_x)

    def time_us(self, x: float) -> int:
        """Return the time that stands at a place."""
        stretch = next((each for each in self.stretches if x < each.until_x), self.stretches[-1])
        return min(self.end_us, int(stretch.from_us + (x - stretch.from_x) * stretch.us_per_px))

    def ticks(self) -> Iterator[Tick]:
        """Yield the ruler's ticks; stretches that are cut short have none."""
        for stretch in self.stretches:
            if not stretch.is_broken:
                yield from _ticks(stretch)


def _ticks(stretch: Stretch) -> Iterator[Tick]:
    minor, major = _step(stretch, _MINOR) or _STEPS_US[-1], _step(stretch, _MAJOR)
    first = -(-stretch.from_us // minor) * minor
    for at_us in range(first, stretch.until_us + 1, minor):
        x = stretch.from_x + (at_us - stretch.from_us) / stretch.us_per_px
        yield Tick(at_us, x, is_major=major is not None and at_us % major == 0)


def _step(stretch: Stretch, least_px: float) -> int | None:
    return next((step for step in _STEPS_US if step / stretch.us_per_px >= least_px), None)


def laid_out(times_us: Iterable[int], rooms: Sequence[Room], *, width: float) -> Axis:
    """Return an axis on which these times stand apart, of this width or, where it must be, wider."""
    keys = sorted({0, *times_us})
    if len(keys) == 1:
        keys.append(_MINUTE_US)
    gaps = list(pairwise(keys))
    broken = _broken([until - since for since, until in gaps])
    widths = _widths(gaps, broken, rooms, width)
    edges = [0.0, *accumulate(widths)]
    return Axis(
        tuple(Stretch(since, until, edges[at], edges[at + 1], at in broken) for at, (since, until) in enumerate(gaps))
    )


def _broken(lengths: list[int]) -> frozenset[int]:
    """Return which gaps are cut short: the longest, as long as it dwarfs all that is left beside it."""
    found: set[int] = set()
    while len(found) < len(lengths) - 1:
        rest = [at for at in range(len(lengths)) if at not in found]
        longest = max(rest, key=lambda at: lengths[at])
        others = sum(lengths[at] for at in rest if at != longest)
        if lengths[longest] < _BREAK_FROM_US or lengths[longest] < _BREAK_RATIO * others:
            break
        found.add(longest)
    return frozenset(found)


def _widths(gaps: list[tuple[int, int]], broken: frozenset[int], rooms: Sequence[Room], width: float) -> list[float]:
    """Return how wide each gap is drawn: the largest scale at which all of them fit into the width."""
    low, high = 0.0, width / min(until - since for since, until in gaps)
    narrowest = _at_scale(gaps, broken, rooms, 0.0)
    if sum(narrowest) >= width:
        shrink = min(1.0, _WIDEST / sum(narrowest))
        return [each * shrink for each in narrowest]
    for _ in range(60):
        scale = (low + high) / 2
        low, high = (scale, high) if sum(_at_scale(gaps, broken, rooms, scale)) <= width else (low, scale)
    fitting = _at_scale(gaps, broken, rooms, low)
    return [each * width / sum(fitting) for each in fitting]


def _at_scale(gaps: list[tuple[int, int]], broken: frozenset[int], rooms: Sequence[Room], scale: float) -> list[float]:
    widths = [
        _BROKEN if at in broken else max(_LEAST, (until - since) * scale) for at, (since, until) in enumerate(gaps)
    ]
    for room in rooms:
        inside = [at for at, (since, until) in enumerate(gaps) if room.from_us <= since and until <= room.until_us]
        missing = room.width / sum(widths[at] for at in inside) if inside else 0.0
        for at in inside if missing > 1 else []:
            widths[at] *= missing
    return widths
