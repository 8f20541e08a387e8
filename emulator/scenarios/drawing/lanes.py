"""The lanes of a picture: a batch's statuses, its lines' progress, what a cancel makes of it, and the ruler."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from emulator.domain.lifecycle import Status
from emulator.scenarios.drawing import canvas, phrases
from emulator.scenarios.drawing.canvas import element, group, label
from emulator.scenarios.drawing.course import SAMPLE_LINES
from emulator.scenarios.drawing.sketch import GUTTER, LEFT, TAIL, Block, gutter

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emulator.scenarios.drawing.course import Course, Point, Stay
    from emulator.scenarios.drawing.sketch import Sketch

BAND: Final = 46.0
_PANEL: Final = 128.0
_TOP, _FLOOR = 26.0, 118.0
_SIGNS: Final = {
    Status.COMPLETED: "M-5 0l3.5 4L5 -4.5",
    Status.FAILED: "M-4 -4l8 8M4 -4l-8 8",
    Status.EXPIRED: "M-4.5 -5.5h9M-4.5 5.5h9M-3.2 -5.5C-3.2 0 3.2 0 3.2 5.5M3.2 -5.5C3.2 0 -3.2 0 -3.2 5.5",
    Status.CANCELLED: "M-5.5 0a5.5 5.5 0 1 0 11 0a5.5 5.5 0 1 0 -11 0M-3.8 -3.8l7.6 7.6",
}
"""What each end is marked with, beside its name."""


# Statuses


def statuses(sketch: Sketch) -> Block:
    """Draw the statuses of a batch that is left alone."""
    drawn = [_band(sketch, stay) for stay in sketch.course.stays if stay.length_us or stay.until_us is None]
    passing, height = _passing(sketch, sketch.course.stays, BAND)
    return Block(gutter("status", BAND / 2 + 4) + "".join(drawn) + passing, BAND + height)


def _band(sketch: Sketch, stay: Stay) -> str:
    start, end = sketch.x(stay.from_us), sketch.until_x(stay)
    since, until = _widest(start, end, sketch.breaks())
    middle = (since + until) / 2
    below = canvas.fitted(_below(stay), until - since - 8, size=11)
    drop = -3.0 if below else 4.5
    half = canvas.width(stay.status, size=13, css="bold") / 2
    sign = element("path", d=_SIGNS[stay.status], class_="on-line", stroke_width=1.8) if stay.status in _SIGNS else ""
    return group(
        canvas.title(f"{stay.status}, {_below(stay)}" if _below(stay) else str(stay.status)),
        element("rect", x=start + 1, y=0, width=end - start - 2, height=BAND, rx=7, class_=f"s-{stay.status}"),
        group(sign, x=middle - half - 9, y=BAND / 2 + drop - 4.5) if sign else "",
        label(middle, BAND / 2 + drop, stay.status, size=13, css="on bold middle"),
        label(middle, BAND / 2 + 14, below, size=11, css="on middle") if below else "",
    )


def _widest(start: float, end: float, breaks: list[float]) -> tuple[float, float]:
    """Return the widest part of a band that no break runs through."""
    edges = [start, *(x for x in breaks if start < x < end), end]
    return max(pairwise(edges), key=lambda part: part[1] - part[0])


def _below(stay: Stay) -> str:
    if stay.shown_as is not None:
        return f"shown as {phrases.value(stay.shown_as)}"
    return phrases.duration(stay.length_us) if stay.until_us is not None else ""


def _passing(sketch: Sketch, stays: Iterable[Stay], top: float) -> tuple[str, float]:
    """Draw the statuses that are entered and left at once; return how much height that took."""
    passed = [stay for stay in stays if stay.until_us is not None and not stay.length_us]
    drawn = [
        element("circle", cx=sketch.x(stay.from_us), cy=top + 9, r=5, class_=f"s-{stay.status}")
        + label(sketch.x(stay.from_us) + 10, top + 13 + row * 17, f"{stay.status}, left at once", size=11, css="quiet")
        for row, stay in enumerate(passed)
    ]
    return "".join(drawn), 4 + 17 * len(passed) if passed else 0.0


# Progress


def progress(sketch: Sketch) -> Block:
    """Draw how many lines are done, as it grows; and beneath the end, the files that come of it."""
    course = sketch.course
    if not course.runs_lines:
        return _chips(sketch, course, 0)
    inside = [
        gutter("lines done", 70, f"of {SAMPLE_LINES}"),
        _grid(sketch),
        _curve(sketch, course.points),
        _dots(sketch, course.points),
        _chips(sketch, course, 20).svg,
    ]
    return Block("".join(inside), _PANEL)


def _grid(sketch: Sketch) -> str:
    end = canvas.number(LEFT + sketch.axis.width)
    lines = (f"M{canvas.number(LEFT)} {canvas.number(_height(share))}H{end}" for share in (100, 50, 0))
    shares = (label(GUTTER, _height(share) + 4, f"{share} %", size=10, css="quiet end") for share in (100, 0))
    return element("path", d="".join(lines), class_="edge-line") + "".join(shares)


def _height(done: float) -> float:
    return _FLOOR - (_FLOOR - _TOP) * done / SAMPLE_LINES


def _curve(sketch: Sketch, points: tuple[Point, ...]) -> str:
    end = sketch.x(sketch.course.end_us)
    done = _path(sketch, ((point.at_us, point.done) for point in points), end)
    failed = _path(sketch, ((point.at_us, point.failed) for point in points), end)
    floor = canvas.number(_FLOOR)
    area = f"{done}V{floor}H{canvas.number(sketch.x(points[0].at_us))}Z"
    drawn = [
        element("path", d=area, fill="url(#lines)"),
        element("path", d=done, class_="curve-line", stroke_width=2.5, stroke_linejoin="round"),
    ]
    if points[-1].failed:
        lost = f"{failed}V{floor}H{canvas.number(sketch.x(points[0].at_us))}Z"
        drawn.insert(1, element("path", d=lost, fill="url(#failed)"))
        drawn.insert(2, element("path", d=failed, class_="fail-line", stroke_width=1.5))
        text = f"{points[-1].failed} of them failed"
        lift, css = (-6, "fail bold") if points[-1].failed <= SAMPLE_LINES // 2 else (16, "ink bold")
        clear = min([end - 6, *(x - 12 for x in sketch.breaks() if end - 130 < x < end)])
        drawn.append(label(clear, _height(points[-1].failed) + lift, text, size=11, css=f"{css} end"))
    return "".join(drawn)


def _path(sketch: Sketch, counts: Iterable[tuple[int, int]], end: float) -> str:
    places = [f"{canvas.number(sketch.x(at_us))} {canvas.number(_height(done))}" for at_us, done in counts]
    return f"M{'L'.join(places)}H{canvas.number(end)}"


def _dots(sketch: Sketch, points: tuple[Point, ...]) -> str:
    full = next(point for point in points if point.done == points[-1].done)
    marked = [point for point in points if point.said or point is full]
    places = [sketch.x(point.at_us) for point in marked]
    drawn, free_from = [], LEFT
    for point, x, next_x in zip(marked, places, [*places[1:], sketch.right], strict=True):
        y = _height(point.done)
        told = f"{point.done} of {SAMPLE_LINES} lines are done at {phrases.duration(point.at_us)}"
        dot = element("circle", cx=x, cy=y, r=4, class_="paper curve-line", stroke_width=2.5)
        drawn.append(group(canvas.title(told), dot))
        is_exact = point.said is not None and not sketch.course.final.lines.unfinished
        text = phrases.amount(point.said) if point.said and is_exact else f"{point.done} %"
        wide = canvas.width(text, size=12, css="bold")
        if x - 8 - wide >= free_from:
            drawn.append(label(x - 7, y - 8, text, size=12, css="curve bold end"))
            free_from = x
        elif x + 12 + wide <= next_x:
            drawn.append(label(x + 8, y + 16, text, size=12, css="curve bold"))
            free_from = x + 8 + wide
    return "".join(drawn)


# Files


def _files(sketch: Sketch, course: Course) -> list[str]:
    """Return what the chips beneath a batch's end say: which files there are then, and what they hold."""
    final, plan = course.final, sketch.scenario.results
    if final.status is Status.FAILED:
        return ["errors are listed", "no files"]
    said = [text for file, count in _counts(course, plan.failed_in) if (text := _file(sketch, file, count))]
    if plan.ids_after_us and said:
        said.append(f"ids after {phrases.duration(plan.ids_after_us)}")
    return said or ["no files"]


def _counts(course: Course, failed_in: str) -> tuple[tuple[str, int], tuple[str, int]]:
    final, lines = course.final, course.final.lines
    output = lines.completed + (lines.failed if failed_in != "error_file" else 0)
    error = lines.failed if failed_in != "output_file" else 0
    total = lines.total or (SAMPLE_LINES if final.status is Status.EXPIRED else 0)
    unrun = total - lines.done if final.status is Status.EXPIRED else 0
    return ("output", output), ("error", error + unrun)


def _file(sketch: Sketch, file: str, count: int) -> str:
    plan = sketch.scenario.results
    if not count and file not in plan.present:
        return ""
    if file in plan.deleted:
        return f"{file} file: gone"
    edited = ", edited" if any(edit.file == file for edit in plan.edits) else ""
    return (
        f"{file} file: {count} {'line' if count == 1 else 'lines'}{edited}" if count else f"{file} file: empty{edited}"
    )


def _chips(sketch: Sketch, course: Course, top: float, *, from_x: float = 0.0) -> Block:
    apart, said = 24.0, _files(sketch, course)
    x = max(sketch.x(course.end_us) + 10, from_x)
    x = next((torn + 14 for torn in sketch.breaks() if x - 10 < torn < x + TAIL - 30), x)
    x = min(x, sketch.right - TAIL + 10)
    sheet = element("path", d="M0 4h7l4 4v9h-11z", class_="panel quiet-line")
    drawn = [
        group(sheet if "file:" in text else "", label(19, 15, text, size=12), x=x, y=top + row * apart)
        for row, text in enumerate(said)
    ]
    return Block("".join(drawn), apart * len(said))


# Cancel


def cancel(sketch: Sketch) -> Block:
    """Draw what becomes of a batch that is cancelled at a typical moment."""
    course, at_us = sketch.cancelled, sketch.cancel_us
    if course is None or at_us is None:
        return Block("", 0.0)
    stays = [stay for stay in course.stays if stay.from_us >= at_us]
    unchanged = [] if stays and stays[0].from_us == at_us else [course.stay_at(at_us)]
    x = sketch.x(at_us)
    before = f"M{canvas.number(LEFT)} {canvas.number(BAND / 2)}H{canvas.number(x)}"
    passing, height = _passing(sketch, stays, BAND)
    outcome = _outcome(sketch, course, at_us)
    files = _chips(sketch, course, BAND + 4, from_x=x + canvas.width(outcome, size=12) + 16)
    inside = [
        gutter("if cancelled", BAND / 2 - 3, f"here at {phrases.duration(at_us)}"),
        element("path", d=before, class_="guide-line", stroke_width=2, stroke_dasharray="1 6", stroke_linecap="round"),
        *(_resumed(sketch, stay, at_us) for stay in unchanged),
        *(_band(sketch, stay) for stay in stays if stay.length_us or stay.until_us is None),
        passing,
        label(x + 4, BAND + height + 19, outcome, size=12, css="quiet"),
        files.svg,
    ]
    return Block("".join(inside), BAND + max(height + 30, files.height + 6))


def _resumed(sketch: Sketch, stay: Stay, at_us: int) -> str:
    """Draw what is left of the status in which the cancel found the batch, when it stays in it."""
    return _band(sketch, type(stay)(stay.status, at_us, stay.until_us, stay.shown_as))


def _outcome(sketch: Sketch, course: Course, at_us: int) -> str:
    """Return what is said below the lane: how many lines were done, and what is shown of the batch from then on."""
    first, last = course.points[0].done, course.points[-1].done
    done = f"{first}, then {last}" if first != last else f"{last}"
    said = f"{done} of {SAMPLE_LINES} lines done" if course.final.lines.total else "no line was run"
    shown = [f"shown: {phrases.changes(change.changes)}" for change in course.changes if change.at_us >= at_us]
    room = max(sketch.right - TAIL - sketch.x(at_us) - 8, 200)
    return canvas.fitted(" · ".join([said, *shown]), room, size=12)
