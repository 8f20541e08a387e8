"""How much effort tests make: all of it where CI is set, and a part of it on a developer's machine."""

from __future__ import annotations

import os
from typing import Final

WANTED_BY: Final = "CI"
"""The environment variable by which tests are wanted that take long."""
PART: Final = 4


def is_thorough() -> bool:
    """Say whether everything is wanted."""
    return bool(os.environ.get(WANTED_BY))


def many(examples: int) -> int:
    """Return how many examples Hypothesis is to draw: so many, or where not everything is wanted a part of them."""
    return examples if is_thorough() else max(5, examples // PART)
