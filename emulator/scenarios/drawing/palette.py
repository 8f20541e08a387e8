"""Colours: one for each status, and two sets for everything else, for light and dark rooms."""

from __future__ import annotations

from typing import Final

from emulator.domain.lifecycle import Status

INK_ON_STATUS: Final = "#0b1324"
EDGE: Final = "#5b6880"
STATUS: Final = {
    Status.VALIDATING: "#b4c0fb",
    Status.IN_PROGRESS: "#7cc4fb",
    Status.FINALIZING: "#6fdcd0",
    Status.COMPLETED: "#6fdd94",
    Status.FAILED: "#fb9a9a",
    Status.EXPIRED: "#fbc65a",
    Status.CANCELLING: "#eeb4f3",
    Status.CANCELLED: "#c3ccd9",
}
"""Light enough that dark ink reads on each of them, in both rooms."""

LIGHT: Final = {
    "paper": "#ffffff",
    "panel": "#f5f7fa",
    "edge": "#d8dee8",
    "ink": "#131c2e",
    "quiet": "#56627a",
    "guide": "#c9d1de",
    "curve": "#0b74c4",
    "fail": "#cf2f4a",
    "wire": "#b4371f",
    "wire-paper": "#fff3ee",
    "change": "#6a3fc0",
    "change-paper": "#f5f0ff",
    "legal": "#0f7a45",
    "hostile": "#bb2433",
    "on-kind": "#ffffff",
}
DARK: Final = {
    "paper": "#0e1420",
    "panel": "#172030",
    "edge": "#2c384c",
    "ink": "#e9eef7",
    "quiet": "#9fadc4",
    "guide": "#3a475d",
    "curve": "#66b8fb",
    "fail": "#ff7f90",
    "wire": "#ff9a7d",
    "wire-paper": "#33201b",
    "change": "#c3a6ff",
    "change-paper": "#271f3d",
    "legal": "#4ad189",
    "hostile": "#ff7d87",
    "on-kind": "#0e1420",
}

SANS: Final = "Inter, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
MONO: Final = "'JetBrains Mono', ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace"


def style() -> str:
    """Return the style sheet: a class fills (`ink`), or with `-line` strokes (`ink-line`), in a colour of the room."""
    statuses = "".join(f".s-{status}{{fill:{colour}}}" for status, colour in STATUS.items())
    return (
        f"text{{font-family:{SANS}}}.mono{{font-family:{MONO}}}.bold{{font-weight:650}}"
        ".middle{text-anchor:middle}.end{text-anchor:end}"
        f".on{{fill:{INK_ON_STATUS}}}.on-line{{stroke:{INK_ON_STATUS};fill:none}}{statuses}{_room(LIGHT)}"
        f"@media (prefers-color-scheme:dark){{{_room(DARK)}}}"
    )


def _room(colours: dict[str, str]) -> str:
    return "".join(
        f".{name}{{fill:{colour}}}.{name}-line{{stroke:{colour};fill:none}}" for name, colour in colours.items()
    )
