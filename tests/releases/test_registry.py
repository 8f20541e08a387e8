"""The official SDK's releases, as the package index has them."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from support.environments import python_with

from emulator.clients.installing import InstallFault, Trouble
from emulator.clients.releases import SDKS, versions

if TYPE_CHECKING:
    from pathlib import Path

MKA1 = SDKS["meetkai-mka1"]
SDK_OF = (
    "from importlib.metadata import version; import {package}; print({package}.SDK.__name__, version('meetkai-mka1'))"
)


@pytest.fixture(scope="module")
def known() -> tuple[str, ...]:
    try:
        return versions(MKA1.name)
    except InstallFault as fault:
        if fault.trouble is Trouble.UNREACHABLE:
            pytest.skip(str(fault))
        raise


def test_boundaries_are_releases(known: tuple[str, ...]) -> None:
    assert {*MKA1.boundaries} <= {*known}


def test_first_release_is_the_first_boundary(known: tuple[str, ...]) -> None:
    assert (MKA1.boundaries[0], known[-1]) == ("0.5.25", "0.5.25")


def test_oldest_release_can_be_imported_in_its_environment(request: pytest.FixtureRequest) -> None:
    assert _said_by(python_with("meetkai-mka1==0.5.25", cache=request.config.cache), "mka1") == "SDK 0.5.25"


@pytest.mark.thorough
def test_newest_release_can_be_imported_in_its_environment(
    request: pytest.FixtureRequest, known: tuple[str, ...]
) -> None:
    python = python_with(f"meetkai-mka1=={known[0]}", cache=request.config.cache)
    assert _said_by(python, "meetkai_mka1") == f"SDK {known[0]}"


def _said_by(python: Path, package: str) -> str:
    code = SDK_OF.format(package=package)
    return subprocess.run([python, "-I", "-c", code], check=True, capture_output=True, text=True).stdout.strip()
