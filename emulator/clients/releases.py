"""Releases of SDKs: which there are, which of them changed something, and which somebody means.

Owns how releases are named on the command line. The package index is asked through pip, which alone can tell.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from emulator.clients.environments import environment, read_requirement
from emulator.clients.installing import InstallFault, Trouble, fault, run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ALL: Final = "all"
BOUNDARIES: Final = "boundaries"
NEWEST: Final = "newest"
_WORDS: Final = (ALL, BOUNDARIES, NEWEST)
_VERSION: Final = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})*)(?:\.?(dev|a|b|rc|post)([0-9]{1,9}))?")
_RANKS: Final = {"dev": 0, "a": 1, "b": 2, "rc": 3, None: 4, "post": 5}
_LISTED: Final = re.compile(r"^Available versions: (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Sdk:
    """An SDK on the package index: the client that drives it, and its releases with something of their own."""

    name: str
    client: str
    boundaries: tuple[str, ...]


SDKS: Final = {
    sdk.name: sdk
    for sdk in (
        Sdk(
            "meetkai-mka1",
            "mka1",
            (
                *("0.5.25", "0.5.26", "0.6.8", "0.6.34", "0.6.37", "0.7.1", "0.11.0"),
                *("0.12.0", "0.12.6", "0.12.26", "0.12.91", "0.12.114"),
            ),
        ),
        Sdk("openai", "openai", ()),
    )
}
"""The SDKs that a shipped driver drives; the boundaries of the official one are in contract.md, Editions."""


def sdk(name: str) -> Sdk:
    """Return an SDK by its name on the package index. Raises ValueError, with a sentence."""
    if name not in SDKS:
        near = get_close_matches(name, SDKS, n=1, cutoff=0)[0]
        raise ValueError(f"expected an SDK ({', '.join(SDKS)}), got {name!r}: did you mean {near!r}?")
    return SDKS[name]


def age(version: str) -> tuple[tuple[int, ...], int, int]:
    """Return the key by which releases are sorted from the oldest to the newest. Raises ValueError, with a sentence."""
    found = _VERSION.fullmatch(version)
    if not found:
        raise ValueError(f"expected a release such as 0.12.90, got {version!r}")
    numbers, suffix, count = found.groups()
    return tuple(map(int, numbers.split("."))), _RANKS[suffix], int(count or 0)


def read_versions(text: str) -> tuple[str, ...]:
    """Return the words of `--versions`: `all`, `boundaries`, or a list in which `newest` may stand for a release.

    Raises ValueError, with a sentence.
    """
    words = tuple(dict.fromkeys(word.strip() for word in text.split(",")))
    if words in {(ALL,), (BOUNDARIES,)}:
        return words
    for word in words:
        if word in {ALL, BOUNDARIES}:
            raise ValueError(f"expected '{word}' alone, or a list of releases, got {text!r}")
        if word != NEWEST and not _VERSION.fullmatch(word):
            raise ValueError(_not_a_release(word))
    return words


def _not_a_release(word: str) -> str:
    near = get_close_matches(word, _WORDS, n=1)
    hint = f": did you mean {near[0]!r}?" if near else ""
    return f"expected releases such as 0.12.90, or {BOUNDARIES}, {ALL} or {NEWEST}, got {word!r}{hint}"


def releases(of: Sdk, words: Sequence[str], *, folder: Path | None = None) -> tuple[str, ...]:
    """Return the releases that the words of `--versions` mean, from the oldest to the newest.

    The package index is asked only if it has to be. Raises InstallFault when it cannot be, ValueError when the SDK has no
    boundaries.
    """
    if words == (BOUNDARIES,) and not of.boundaries:
        raise ValueError(
            f"expected a list of releases, or {ALL} or {NEWEST}: nobody has named the boundaries of {of.name}"
        )
    named = {word for word in words if word not in _WORDS}
    if set(words) == named:
        return tuple(sorted(named, key=age))
    known = versions(of.name, folder=folder)
    chosen = {ALL: known, BOUNDARIES: (*_of(known, of.boundaries), known[0])}.get(words[0], (known[0],))
    return tuple(sorted({*named, *chosen}, key=age))


def _of(known: Sequence[str], wanted: Sequence[str]) -> list[str]:
    return [version for version in wanted if version in known]


def versions(package: str, *, folder: Path | None = None) -> tuple[str, ...]:
    """Return all releases of a package that this Python can have, the newest first.

    Raises InstallFault when the package index does not know the package, or cannot be asked.
    """
    wanted = read_requirement(package)
    command = [*_pip(folder), "index", "versions", package]
    try:
        done = run([*command, "--json"])
        if "no such option" in done.stderr:
            done = run(command)
    except OSError as error:
        raise InstallFault(Trouble.UNREACHABLE, f"the releases of {package} cannot be listed: {error}") from None
    if done.code:
        raise fault(done, wanted)
    try:
        return read_index(done.stdout)
    except ValueError as error:
        raise InstallFault(Trouble.FAILED, f"the releases of {package} cannot be listed: {error}") from None


def _pip(folder: Path | None) -> list[str | Path]:
    """Return the command of a pip: uv cannot list releases, and its environments have no pip."""
    python = sys.executable if find_spec("pip") else environment("pip", folder=folder)
    return [python, "-m", "pip"]


def read_index(said: str) -> tuple[str, ...]:
    """Return the releases in what `pip index versions` says, as JSON or, before pip 25.1, as text.

    Releases whose names are beyond sorting are left out. Raises ValueError, with a sentence, when it says none.
    """
    listed = _LISTED.search(said)
    found = listed[1].split(", ") if listed else _from_json(said)
    versions = tuple(version for version in found if _VERSION.fullmatch(version))
    if not versions:
        raise ValueError(f"expected a list of releases from pip, got {said[:200]!r}")
    return versions


def _from_json(said: str) -> list[str]:
    try:
        return list(map(str, json.loads(said)["versions"]))
    except (ValueError, TypeError, KeyError):
        return []
