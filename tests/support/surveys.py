"""Runs over releases as values, written in letters: nothing here has been run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from emulator.verify.check import Group
from emulator.verify.releases.survey import Release, Survey
from support.verified import check, failed, not_applicable, outcome, passed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.verify.results import Result, Stale

NAMES = {
    "get.one": Group.REQUESTS,
    "get.two": Group.REQUESTS,
    "list.one": Group.PAGING,
    "list.two": Group.PAGING,
}


def survey(letters: Mapping[str, str], *, stale: tuple[Stale, ...] = ()) -> Survey:
    """Return a run of the four checks: for each release p, f, k (known) and n (not applicable), or why there are none."""
    releases = [release(version, marks) for version, marks in letters.items()]
    checks = [check(name, group) for name, group in NAMES.items()]
    return Survey(sdk="my-sdk", checks=checks, releases=releases, stale=stale)


def release(version: str, marks: str) -> Release:
    """Return one release."""
    if set(marks) - set("pfkn"):
        return Release(version=version, why_not=marks)
    results = [_result(mark, name, group) for mark, (name, group) in zip(marks, NAMES.items(), strict=True)]
    return Release(version=version, outcome=outcome(*results))


def _result(mark: str, name: str, group: Group) -> Result:
    match mark:
        case "p":
            return passed(name, group)
        case "n":
            return not_applicable(name, group)
        case _:
            return replace(failed(name, group), is_known=mark == "k")
