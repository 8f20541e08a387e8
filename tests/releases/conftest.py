"""An index that is a folder, with small packages of our own in several releases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.wheels import write_wheel

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "index"
    folder.mkdir()
    write_wheel(folder, "small-part", "1.0")
    write_wheel(folder, "small-sdk", "0.9", needs="small-part")
    write_wheel(folder, "small-sdk", "0.10", needs="small-part")
    write_wheel(folder, "small-sdk", "1.0", python=">=3.99")
    for name in ("UV_FIND_LINKS", "PIP_FIND_LINKS"):
        monkeypatch.setenv(name, str(folder))
    for name in ("UV_NO_INDEX", "UV_NO_CACHE", "PIP_NO_INDEX"):
        monkeypatch.setenv(name, "1")
    return folder
