"""A scenario as an SVG for people: blocks one below the other, and over them what spans several of them.

The picture needs nothing but itself: no font, script or image from elsewhere. The same scenario gives the same bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emulator.scenarios.drawing import canvas, frame, lanes, palette
from emulator.scenarios.drawing.canvas import element, group, label
from emulator.scenarios.drawing.flags import rail
from emulator.scenarios.drawing.ruler import ruler
from emulator.scenarios.drawing.sketch import MARGIN, Block, Sketch, sketched
from emulator.scenarios.drawing.telling import most, told

if TYPE_CHECKING:
    from emulator.domain.scenario import Scenario

_GRADIENTS: Final = "".join(
    f'<linearGradient id="{name}" x1="0" y1="0" x2="0" y2="1">'
    f'<stop offset="0" stop-color="{colour}" stop-opacity="{top}"/>'
    f'<stop offset="1" stop-color="{colour}" stop-opacity="{bottom}"/></linearGradient>'
    for name, colour, top, bottom in (("lines", "#3b9df0", ".42", ".06"), ("failed", "#e5536b", ".6", ".25"))
)


def svg(scenario: Scenario) -> str:
    """Return the picture of a scenario."""
    sketch = sketched(scenario)
    flagged = rail(sketch)
    above = _stacked([(frame.header(sketch), 26.0)], MARGIN - 6)
    chart = [flagged.block, lanes.statuses(sketch), lanes.progress(sketch), lanes.cancel(sketch), ruler(sketch)]
    tops = _tops(chart, above.height, gaps=(2.0, 8.0, 26.0, 14.0, 22.0))
    drawn = [group(block.svg, y=top) for block, top in zip(chart, tops, strict=False)]
    below = _stacked(
        [(frame.notes(sketch, flagged.cut), 12.0), (frame.advice(sketch), 18.0), (frame.footer(sketch), 18.0)], tops[-1]
    )
    inside = [
        above.svg,
        _guides(sketch, tops),
        *drawn[:4],
        _breaks(sketch, tops),
        drawn[4],
        _cancelling(sketch, tops),
        below.svg,
    ]
    return _document(sketch, "".join(inside), below.height)


def _tops(blocks: list[Block], top: float, *, gaps: tuple[float, ...]) -> list[float]:
    """Return where each block begins, and where the one after them would."""
    tops = [top]
    for block, gap in zip(blocks, gaps, strict=True):
        tops.append(tops[-1] + (block.height + gap if block.height else 0.0))
    return tops


def _stacked(blocks: list[tuple[Block, float]], top: float) -> Block:
    """Return blocks one below the other, with gaps after them; the height is where the next would begin."""
    tops = _tops([block for block, _ in blocks], top, gaps=tuple(gap for _, gap in blocks))
    drawn = (group(block.svg, y=at) for (block, _), at in zip(blocks, tops, strict=False))
    return Block("".join(drawn), tops[-1])


def _guides(sketch: Sketch, tops: list[float]) -> str:
    """Draw a thin line through all lanes at each time that matters."""
    height = f"M0 {canvas.number(tops[1])}V{canvas.number(tops[4])}"
    places = dict.fromkeys(sketch.x(at_us) for at_us in sketch.instants())
    return "".join(group(element("path", d=height, class_="guide-line", stroke_dasharray="2 4"), x=x) for x in places)


def _breaks(sketch: Sketch, tops: list[float]) -> str:
    """Draw a torn edge through all lanes where the axis is cut short."""
    top, bottom = tops[1] - 4, tops[4] + 8
    waves = max(1, round((bottom - top) / 14))
    size = (bottom - top) / waves / 2
    half, down = canvas.number(size / 2), canvas.number(size)
    edge = f"q4 {half} 0 {down}q-4 {half} 0 {down}" * waves
    back = f"q-4 -{half} 0 -{down}q4 -{half} 0 -{down}" * waves
    torn = element("path", d=f"M-4 0{edge}h8{back}z", class_="paper")
    edges = element("path", d=f"M-4 0{edge}M4 0{edge}", class_="quiet-line")
    return "".join(group(torn, edges, x=x, y=top) for x in sketch.breaks())


def _cancelling(sketch: Sketch, tops: list[float]) -> str:
    """Draw the cancel as a drop from the status lane to its own."""
    if sketch.cancel_us is None:
        return ""
    x, since, until = sketch.x(sketch.cancel_us), tops[1] + lanes.BAND, tops[3]
    drop = f"M{canvas.number(x)} {canvas.number(since)}V{canvas.number(until - 7)}"
    tip = f"M{canvas.number(x - 5)} {canvas.number(until - 9)}l5 8 5 -8z"
    text = "cancelBatch"
    wide = canvas.width(text, size=11.5, css="mono") + 12
    return group(
        element("path", d=drop, class_="change-line", stroke_width=1.8, stroke_dasharray="5 4"),
        element("path", d=tip, class_="change"),
        element("circle", cx=x, cy=since, r=4.5, class_="change"),
        element("rect", x=x + 7, y=until - 24, width=wide, height=18, rx=4, class_="change-paper"),
        label(x + 13, until - 11, text, size=11.5, css="change mono"),
    )


def _document(sketch: Sketch, inside: str, height: float) -> str:
    scenario = sketch.scenario
    wide, high = canvas.number(sketch.width), canvas.number(height + 8)
    words = "\n".join(f"{part.heading}: {'; '.join(most(part.phrases))}." for part in told(scenario))
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}"',
            ' role="img" aria-labelledby="title desc">\n',
            element("title", canvas.escaped(f"{scenario.name}: {scenario.title}"), id="title"),
            element("desc", canvas.escaped(words), id="desc"),
            f"<style>{palette.style()}</style><defs>{_GRADIENTS}</defs>\n",
            element("rect", width=wide, height=high, rx=14, class_="paper"),
            inside.replace("</g><", "</g>\n<"),
            "</svg>\n",
        ]
    )
