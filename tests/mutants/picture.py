"""A picture of a hunt for mutants: a row for each property, a dot for each mutant that broke it, and how soon that was."""

from __future__ import annotations

from collections import defaultdict
from math import log
from typing import TYPE_CHECKING, Final

from emulator.fuzz.catalog import ALL
from emulator.scenarios.drawing.canvas import element, group, label, title

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mutants.hunting import Hunted

WIDTH: Final = 920.0
NAMES: Final = 190.0
"""Where the axis begins, right of the properties' names."""
END: Final = WIDTH - 60
TOP: Final = 74.0
STEP: Final = 9.0
"""How far apart dots stand that would cover each other."""
RADIUS: Final = 4.0
TICKS_S: Final = (1, 2, 5, 10, 20, 60)
FONTS: Final = "Inter, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
LIGHT: Final = {"paper": "#ffffff", "edge": "#d8dee8", "ink": "#131c2e", "quiet": "#56627a", "dot": "#0b74c4"}
DARK: Final = {"paper": "#0e1420", "edge": "#2c384c", "ink": "#e9eef7", "quiet": "#9fadc4", "dot": "#7cc4fb"}


def write(found: Sequence[Hunted], bugs: Mapping[str, str]) -> str:
    """Return the picture as an SVG file; `bugs` says of each mutant what is wrong with it."""
    caught = [each for each in found if each.property is not None]
    middle = sorted(each.seconds for each in caught)[len(caught) // 2] if caught else 0.0
    rows, height = _rows(caught, bugs)
    head = (
        label(24, 34, f"{len(caught)} bugs, and how soon the fuzzer has found each", size=17, css="ink bold"),
        label(24, 54, f"half of them within {middle:.1f} s, from the start to a script made small", css="quiet"),
    )
    inside = [title("How soon each mutant was found"), element("style", _style()), _paper(height + 40), *head]
    inside += [*_axis(height), *rows]
    size = {"width": WIDTH, "height": height + 40, "viewBox": f"0 0 {WIDTH:g} {height + 40:g}"}
    svg = element("svg", *inside, xmlns="http://www.w3.org/2000/svg", class_="power", role="img", **size)
    return svg + "\n"


def _rows(caught: Sequence[Hunted], bugs: Mapping[str, str]) -> tuple[list[str], float]:
    """Return a row for each property that broke, and where they end."""
    drawn, y = [], TOP
    for each in ALL:
        mine = sorted((one for one in caught if one.property == each.name), key=lambda one: one.seconds)
        if mine:
            dots, high = _dots(mine, bugs)
            name = label(24, high / 2 + 4, each.name, css="ink")
            count = label(END + 14, high / 2 + 4, str(len(mine)), css="quiet")
            drawn.append(group(name, count, *dots, y=y))
            y += high + 12
    return drawn, y


def _dots(mine: Sequence[Hunted], bugs: Mapping[str, str]) -> tuple[list[str], float]:
    """Return the dots of a row, stacked where they would cover each other, and how high that is."""
    stacks: dict[int, int] = defaultdict(int)
    placed = []
    for each in mine:
        column = round(_x(each.seconds) / STEP)
        placed.append((column * STEP, stacks[column], each))
        stacks[column] += 1
    high = max(2, *stacks.values(), 0) * STEP
    return [
        element(
            "circle",
            title(f"{each.mutant}, {each.seconds:.1f} s: {bugs[each.mutant]}"),
            cx=x,
            cy=high - STEP / 2 - at * STEP,
            r=RADIUS,
            class_="dot",
        )
        for x, at, each in placed
    ], high


def _axis(height: float) -> Iterator[str]:
    for seconds in TICKS_S:
        x = _x(seconds)
        yield element("line", x1=x, y1=TOP - 6, x2=x, y2=height, class_="edge-line")
        yield label(x, height + 18, f"{seconds} s", css="quiet middle")


def _x(seconds: float) -> float:
    """Return where a time stands on the axis, which is logarithmic."""
    first, last = log(0.7), log(TICKS_S[-1])
    return NAMES + (log(max(seconds, 0.75)) - first) / (last - first) * (END - NAMES)


def _paper(height: float) -> str:
    return element("rect", width=WIDTH, height=height, rx=10, class_="paper")


def _style() -> str:
    return (
        f".power text{{font-family:{FONTS}}}.power .bold{{font-weight:650}}.power .middle{{text-anchor:middle}}"
        f"{_room(LIGHT)}@media (prefers-color-scheme:dark){{{_room(DARK)}}}"
    )


def _room(colours: Mapping[str, str]) -> str:
    return "".join(
        f".power .{name}{{fill:{colour}}}.power .{name}-line{{stroke:{colour}}}" for name, colour in colours.items()
    )
