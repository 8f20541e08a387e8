"""Playing checks with mutants: each mutant has a driver and a folder of its own, and all share one server."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from support.processes import serving_process

from emulator.client import AdminClient
from emulator.faces.arranging import Arranger
from emulator.verify.results import Verdict
from emulator.verify.running import Runner

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from support.mutants import Mutant

    from emulator.verify.check import Check
    from emulator.verify.results import Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What came of checks with one mutant: those that failed, of those that were played, and the wall's seconds."""

    mutant: Mutant
    failures: tuple[Result, ...]
    seconds: float


@contextmanager
def server() -> Iterator[str]:
    """Run a server in a process of its own while the block is open, and give its URL once it has done all it does but once."""
    with serving_process("--clock", "manual", "--max-worlds", "100000") as serving:
        with AdminClient(serving.url) as admin:
            Arranger(serving.url, admin.create_world(clock="manual")["api_key"]).batch()
        yield serving.url


def played(mutant: Mutant, checks: Sequence[Check], url: str) -> Played:
    """Play checks with a mutant. Raises Misfit, DriverFault when it does not so much as say hello."""
    began = time.perf_counter()
    try:
        with TemporaryDirectory() as folder, Runner(mutant.command(Path(folder)), url) as runner:
            failures = tuple(filter(is_failure, runner.run(checks)))
    except Exception as error:
        error.add_note(f"It came by the mutant {mutant.name}.")
        raise
    return Played(mutant=mutant, failures=failures, seconds=time.perf_counter() - began)


def is_failure(result: Result) -> bool:
    """Say whether a check failed by itself: after several broken drivers the rest of a group is not even played."""
    return result.verdict is Verdict.FAIL and result.at != "driver"


def all_played(work: Mapping[Mutant, Sequence[Check]], url: str, *, jobs: int) -> Iterator[Played]:
    """Play with each mutant its checks, so many mutants at a time, and yield what came of each as it comes."""
    with ThreadPoolExecutor(jobs) as pool:
        coming = [pool.submit(played, mutant, checks, url) for mutant, checks in work.items()]
        try:
            for done in as_completed(coming):
                yield done.result()
        finally:
            pool.shutdown(cancel_futures=True)
