"""Which checks of all are to run: by patterns over their names, and by the names of their groups."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from emulator.verify.check import Group
from emulator.verify.errors import VerifyError, meant

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from emulator.verify.check import Check


def selected(checks: Sequence[Check], *, run: Sequence[str] = (), skip: Sequence[str] = ()) -> list[Check]:
    """Return the checks that any pattern of `run` means, or all if there is none, without those that `skip` means.

    A pattern is a shell's: `list.*` means all names that begin so, `retries` all checks of the group of that name. Raises
    VerifyError for a pattern that means no check at all, and when no check is left.
    """
    wanted = _meant_by(run, checks, option="--run") if run else {check.name for check in checks}
    unwanted = _meant_by(skip, checks, option="--skip")
    found = [check for check in checks if check.name in wanted - unwanted]
    if not found:
        raise VerifyError(f"no check is left to run: --skip {' --skip '.join(skip)} takes away all that were chosen")
    return found


def matches(pattern: str, check: Check) -> bool:
    """Say whether a pattern means a check."""
    return pattern == check.group or fnmatchcase(check.name, pattern)


def _meant_by(patterns: Sequence[str], checks: Collection[Check], *, option: str) -> set[str]:
    return {name for pattern in patterns for name in _names(pattern, checks, option=option)}


def _names(pattern: str, checks: Collection[Check], *, option: str) -> list[str]:
    found = [check.name for check in checks if matches(pattern, check)]
    if not found:
        near = meant(pattern, [*Group, *(check.name for check in checks)]) or f"; the groups are {', '.join(Group)}"
        raise VerifyError(f"{option}: expected a check's name, a pattern of names or a group, found {pattern!r}{near}")
    return found
