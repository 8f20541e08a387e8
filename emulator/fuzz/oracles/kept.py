"""Kept: the body that an error has is the one that the reply had, as text, or as the JSON that the text is.

A body that is no UTF-8 may be read in more than one way: as UTF-8 with replacement, or by the charset that the reply names.
"""

from __future__ import annotations

import json
from math import isfinite
from typing import Any, Final

from emulator.faces.values import is_same

BOM: Final = "\ufeff"
UTF_8: Final = frozenset({"", "utf-8", "utf8"})
"""What a media type says that names no other charset; what JSON is really in, readers may see for themselves all the same."""
LATIN: Final = ("latin-1", "cp1252")
"""What is called ISO-8859-1, by the letter and as browsers read it."""
ALIKE: Final = {
    "latin-1": LATIN,
    "latin1": LATIN,
    "iso-8859-1": LATIN,
    "us-ascii": LATIN,
    "utf-16": ("utf-16", "utf-16-le", "utf-16-be"),
}


def is_kept(body: bytes, media_type: str | None, kept: str | None) -> bool:
    """Say whether an error's body is the reply's; of a body that is JSON, any text of that JSON will do."""
    texts = readings(body, media_type)
    found = (kept or "").removeprefix(BOM)
    return found in texts or any(_is_same_json(text, "null" if kept is None else found) for text in texts)


def readings(body: bytes, media_type: str | None, errors: str = "replace") -> list[str]:
    """Return the ways in which a body may be read as text; a byte order mark at its beginning may be left out."""
    found = [_decoded(body, charset, errors) for charset in ("utf-8", *_charsets(body, media_type or ""))]
    return [text.removeprefix(BOM) for text in found if text is not None]


def is_utf_8(media_type: str | None) -> bool:
    """Say whether a media type names no other charset."""
    return _named(media_type or "") in UTF_8


def _named(media_type: str) -> str:
    return media_type.lower().partition("charset=")[2].partition(";")[0].strip(' "')


def _charsets(body: bytes, media_type: str) -> tuple[str, ...]:
    """Return the charsets besides UTF-8 by which a body may be read: its media type's, or what its first bytes tell."""
    named = _named(media_type)
    if named not in UTF_8:
        return ALIKE.get(named, (named,))
    told = json.detect_encoding(body)  # by the zeros in it: JSON was allowed to be in UTF-16 and UTF-32 once
    wide = () if told.startswith("utf-8") else (told,)
    return (*wide, *LATIN) if not named and media_type.lower().startswith("text/") else wide


def _decoded(body: bytes, charset: str, errors: str) -> str | None:
    try:
        return body.decode(charset, errors)
    except (LookupError, ValueError):
        return None


def _is_same_json(ours: str, theirs: str) -> bool:
    try:
        return is_same(_json(ours), _json(theirs))
    except (ValueError, RecursionError):
        return False


def _json(text: str) -> Any:
    """Return JSON with what some take for numbers by its name: a number that is too large for a double is infinite to them."""
    return json.loads(text, parse_constant=str, parse_float=_float)


def _float(digits: str) -> float | str:
    return float(digits) if isfinite(float(digits)) else "-Infinity".removeprefix("" if digits.startswith("-") else "-")
