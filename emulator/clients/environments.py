"""Environments for releases of SDKs: made once, kept from run to run, made anew when they are not whole.

Owns where they lie, and that neither an interruption nor another run at the same time leaves half of one. It does not know
what is run in them.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import sys
import sysconfig
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from emulator.clients.installing import InstallFault, Requirement, Trouble, fault, program, reason, run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CACHE_VARIABLE: Final = "MKA1_EMULATOR_CACHE"
"""The environment's name for the folder in which environments are kept."""
_REQUIREMENT: Final = re.compile(r"([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(?:==([A-Za-z0-9][A-Za-z0-9.!+_-]*))?")
_CHECK: Final = """
import sys
from importlib.metadata import distribution, distributions

distribution(sys.argv[1])
for each in distributions():
    for file in each.files or ():
        found = file.locate()
        if not found.exists() or file.size not in (None, found.stat().st_size):
            sys.exit(f"{file} is not as it was installed")
"""


def cache_folder() -> Path:
    """Return where environments are kept unless somebody says otherwise: what MKA1_EMULATOR_CACHE names, or the user's cache."""
    if chosen := os.environ.get(CACHE_VARIABLE):
        return Path(chosen).absolute()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "mka1-emulator"
    given = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (given if given.is_absolute() else Path.home() / ".cache") / "mka1-emulator"


def read_requirement(text: str) -> Requirement:
    """Return what a text such as `meetkai-mka1==0.12.90` asks for. Raises ValueError, with a sentence."""
    found = _REQUIREMENT.fullmatch(text)
    if not found:
        raise ValueError(f"expected a package and its release, such as meetkai-mka1==0.12.90, got {text!r}")
    return Requirement(found[1], found[2])


def environment(requirement: str, *, folder: Path | None = None) -> Path:
    """Return the Python of an environment that has a requirement installed, and make it if there is none that is whole.

    It is kept in `folder`, by default the cache folder, one for each release, Python and platform. Whoever comes while
    another makes it waits for that. Raises InstallFault when it cannot be had, ValueError when the requirement is none.
    """
    wanted = read_requirement(requirement)
    home = (folder or cache_folder()) / "environments"
    try:
        with _locked(home / f"{_name(wanted)}.lock") as lock:
            return _kept_or_made(home / _name(wanted), wanted, lock)
    except OSError as error:
        raise InstallFault(Trouble.FAILED, f"{wanted} cannot be installed in {home}: {error}") from None


def _name(wanted: Requirement) -> str:
    """Return the name of the folder of an environment: another Python or platform takes another."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return f"{wanted.pinned.replace('==', '-')}-{sys.implementation.name}{version}-{sysconfig.get_platform()}"


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    """Hold a lock that ends with all who have its file descriptor: this process, and an installer that outlives it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file.fileno()


def _kept_or_made(place: Path, wanted: Requirement, lock: int) -> Path:
    python, made = place / "bin" / "python", place / "made"
    if made.exists() and python.exists() and _fault_in(python, wanted) is None:
        return python
    made.unlink(missing_ok=True)
    shutil.rmtree(place, ignore_errors=True)
    _make(place, python, wanted, lock)
    if why := _fault_in(python, wanted):
        raise InstallFault(Trouble.FAILED, f"the environment of {wanted} is not whole just after it was made: {why}")
    made.touch()
    return python


def _fault_in(python: Path, wanted: Requirement) -> str | None:
    """Return what is missing in an environment, or None when every file of every package is there."""
    try:
        done = run([python, "-I", "-c", _CHECK, wanted.package])
    except OSError as error:
        return str(error)
    return None if done.code == 0 else reason(done)


def _make(place: Path, python: Path, wanted: Requirement, lock: int) -> None:
    for command in _commands(place, python, wanted):
        done = run(command, holding=[lock])
        if done.code:
            shutil.rmtree(place, ignore_errors=True)
            raise fault(done, wanted)


def _commands(place: Path, python: Path, wanted: Requirement) -> Sequence[Sequence[str | Path]]:
    if uv := program("uv"):
        return [
            [uv, "venv", "--quiet", "--python", sys.executable, place],
            [uv, "pip", "install", "--quiet", "--python", python, wanted.pinned],
        ]
    if find_spec("pip"):  # a pip of its own would take an environment longer than most SDKs
        return [
            [sys.executable, "-m", "venv", "--without-pip", place],
            [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", wanted.pinned],
        ]
    return [[sys.executable, "-m", "venv", place], [python, "-m", "pip", "install", "--quiet", wanted.pinned]]
