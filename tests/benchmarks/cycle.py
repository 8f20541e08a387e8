"""A whole cycle of a batch with real clients: upload, create, two looks with the clock moved on before each, download.

Cycles come in sessions, as they do in tests: a server is started, a client made, and one cycle follows another. Sessions of
the two sides take turns. What a cycle takes is told for all of a session, and then for parts of it: in its first a server may
have to load what it needs, and some servers get faster as they go.

OpenAI's client against aimock, whose batches move on with each look, beside the same client against the emulator: in a
process of its own, as the pytest fixture has it; in a thread of the client's, as `Emulator` has it if not told otherwise; and
with a clock that ticks by itself, so that both make the same five requests. And the official SDK against canned replies of
a bare server beside the same calls to the emulator. Exit code 1 when OpenAI's client takes longer with an emulator in a process
than with aimock, by the medians or by the means. Where there is no Node that is left out.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import openai
from meetkai_mka1 import SDK
from rich.console import Console
from rich.progress import track
from support.processes import clean
from support.worlds import CHAT, good_input

from benchmarks import aimock
from benchmarks.comparing import COMPILED, Comparison, in_turn, show, timed
from emulator import Emulator
from emulator.client import AdminClient

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    Advance: TypeAlias = Callable[[str], object]
    Cycle: TypeAlias = Callable[[], object]
    Session: TypeAlias = Callable[[], AbstractContextManager[Cycle]]

LINES: Final = 3
INPUT: Final = good_input(LINES)
BOUND: Final = 1.0
KEY: Final = "mk-cycle"
PARTS: Final = ((0, 1, "1st cycle"), (1, 20, "2nd to 20th"), (20, None, "from the 21st"))
CANNED: Final = (sys.executable, "-m", "benchmarks.canned")


def with_openai(client: openai.OpenAI, advance: Advance) -> None:
    """Take a batch through its life with OpenAI's client."""
    file = client.files.create(file=("in.jsonl", INPUT), purpose="batch")
    batch = client.batches.create(input_file_id=file.id, endpoint=CHAT, completion_window="24h")
    advance("2m")
    assert client.batches.retrieve(batch.id).status == "in_progress"
    advance("2h")
    batch = client.batches.retrieve(batch.id)
    assert batch.status == "completed"
    assert batch.output_file_id
    assert client.files.content(batch.output_file_id).read().count(b"\n") == LINES


def with_official(sdk: SDK, advance: Advance) -> None:
    """Take a batch through its life with the official SDK; how far it has come is not looked at."""
    file = sdk.llm.files.upload(file={"file_name": "in.jsonl", "content": INPUT}, purpose="batch")
    batch = sdk.llm.batches.create(input_file_id=file.id, endpoint=CHAT)
    advance("2m")
    sdk.llm.batches.get(batch_id=batch.id)
    advance("2h")
    batch = sdk.llm.batches.get(batch_id=batch.id)
    assert isinstance(batch.output_file_id, str)
    assert sdk.llm.files.content(file_id=batch.output_file_id).read().count(b"\n") == LINES


@contextmanager
def program(command: tuple[str, ...]) -> Iterator[str]:
    """Run a server that tells its address at the end of its first line, and give that."""
    path = {"PYTHONPATH": str(Path(__file__).parents[1])}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=clean(path)) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().split()[-1]
        finally:
            server.kill()


def _by_itself(_by: str) -> None:
    """Leave the clock to the server."""


@contextmanager
def _openai(base_url: str, advance: Advance, *, api_key: str = KEY) -> Iterator[Cycle]:
    with openai.OpenAI(base_url=base_url, api_key=api_key, max_retries=0) as client:
        yield partial(with_openai, client, advance)


@contextmanager
def openai_at_aimock(command: tuple[str, ...]) -> Iterator[Cycle]:
    """Open a session of OpenAI's client with aimock."""
    with program(command) as url, _openai(f"{url}/v1", _by_itself) as cycle:
        yield cycle


@contextmanager
def openai_at_emulator(*, process: bool, clock: str = "manual") -> Iterator[Cycle]:
    """Open a session of OpenAI's client with the emulator."""
    with Emulator(clock=clock, process=process) as emulator:
        advance = emulator.advance if clock == "manual" else _by_itself
        with _openai(emulator.openai_url, advance, api_key=emulator.api_key) as cycle:
            yield cycle


@contextmanager
def official_at_canned() -> Iterator[Cycle]:
    """Open a session of the official SDK with replies that are always the same."""
    with program(CANNED) as url, SDK(server_url=url, bearer_auth=KEY) as sdk, AdminClient(url, api_key=KEY) as admin:
        yield partial(with_official, sdk, admin.advance)


@contextmanager
def official_at_emulator() -> Iterator[Cycle]:
    """Open a session of the official SDK with the emulator."""
    with (
        Emulator(clock="manual", process=True) as emulator,
        SDK(server_url=emulator.url, bearer_auth=emulator.api_key) as sdk,
    ):
        yield partial(with_official, sdk, emulator.advance)


@dataclass(frozen=True)
class Contest:
    """Two kinds of session, and the times of their cycles in seconds, a list a session.

    One that is `bound` must not find that a cycle takes longer with the emulator.
    """

    name: str
    baseline: Session
    subject: Session
    bound: bool = False
    baseline_s: list[list[float]] = field(default_factory=list)
    subject_s: list[list[float]] = field(default_factory=list)

    def play(self, cycles: int) -> None:
        """Go through a session of each; which goes first changes from time to time."""
        sides = (self.baseline_s, self.baseline), (self.subject_s, self.subject)
        for sessions, session in in_turn(len(self.baseline_s), *sides):
            with session() as cycle:
                sessions.append([timed(cycle) for _ in range(cycles)])

    def among(self, name: str, start: int, end: int | None) -> Comparison:
        """Compare the cycles from one number to another, counted from 0."""
        found = Comparison(name)
        for mine, sessions in ((found.baseline_s, self.baseline_s), (found.subject_s, self.subject_s)):
            mine.extend(seconds for times in sessions for seconds in times[start:end])
        return found

    def whole(self) -> Comparison:
        """Compare all cycles."""
        return self.among(self.name, 0, None)

    @property
    def is_lost(self) -> bool:
        """Whether it is bound, and a cycle takes longer with the emulator."""
        whole = self.whole()
        return self.bound and max(whole.ratio, whole.ratio_of_means) > BOUND

    def comparisons(self) -> Iterator[Comparison]:
        """Compare whole sessions, and then each part that they came to."""
        yield self.whole()
        for start, end, part in PARTS:
            if len(self.subject_s[0]) > start:
                yield self.among(f"{self.name}: {part}", start, end)


def contests(command: tuple[str, ...] | None) -> Iterator[Contest]:
    """Yield what is held against what, first of all what this is about; `command` starts aimock."""
    if command is not None:
        other = partial(openai_at_aimock, command)
        yield Contest("openai, emulator in a process", other, partial(openai_at_emulator, process=True), bound=True)
        yield Contest("openai, emulator in a thread", other, partial(openai_at_emulator, process=False))
        yield Contest(
            "openai, a clock that ticks", other, partial(openai_at_emulator, process=True, clock="tick=40m"), bound=True
        )
    yield Contest("meetkai-mka1", official_at_canned, official_at_emulator)


def _aimock() -> tuple[str, ...] | None:
    try:
        return aimock.command()
    except aimock.Missing as missing:
        print(f"benchmarks.cycle: without aimock: {missing}", file=sys.stderr)  # noqa: T201
        return None


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(prog="benchmarks.cycle", description=__doc__)
    options.add_argument("--rounds", type=int, default=8, help="sessions of each kind")
    options.add_argument("--cycles", type=int, default=100, help="cycles of a session, two or more")
    options.add_argument("--json", action="store_true")
    chosen: Any = options.parse_args()
    if chosen.rounds < 1 or chosen.cycles < 2:
        options.error(f"expected one round or more of two cycles or more, found {chosen.rounds} of {chosen.cycles}")
    os.environ.update(COMPILED)
    command = _aimock()
    found = list(contests(command))
    progress = Console(stderr=True)
    for _ in track(
        range(chosen.rounds), "Sessions", console=progress, disable=not progress.is_terminal, transient=True
    ):
        for contest in found:
            contest.play(chosen.cycles)
    comparisons = [comparison for contest in found for comparison in contest.comparisons()]
    title = f"A whole cycle: OpenAI's client against aimock {aimock.VERSION}, the official SDK against canned replies"
    show(comparisons, title=title, columns=("baseline", "emulator"), as_json=chosen.json)
    sys.exit(any(contest.is_lost for contest in found))


if __name__ == "__main__":
    main()
