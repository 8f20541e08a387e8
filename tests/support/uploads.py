"""Uploads larger than a test wants to hold."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from support.http import API, FORM, connect, form, part, read_reply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.http import Api, Reply

BLOCK = bytes(4 << 20)


def stream_zeros(api: Api, size: int) -> Reply:
    """Upload a file of so many zeros."""
    before, after = form(part("purpose", "user_data"), part("file", b"\0", "zeros.bin")).split(b"\0")
    length = len(before) + size + len(after)
    head = f"POST {API}/files HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: {length}\r\n"
    with closing(connect(api.url)) as wire:
        wire.sendall(f"{head}Authorization: Bearer {api.key}\r\n\r\n".encode() + before)
        for piece in _zeros(size):
            wire.sendall(piece)
        wire.sendall(after)
        return read_reply(wire)


def _zeros(size: int) -> Iterator[bytes]:
    for start in range(0, size, len(BLOCK)):
        yield BLOCK[: size - start]
