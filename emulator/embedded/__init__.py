"""The emulator inside another program: `Emulator` starts a server or attaches to one, and holds a world of it.

Owns what a program and its tests see of that world. It knows worlds by the admin API alone, and nothing of pytest.
"""

from emulator.embedded.emulator import Emulator
from emulator.embedded.errors import CannotStart, Misuse, Unmet
from emulator.embedded.requests import Request, Requests, Violation
from emulator.embedded.rules import Rule
from emulator.embedded.views import Batch

__all__ = ["Batch", "CannotStart", "Emulator", "Misuse", "Request", "Requests", "Rule", "Unmet", "Violation"]
