"""The command line: options and environment in, exit codes out. Everything it does stands elsewhere.

Exit codes: 0 done, 1 not as it should be (`schemas check`, `scenarios check`, `demo`), 2 the command was not understood or
cannot be carried out.
"""

from __future__ import annotations

import gc
import os
import re
import sys
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import urlsplit

import click

from emulator import __version__
from emulator.contract.editions import EDITIONS
from emulator.contract.errors import ContractError
from emulator.domain.clock import parse_clock
from emulator.domain.errors import EmulatorError
from emulator.domain.limits import RateLimit, parse_rate_limit
from emulator.settings import Settings, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Command = TypeVar("Command", bound=Callable[..., Any])

NAME: Final = "mka1-emulator"
ENVIRONMENT: Final = "MKA1_EMULATOR_"
OF_OTHER_COMMANDS: Final = frozenset({"MKA1_EMULATOR_CACHE"})
"""Variables that `serve` leaves alone, though none of its options goes by them."""
DEFAULTS: Final = Settings()
SAFE: Final = 9007199254740991


class _Read(click.ParamType[Any]):
    """A type of option whose text a function reads; a ValueError of it says what is wrong."""

    def __init__(self, name: str, read: Callable[[str], object]) -> None:
        self.name = name
        self._read = read

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the option's value."""
        if not isinstance(value, str):
            return value
        try:
            return self._read(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


def _whole(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not re.fullmatch(r"-?[0-9]{1,18}", text) or not least <= int(text) <= most:
            raise ValueError(f"expected a whole number from {least} to {most}, found {text!r}")
        return int(text)

    return read


def _clock(text: str) -> str:
    parse_clock(text, wall_us=0)
    return text


def _origin(text: str) -> str:
    parts = urlsplit(text)
    if text not in {"*", f"{parts.scheme}://{parts.netloc}"} or (text != "*" and not parts.netloc):
        raise ValueError(f"expected an origin such as https://app.example.com, found {text!r}")
    return text


def _key(text: str) -> str:
    if not text or not text.isascii() or any(not character.isprintable() or character == " " for character in text):
        raise ValueError("expected printable ASCII without spaces")
    return text


HOMES: Final[Mapping[str, str]] = {
    "driver": "emulator.commands.driver",
    "fuzz": "emulator.commands.fuzz",
    "replay": "emulator.commands.fuzz",
    "scenarios": "emulator.commands.scenarios_check",
    "verify": "emulator.commands.verify",
    "wait": "emulator.commands.wait",
}
"""Where the commands stand that have modules of their own."""
SEED: Final = _Read("seed", _whole(-SAFE, SAFE))
SEED_HELP: Final = "What ids and replies are derived from."
WORLDS: Final = _Read("count", _whole(1, 1_000_000))
LINES: Final = _Read("count", _whole(20, 5000))


def option(name: str, *target: str, **settings: Any) -> Callable[[Command], Command]:
    """Return an option of `serve` that can also be set in the environment."""
    variable = ENVIRONMENT + name.removeprefix("--").replace("-", "_").upper()
    return click.option(name, *target, envvar=variable, show_envvar=True, show_default=True, **settings)


class _Commands(click.Group):
    """All commands; those of HOMES are imported when they are asked for, and `serve` starts without waiting for them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, sorted."""
        return sorted([*super().list_commands(ctx), *HOMES])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command with this name, if there is one."""
        if cmd_name not in HOMES:
            return super().get_command(ctx, cmd_name)
        command: click.Command = getattr(import_module(HOMES[cmd_name]), cmd_name)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name=NAME, message="%(prog)s %(version)s")
def commands() -> None:
    """Emulate the MKA1 Batches API: a batch's whole life, on a clock you own."""


@commands.command()
@option("--host", default=DEFAULTS.host, help="Address to listen on.")
@option(
    "--port",
    default=DEFAULTS.port,
    type=_Read("port", _whole(0, 65535)),
    help="Port to listen on; 0 takes a free one.",
)
@option(
    "--clock",
    default=DEFAULTS.clock,
    type=_Read("clock", _clock),
    help="manual, real, xN (N times as fast as the wall) or tick=DURATION (moves that much before each request).",
)
@option("--scenario", default=DEFAULTS.scenario, help="What happens to batches.")
@option(
    "--scenarios",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of scenario files that join the library; repeatable.",
)
@option(
    "--seed",
    default=DEFAULTS.seed,
    type=_Read("seed", _whole(-SAFE, SAFE)),
    help="What ids and replies are derived from.",
)
@option("--edition", default=DEFAULTS.edition, type=click.Choice(EDITIONS), help="Which edition of the API to be.")
@option("--api-key", "api_keys", multiple=True, type=_Read("key", _key), help="Let in this key alone; repeatable.")
@option("--admin-token", type=_Read("token", _key), help="Ask for this token in X-Emulator-Admin-Token.")
@option(
    "--rate-limit",
    "rate_limits",
    multiple=True,
    type=_Read("limit", parse_rate_limit),
    help="Answer 429 above this rate a key, such as 60/minute; repeatable.",
)
@option("--cors", multiple=True, type=_Read("origin", _origin), help="Let pages of this origin in; repeatable.")
@option(
    "--max-worlds",
    default=DEFAULTS.max_worlds,
    type=_Read("count", _whole(1, 1_000_000)),
    help="How many worlds there can be.",
)
@option("--no-validate-replies", is_flag=True, help="Do not check replies against the contract.")
def serve(rate_limits: tuple[RateLimit, ...], *, no_validate_replies: bool, **options: Any) -> None:
    """Serve the API until it is stopped."""
    _check_environment()
    gc.disable()  # what a start makes is there to stay: looking for garbage among it takes a tenth of the time
    from emulator.server import serve as serve_forever  # noqa: PLC0415 - other commands need no server

    settings = Settings(rate_limits=rate_limits, validate_replies=not no_validate_replies, **options)
    serve_forever(settings, on_ready=_ready)


def _ready(url: str) -> None:
    gc.freeze()
    gc.enable()
    print(f"{NAME}: listening on {url}", flush=True)  # noqa: T201


def _check_environment() -> None:
    """Refuse a variable that looks like an option and is none: it would otherwise be ignored in silence."""
    known = {str(parameter.envvar) for parameter in serve.params if parameter.envvar}
    for variable in sorted(os.environ):
        if variable.startswith(ENVIRONMENT) and variable not in known | OF_OTHER_COMMANDS:
            near = get_close_matches(variable, known, n=1, cutoff=0) or sorted(known)
            raise click.UsageError(f"the environment variable {variable} sets no option: did you mean {near[0]}?")


@commands.command()
@click.option("--lines", default=200, show_default=True, type=LINES, help="Requests in the batch.")
@click.option(
    "--seed",
    default=0,
    show_default=True,
    type=_Read("seed", _whole(-SAFE, SAFE)),
    help="What ids and replies are derived from.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the table as JSON instead.")
def demo(lines: int, seed: int, *, as_json: bool) -> None:
    """Watch the official SDK take batches through their lives, on a virtual clock."""
    try:
        from emulator.demo import run  # noqa: PLC0415 - it needs the SDK, which is an extra
    except ModuleNotFoundError as error:
        raise click.ClickException(f"the demo needs {error.name}: pip install 'mka1-emulator[demo]'") from None
    run(lines=lines, seed=seed, as_json=as_json)


@commands.group()
def schemas() -> None:
    """Derive the contract's JSON Schemas from openapi.yaml."""


def _folder(command: Command) -> Command:
    folder = click.Path(exists=True, file_okay=False, path_type=Path)
    return click.option("--folder", type=folder, help="Where openapi.yaml is; the program's own by default.")(command)


def _schemas_folder(folder: Path | None) -> Path:
    from emulator import resources  # noqa: PLC0415

    return folder or resources.folder("schemas")


@schemas.command()
@_folder
def derive(folder: Path | None) -> None:
    """Write openapi.json, a JSON Schema for each component, and the one for scenario files."""
    from emulator.contract.derive import write  # noqa: PLC0415 - it takes PyYAML and jsonschema
    from emulator.scenarios import schema  # noqa: PLC0415 - it takes pydantic

    place = _schemas_folder(folder)
    for path, state in [*write(place), *schema.write(place)]:
        click.echo(f"{state}\t{path}")


@schemas.command()
@_folder
def check(folder: Path | None) -> None:
    """Say which derived files are not current; exit 1 if any is not."""
    from emulator.contract.derive import stale  # noqa: PLC0415 - it takes PyYAML and jsonschema
    from emulator.scenarios import schema  # noqa: PLC0415 - it takes pydantic

    place = _schemas_folder(folder)
    found = [*stale(place), *schema.stale(place)]
    for path, state in found:
        click.echo(f"{state}\t{path}")
    if found:
        click.echo(f"{NAME}: {len(found)} files are not current: run '{NAME} schemas derive'", err=True)
        sys.exit(1)


def _sentences(error: Exception) -> list[str]:
    """Return what an error says: one sentence, or one for each problem of a scenario file."""
    problems = getattr(error, "problems", None)
    if problems:
        return [str(problem) for problem in problems]
    return [error.format_message() if isinstance(error, click.ClickException) else str(error)]


def main() -> None:
    """Run the command line; every error is one line on stderr, or as many as a file has problems."""
    try:
        sys.exit(commands.main(standalone_mode=False))
    except (click.ClickException, ContractError, EmulatorError, SettingsError, OSError) as error:
        for sentence in _sentences(error):
            click.echo(f"{NAME}: error: {' '.join(sentence.split())}", err=True)
        sys.exit(2)
    except click.Abort:
        sys.exit(130)
