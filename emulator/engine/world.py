"""One world: every command that the API and the admin API have for it."""

from __future__ import annotations

from emulator.engine.admin_commands import AdminCommands
from emulator.engine.api_commands import ApiCommands


class World(ApiCommands, AdminCommands):
    """A handle on one world, with all of its commands."""
