"""Same seed, same scenario, same calls: the same bytes."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.library import HOSTILE, LEGAL
from support.transcript import Program, Step
from support.worlds import new_world

from emulator.engine.worlds import world_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

TIMING: Final = frozenset({"slow-drip", "stalled"})
"""Scenarios in which replies do not come: each takes a client's time-out to find out."""
_NUMBER: Final = st.integers(0, 5)
_STEPS: Final = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["create", "get", "cancel", "content", "delete"]), _NUMBER),
        st.tuples(st.just("get"), st.just(1)),
        st.tuples(st.just("upload"), st.integers(0, 9)),
        st.tuples(st.just("list_batches"), st.integers(1, 3)),
        st.tuples(st.just("advance"), st.sampled_from([0, 1, 59, 60, 600, 3600, 86400])),
    ),
    min_size=3,
    max_size=12,
)
BEGINNING: Final[list[Step]] = [("upload", 5), ("create", 1)]
WALK: Final[list[Step]] = [
    *BEGINNING,
    *(("get", 1) for _ in range(8)),
    ("advance", 600),
    ("create", 1),
    ("list_batches", 1),
    ("cancel", 2),
    ("get", 2),
    ("advance", 1800),
    ("get", 1),
    ("advance", 3600),
    ("get", 1),
    ("advance", 86400),
    ("get", 1),
    ("get", 2),
]


def transcript(url: str, scenario: str, steps: Iterable[Step], *, seed: int) -> list[tuple[str, bytes]]:
    """Return what a program sees in a fresh world."""
    world = new_world(url, scenario=scenario, seed=seed)
    found = Program(world, timeout_s=0.4 if scenario in TIMING else 20).play(steps)
    world.admin.delete_world(world_id(world.api_key))
    return found


@pytest.mark.parametrize("scenario", sorted({*LEGAL, *HOSTILE} - TIMING))
def test_two_worlds_of_one_seed_answer_the_same_bytes(server_url: str, scenario: str) -> None:
    @settings(max_examples=4, deadline=None, database=None)
    @given(steps=_STEPS, seed=st.integers(0, 2**32))
    def holds(steps: list[Step], seed: int) -> None:
        played = [transcript(server_url, scenario, BEGINNING + steps, seed=seed) for _ in range(2)]
        assert played[0] == played[1]

    holds()


@pytest.mark.parametrize("scenario", sorted(TIMING))
def test_two_worlds_fall_silent_at_the_same_byte(server_url: str, scenario: str) -> None:
    played = [transcript(server_url, scenario, WALK, seed=7) for _ in range(2)]
    assert played[0] == played[1]
    assert any(reply.endswith(b"TimeoutError") for _, reply in played[0])


def test_worlds_of_two_seeds_answer_differently(server_url: str) -> None:
    played = [transcript(server_url, "happy-path", WALK, seed=seed) for seed in (1, 2)]
    assert played[0] != played[1]


@contextmanager
def server_process(hash_seed: int) -> Iterator[str]:
    """Serve in a process of its own, and yield its address."""
    command = [
        sys.executable,
        "-c",
        "from emulator.cli import main; main()",
        "serve",
        "--port",
        "0",
        "--clock",
        "manual",
    ]
    environment = {**os.environ, "PYTHONHASHSEED": str(hash_seed)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().split()[-1]
        process.terminate()


def test_walk_sees_all_of_a_batchs_life(server_url: str) -> None:
    seen = b"".join(reply for _, reply in transcript(server_url, "mixed-results", WALK, seed=11))
    statuses = ("validating", "in_progress", "completed", "cancelling", "cancelled")
    assert all(f'"status":"{status}"'.encode() in seen for status in statuses)
    assert seen.count(b'"custom_id":"row-5","response":null') == 1


def test_another_process_answers_the_same_bytes_whatever_its_hashes(server_url: str) -> None:
    scenarios = sorted({*LEGAL, *HOSTILE} - TIMING)
    with server_process(hash_seed=2 if os.environ.get("PYTHONHASHSEED") == "1" else 1) as url:
        differing = [
            name
            for name in scenarios
            if transcript(url, name, WALK, seed=11) != transcript(server_url, name, WALK, seed=11)
        ]
    assert differing == []
