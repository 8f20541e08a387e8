from __future__ import annotations

import os
import socket
import sys
from typing import TYPE_CHECKING

import pytest
from support.processes import Ended, clean

from emulator.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="session")
def taken_port() -> Iterator[int]:
    """Return a port that no server can listen on: a command that should fail cannot serve instead."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield taken.getsockname()[1]


@pytest.fixture
def run_here(
    taken_port: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Ended]:
    """Return what runs `serve` with these options and this environment in this process, sooner than in its own."""

    def serve(*options: str, **environment: str) -> Ended:
        for name in set(os.environ) - set(clean(None)):
            monkeypatch.delenv(name)
        for name, value in {"PORT": str(taken_port), **environment}.items():
            monkeypatch.setenv(f"MKA1_EMULATOR_{name}", value)
        monkeypatch.setattr(sys, "argv", ["mka1-emulator", "serve", *options])
        with pytest.raises(SystemExit) as ended:
            main()
        assert isinstance(ended.value.code, int)
        return Ended(ended.value.code, *capsys.readouterr())

    return serve
