"""Running installers: which there are, and what it means when one of them does not succeed.

Owns what is read out of the words of pip and uv. It knows nothing of what is installed, nor where.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

LIMIT_S: Final = 600
"""How long an installer may take."""
SHOWN: Final = 400
"""How many characters of an installer's last words people get to see."""
_QUIET: Final = {"NO_COLOR": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "PIP_PROGRESS_BAR": "off"}
_MARKS: Final = re.compile(r"(?:\bcause:|╰─▶|\bERROR:|\berror:)\s")
_HINT: Final = re.compile(r"\s(?:hint|note): .*")


class Trouble(StrEnum):
    """Why a package cannot be had."""

    NO_SUCH_RELEASE = "no such release"
    NO_SUCH_PACKAGE = "no such package"
    OTHER_PYTHON = "other Python"
    UNREACHABLE = "unreachable"
    FAILED = "failed"


class InstallFault(Exception):
    """A package cannot be had: `trouble` is of which kind, the message one sentence."""

    def __init__(self, trouble: Trouble, message: str) -> None:
        super().__init__(message)
        self.trouble = trouble


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended, and what it said."""

    code: int
    stdout: str
    stderr: str

    @property
    def said(self) -> str:
        """All that it said, on one line."""
        return " ".join(f"{self.stdout} {self.stderr}".split())


@dataclass(frozen=True, slots=True)
class Requirement:
    """A package, and the one release of it that is wanted; without a version, any."""

    package: str
    version: str | None = None

    def __str__(self) -> str:
        return f"{self.package} {self.version}" if self.version else self.package

    @property
    def pinned(self) -> str:
        """The requirement as installers take it."""
        return f"{self.package}=={self.version}" if self.version else self.package


def program(name: str) -> str | None:
    """Return where a program is: beside this interpreter, or on the path."""
    return shutil.which(name, path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")


def run(command: Sequence[str | Path], *, holding: Sequence[int] = ()) -> Done:
    """Run a command to its end; one that takes longer than LIMIT_S is ended, with all that it started.

    It holds these file descriptors too. Raises OSError when it cannot be started, TimeoutError when it took too long.
    """
    with subprocess.Popen(  # noqa: S603 - installers of this machine, and requirements that have been read
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        env={**os.environ, **_QUIET},
        pass_fds=holding,
        start_new_session=True,
    ) as process:
        try:
            stdout, stderr = process.communicate(timeout=LIMIT_S)
        except subprocess.TimeoutExpired:
            raise TimeoutError(f"{Path(command[0]).name} took longer than {LIMIT_S} s") from None
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
        return Done(process.returncode, stdout, stderr)


def reason(done: Done) -> str:
    """Return an installer's last words on why it did not succeed."""
    last = _HINT.sub("", _MARKS.split(done.said)[-1]).strip()
    return last[-SHOWN:] or f"it ended with exit code {done.code}, and said nothing"


def fault(done: Done, requirement: Requirement) -> InstallFault:
    """Return what it means that an installer did not succeed."""
    trouble = _trouble(done.said, requirement)
    return InstallFault(trouble, _SENTENCES[trouble].format(wanted=requirement, of=requirement, why=reason(done)))


def _trouble(said: str, requirement: Requirement) -> Trouble:
    version = re.escape(requirement.version or "")
    for pattern, trouble in _SIGNS:
        if re.search(pattern.replace("VERSION", version), said):
            return trouble
    return Trouble.FAILED


_SIGNS: Final = (
    # pip names each release that another Python would have, and the line for the one wanted is what counts.
    (r"different python version:[^\n]* VERSION Requires-Python", Trouble.OTHER_PYTHON),
    (r"requires a different Python|requires Python |does not satisfy Python", Trouble.OTHER_PYTHON),
    (
        r"connection broken|Failed to fetch|error sending request|network was disabled|network connectivity is disabled",
        Trouble.UNREACHABLE,
    ),
    (r"was not found in the (?:package registry|provided package locations)", Trouble.NO_SUCH_PACKAGE),
    (r"from versions: none\)", Trouble.NO_SUCH_PACKAGE),
    (r"there is no version of |from versions: ", Trouble.NO_SUCH_RELEASE),
    (r"No matching distribution found ", Trouble.NO_SUCH_PACKAGE),
)
"""What the words of uv and pip mean; the first that is found counts."""

_SENTENCES: Final = {
    Trouble.NO_SUCH_RELEASE: "expected a release of {of.package} that the package index has, got {of.version}",
    Trouble.NO_SUCH_PACKAGE: "expected a package that the package index has, got '{of.package}'",
    Trouble.OTHER_PYTHON: f"{{wanted}} wants another Python than {sys.version.split()[0]}: {{why}}",
    Trouble.UNREACHABLE: "{wanted} cannot be installed, for the package index is out of reach: {why}",
    Trouble.FAILED: "{wanted} cannot be installed: {why}",
}
