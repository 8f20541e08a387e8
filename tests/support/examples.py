"""The fenced blocks of a README, and how each is run. A block that starts a server begins a session with it.

A block of YAML is a scenario file, and lies under its name in the folder where the commands of its session run. A block of
Python that begins with the name of a test file is one, and is run by pytest.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from support.applications import AMONG_OTHERS
from support.processes import Serving, clean, serving_process

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

LIMIT_S: Final = 120
ROOT: Final = Path(__file__).parents[2]
ADDRESS: Final = "http://127.0.0.1:8787"
"""Where the examples say that the server is."""
FENCE: Final = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TEST_FILE: Final = re.compile(r"# (test_\w+\.py)\n")
SERVE: Final = "$ mka1-emulator serve"
VARYING: Final = re.compile(r"\d+\.\d\ds|[\d,]+\.\d kB|meetkai-mka1 \S+|\s+")
"""What differs from run to run, or as the texts of replies do."""


@dataclass(frozen=True)
class Block:
    """One fenced block, and the line of its file that it begins in."""

    line: int
    language: str
    text: str


@dataclass(frozen=True)
class Session:
    """Blocks that are run in turn, in one folder, against one server, if a server is started at all."""

    file: str
    blocks: tuple[Block, ...]

    @property
    def serve(self) -> tuple[str, ...] | None:
        """The options of the server."""
        first = self.blocks[0].text
        return tuple(shlex.split(first.splitlines()[0])[3:]) if first.startswith(SERVE) else None

    def __str__(self) -> str:
        return f"{self.file}:{self.blocks[0].line}"


def blocks(file: str) -> Iterator[Block]:
    """Yield the fenced blocks of a file."""
    text = (ROOT / file).read_text(encoding="utf-8")
    for match in FENCE.finditer(text):
        yield Block(text.count("\n", 0, match.start()) + 1, match[1], match[2])


def sessions(file: str) -> Iterator[Session]:
    """Yield the blocks that can be run, each with those that need the same server."""
    gathered: list[Block] = []
    for block in blocks(file):
        if block.language not in RUNNERS:
            continue
        if block.text.startswith(SERVE) and gathered:
            yield Session(file, tuple(gathered))
            gathered = []
        gathered.append(block)
    if any(block.language != "yaml" for block in gathered):
        yield Session(file, tuple(gathered))


def run_session(session: Session, folder: Path) -> None:
    """Run a session's blocks; raises AssertionError when one does not do as it says."""
    for needed, found in (("curl ", "curl"), ("await ", "node")):
        if any(needed in block.text for block in session.blocks) and not shutil.which(found):
            pytest.skip(f"{found} is not installed")
    with _server(session.serve) as server:
        for block in session.blocks[server is not None :]:
            text = block.text.replace(ADDRESS, server.url) if server else block.text
            RUNNERS[block.language](text, folder)


def _server(options: tuple[str, ...] | None) -> AbstractContextManager[Serving | None]:
    return nullcontext() if options is None else serving_process(*options)


def _run(command: list[str], folder: Path) -> str:
    paths = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        command,
        capture_output=True,
        check=False,
        cwd=folder,
        encoding="utf-8",
        env=clean({"PATH": paths}),
        stdin=subprocess.DEVNULL,
        timeout=LIMIT_S,
    )
    assert done.returncode == 0, f"{command[-1]}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def _run_python(text: str, folder: Path) -> None:
    if test_file := TEST_FILE.match(text):
        (folder / test_file[1]).write_text(text, encoding="utf-8")
        _run([sys.executable, "-m", "pytest", *AMONG_OTHERS, test_file[1]], folder)
        return
    _run([sys.executable, "-W", "error", "-c", text], folder)


def _run_javascript(text: str, folder: Path) -> None:
    _run(["node", "--input-type=module", "-e", text], folder)


def _run_console(text: str, folder: Path) -> None:
    """Run each line that begins with a dollar; what follows it must come out, `…` standing for anything."""
    for command, expected in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", text, re.MULTILINE):
        shown = _run(["bash", "-c", command], folder)
        assert fits(expected, shown), f"$ {command}\nexpected:\n{expected}\nfound:\n{shown}"


def _keep_scenario(text: str, folder: Path) -> None:
    _, _, name = text.partition("\n")[0].partition("scenario: ")
    (folder / f"{name}.yaml").write_text(text, encoding="utf-8")


def fits(expected: str, shown: str) -> bool:
    """Return whether output is what a README says of it."""
    said, found = (VARYING.sub(" ", text).strip() for text in (expected, shown))
    return re.fullmatch(".*".join(map(re.escape, said.split("…"))), found) is not None


RUNNERS: Final[Mapping[str, Callable[[str, Path], None]]] = {
    "console": _run_console,
    "js": _run_javascript,
    "python": _run_python,
    "yaml": _keep_scenario,
}
"""How a block of each language is run; blocks of others are not."""
