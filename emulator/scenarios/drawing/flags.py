"""The calls of a typical client as dots on a rail, and a scenario's rules as flags that are planted on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from emulator.scenarios.drawing import calls, canvas, phrases
from emulator.scenarios.drawing.canvas import element, group, label
from emulator.scenarios.drawing.sketch import LEFT, TAIL, Block

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.scenarios.drawing.calls import Call, Touch
    from emulator.scenarios.drawing.sketch import Sketch

_FLAG, _STEP = 24.0, 30.0
_WIDEST: Final = 430.0
_SIZE: Final = 12.0
_MOST: Final = 40
"""With more flags than this none could be read; the others are noted below the picture."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A text on a pole at x; `begin` and `end` are the edges of its cloth."""

    x: float
    begin: float
    end: float
    text: str
    full: str
    css: str
    to_band: bool = False

    @property
    def is_mirrored(self) -> bool:
        """Whether its cloth hangs to the left of its pole, for want of room at the right."""
        return self.begin < self.x


@dataclass(frozen=True, slots=True)
class Planted:
    """A flag at its level, counted from the rail upwards."""

    flag: Flag
    level: int


@dataclass(frozen=True, slots=True)
class Rail:
    """The rail with its flags, and those of them whose text did not fit."""

    block: Block
    cut: tuple[str, ...]


def rail(sketch: Sketch) -> Rail:
    """Draw the rail; a scenario without rules or changes has none."""
    made = calls.typical(sketch.scenario, sketch.course, sketch.axis, cancel_us=sketch.cancel_us, tail=TAIL)
    touches = calls.touched(sketch.scenario, made, sketch.course, cancelled=sketch.cancelled)
    flags = [*(_of_rule(sketch, touch) for touch in touches), *_of_changes(sketch)]
    planted = _planted(flags[:_MOST])
    if not planted:
        return Rail(Block("", 0.0), ())
    height = _STEP * (1 + max(each.level for each in planted)) + 6
    dots = _dots(made, touches) if touches else ""
    below = 34.0 if touches else 8.0
    drawn = [_pole(each, height, below) for each in planted] + [_cloth(each, height) for each in planted]
    title = label(LEFT - 16, height + 4, "a client's calls", size=12, css="ink bold end") if touches else ""
    line = element(
        "path",
        d=f"M{canvas.number(LEFT - 40)} {canvas.number(height)}H{canvas.number(sketch.right - 8)}",
        class_="edge-line",
        stroke_width=2,
    )
    svg = "".join(
        [*drawn, line if touches else "", group(dots, y=height), title if not _starts_early(made) else _above(title)]
    )
    return Rail(Block(svg, height + below), _not_shown(flags))


def _not_shown(flags: list[Flag]) -> tuple[str, ...]:
    return tuple(flag.full for at, flag in enumerate(flags) if at >= _MOST or flag.text != flag.full)


def _starts_early(made: tuple[Call, ...]) -> bool:
    return made[0].x < 0


def _above(title: str) -> str:
    return group(title, x=-34.0)


def _of_rule(sketch: Sketch, touch: Touch) -> Flag:
    full = phrases.rule(touch.rule)
    return _flag(sketch, LEFT + touch.calls[0].x, full, css="wire")


def _of_changes(sketch: Sketch) -> list[Flag]:
    return [
        _flag(
            sketch,
            sketch.x(change.at_us),
            f"shown from here on: {phrases.changes(change.changes)}",
            css="change",
            to_band=True,
        )
        for change in sketch.course.changes
    ]


def _flag(sketch: Sketch, x: float, full: str, *, css: str, to_band: bool = False) -> Flag:
    full = canvas.clean(full)
    text = canvas.fitted(full, _WIDEST, size=_SIZE, css="mono")
    wide = canvas.width(text, size=_SIZE, css="mono") + 18
    begin = x if x + wide <= sketch.right else max(8.0, min(x, sketch.right) - wide)
    return Flag(x, begin, begin + wide, text, full, css, to_band)


def _planted(flags: list[Flag]) -> list[Planted]:
    """Give each flag the lowest level at which it covers no other, nor another's pole."""
    planted: list[Planted] = []
    for flag in sorted(flags, key=lambda flag: (flag.x, 0) if flag.is_mirrored else (1e9, -flag.x)):
        level = 0
        while level < len(flags) and not _is_free(flag, level, planted):
            level += 1
        planted.append(Planted(flag, level))
    return planted


def _is_free(flag: Flag, level: int, planted: list[Planted]) -> bool:
    return not any(
        (other.level == level and flag.begin < other.flag.end + 8 and other.flag.begin < flag.end + 8)
        or (other.level > level and flag.begin + 1 < other.flag.x < flag.end)
        or (other.level < level and other.flag.begin + 1 < flag.x < other.flag.end)
        for other in planted
    )


def _pole(each: Planted, height: float, below: float) -> str:
    top = height - _STEP * (each.level + 1)
    foot = height + below if each.flag.to_band else height
    return element(
        "path",
        d=f"M{canvas.number(each.flag.x)} {canvas.number(top)}V{canvas.number(foot)}",
        class_=f"{each.flag.css}-line",
        stroke_width=1.5,
    )


def _cloth(each: Planted, height: float) -> str:
    flag, top = each.flag, height - _STEP * (each.level + 1)
    return group(
        canvas.title(flag.full),
        element(
            "rect", x=flag.begin, y=top, width=flag.end - flag.begin, height=_FLAG, rx=4, class_=f"{flag.css}-paper"
        ),
        element(
            "rect", x=flag.begin, y=top, width=flag.end - flag.begin, height=_FLAG, rx=4, class_=f"{flag.css}-line"
        ),
        label(flag.begin + 9, top + 16.5, flag.text, size=_SIZE, css=f"{flag.css} mono"),
    )


def _dots(made: tuple[Call, ...], touches: tuple[Touch, ...]) -> str:
    hit = {call for touch in touches for call in touch.calls if touch.is_exact}
    near = {call for touch in touches for call in touch.calls if not touch.is_exact}
    drawn: list[str] = []
    for call in made:
        css = "wire" if call in hit else "paper wire-line" if call in near else "paper quiet-line"
        radius = 5.5 if call in hit or call in near else 4
        told = canvas.title(f"{call.operation} at {phrases.duration(call.at_us)}")
        drawn.append(group(told, element("circle", cx=LEFT + call.x, cy=0, r=radius, class_=css, stroke_width=1.5)))
    return "".join([*drawn, *_names(made, hit)])


def _names(made: tuple[Call, ...], hit: set[Call]) -> Iterator[str]:
    """Write below the dots which calls they are: first those that are touched, then others where there is room."""
    polls = [call for call in made if call.operation == "getBatch"]
    taken: list[tuple[float, float]] = []
    for call in sorted(made, key=lambda call: (call not in hit, call.x)):
        text = f"{call.short} {polls.index(call) + 1}" if call in polls else call.short
        x, half = LEFT + call.x, canvas.width(text, size=10.5) / 2 + 2
        if all(x + half <= begin or x - half >= end for begin, end in taken):
            taken.append((x - half, x + half))
            yield label(x, 19, text, size=10.5, css=f"{'wire bold' if call in hit else 'quiet'} middle")
