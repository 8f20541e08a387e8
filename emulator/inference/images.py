"""Owns the replies of /v1/images/generations. Must not know the other endpoints."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

from emulator.inference.draw import digest, drawn_from
from emulator.inference.png import Colour, png
from emulator.inference.values import string, whole

if TYPE_CHECKING:
    from emulator.inference.draw import Draw
    from emulator.inference.prompt import Prompt

SIDE = 8  # pixels
MOST_IMAGES = 10
_HOST = "images.mka1-emulator.invalid"  # .invalid can never be reached: RFC 2606, section 2


def images(prompt: Prompt) -> dict[str, object]:
    """Return `n` pictures, as addresses that lead nowhere or, asked for b64_json, as real PNG files.

    Whatever `size` says a picture has 8 by 8 pixels: two shades of a colour that follows from the prompt's
    text, in a pattern that follows from the whole line.
    """
    body = prompt.body
    text = string(body.get("prompt")) or ""
    form = _base64 if body.get("response_format") == "b64_json" else _address
    draw = drawn_from(prompt)
    rows = (draw.branch("image", index) for index in range(whole(body.get("n"), 1, MOST_IMAGES) or 1))
    return {"created": prompt.at, "data": [{**form(text, row), "revised_prompt": text} for row in rows]}


def _address(_text: str, draw: Draw) -> dict[str, object]:
    return {"url": f"https://{_HOST}/{draw.hex(32)}.png"}


def _base64(text: str, draw: Draw) -> dict[str, object]:
    return {"b64_json": b64encode(picture(text, draw)).decode()}


def picture(text: str, draw: Draw) -> bytes:
    """Return the PNG of a prompt's text, its pattern drawn."""
    red, green, blue = digest("colour", text)[:3]
    shades: tuple[Colour, Colour] = ((red, green, blue), (red // 2, green // 2, blue // 2))
    return png([[shades[draw.below(2)] for _ in range(SIDE)] for _ in range(SIDE)])
