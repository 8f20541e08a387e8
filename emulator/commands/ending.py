"""How a run of checks ends: its exit codes, and what is kept of one that is broken off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

import click

from emulator.client import AdminError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Each = TypeVar("Each")

AS_EXPECTED: Final = 0
NOT_AS_EXPECTED: Final = 1
IN_VAIN: Final = 2
BROKEN_OFF: Final = 130


def gathered(coming: Iterable[Each], *, tell: Callable[[Each], None] | None = None) -> tuple[list[Each], int]:
    """Return what comes, until all has or something ends it, and the exit code of that end; 0 if it came to its own.

    `tell` is told of each as it comes.
    """
    found: list[Each] = []
    try:
        for each in coming:
            found.append(each)
            if tell is not None:
                tell(each)
    except KeyboardInterrupt:
        return found, BROKEN_OFF
    except (AdminError, OSError) as error:
        click.echo(f"mka1-emulator: error: the server does not go on: {error}", err=True)
        return found, IN_VAIN
    return found, AS_EXPECTED


def code(ended: int, *, is_as_expected: bool) -> int:
    """Return the exit code of a run that ended with this one, by what came of it."""
    return ended or (AS_EXPECTED if is_as_expected else NOT_AS_EXPECTED)
