"""The library as a whole: it has what was seen in the wild, and nothing of it goes untried."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.endings import HOSTILE_ENDINGS, LEGAL_ENDINGS
from support.library import FILES, HOSTILE, LEGAL, scenario

from emulator import resources

if TYPE_CHECKING:
    from pathlib import Path

# fmt: off
SEEN_IN_THE_WILD = [
    "happy-path", "accepted-then-failed", "one-bad-line", "many-errors", "error-without-line", "queue-limit",
    "empty-file", "file-not-found-at-create", "create-reply-lost", "stuck-validating", "counts-zero-then-jump",
    "finalizing-unseen", "stuck-finalizing", "straggler", "expired-partial", "expired-nothing", "all-failed",
    "mixed-results", "http-error-lines", "failed-lines-in-both", "out-of-order", "truncated-generation",
    "cancel-in-progress", "cancel-while-validating", "cancel-too-late", "cancel-finished", "cancel-500-but-done",
    "poll-500-then-ok", "rate-limited", "error-file-empty", "files-late", "file-404-then-ok", "output-deleted",
    "not-listed-yet", "grows-while-paging", "unknown-status", "missing-lines", "malformed-line", "octet-stream",
    "old-server", "malformed-json", "wrong-content-type", "connection-reset", "connection-closed", "slow-drip",
    "stalled", "huge-integers", "deep-nesting", "lone-surrogates",
]
# fmt: on


@pytest.mark.parametrize("name", SEEN_IN_THE_WILD)
def test_what_was_seen_in_the_wild_has_a_file(name: str) -> None:
    assert name in LEGAL + HOSTILE


def test_every_scenario_is_expected_to_come_to_a_certain_end() -> None:
    assert sorted(LEGAL_ENDINGS) == LEGAL
    assert sorted(HOSTILE_ENDINGS) == HOSTILE


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_scenario_stands_in_the_folder_of_its_kind_under_its_name(file: Path) -> None:
    found = scenario(file.stem)
    assert (found.name, found.kind) == (file.stem, file.parent.name)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_scenario_tells_a_client_what_to_do_in_a_page(file: Path) -> None:
    assert scenario(file.stem).client
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 30


@pytest.mark.parametrize("name", [name for name in HOSTILE if name in SEEN_IN_THE_WILD])
def test_hostile_scenario_says_what_it_breaks(name: str) -> None:
    assert scenario(name).breaks


def test_no_name_stands_for_two_scenarios() -> None:
    names = [file.stem for file in resources.folder("scenarios").rglob("*.yaml")]
    assert len(names) == len(set(names))
