"""Elements of an SVG, and how wide text is: without any font at hand, by an estimate that is rather too wide."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Final
from unicodedata import combining, east_asian_width
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from collections.abc import Iterator

_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NARROW: Final = frozenset("iljtfrI.,:;!|'()[]{}/ ·")
_WIDE: Final = frozenset("mwMW@%→—…")
_MONO_EM, _BOLD = 0.615, 1.07


def clean(text: str) -> str:
    """Return text on one line, without what XML cannot hold."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", " ".join(text.split()))


def element(tag: str, *inside: str, **attributes: object) -> str:
    """Return an element; `_` at an attribute's end is dropped, and inside it is a hyphen; None leaves it out."""
    named = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items() if value is not None}
    written = "".join(f" {name}={quoteattr(_written(value))}" for name, value in named.items())
    return f"<{tag}{written}>{''.join(inside)}</{tag}>" if inside else f"<{tag}{written}/>"


def _written(value: object) -> str:
    return number(value) if isinstance(value, float) else str(value)


def number(value: float) -> str:
    """Write a coordinate, to a tenth."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def escaped(text: str) -> str:
    """Return text as it stands between tags."""
    return escape(clean(text))


def title(text: str) -> str:
    """Return a tooltip, which is also what a screen reader says."""
    return element("title", escaped(text))


def label(x: float, y: float, text: str, *, size: float = 12, css: str = "ink") -> str:
    """Return a line of text; with the class `middle` or `end` that is what stands at x."""
    return element("text", escaped(text), x=x, y=y, font_size=size, class_=css)


def group(*inside: str, x: float = 0.0, y: float = 0.0, css: str | None = None) -> str:
    """Return elements as one, moved."""
    moved = f"translate({number(x)} {number(y)})" if x or y else None
    return element("g", *inside, transform=moved, class_=css)


def width(text: str, *, size: float = 12, css: str = "") -> float:
    """Return about how wide a text is."""
    return sum(_advances(clean(text), size=size, css=css))


def _advances(text: str, *, size: float, css: str) -> Iterator[float]:
    words = css.split()
    em = size * (_BOLD if "bold" in words else 1)
    measure = _mono_em if "mono" in words else _em
    return (measure(character) * em for character in text)


def _mono_em(character: str) -> float:
    return _MONO_EM * 2 if east_asian_width(character) in "WF" else 0.0 if combining(character) else _MONO_EM


def _em(character: str) -> float:
    if combining(character):
        return 0.0
    if east_asian_width(character) in "WF" or ord(character) > 0xFFFF:
        return 1.05
    if character in _NARROW:
        return 0.36
    if character in _WIDE or character.isupper():
        return 0.78 if not character.isupper() or character in _WIDE else 0.7
    return 0.6


def fitted(text: str, room: float, *, size: float = 12, css: str = "") -> str:
    """Return the text, cut with an ellipsis if it is wider than there is room."""
    text = clean(text)
    widths = list(accumulate(_advances(text, size=size, css=css)))
    if not widths or widths[-1] <= room:
        return text
    fitting = bisect_right(widths, room - width("…", size=size, css=css))
    return f"{text[:fitting].rstrip()}…"


def wrapped(text: str, room: float, *, size: float = 12, css: str = "", most: int = 99) -> list[str]:
    """Return the text in lines of this width, at most so many; words that are too long are cut into pieces."""
    lines: list[str] = []
    rest = clean(text).split(" ")
    while rest and len(lines) < most:
        line = ""
        while rest and width(f"{line} {rest[0]}".strip(), size=size, css=css) <= room:
            line = f"{line} {rest.pop(0)}".strip()
        if not line:
            piece = fitted(rest[0], room, size=size, css=css).removesuffix("…") or rest[0][0]
            line, rest[0] = piece, rest[0][len(piece) :]
        lines.append(line)
    if rest:
        lines[-1] = fitted(f"{lines[-1]} {' '.join(rest)}", room, size=size, css=css)
    return lines
