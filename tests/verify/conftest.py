from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest
from support.processes import Ended, clean

from emulator.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def verify(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """Return what runs `verify` with these options and this environment in this process, sooner than in its own."""

    def run(*options: str, **environment: str) -> Ended:
        for name in set(os.environ) - set(clean(None)):
            monkeypatch.delenv(name)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["mka1-emulator", "verify", *options])
        with pytest.raises(SystemExit) as ended:
            main()
        code = ended.value.code
        return Ended(code if isinstance(code, int) else 0, *capsys.readouterr())

    return run
