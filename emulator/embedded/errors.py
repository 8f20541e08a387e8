"""What can go wrong with an `Emulator`, beside what the admin API refuses (`AdminError`). The message is a sentence."""

from __future__ import annotations


class CannotStart(Exception):
    """There is no server, or no such world: a port is taken, nobody answers, a scenario is unknown."""


class Misuse(RuntimeError):
    """An Emulator was used before its start, after its end, or started twice."""


class Unmet(AssertionError):
    """Requests broke the contract, or a rule that was to fire never did; the message says which, and how to allow it."""
