"""Hypothesis against clients: scripts are drawn and played, traces are judged, and what is broken is kept as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from emulator.fuzz.in_pytest import client_state_machine

__all__ = ["client_state_machine"]


def __getattr__(name: str) -> Any:
    """Import the state machine when it is asked for: a campaign needs none."""
    if name != "client_state_machine":
        raise AttributeError(f"module 'emulator.fuzz' has no attribute {name!r}")
    from emulator.fuzz.in_pytest import client_state_machine  # noqa: PLC0415

    return client_state_machine
