# ruff: noqa: E501, RUF001 - the words of others, as they are

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from emulator.clients.installing import Done, Requirement, Trouble, fault

ROOT = Path(__file__).parents[2]
OLDER_UV = """
  × No solution found when resolving dependencies:
  ╰─▶ Because there is no version of small-sdk==3.0 and you require
      small-sdk==3.0, we can conclude that your requirements are
      unsatisfiable.
"""
PIP_OTHER_PYTHON = """
ERROR: Ignored the following versions that require a different python version: 2.9 Requires-Python >=3.12; 3.0 Requires-Python >=3.12
ERROR: Could not find a version that satisfies the requirement small-sdk==3.0 (from versions: 1.0, 2.0)
ERROR: No matching distribution found for small-sdk==3.0
"""
PIP_UNREACHABLE = """
WARNING: Retrying (Retry(total=0, connect=None)) after connection broken by 'NewConnectionError': /simple/small-sdk/
ERROR: Could not find a version that satisfies the requirement small-sdk==3.0 (from versions: none)
ERROR: No matching distribution found for small-sdk==3.0
"""
UV_UNREACHABLE = """
error: Request failed after 3 retries in 6.2s
  cause: error sending request for url
  cause: client error (Connect)
  cause: Connection refused (os error 111)
"""
UV_OFFLINE = """
error: No solution found when resolving dependencies
  cause: Because small-sdk was not found in the cache and you require small-sdk==3.0, we can conclude that your requirements are unsatisfiable.

hint: Packages were unavailable because the network was disabled. When the network is disabled, registry packages may only be read from the cache.
"""
PIP_BROKEN_BUILD = """
  error: subprocess-exited-with-error
  × Getting requirements to build wheel did not run successfully.
error: metadata-generation-failed
╰─> small-sdk

note: This is an issue with the package mentioned above, not pip.
hint: See above for details.
"""


@pytest.mark.parametrize(
    ("said", "trouble", "last"),
    [
        (OLDER_UV, Trouble.NO_SUCH_RELEASE, "got 3.0"),
        (PIP_OTHER_PYTHON, Trouble.OTHER_PYTHON, "No matching distribution found for small-sdk==3.0"),
        (PIP_OTHER_PYTHON.replace("; 3.0 Requires-Python >=3.12", ""), Trouble.NO_SUCH_RELEASE, "got 3.0"),
        (PIP_UNREACHABLE, Trouble.UNREACHABLE, "No matching distribution found for small-sdk==3.0"),
        (PIP_UNREACHABLE.split("\n", 2)[2], Trouble.NO_SUCH_PACKAGE, "got 'small-sdk'"),
        (UV_UNREACHABLE, Trouble.UNREACHABLE, "Connection refused (os error 111)"),
        (UV_OFFLINE, Trouble.UNREACHABLE, "we can conclude that your requirements are unsatisfiable."),
        (PIP_BROKEN_BUILD, Trouble.FAILED, "metadata-generation-failed ╰─> small-sdk"),
        ("", Trouble.FAILED, "it ended with exit code 1, and said nothing"),
        ("killed", Trouble.FAILED, "cannot be installed: killed"),
    ],
)
def test_words_of_installers_are_understood(said: str, trouble: Trouble, last: str) -> None:
    found = fault(Done(1, "", said), Requirement("small-sdk", "3.0"))
    assert found.trouble is trouble
    assert str(found).endswith(last)


def test_installer_gets_nothing_to_read_and_no_colours() -> None:
    installer = "import os, sys; print(repr(sys.stdin.read()), os.environ['NO_COLOR'])"
    code = f"import sys; from emulator.clients.installing import run; print(run([sys.executable, '-c', {installer!r}]).said)"
    asked = [sys.executable, "-c", code]
    ended = subprocess.run(asked, input="what I type", cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout == "'' 1\n"
