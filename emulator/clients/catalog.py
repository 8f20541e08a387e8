"""Which clients there are, and how their drivers are started. A client of one's own is `exec:` and a command."""

from __future__ import annotations

import shlex
import shutil
import sys
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

from emulator.domain.errors import EmulatorError

if TYPE_CHECKING:
    from collections.abc import Mapping

EXEC: Final = "exec:"
DRIVERS: Final = Path(__file__).with_name("drivers")


@dataclass(frozen=True, slots=True)
class Command:
    """How a driver is started, and the name under which it is spoken of."""

    name: str
    argv: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipped:
    """A driver that comes along: its file in `drivers/`, what runs that, and which SDK it holds."""

    file: str
    arguments: tuple[str, ...] = ()
    runs_on: Literal["python", "node"] = "python"
    title: str


CLIENTS: Final[Mapping[str, Shipped]] = MappingProxyType(
    {
        "mka1": Shipped(file="mka1_sdk.py", title="the official SDK for Python"),
        "mka1-async": Shipped(file="mka1_sdk.py", arguments=("--async",), title="the same, its coroutines"),
        "openai": Shipped(file="openai_python.py", title="OpenAI's SDK for Python"),
        "openai-node": Shipped(file="openai_node.mjs", runs_on="node", title="OpenAI's SDK for JavaScript"),
        "httpx": Shipped(
            file="httpx_reference.py", title="a hand-written reference, in which nothing is known to be wrong"
        ),
    }
)
"""The shipped drivers, by the names of their clients."""


class ClientUnknown(EmulatorError):
    """No driver can be started for this; the message says what would do."""


def command(client: str, *, python: Path | None = None) -> Command:
    """Return how the driver of a client is started: one of CLIENTS, or `exec:` and a command as for a shell.

    `python` is the interpreter for a driver in Python; this process' own by default. Raises ClientUnknown.
    """
    if client.startswith(EXEC):
        return _of_ones_own(client, python)
    shipped = CLIENTS.get(client)
    if shipped is None:
        near = get_close_matches(client, CLIENTS, n=1)
        hint = f" (did you mean '{near[0]}'?)" if near else ""
        raise ClientUnknown(f"client: expected {', '.join(CLIENTS)} or {EXEC}COMMAND, found '{client}'{hint}")
    return Command(client, (_interpreter(client, shipped, python), str(DRIVERS / shipped.file), *shipped.arguments))


def of_words(words: tuple[str, ...]) -> Command:
    """Return how a driver is started of which the command is given word by word. Raises ClientUnknown."""
    name = EXEC + shlex.join(words)
    if not words or not words[0]:
        raise ClientUnknown(f"client: expected a command after '{EXEC}', found nothing")
    if shutil.which(words[0]) is None:
        raise ClientUnknown(f"client: expected a program that can be run, found {words[0]!r} in {name!r}")
    return Command(name, words)


def _of_ones_own(client: str, python: Path | None) -> Command:
    if python is not None:
        raise ClientUnknown(f"--python is for shipped drivers in Python: expected one of those, found {client!r}")
    try:
        words = tuple(shlex.split(client.removeprefix(EXEC)))
    except ValueError as error:
        raise ClientUnknown(f"client: expected a command as for a shell, found {client!r}: {error}") from None
    return Command(client, of_words(words).argv)


def _interpreter(client: str, shipped: Shipped, python: Path | None) -> str:
    if shipped.runs_on == "python":
        return sys.executable if python is None else _python(python)
    if python is not None:
        raise ClientUnknown(f"--python is for shipped drivers in Python: expected one of those, found {client!r}")
    found = shutil.which(shipped.runs_on)
    if found is None:
        raise ClientUnknown(f"client {client!r}: expected the program '{shipped.runs_on}', found none in PATH")
    return found


def _python(python: Path) -> str:
    found = shutil.which(python)
    if found is None:
        raise ClientUnknown(f"--python: expected a Python interpreter, found no program {str(python)!r}")
    # Not resolved: in a virtual environment it is the link that makes the difference.
    return str(Path(found).absolute())
