from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from support.drawing import BUSY, NAMES, NAMESPACE, drawn, labels, library, made, parsed, size, tooltips

from emulator.domain.lifecycle import Status
from emulator.scenarios.drawing import palette, svg
from emulator.scenarios.drawing.course import cancel_moment, played, played_cancelled
from emulator.scenarios.words import TOLERATES

LONG = "It hangs for hours and ends just before the window does, "
EXTREMES: dict[str, dict[str, Any]] = {
    "long title": {"title": LONG * 20},
    "one endless word": {"title": "x" * 3000, "client": "y" * 3000, "seen_in": "z" * 3000},
    "wide characters": {"title": "一批任务在窗口关闭之前没有完成" * 12, "client": "👩‍🚀e\u0301" * 200},
    "many rules": {
        "rules": [{"on": {"operation": "getBatch", "nth": at}, "set": {"status": "x" * at}} for at in range(1, 90)]
    },
    "many steps": {
        "lifecycle": [
            {"to": "in_progress", "after": "1s"},
            *({"progress": f"{at}%", "after": "7m"} for at in range(1, 100)),
            {"to": "finalizing", "after": "1s"},
            {"to": "completed"},
        ]
    },
    "many words": {"tolerates": list(TOLERATES)},
    "many faults": {"validation": [{"code": "c" * 400, "message": "m"}] * 300},
    "busy": BUSY,
}


def words(picture: str) -> str:
    return " ".join(label.text for label in labels(picture))


@pytest.mark.parametrize("name", NAMES)
def test_picture_is_an_svg_that_needs_nothing_else(name: str) -> None:
    root = parsed(drawn(name))
    assert root.tag == f"{NAMESPACE}svg"
    tags = {element.tag.removeprefix(NAMESPACE) for element in root.iter()}
    assert not tags & {"script", "image", "use", "a", "foreignObject", "iframe", "link"}
    assert drawn(name).count("http") == drawn(name).count("http://www.w3.org/2000/svg") + words_with_http(name)
    assert all(
        value.startswith("url(#") for element in root.iter() for value in element.attrib.values() if "url(" in value
    )


def words_with_http(name: str) -> int:
    root = parsed(drawn(name))
    return sum((element.text or "").count("http") for element in root.iter() if not element.tag.endswith("style"))


@pytest.mark.parametrize("name", NAMES)
def test_same_scenario_gives_the_same_bytes(name: str) -> None:
    assert svg(library().scenario(name)) == drawn(name)


@pytest.mark.parametrize("name", NAMES)
def test_picture_names_every_status_that_the_batch_is_in(name: str) -> None:
    scenario, said = library().scenario(name), words(drawn(name))
    course = played(scenario)
    at_us = cancel_moment(course)
    stays = [*course.stays, *(played_cancelled(scenario, at_us=at_us).stays if at_us else ())]
    assert all(stay.status in said for stay in stays)


@pytest.mark.parametrize("name", NAMES)
def test_picture_says_what_the_scenario_says_of_itself(name: str) -> None:
    scenario, said = library().scenario(name), words(drawn(name))
    told = (scenario.name, scenario.kind.upper(), scenario.title, scenario.seen_in, scenario.client)
    assert all(text in said for text in (*told, *scenario.tolerates, *scenario.breaks) if text)


@pytest.mark.parametrize("name", NAMES)
def test_picture_tells_those_who_do_not_see_it(name: str) -> None:
    root = parsed(drawn(name))
    ids = {element.get("id"): element for element in root.iter() if element.get("id")}
    title, desc = (ids[each] for each in root.get("aria-labelledby", "").split())
    assert title.text == f"{name}: {library().scenario(name).title}"
    assert "What happens to a batch: at 0: validating; " in (desc.text or "")


@pytest.mark.parametrize("name", NAMES)
def test_no_text_leaves_the_picture(name: str) -> None:
    assert_inside(drawn(name))


@pytest.mark.parametrize("members", EXTREMES.values(), ids=EXTREMES)
def test_no_text_leaves_the_picture_of_an_extreme_scenario(members: dict[str, Any]) -> None:
    assert_inside(svg(made(**members)))


def assert_inside(picture: str) -> None:
    wide, high = size(picture)
    assert [label for label in labels(picture) if label.begin < 0 or label.end > wide or not 0 < label.y < high] == []


@pytest.mark.parametrize("name", ["happy-path", "expired-partial", "mixed-results", "straggler"])
def test_times_below_the_axis_do_not_cover_each_other(name: str) -> None:
    found = labels(drawn(name))
    axis_y = max(label.y for label in found if label.text == "0")
    row = sorted((label for label in found if label.y == axis_y), key=lambda label: label.begin)
    assert len(row) > 3
    assert all(before.end <= after.begin for before, after in pairwise(row))


def test_every_step_is_marked_with_what_it_says() -> None:
    picture = svg(made(**BUSY))
    said = words(picture)
    assert "60 of 100 lines are done at 55 min 30 s" in tooltips(picture)
    assert all(text in said for text in ("4 %", "29 %", "60 %", "5 min 30 s", "10 h", "finalizing, left at once"))
    assert 'shown as "queued"' in said


def test_rules_are_flags_on_the_calls_that_they_touch() -> None:
    picture = svg(made(**BUSY))
    at = {label.text: label.begin for label in labels(picture)}
    assert at["getBatch #2\N{EN DASH}3 → 502 text/html"] == pytest.approx(middle(picture, "get 2") + 9, abs=1)
    assert at["createBatch #1 → takes effect, then connection closed"] == pytest.approx(
        middle(picture, "create") + 9, abs=1
    )
    assert "content" in at


def middle(picture: str, text: str) -> float:
    [found] = [label for label in labels(picture) if label.text == text]
    return (found.begin + found.end) / 2


def test_rule_that_touches_no_call_of_a_typical_client_is_still_shown() -> None:
    rules = [{"on": {"operation": "deleteFile", "nth": 9}, "reset": True}]
    assert "deleteFile #9 → connection reset" in words(svg(made(rules=rules)))


def test_rule_about_a_cancelled_batch_stands_where_it_is_cancelled() -> None:
    rules = [{"on": {"operation": "getBatch", "status": "cancelled"}, "reply": {"status": 500}}]
    picture = svg(made(rules=rules))
    [flag] = [label for label in labels(picture) if label.text == "getBatch when cancelled → 500"]
    [lane] = [label for label in labels(picture) if label.text == "40 min"]
    assert (lane.begin + lane.end) / 2 < flag.begin < (lane.begin + lane.end) / 2 + 70


def test_name_of_the_rail_makes_room_for_an_upload() -> None:
    rules = [{"on": {"operation": "uploadFile"}, "reply": {"status": 500}}]
    at = {label.text: label for label in labels(svg(made(rules=rules)))}
    assert at["a client's calls"].end < at["upload"].begin


def test_cancel_that_changes_nothing_at_once_leaves_the_batch_in_its_status() -> None:
    picture = svg(made(on_cancel=["expires"]))
    assert [label.text for label in labels(picture)].count("in_progress") == 2


def test_batch_that_nothing_ends_is_shown_to_end_with_its_window() -> None:
    said = words(svg(replace(made(), steps=())))
    assert "expired" in said
    assert "the window closes after 24 h." in said


def test_files_stand_where_the_batch_ends() -> None:
    said = words(drawn("expired-partial"))
    assert "output file: 40 lines" in said
    assert "error file: 60 lines" in said


@pytest.mark.parametrize(
    ("failed_in", "files"),
    [
        ("error_file", ["output file: 50 lines", "error file: 50 lines"]),
        ("output_file", ["output file: 100 lines"]),
        ("both", ["output file: 100 lines", "error file: 50 lines"]),
    ],
)
def test_failed_lines_are_counted_in_the_file_that_holds_them(failed_in: str, files: list[str]) -> None:
    lines = [{"when": {"every": 2}, "error": {"code": "c", "message": "m"}}]
    picture = svg(made(lines=lines, results={"failed_in": failed_in}))
    at_end = max(label.begin for label in labels(picture) if label.text.startswith("output file"))
    assert [label.text for label in labels(picture) if " file: " in label.text and label.begin == at_end] == files


def test_countless_rules_do_not_make_a_countless_picture() -> None:
    _, high = size(svg(made(**EXTREMES["many rules"])))
    assert high < 2200


def test_cut_in_the_axis_is_shown_and_said() -> None:
    assert "+22 h 59 min" in words(drawn("expired-partial"))
    assert "time is cut short at the break" in words(drawn("expired-partial"))
    assert "cut short" not in words(drawn("happy-path"))


def test_picture_says_so_when_time_is_not_to_scale() -> None:
    widened = "short stretches of time are widened"
    assert widened in words(drawn("happy-path"))
    assert widened not in words(drawn("cancel-finished"))


def test_batch_that_nobody_can_cancel_has_no_lane_for_it() -> None:
    quick = [{"to": "in_progress"}, {"to": "finalizing"}, {"to": "completed"}]
    assert "if cancelled" not in words(svg(made(lifecycle=quick)))
    assert "if cancelled" in words(svg(made()))


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "]]> & \"quotes\" 'too'",
        "a\tb\nc",
        "\x1b[31mred\x07",
        "half \ud800 a character",
        "&lt;",
    ],
)
def test_text_of_a_scenario_is_text_in_the_picture(text: str) -> None:
    cleaned = "".join(character if character in "\t\n" or character.isprintable() else "\ufffd" for character in text)
    scenario = made(title="safe", client="safe")
    changed = type(scenario)(
        name="good", title=text, kind="legal", steps=scenario.steps, on_cancel=scenario.on_cancel, client=text
    )
    assert f"{' '.join(cleaned.split())} " in words(svg(changed))


def test_long_title_is_cut_in_sight_and_whole_for_those_who_hear_it() -> None:
    picture = svg(made(title=(LONG * 20).strip()))
    assert f"good: {(LONG * 20).strip()}" in tooltips(picture)
    assert LONG * 4 not in words(picture)


def test_same_bytes_come_from_every_process() -> None:
    code = "from support.drawing import *; import sys; sys.stdout.write(ascii(svg(made(**BUSY))))"
    made_by = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert made_by == [ascii(svg(made(**BUSY)))] * 2


@pytest.mark.parametrize("room", [palette.LIGHT, palette.DARK], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        ("ink", "paper"),
        ("ink", "panel"),
        ("quiet", "paper"),
        ("curve", "paper"),
        ("wire", "paper"),
        ("wire", "wire-paper"),
        ("change", "change-paper"),
        ("on-kind", "legal"),
        ("on-kind", "hostile"),
        ("legal", "panel"),
        ("hostile", "panel"),
    ],
)
def test_text_stands_out_in_light_and_dark_rooms(room: dict[str, str], ink: str, paper: str) -> None:
    assert contrast(room[ink], room[paper]) >= 4.5


@pytest.mark.parametrize("status", Status)
def test_text_stands_out_on_every_status(status: Status) -> None:
    assert contrast(palette.INK_ON_STATUS, palette.STATUS[status]) >= 7


def test_dark_rooms_have_colours_of_their_own() -> None:
    _, dark = drawn("happy-path").split("@media (prefers-color-scheme:dark)")
    assert f".paper{{fill:{palette.DARK['paper']}}}" in dark


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG 2.2 measures it."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
