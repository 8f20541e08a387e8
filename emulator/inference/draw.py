"""Owns choice: an endless row of numbers that follows from its parts alone.

Must not know what is chosen. SHA-256 and SHAKE-128 make it, so neither the process nor its hash seed matters.
"""

from __future__ import annotations

import json
from hashlib import sha256, shake_128
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emulator.inference.prompt import Prompt

_POOL = 512  # bytes made at a time: enough for a reply of usual length
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"))


def digest(*parts: object) -> bytes:
    """Return 32 bytes that follow from these JSON values; the order of an object's members does not count."""
    return sha256(_ENCODER.encode(parts).encode()).digest()


class Draw:
    """A row of choices. The same parts give the same row."""

    __slots__ = ("_key", "_pool", "_pools", "_used")

    def __init__(self, *parts: object) -> None:
        self._key = digest(*parts)
        self._pool = b""
        self._pools = 0
        self._used = 0

    def branch(self, *labels: object) -> Draw:
        """Return a row of its own, whatever has been drawn from this one."""
        return Draw(self._key.hex(), *labels)

    def below(self, count: int) -> int:
        """Return the next whole number from 0 to count - 1; `count` is at least 1 and below 2**32."""
        used = self._used
        if used + 8 > len(self._pool):
            return int.from_bytes(self.take(8), "big") % count
        self._used = used + 8
        return int.from_bytes(self._pool[used : used + 8], "big") % count

    def hex(self, length: int) -> str:
        """Return that many lower-case hexadecimal digits."""
        return self.take((length + 1) // 2).hex()[:length]

    def take(self, length: int) -> bytes:
        """Return the next bytes; `length` is at most 512."""
        if self._used + length > len(self._pool):
            self._pools += 1
            self._pool = shake_128(self._key + self._pools.to_bytes(8, "big")).digest(_POOL)
            self._used = 0
        begin = self._used
        self._used += length
        return self._pool[begin : self._used]


def drawn_from(prompt: Prompt) -> Draw:
    """Return a prompt's own row: seed, custom_id, endpoint and body decide, the time does not."""
    return Draw(prompt.seed, prompt.custom_id, prompt.endpoint, prompt.body)
