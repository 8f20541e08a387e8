"""A run over releases as a picture: the table, a tile for each group of checks, and below it what each release changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from emulator.scenarios.drawing import canvas
from emulator.scenarios.drawing.canvas import element, escaped, group, label, title
from emulator.verify.releases.reports.colours import style
from emulator.verify.releases.table import ABSENT, Turn, groups, rows, steps, summary
from emulator.verify.reports.words import Standing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from emulator.verify.check import Group
    from emulator.verify.releases.survey import Survey
    from emulator.verify.releases.table import Cell, Row, Step

MARGIN: Final = 26.0
TILE: Final = 80.0
COLUMN: Final = TILE + 6
HIGH: Final = 28.0
ROW: Final = HIGH + 6
CHANGED: Final = 118.0
MARKS: Final = {Turn.NOW_FAILS: "✗", Turn.NOW_PASSES: "✓", Turn.NO_LONGER_APPLIES: ABSENT}
COLOURS: Final = {Turn.NOW_FAILS: "fail-ink", Turn.NOW_PASSES: "pass-ink", Turn.NO_LONGER_APPLIES: "quiet"}
CSS: Final = {Standing.PASS: "pass", Standing.FAIL: "fail", Standing.KNOWN: "known"}
LINES: Final = 6
"""How many lines the names of what one release changed may take."""


@dataclass(frozen=True, slots=True)
class Part:
    """What has been drawn, from y = 0 down to its height."""

    svg: str
    height: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is drawn, and the room that the columns take."""

    survey: Survey
    columns: Sequence[Group]
    rows: Sequence[Row]
    names: float

    @property
    def width(self) -> float:
        """How wide the whole is."""
        return 2 * MARGIN + self.names + COLUMN * (len(self.columns) + 1) + CHANGED

    def x(self, column: int) -> float:
        """Return where a column begins."""
        return MARGIN + self.names + COLUMN * column


def write(survey: Survey) -> str:
    """Return the whole picture as a file of its own."""
    sheet = _sheet(survey)
    return _drawn(sheet, [_header(sheet), _table(sheet), _legend(), _steps(sheet)])


def table(survey: Survey) -> str:
    """Return the table alone, to stand in a page."""
    sheet = _sheet(survey)
    return _drawn(sheet, [_table(sheet), _legend()])


def _sheet(survey: Survey) -> Sheet:
    found = rows(survey)
    names = max((canvas.width(row.label, size=13, css="mono bold") for row in found), default=0.0)
    return Sheet(survey, groups(survey), found, max(names, 70.0) + 18)


def _drawn(sheet: Sheet, parts: Sequence[Part]) -> str:
    inside, y = [], MARGIN
    for part in parts:
        inside.append(group(part.svg, y=y))
        y += part.height
    wide, high = canvas.number(sheet.width), canvas.number(y + MARGIN)
    paper = element("rect", width=wide, height=high, rx=14, class_="paper")
    said = title(f"{sheet.survey.sdk}, release by release: {summary(sheet.survey)}")
    inside = [said, element("style", style()), paper, *inside]
    named = {"xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {wide} {high}", "class": "survey", "role": "img"}
    return element("svg", *inside, width=wide, height=high, **named) + "\n"


def _header(sheet: Sheet) -> Part:
    room = sheet.width - 2 * MARGIN
    name = canvas.fitted(f"{sheet.survey.sdk}, release by release", room, size=24, css="bold")
    lines = canvas.wrapped(summary(sheet.survey), room, size=13.5)
    drawn = [label(MARGIN, 22, name, size=24, css="ink bold")]
    drawn += [label(MARGIN, 46 + 19 * at, line, size=13.5, css="quiet") for at, line in enumerate(lines)]
    return Part("".join(drawn), 46 + 19.0 * len(lines))


# The table


def _table(sheet: Sheet) -> Part:
    changed = {step.version: step for step in steps(sheet.survey)}
    drawn = [
        label(sheet.x(at) + TILE / 2, 14, name, size=12, css="quiet middle")
        for at, name in enumerate((*sheet.columns, "all"))
    ]
    above: Row | None = None
    for at, row in enumerate(sheet.rows):
        step = changed.get(row.versions[0])
        drawn.append(group(*_row(sheet, row, above, step), y=24 + ROW * at))
        above = above if row.why_not else row
    return Part("".join(drawn), 24 + ROW * len(sheet.rows) + 10)


def _row(sheet: Sheet, row: Row, above: Row | None, step: Step | None) -> Iterator[str]:
    yield label(MARGIN, 18.5, row.label, size=13, css="ink mono bold")
    if row.why_not:
        room = sheet.width - MARGIN - sheet.x(0)
        yield label(sheet.x(0), 18.5, canvas.fitted(row.why_not, room, size=12), css="known-ink")
        return
    for at, column in enumerate(sheet.columns):
        if column in row.cells:
            cell, before = row.cells[column], above.cells.get(column) if above else None
            yield group(*_tile(cell, is_new=before not in {None, cell}), x=sheet.x(at))
    yield label(sheet.x(len(sheet.columns)) + TILE / 2, 18.5, row.total.text, size=13, css="ink bold middle")
    if step:
        yield group(*_counts(step), x=sheet.x(len(sheet.columns) + 1) + 6)


def _tile(cell: Cell, *, is_new: bool) -> Iterator[str]:
    if cell.applicable:
        worst = CSS[cell.standing]
        lacking = 1 - cell.passed / cell.applicable
        shade = 0.14 if cell.standing is Standing.PASS else round(0.14 + 0.46 * lacking, 2)
        yield element("rect", width=TILE, height=HIGH, rx=6, class_=worst, fill_opacity=shade)
        done = (TILE - 16) * cell.passed / cell.applicable
        yield element("rect", x=8, y=HIGH - 6, width=TILE - 16, height=2.5, rx=1.25, class_=worst)
        yield element("rect", x=8, y=HIGH - 6, width=done, height=2.5, rx=1.25, class_="pass")
    yield label(TILE / 2, 17, cell.text, size=12.5, css=f"{'ink' if cell.applicable else 'quiet'} middle")
    if is_new:
        yield element("rect", x=-1.25, y=-1.25, width=TILE + 2.5, height=HIGH + 2.5, rx=7, class_="new-line")


def _counts(step: Step) -> Iterator[str]:
    counts = {turn: step.count(turn) for turn in (Turn.NOW_PASSES, Turn.NOW_FAILS, Turn.NO_LONGER_APPLIES)}
    shown = [(turn, number) for turn, number in counts.items() if number]
    for at, (turn, number) in enumerate(shown):
        yield label(38.0 * at, 18.5, f"{MARKS[turn]} {number}", size=12.5, css=f"{COLOURS[turn]} bold")


def _legend() -> Part:
    said: Mapping[str, str] = {
        "pass": "all that apply pass",
        "fail": "some fail",
        "known": "known to fail",
        "new-line": "otherwise than in the release above",
    }
    drawn: list[str] = []
    x = MARGIN
    for css, words in said.items():
        shade = None if css == "new-line" else 0.35
        drawn.append(element("rect", x=x, y=6, width=18, height=12, rx=3.5, class_=css, fill_opacity=shade))
        drawn.append(label(x + 25, 16.5, words, css="quiet"))
        x += canvas.width(words) + 46
    drawn.append(label(x, 16.5, f"{ABSENT}  none applies", css="quiet"))
    return Part("".join(drawn), 30)


# What each release changed


def _steps(sheet: Sheet) -> Part:
    drawn = [label(MARGIN, 34, "What each release changed", size=17, css="ink bold")]
    y = 48.0
    found = steps(sheet.survey)
    for step in found:
        part = _step(sheet, step)
        drawn.append(group(part.svg, y=y))
        y += part.height
    return Part("".join(drawn), y) if found else Part("", 0.0)


def _step(sheet: Sheet, step: Step) -> Part:
    drawn = [
        element("line", x1=MARGIN, x2=sheet.width - MARGIN, y1=4, y2=4, class_="edge-line"),
        label(MARGIN, 25, step.version, size=13, css="ink mono bold"),
        label(MARGIN, 42, f"since {step.since}", size=11, css="quiet"),
    ]
    left = MARGIN + max(sheet.names, 105.0)
    y = 25.0
    for turn in Turn:
        for at, line in enumerate(_names(step, turn, sheet.width - MARGIN - left - 100)):
            if at == 0:
                drawn.append(label(left, y, f"{MARKS[turn]} {turn}", size=12, css=f"{COLOURS[turn]} bold"))
            drawn.append(label(left + 118, y, line, size=12, css="ink mono"))
            y += 18
    return Part("".join(drawn), max(y - 8, 50))


def _names(step: Step, turn: Turn, room: float) -> list[str]:
    names = [escaped(change.check.name) for change in step.changes if change.turn is turn]
    return canvas.wrapped(", ".join(names), room, size=12, css="mono", most=LINES) if names else []
