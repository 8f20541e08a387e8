"""How tests of applications, which use the fixture, are run by tests of ours."""

from __future__ import annotations

from typing import Final

STRICT: Final = ("-W", "error", "--strict-markers", "--strict-config", "-p", "no:cacheprovider")
"""Warnings are errors."""
AMONG_OTHERS: Final = (*STRICT, "-p", "no:randomly", "-o", "asyncio_default_fixture_loop_scope=function")
"""With the plugins that are installed, in the order of the file."""
ALONE: Final = (*STRICT, "--disable-plugin-autoload", "-p", "mka1_emulator")
"""With no plugin but ours."""
