"""Where the server of an `Emulator` runs: in a thread, in a process, or elsewhere. Each gives its address while it is open."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypedDict

from emulator.client import AdminError
from emulator.contract.errors import ContractError
from emulator.domain.errors import EmulatorError
from emulator.domain.limits import parse_rate_limit
from emulator.embedded.errors import CannotStart
from emulator.settings import Settings, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import IO, Unpack

HOME: Final = Path(__file__).parents[2]
"""Where the package lies: a child need not find it by itself."""
CHILD: Final = "import sys; sys.path.append(sys.argv[1]); from emulator.embedded.child import main; main()"
PATIENCE_S: Final = 5
"""For how long a process that is told to stop may take."""


class ServerOptions(TypedDict, total=False):
    """The options of a server of one's own, as those of `mka1-emulator serve`; `port` 0 takes a free one."""

    host: str
    port: int
    scenarios: Sequence[str | os.PathLike[str]]
    api_keys: Sequence[str]
    rate_limits: Sequence[str]
    cors: Sequence[str]
    max_worlds: int
    validate_replies: bool


def check_options(options: Mapping[str, Any]) -> None:
    """Raise TypeError for an option that there is not, with the nearest that there is."""
    for name in options:
        if name not in ServerOptions.__annotations__:
            near = get_close_matches(name, ServerOptions.__annotations__, n=1, cutoff=0)
            raise TypeError(f"Emulator has no option {name!r}: did you mean {near[0]!r}?")


def settings(options: Mapping[str, Any], *, admin_token: str | None) -> Settings:
    """Return what a server is started with. Raises ValueError, SettingsError."""
    given = {"port": 0, "clock": "manual", **options}
    for name in ("scenarios", "api_keys", "rate_limits", "cors"):
        given[name] = _several(name, given.get(name, ()))
    if type(given["port"]) is not int:
        raise ValueError(f"port: expected a number from 0 to 65535, found {given['port']!r}")
    given["scenarios"] = tuple(map(_folder, given["scenarios"]))
    given["rate_limits"] = tuple(map(parse_rate_limit, given["rate_limits"]))
    return Settings(**given, admin_token=admin_token)


def _several(name: str, values: Any) -> tuple[Any, ...]:
    if isinstance(values, str | os.PathLike):
        raise ValueError(f"{name}: expected a list, such as [{str(values)!r}], found {str(values)!r}")  # noqa: TRY004
    return tuple(values)


def _folder(path: str | os.PathLike[str]) -> Path:
    if not Path(path).is_dir():
        raise ValueError(f"scenarios: expected folders of scenario files, found {str(path)!r}")
    return Path(path)


@contextmanager
def told_at_start() -> Iterator[None]:
    """Turn whatever keeps a server, or a world of it, from starting into CannotStart."""
    try:
        yield
    except (AdminError, ContractError, EmulatorError, OSError, SettingsError, ValueError) as error:
        raise CannotStart(str(error)) from None


@contextmanager
def serving(**options: Unpack[ServerOptions]) -> Iterator[str]:
    """Serve in a process of its own, with no world yet, and give the address. Raises CannotStart."""
    with ExitStack() as closing:
        with told_at_start():
            url = closing.enter_context(in_a_process(settings(options, admin_token=None)))
        yield url


@contextmanager
def in_a_thread(chosen: Settings) -> Iterator[str]:
    """Serve in a thread of this process. Raises what a server's start may end in."""
    from emulator.server import running  # noqa: PLC0415 - who attaches to a server needs none

    with running(chosen) as server:
        yield server.url


@contextmanager
def in_a_process(chosen: Settings) -> Iterator[str]:
    """Serve in a process that ends with the block, or with this process. Raises CannotStart."""
    command = [sys.executable, "-P", "-c", CHILD, str(HOME)]
    with subprocess.Popen(  # noqa: S603 - the interpreter that runs this
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    ) as process:
        assert process.stdin  # noqa: S101 - it was asked for
        assert process.stdout  # noqa: S101
        try:
            _write(process.stdin, asdict(chosen))
            yield _address(process.stdout.readline())
        finally:
            _stop(process)


def _write(stdin: IO[bytes], chosen: Mapping[str, Any]) -> None:
    """Send the settings; a child that has died before it read them is found out by its silence."""
    limits = [f"{each['requests']}/{each['window']}" for each in chosen["rate_limits"]]
    folders = [str(Path(folder).absolute()) for folder in chosen["scenarios"]]
    data = json.dumps({**chosen, "rate_limits": limits, "scenarios": folders}).encode()
    try:
        stdin.write(data + b"\n")
        stdin.flush()
    except BrokenPipeError:
        return


def _address(line: bytes) -> str:
    said: dict[str, str] = json.loads(line or b"{}")
    if "url" in said:
        return said["url"]
    raise CannotStart(said.get("error", "the emulator's process ended before it was ready: its stderr says why"))


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Stop a process by the end of its standard input, or else by force."""
    try:
        process.communicate(timeout=PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()


@contextmanager
def elsewhere(url: str) -> Iterator[str]:
    """Use a server that is there already."""
    yield url.rstrip("/")
