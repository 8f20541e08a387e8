"""What is derived from the hand-written contract, and whether the derived files are current.

Owns which files there are and their exact text; it must not run when a server starts. The command line calls
`write` and `stale`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal

from emulator.contract.editions import EDITIONS, NEWEST, document_file, folder_of, schema_file
from emulator.contract.errors import ContractError
from emulator.contract.patching import idle, older
from emulator.contract.reading import read_yaml
from emulator.contract.references import standalone
from emulator.contract.soundness import check

State = Literal["missing", "stale", "orphan"]

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
# Component names start with a capital, so that scenario.schema.json, which others make, is no orphan of ours.
_OURS: Final = re.compile(r"openapi\.json|[A-Z][A-Za-z0-9]*\.schema\.json")


def derived(source: Path) -> dict[Path, str]:
    """Give the text of every derived file by its path relative to `source`, the folder of the contract.

    Raises ContractError if the hand-written files are at fault.
    """
    files: dict[Path, str] = {}
    newer: dict[str, Any] = {}
    for edition, document in documents(source):
        files[document_file(edition)] = _text(document)
        schemas = {name: standalone(document, node) for name, node in document["components"]["schemas"].items()}
        for name, schema in schemas.items():
            if newer.get(name) != schema:
                files[folder_of(edition) / schema_file(name)] = _text(_titled(edition, name, schema))
        newer |= schemas
    return files


def write(folder: Path) -> list[tuple[Path, State]]:
    """Put right whatever `stale` finds, and give what that was."""
    texts = derived(folder)
    found = _differences(folder, texts)
    for path, state in found:
        if state == "orphan":
            (folder / path).unlink()
        else:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(texts[path], encoding="utf-8", newline="\n")
    return found


def stale(folder: Path) -> list[tuple[Path, State]]:
    """Give the derived files, relative to `folder`, that are missing, out of date, or there for no reason."""
    return _differences(folder, derived(folder))


def documents(source: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give every edition with its OpenAPI document, from the newest to the oldest, each found sound."""
    file = source / "openapi.yaml"
    document = read_yaml(file)
    check(file, document, NEWEST)
    yield NEWEST, document
    _check_patches(source / "editions")
    for edition in reversed(EDITIONS[:-1]):
        file = source / "editions" / f"{edition}.yaml"
        patch = read_yaml(file)
        if place := next(idle(document, patch), None):
            raise ContractError(file, place, "changes nothing in the next newer edition")
        document = older(document, patch)
        check(file, document, edition)
        yield edition, document


def _titled(edition: str, name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"$schema": _DIALECT, "$id": f"urn:mka1-emulator:{edition}:{name}", "title": name, **schema}


def _text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _differences(folder: Path, texts: Mapping[Path, str]) -> list[tuple[Path, State]]:
    states = {path: _state(folder / path, text) for path, text in texts.items()}
    orphans: dict[Path, State | None] = {path: "orphan" for path in _present(folder) if path not in texts}
    return sorted((path, state) for path, state in (states | orphans).items() if state)


def _state(file: Path, text: str) -> State | None:
    if not file.is_file():
        return "missing"
    return None if file.read_bytes() == text.encode() else "stale"


def _present(folder: Path) -> Iterator[Path]:
    for file in folder.rglob("*.json"):
        if _OURS.fullmatch(file.name):
            yield file.relative_to(folder)


def _check_patches(folder: Path) -> None:
    for file in sorted(folder.glob("*.yaml")):
        if file.stem not in EDITIONS[:-1]:
            raise ContractError(file, "", f"is no older edition; expected one of {', '.join(EDITIONS[:-1])}")
