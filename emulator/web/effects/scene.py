"""What an effect may know besides its rule and the reply."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Scene:
    """The world's time, and a text from which everything that looks like chance is drawn."""

    now_us: int
    seed: str

    def numbers(self, below: int) -> Iterator[int]:
        """Yield numbers from 0 up to `below`, always the same ones for the same request."""
        drawn = 0
        while True:
            yield int.from_bytes(sha256(f"{self.seed}/{drawn}".encode()).digest()[:8]) % below
            drawn += 1
