"""The loop that drivers in Python share: what reaches the runner is what came of the call, and nothing else."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from textwrap import indent
from typing import TYPE_CHECKING, Any, Final

import pytest

from emulator.clients.catalog import DRIVERS, Command
from emulator.clients.driver import Driver, DriverFault
from emulator.clients.protocol import Outcome, Raised, RetryPolicy, Returned, Unsupported

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.worlds import TestWorld

ARGS: Final = {"base_url": "", "api_key": "k", "on_behalf_of": None, "retries": "off", "timeout_s": 1}
PROGRAM: Final = """
import sys
sys.path.insert(0, {folder!r})
from stdio import Raised, Sleeps, Unsupported, serve

def connect(base_url, api_key, on_behalf_of, retries, timeout_s, clock=None):
    def get_batch(batch_id):
{body}
    return {{"batches.get": get_batch, "files.get": lambda file_id, of=api_key: of}}

sleeps = Sleeps()
serve(hello={{"name": "n", "version": "v", "retry": {{"max_attempts": 2}}}}, connect=connect, sleeps=sleeps)
"""


@contextmanager
def driving(folder: Path, body: str) -> Iterator[Driver]:
    """Run a driver in which getting a batch is this Python."""
    file = folder / "driver.py"
    file.write_text(PROGRAM.format(folder=str(DRIVERS), body=indent(body, " " * 8)))
    with Driver(Command("exec:driver", (sys.executable, "-W", "error", str(file)))) as driver:
        driver.call("connect", ARGS, deadline_s=10)
        yield driver


def get(driver: Driver, name: str = "batches.get", /, **args: Any) -> Outcome:
    return driver.call(name, args or {"batch_id": "b"}, deadline_s=10)


def came_of(folder: Path, body: str) -> Outcome:
    with driving(folder, body) as driver:
        return get(driver)


def test_hello_is_the_drivers_own(tmp_path: Path) -> None:
    with driving(tmp_path, "pass") as driver:
        hello = driver.hello
    assert (hello.name, hello.version, hello.language, hello.retry) == ("n", "v", "python", RetryPolicy(max_attempts=2))


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ("return {'id': batch_id}", Returned(result={"id": "b"})),
        ("return None", Returned(result=None)),
        ("return 2 ** 99", Returned(result=2**99)),
        ("return '\\ud83d \u20ac \\x00'", Returned(result="\ud83d \u20ac \x00")),
        ("raise Unsupported('it')", Unsupported()),
        (
            "raise Raised(KeyError('\\ud83d'), declared=False)",
            Raised(type="KeyError", declared=False, status=None, body=None, message="'\\ud83d'"),
        ),
        (
            "raise Raised(OSError('no'), declared=True, status=404, body='gone')",
            Raised(type="OSError", declared=True, status=404, body="gone", message="no"),
        ),
        ("sleeps(1); sleeps(0.25); return 1", Returned(result=1, sleeps=(1.0, 0.25))),
        ("sleeps(9); raise Unsupported", Unsupported(sleeps=(9.0,))),
    ],
)
def test_answer_tells_what_came_of_the_call(tmp_path: Path, body: str, outcome: Outcome) -> None:
    assert came_of(tmp_path, body) == outcome


def test_sleeps_are_told_once(tmp_path: Path) -> None:
    with driving(tmp_path, "sleeps(float(batch_id)) if batch_id else None") as driver:
        assert get(driver, batch_id="3") == Returned(result=None, sleeps=(3.0,))
        assert get(driver, batch_id="") == Returned(result=None)


def test_numbers_that_json_does_not_have_are_shown_as_their_names(tmp_path: Path) -> None:
    shown = came_of(tmp_path, "return {'a': [float('nan'), (float('-inf'), 1.5, 'x')]}")
    assert shown == Returned(result={"a": ["NaN", ["-Infinity", 1.5, "x"]]})


def test_what_the_sdk_prints_does_not_reach_the_runner(tmp_path: Path) -> None:
    loud = "import os, subprocess; print('a', flush=True); os.write(1, b'b'); subprocess.run(['echo', 'c']); return 1"
    with driving(tmp_path, loud) as driver:
        assert get(driver) == Returned(result=1)
        assert get(driver) == Returned(result=1)
        assert driver.stderr.split() == ["a", "bc"] * 2


def test_sdk_cannot_read_the_requests(tmp_path: Path) -> None:
    with driving(tmp_path, "import os; return os.read(0, 99).decode() + sys.stdin.read()") as driver:
        assert get(driver) == Returned(result="")
        assert get(driver) == Returned(result="")


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("batches.undo", {}),
        ("batches.list", {}),
        ("batches.get", {"batch_id": "b", "more": 1}),
        ("batches.get", {"x": 1}),
    ],
)
def test_unknown_call_and_unknown_argument_are_unsupported(tmp_path: Path, name: str, args: dict[str, Any]) -> None:
    with driving(tmp_path, "return 1") as driver:
        assert get(driver, name, **args) == Unsupported()
        assert get(driver) == Returned(result=1)


def test_type_error_within_the_call_is_not_taken_for_an_unknown_argument(tmp_path: Path) -> None:
    with driving(tmp_path, "raise TypeError('inside')") as driver:
        with pytest.raises(DriverFault) as fault:
            get(driver)
        assert fault.value.kind == "died"
        assert "TypeError: inside" in fault.value.stderr


def test_connecting_anew_gives_new_calls(tmp_path: Path) -> None:
    with driving(tmp_path, "return api_key") as driver:
        assert get(driver) == Returned(result="k")
        driver.call("connect", {**ARGS, "api_key": "other"}, deadline_s=10)
        assert get(driver) == Returned(result="other")


@pytest.mark.parametrize("args", [{"more": 1}, {"clock": None, "colour": "red"}])
def test_argument_that_connect_does_not_know_is_unsupported(tmp_path: Path, args: dict[str, Any]) -> None:
    with driving(tmp_path, "return api_key") as driver:
        assert driver.call("connect", {**ARGS, **args}, deadline_s=10) == Unsupported()
        assert get(driver) == Returned(result="k")


def test_sleeps_move_the_clock_that_connect_names(tmp_path: Path, world: TestWorld) -> None:
    clock = {"url": f"{world.url}/_emulator", "headers": {"Authorization": f"Bearer {world.api_key}"}}
    with driving(tmp_path, "sleeps(86400); sleeps(0.5); return 1") as driver:
        driver.call("connect", {**ARGS, "clock": clock}, deadline_s=10)
        before = world.admin.clock()["now"]
        assert get(driver) == Returned(result=1, sleeps=(86400.0, 0.5), slept=True)
        assert world.admin.clock()["now"] - before == pytest.approx(86400.5, abs=0.5)


def test_sleep_past_the_end_of_time_is_told_and_does_not_end_the_driver(tmp_path: Path, world: TestWorld) -> None:
    clock = {"url": f"{world.url}/_emulator", "headers": {"Authorization": f"Bearer {world.api_key}"}}
    with driving(tmp_path, "sleeps(1e12); return 1") as driver:
        driver.call("connect", {**ARGS, "clock": clock}, deadline_s=10)
        assert get(driver) == Returned(result=1, sleeps=(1e12,), slept=True)


@pytest.mark.parametrize("path", ["/nowhere", "/_emulator/worlds"])
def test_clock_that_does_not_move_ends_the_driver_with_a_sentence(tmp_path: Path, world: TestWorld, path: str) -> None:
    body = "try:\n    sleeps(1)\nexcept Exception:\n    return 1"
    with driving(tmp_path, body) as driver:
        driver.call("connect", {**ARGS, "clock": {"url": world.url + path, "headers": {}}}, deadline_s=10)
        with pytest.raises(DriverFault) as fault:
            get(driver)
        assert fault.value.kind == "died"
        assert fault.value.stderr.startswith("the world's clock could not be moved: expected status 200 from http")


def test_clock_that_is_not_there_ends_the_driver_with_a_sentence(tmp_path: Path) -> None:
    with driving(tmp_path, "sleeps(1)") as driver:
        driver.call("connect", {**ARGS, "clock": {"url": "http://127.0.0.1:1", "headers": {}}}, deadline_s=10)
        with pytest.raises(DriverFault) as fault:
            get(driver)
        assert "clock could not be moved: expected http://127.0.0.1:1 to answer" in fault.value.stderr


def test_end_of_input_ends_the_driver(tmp_path: Path) -> None:
    with driving(tmp_path, "return 1") as driver:
        driver.close()
        assert driver.exit_code == 0
