"""How Hypothesis draws scripts: each of them anew.

By itself it follows each example with a few that are put together out of parts of it, so that the same value comes at several
places. Where an example costs nothing that is a good bargain. Here each is played over a network, and of three such scripts
two said nothing new.
"""

from __future__ import annotations

from typing import Final

from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, HypothesisProvider

ANEW: Final = "mka1-emulator-anew"
"""The backend's name, for Hypothesis' settings."""


class Anew(HypothesisProvider):
    """Draws each value as Hypothesis does. As a backend of its own it is asked for whole examples alone."""


AVAILABLE_PROVIDERS[ANEW] = Anew
