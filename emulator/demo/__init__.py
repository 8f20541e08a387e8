"""The demo: the official SDK takes batches through their lives, on a virtual clock.

Owns a few stories and how they are told. It uses the emulator as anybody does: a server, an SDK, and the admin API
for its clock.
"""

from emulator.demo.running import run

__all__ = ["run"]
