"""Which editions of the contract there are, and in which folders each is looked up.

Owns the list and the layout of `schemas/`; it must not read a file. An edition is named by the release of the
official SDK with which it appeared.
"""

from pathlib import Path
from typing import Final

EDITIONS: Final = ("0.5.25", "0.12.26", "0.12.91", "0.12.114")
"""From the oldest to the newest, which is the one written out in `openapi.yaml`."""

NEWEST: Final = EDITIONS[-1]


def folder_of(edition: str) -> Path:
    """Where an edition's derived files lie, relative to `schemas/`."""
    return Path() if edition == NEWEST else Path("editions") / edition


def lookup(edition: str) -> tuple[Path, ...]:
    """Name the folders in which a schema is looked up: the edition's own, then those of ever newer ones."""
    return tuple(folder_of(newer) for newer in EDITIONS[EDITIONS.index(edition) :])


def document_file(edition: str) -> Path:
    """Where an edition's OpenAPI document lies, relative to `schemas/`."""
    return folder_of(edition) / "openapi.json"


def schema_file(name: str) -> str:
    """Name the file that holds a component's JSON Schema."""
    return f"{name}.schema.json"
