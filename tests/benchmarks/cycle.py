"""A whole cycle of a batch with real clients: upload, create, two looks with the clock moved on before each, download.

OpenAI's client against aimock, whose batches move on with each look, beside the same client against the emulator: in a
process of its own, with `AdminClient.advance`; in a thread of the client's, as `Emulator` and the pytest fixture have it; and
with a clock that ticks by itself, so that both make the same five requests. And the official SDK against canned replies of
a bare server beside the same calls to the emulator. Exit code 1 when OpenAI's client takes longer with the emulator than
with aimock. Where there is no Node that is left out.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import openai
from meetkai_mka1 import SDK
from support.processes import clean
from support.worlds import CHAT, good_input

from benchmarks import aimock
from benchmarks.comparing import Comparison, show, timed
from emulator import Emulator
from emulator.client import AdminClient

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Advance: TypeAlias = Callable[[str], object]
    Cycle: TypeAlias = Callable[[], object]

LINES: Final = 3
INPUT: Final = good_input(LINES)
BOUND: Final = 1.0
KEY: Final = "mk-cycle"
WARM_UP: Final = 5
"""Cycles before any is timed: both sides load modules and compile code when they are first asked."""
EMULATOR: Final = (str(Path(sys.executable).with_name("mka1-emulator")), "serve", "--port", "0", "--clock", "manual")
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


def _openai(opened: ExitStack, base_url: str, advance: Advance, *, api_key: str = KEY) -> Cycle:
    client = opened.enter_context(openai.OpenAI(base_url=base_url, api_key=api_key, max_retries=0))
    return partial(with_openai, client, advance)


def _official(opened: ExitStack, url: str) -> Cycle:
    sdk = opened.enter_context(SDK(server_url=url, bearer_auth=KEY))
    return partial(with_official, sdk, AdminClient(url, api_key=KEY).advance)


def contests(opened: ExitStack, command: tuple[str, ...] | None) -> Iterator[tuple[Comparison, Cycle, Cycle]]:
    """Start the servers, and yield what is held against what: a baseline and the emulator; `command` starts aimock."""
    url = opened.enter_context(program(EMULATOR))
    if command is not None:
        other = _openai(opened, f"{opened.enter_context(program(command))}/v1", lambda _by: None)
        apart = _openai(opened, f"{url}/api/v1/llm", AdminClient(url, api_key=KEY).advance)
        inside = opened.enter_context(Emulator(clock="manual"))
        beside = _openai(opened, inside.openai_url, inside.advance, api_key=inside.api_key)
        yield Comparison("openai, emulator in a process"), other, apart
        yield Comparison("openai, emulator in a thread"), other, beside
        ticking = opened.enter_context(Emulator(clock="tick=40m", process=True))
        alone = _openai(opened, ticking.openai_url, lambda _by: None, api_key=ticking.api_key)
        yield Comparison("openai, a clock that ticks"), other, alone
    canned = _official(opened, opened.enter_context(program(CANNED)))
    yield Comparison("meetkai-mka1"), canned, _official(opened, url)


def compare(command: tuple[str, ...] | None, *, rounds: int) -> list[Comparison]:
    """Time every cycle, each in turn with its baseline."""
    with ExitStack() as opened:
        found = list(contests(opened, command))
        for number in range(WARM_UP + rounds):
            for comparison, baseline, subject in found:
                into = comparison if number >= WARM_UP else Comparison("warm-up")
                into.measure(baseline=partial(timed, baseline), subject=partial(timed, subject))
        return [comparison for comparison, _, _ in found]


def _aimock() -> tuple[str, ...] | None:
    try:
        return aimock.command()
    except aimock.Missing as missing:
        print(f"benchmarks.cycle: without aimock: {missing}", file=sys.stderr)  # noqa: T201
        return None


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(prog="benchmarks.cycle", description=__doc__)
    options.add_argument("--rounds", type=int, default=300)
    options.add_argument("--json", action="store_true")
    chosen: Any = options.parse_args()
    command = _aimock()
    comparisons = compare(command, rounds=chosen.rounds)
    title = f"A whole cycle: OpenAI's client against aimock {aimock.VERSION}, the official SDK against canned replies"
    show(comparisons, title=title, columns=("baseline", "emulator"), as_json=chosen.json)
    sys.exit(any(comparison.ratio > BOUND for comparison in comparisons[:-1]))


if __name__ == "__main__":
    main()
