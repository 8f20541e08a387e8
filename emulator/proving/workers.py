"""Proving many scenarios: in this process, or, when there are many, in as many as there are processors."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import TYPE_CHECKING, Final

from emulator.proving.prover import Prover
from emulator.server import running
from emulator.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from emulator.domain.scenario import Scenario
    from emulator.proving.verdict import Verdict

PORTION: Final = 4
"""So many scenarios share a server; no more than that, and no further process is worth its start."""


def proved(scenarios: Sequence[Scenario], folders: Sequence[Path] = ()) -> Iterator[Verdict]:
    """Yield the verdict on each scenario, as it is reached; `folders` hold scenarios that these may extend."""
    if len(scenarios) <= PORTION:
        yield from _portion(scenarios, folders)
        return
    portions = [scenarios[start : start + PORTION] for start in range(0, len(scenarios), PORTION)]
    with ProcessPoolExecutor(min(len(portions), os.cpu_count() or 1), mp_context=get_context("spawn")) as pool:
        for done in as_completed([pool.submit(_listed, portion, folders) for portion in portions]):
            yield from done.result()


def _listed(scenarios: Sequence[Scenario], folders: Sequence[Path]) -> list[Verdict]:
    return list(_portion(scenarios, folders))


def _portion(scenarios: Sequence[Scenario], folders: Sequence[Path]) -> Iterator[Verdict]:
    with running(Settings(port=0, clock="manual", scenarios=tuple(folders))) as server:
        prover = Prover(server.url)
        yield from map(prover.prove, scenarios)
