from __future__ import annotations

from emulator.contract.catalog import load
from emulator.contract.editions import NEWEST
from emulator.domain.lifecycle import TERMINAL, TRANSITIONS
from emulator.proving.lifecycle import ENDED, FOLLOWING, may_follow
from emulator.proving.samples import CHAT, STAGES, samples


def test_samples_have_every_size_endpoint_and_stage() -> None:
    tried = samples(load(NEWEST).endpoints)

    assert {sample.lines for sample in tried if sample.endpoint == CHAT} == {1, 3, 200}
    assert {sample.endpoint for sample in tried} == set(load(NEWEST).endpoints)
    assert [sample.cancel for sample in tried if sample.cancel] == list(STAGES)
    assert len({sample.name for sample in tried}) == len(tried)


def test_both_tables_of_transitions_agree() -> None:
    assert FOLLOWING == TRANSITIONS
    assert ENDED == TERMINAL


def test_look_may_miss_statuses_but_never_goes_back() -> None:
    assert may_follow("validating", "completed")
    assert may_follow("in_progress", "in_progress")
    assert not may_follow("finalizing", "in_progress")
    assert not may_follow("completed", "cancelled")
