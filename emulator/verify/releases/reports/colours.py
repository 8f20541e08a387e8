"""Colours of the picture, for light and dark rooms."""

from __future__ import annotations

from typing import Final

SANS: Final = "Inter, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
MONO: Final = "'JetBrains Mono', ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace"
LIGHT: Final = {
    "paper": "#ffffff",
    "edge": "#d8dee8",
    "ink": "#131c2e",
    "quiet": "#56627a",
    "pass": "#1f9d5b",
    "fail": "#d3324d",
    "known": "#d99a1c",
    "new": "#131c2e",
    "pass-ink": "#0f7a45",
    "fail-ink": "#b3203b",
    "known-ink": "#8a5a00",
}
DARK: Final = {
    "paper": "#0e1420",
    "edge": "#2c384c",
    "ink": "#e9eef7",
    "quiet": "#9fadc4",
    "pass": "#3fbf7c",
    "fail": "#f2617a",
    "known": "#e7b447",
    "new": "#e9eef7",
    "pass-ink": "#5fdd98",
    "fail-ink": "#ff8fa0",
    "known-ink": "#f3c766",
}


def style() -> str:
    """Return the style sheet: a class fills (`ink`), or with `-line` strokes (`edge-line`), in a colour of the room.

    It holds for the picture alone, which may stand in a page with a style of its own.
    """
    return (
        f".survey text{{font-family:{SANS}}}.survey .mono{{font-family:{MONO}}}.survey .bold{{font-weight:650}}"
        f".survey .middle{{text-anchor:middle}}{_room(LIGHT)}@media (prefers-color-scheme:dark){{{_room(DARK)}}}"
    )


def _room(colours: dict[str, str]) -> str:
    return "".join(
        f".survey .{name}{{fill:{colour}}}.survey .{name}-line{{stroke:{colour};fill:none}}"
        for name, colour in colours.items()
    )
