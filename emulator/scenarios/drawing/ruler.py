"""The ruler below the lanes: ticks to the scale of each stretch, breaks where it is cut short, and the times that matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from emulator.scenarios.drawing import canvas, phrases
from emulator.scenarios.drawing.canvas import element, label
from emulator.scenarios.drawing.sketch import LEFT, Block, gutter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.scenarios.drawing.sketch import Sketch


def ruler(sketch: Sketch) -> Block:
    """Draw the axis: ticks to the scale of each stretch, breaks where it is cut short, and the times that matter."""
    end = LEFT + sketch.axis.width
    base = element("path", d=f"M{canvas.number(LEFT)} 0H{canvas.number(end)}", class_="quiet-line", stroke_width=1.5)
    ticks = "".join(_tick(LEFT + tick.x, 8 if tick.is_major else 4) for tick in sketch.axis.ticks())
    return Block(gutter("time", 20, "since creation") + base + ticks + _times(sketch), 58)


def _tick(x: float, length: float) -> str:
    return element("path", d=f"M{canvas.number(x)} 0v{canvas.number(length)}", class_="quiet-line")


@dataclass(frozen=True, slots=True)
class _Time:
    """A text below the axis; one that matters is bold, has a tick of its own and may stand in the second row."""

    x: float
    text: str
    matters: bool = False
    margin: float = 9

    @property
    def css(self) -> str:
        return "ink bold" if self.matters else "quiet"

    @property
    def span(self) -> tuple[float, float]:
        half = canvas.width(self.text, size=12, css=self.css) / 2 + (4 if self.matters else self.margin)
        return self.x - half, self.x + half


def _times(sketch: Sketch) -> str:
    """Write times below the axis: those that matter, and where there is room, the breaks and round ones between."""
    taken: tuple[list[tuple[float, float]], list[tuple[float, float]]] = ([], [])
    drawn: list[str] = []
    for time in _all_times(sketch):
        begin, end = time.span
        rows = taken if time.matters else taken[:1]
        row = next((at for at, row in enumerate(rows) if all(end <= a or begin >= b for a, b in row)), None)
        if time.matters:
            crosses = any(a < time.x < b for a, b in taken[0])
            drawn.append(_tick(time.x, 27 if row and not crosses else 12))
        if row is not None:
            taken[row].append((begin, end))
            drawn.append(label(time.x, 25 + 17 * row, time.text, size=12, css=f"{time.css} middle"))
    return "".join(drawn)


def _all_times(sketch: Sketch) -> Iterator[_Time]:
    instants = sketch.instants()
    yield from (_Time(sketch.x(at_us), phrases.duration(at_us), matters=True) for at_us in instants)
    for stretch in sketch.axis.stretches:
        if stretch.is_broken:
            x = LEFT + (stretch.from_x + stretch.until_x) / 2
            yield _Time(x, f"+{phrases.duration(stretch.until_us - stretch.from_us)}", margin=1)
    between = (tick for tick in sketch.axis.ticks() if tick.is_major and tick.at_us not in instants)
    yield from (_Time(LEFT + tick.x, phrases.duration(tick.at_us)) for tick in between)
