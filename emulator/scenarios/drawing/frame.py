"""What stands around the lanes: the title, the scenario's kind and its words, the notes, and what a client should do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emulator.scenarios.drawing import canvas, phrases
from emulator.scenarios.drawing.canvas import element, group, label
from emulator.scenarios.drawing.course import SAMPLE_LINES
from emulator.scenarios.drawing.sketch import MARGIN, Block
from emulator.scenarios.drawing.telling import Part, most, replies, validation

if TYPE_CHECKING:
    from emulator.scenarios.drawing.sketch import Sketch

_TITLE: Final = 27.0
_NOTE: Final = 12.5


def header(sketch: Sketch) -> Block:
    """Draw the kind, the name, where it was seen, the title, and the scenario's own words."""
    scenario, room = sketch.scenario, sketch.width - 2 * MARGIN
    kind = scenario.kind.upper()
    wide = canvas.width(kind, size=11.5, css="bold") + 22
    seen = canvas.fitted(f"seen in {scenario.seen_in}", room / 2, size=12.5) if scenario.seen_in else ""
    left = room - canvas.width(seen, size=12.5) - wide - 30
    lines = canvas.wrapped(scenario.title, room, size=_TITLE, css="bold", most=2)
    drawn = [
        element("rect", x=MARGIN, y=0, width=wide, height=23, rx=11.5, class_=scenario.kind),
        label(MARGIN + wide / 2, 15.7, kind, size=11.5, css="on-kind bold middle"),
        label(
            MARGIN + wide + 12,
            16.5,
            canvas.fitted(scenario.name, left, size=14.5, css="mono"),
            size=14.5,
            css="quiet mono",
        ),
        label(sketch.width - MARGIN, 16, seen, size=12.5, css="quiet end") if seen else "",
        *(label(MARGIN, 58 + 33 * row, line, size=_TITLE, css="ink bold") for row, line in enumerate(lines)),
    ]
    bottom = 58 + 33.0 * (len(lines) - 1)
    words = _words(sketch, bottom + 16)
    return Block("".join(drawn) + words.svg, bottom + 16 + words.height)


def _words(sketch: Sketch, top: float) -> Block:
    """Draw what a scenario asks of its client, or breaks, as a row of chips."""
    words = sketch.scenario.tolerates or sketch.scenario.breaks
    if not words:
        return Block("", 0.0)
    lead = "what it asks of its client" if sketch.scenario.tolerates else "what it breaks"
    drawn: list[str] = []
    x, y = MARGIN, top
    for word in words:
        wide = canvas.width(word, size=12, css="mono") + 18
        if x + wide > sketch.width - MARGIN - canvas.width(lead, size=12.5):
            x, y = MARGIN, y + 28
        drawn.append(element("rect", x=x, y=y, width=wide, height=22, rx=11, class_="panel"))
        drawn.append(element("rect", x=x, y=y, width=wide, height=22, rx=11, class_="edge-line"))
        drawn.append(label(x + wide / 2, y + 15, word, size=12, css="ink mono middle"))
        x += wide + 8
    drawn.append(label(x + 2, y + 15, lead, size=12.5, css="quiet"))
    return Block("".join(drawn), y - top + 24)


def notes(sketch: Sketch, cut: tuple[str, ...]) -> Block:
    """Draw what no axis of time can show, in two columns."""
    scenario = sketch.scenario
    parts = [
        Part("Validation", tuple(validation(scenario))),
        Part("Lines", tuple(map(phrases.line_rule, scenario.lines))),
        Part("Result files", tuple(phrases.results(scenario.results))),
        Part("Replies", tuple(replies(scenario))),
        Part("In full", cut),
    ]
    said = [part for part in parts if part.phrases]
    room = (sketch.width - 2 * MARGIN - 32) / 2 if len(said) > 1 else sketch.width - 2 * MARGIN
    columns = [0.0, 0.0]
    drawn: list[str] = []
    for part in said:
        column = columns.index(min(columns)) if len(said) > 1 else 0
        block = _note(part, room)
        drawn.append(group(block.svg, x=MARGIN + column * (room + 32), y=columns[column]))
        columns[column] += block.height + 14
    return Block("".join(drawn), max(columns))


def _note(part: Part, room: float) -> Block:
    drawn, y = [label(0, 13, part.heading, size=13, css="ink bold")], 34.0
    for phrase in most(part.phrases):
        for row, line in enumerate(canvas.wrapped(phrase, room - 16, size=_NOTE, most=6)):
            if not row:
                drawn.append(element("circle", cx=4, cy=y - 4, r=2.2, class_="quiet"))
            drawn.append(label(14, y, line, size=_NOTE, css="ink"))
            y += 18
    return Block("".join(drawn), y - 10)


def advice(sketch: Sketch) -> Block:
    """Draw what a good client does."""
    scenario = sketch.scenario
    if not scenario.client:
        return Block("", 0.0)
    room = sketch.width - 2 * MARGIN
    lines = canvas.wrapped(scenario.client, room - 44, size=16, most=4)
    height = 44 + 23.0 * len(lines)
    drawn = [
        element("rect", x=MARGIN, y=0, width=room, height=height, rx=8, class_="panel"),
        element("rect", x=MARGIN, y=0, width=5, height=height, rx=2.5, class_=scenario.kind),
        label(MARGIN + 24, 25, "WHAT A GOOD CLIENT DOES", size=11, css=f"{scenario.kind} bold"),
        *(label(MARGIN + 24, 49 + 23 * row, line, size=16, css="ink") for row, line in enumerate(lines)),
    ]
    return Block("".join(drawn), height)


def footer(sketch: Sketch) -> Block:
    """Draw how the picture is to be read."""
    said = [f"Drawn for a batch of {SAMPLE_LINES} lines, row-1 to row-{SAMPLE_LINES}"]
    scales = [stretch.us_per_px for stretch in sketch.axis.stretches if not stretch.is_broken]
    if scales and max(scales) > 1.5 * min(scales):
        said.append("short stretches of time are widened, as the ruler shows")
    if sketch.axis.is_cut_short:
        said.append("time is cut short at the break")
    if sketch.course.by_window:
        said.append("the window closes after 24 h")
    return Block(label(MARGIN, 12, "; ".join(said) + ".", size=11, css="quiet"), 16)
