from __future__ import annotations

import subprocess
import sys

import pytest

import emulator
from emulator import embedded

HEAVY = {"emulator.server", "hypothesis", "jsonschema_rs", "pydantic", "starlette", "uvicorn", "yaml"}


def loaded(program: str) -> set[str]:
    """Return the modules that a program has loaded in the end."""
    code = f"{program}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_public_names_are_these() -> None:
    assert emulator.__all__ == ["AdminError", "Emulator", "__version__"]
    assert all(getattr(emulator, name) for name in emulator.__all__)
    assert embedded.__all__ == sorted(embedded.__all__)
    assert all(getattr(embedded, name).__doc__ for name in embedded.__all__)


def test_name_that_there_is_not_is_told() -> None:
    with pytest.raises(AttributeError, match="module 'emulator' has no attribute 'Emulater'"):
        _ = emulator.Emulater  # type: ignore[attr-defined]


def test_package_alone_costs_nothing() -> None:
    new = loaded("import emulator") - loaded("import importlib, typing")
    assert {name for name in new if not name.startswith("_")} <= {"emulator", "__future__"}


def test_emulator_needs_no_server_before_it_starts_one() -> None:
    assert not loaded("from emulator import Emulator; Emulator(url='http://127.0.0.1:1'); Emulator()") & HEAVY
