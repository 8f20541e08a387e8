"""All checks, in the order in which they run. A new check is a line in its module's CHECKS; a new group a line here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emulator.verify.checks import (
    arguments,
    content,
    edges,
    errors,
    faults,
    ids,
    paging,
    replies,
    requests,
    retries,
    scenarios,
    tenancy,
)

if TYPE_CHECKING:
    from emulator.verify.check import Check

ALL: Final[tuple[Check, ...]] = (
    *requests.CHECKS,
    *arguments.CHECKS,
    *ids.CHECKS,
    *replies.CHECKS,
    *edges.CHECKS,
    *errors.CHECKS,
    *faults.CHECKS,
    *retries.CHECKS,
    *paging.CHECKS,
    *content.CHECKS,
    *tenancy.CHECKS,
    *scenarios.CHECKS,
)
