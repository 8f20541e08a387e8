"""Packages of our own, small enough to be written here, and a folder of them that installers take for the index."""

from __future__ import annotations

import io
import tarfile
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PYPROJECT = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
GATED = """
import os
import sys

def build_wheel(folder, config_settings=None, metadata_directory=None):
    with open({gate!r}) as gate:
        sys.exit(gate.read())
"""


def write_wheel(folder: Path, name: str, version: str, *, python: str = ">=3.8", needs: str | None = None) -> None:
    """Write a wheel that holds one module, and a line of text."""
    module = name.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nRequires-Python: {python}\n"
    files = {
        f"{module}/__init__.py": f'version = "{version}"\n',
        f"{info}/METADATA": metadata + (f"Requires-Dist: {needs}\n" if needs else ""),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},,{len(text)}\n" for path, text in files.items()) + f"{info}/RECORD,,\n"
    with zipfile.ZipFile(folder / f"{module}-{version}-py3-none-any.whl", "w") as wheel:
        for path, text in {**files, f"{info}/RECORD": record}.items():
            wheel.writestr(path, text)


def write_gated(folder: Path, name: str, version: str, *, gate: Path) -> None:
    """Write a package that has to be built; the build reads a file to its end, says what it read, and breaks off."""
    module = name.replace("-", "_")
    files = {
        "pyproject.toml": PYPROJECT,
        "backend.py": GATED.format(gate=str(gate)),
        "PKG-INFO": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
    }
    with tarfile.open(folder / f"{module}-{version}.tar.gz", "w:gz") as archive:
        for path, text in files.items():
            entry = tarfile.TarInfo(f"{module}-{version}/{path}")
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
