"""Owns the PNG format, as far as small true-colour pictures need it. Must not know what they show.

Source: https://www.w3.org/TR/png-3/ (chunks in section 5, image header in 11.2.1).
"""

from __future__ import annotations

import struct
import zlib

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_EIGHT_BIT_RGB = (8, 2, 0, 0, 0)  # depth, colour type, compression, filter, interlace

Colour = tuple[int, int, int]  # red, green, blue, each 0 to 255


def png(rows: list[list[Colour]]) -> bytes:
    """Return the picture with these rows of pixels, all of one length."""
    header = struct.pack(">II5B", len(rows[0]), len(rows), *_EIGHT_BIT_RGB)
    # Each row begins with its filter's number, 0 for none.
    pixels = b"".join(b"\0" + bytes(part for colour in row for part in colour) for row in rows)
    chunks = (_chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(pixels)), _chunk(b"IEND", b""))
    return _SIGNATURE + b"".join(chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
