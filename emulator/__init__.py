"""An emulator of the MKA1 Batches API: a batch's whole life, on a clock you own, the same way each time."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from emulator.client import AdminError
    from emulator.embedded import Emulator

__all__ = ["AdminError", "Emulator", "__version__"]
__version__ = "0.1.0"

_HOMES = {"AdminError": "emulator.client", "Emulator": "emulator.embedded"}


if not TYPE_CHECKING:  # type checkers know the names from above, and that there are no others

    def __getattr__(name: str) -> Any:
        """Import a public name when it is first asked for: most programs of this package need none of them."""
        if name not in _HOMES:
            raise AttributeError(f"module 'emulator' has no attribute {name!r}")
        return getattr(import_module(_HOMES[name]), name)
