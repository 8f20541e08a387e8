from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from support.mutants import mutants

from emulator.verify.catalog import ALL
from mutants import caught
from mutants.playing import all_played, server

if TYPE_CHECKING:
    from collections.abc import Mapping

WRITTEN = caught.read()


@pytest.fixture(scope="module")
def failed() -> Mapping[str, set[str]]:
    """For each mutant those of the checks written down for it that it failed; several are played at a time."""
    work = {mutants()[name]: [check for check in ALL if check.name in checks] for name, checks in WRITTEN.items()}
    with server() as url:
        played = list(all_played(work, url, jobs=os.cpu_count() or 1))
    return {each.mutant.name: {result.check.name for result in each.failures} for each in played}


@pytest.mark.thorough
@pytest.mark.parametrize("name", WRITTEN)
def test_mutant_fails_each_check_that_is_written_down_for_it(failed: Mapping[str, set[str]], name: str) -> None:
    assert failed[name] == set(WRITTEN[name])
