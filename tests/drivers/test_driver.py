from __future__ import annotations

import base64
import os
import signal
from typing import TYPE_CHECKING, Any

import pytest
from support.programs import HELLO, bash, python

from emulator.clients.driver import Driver, DriverFault
from emulator.clients.process import KEPT_STDERR
from emulator.clients.protocol import Hello, Raised, Returned, Unsupported

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from emulator.clients.protocol import Outcome


@pytest.fixture
def echo(tmp_path: Path) -> Iterator[Driver]:
    """A driver that answers each request with its arguments."""
    with Driver(python(tmp_path, "hello()\nserve()")) as driver:
        yield driver


def answered(folder: Path, answer: str, *, call: str = "batches.get") -> Outcome:
    """Return what a driver's answer to its first request is taken for."""
    with Driver(python(folder, f"hello()\nask()\nwrite('''{answer}\\n''')\nask()")) as driver:
        return driver.call(call, {}, deadline_s=10)


# Calls


def test_hello_says_which_sdk_it_is(echo: Driver) -> None:
    assert echo.hello == Hello(name="odd", version="1.0", language="any")


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ('{"id": 1, "result": [1]}', Returned(result=[1])),
        ('{"id": 1, "result": null, "sleeps": [0.5, 2]}', Returned(result=None, sleeps=(0.5, 2.0))),
        ('{"id": 1, "unsupported": true, "slept": true}', Unsupported(slept=True)),
        (
            '{"id": 1, "raised": {"type": "E", "declared": true, "status": null, "body": null, "message": ""}}',
            Raised(type="E", declared=True, status=None, body=None, message=""),
        ),
    ],
)
def test_answer_becomes_what_it_says(tmp_path: Path, answer: str, outcome: Outcome) -> None:
    assert answered(tmp_path, answer) == outcome


@pytest.mark.parametrize("answer", ["{}", '{"id": 1}', '{"id": 1, "result": {}}', '{"id": 1, "sleeps": []}'])
def test_connect_is_answered_with_next_to_nothing(tmp_path: Path, answer: str) -> None:
    assert answered(tmp_path, answer, call="connect") == Returned(result={})


@pytest.mark.parametrize(
    "value",
    [
        10**4000,
        -(2**63) - 1,
        0.1,
        1e308,
        "☃ 🎈",
        "\ud800",
        "a\udfff\ud800b",
        "\0\x7f\u2028\n",
        None,
        True,
        [],
        {"": {}},
    ],
    ids=repr,
)
def test_any_value_of_json_is_carried_both_ways(echo: Driver, value: Any) -> None:
    outcome = echo.call("batches.get", {"value": value}, deadline_s=10)
    assert isinstance(outcome, Returned)
    assert outcome.result == {"value": value}
    assert type(outcome.result["value"]) is type(value)


def test_requests_are_ascii(tmp_path: Path) -> None:
    program = "hello()\nline = sys.stdin.buffer.readline()\nsay(id=1, result=line.isascii())\nask()"
    with Driver(python(tmp_path, program)) as driver:
        assert driver.call("batches.get", {"batch_id": "é☃\ud800"}, deadline_s=10) == Returned(result=True)


def test_file_of_5_mb_passes_both_ways(echo: Driver) -> None:
    content = base64.b64encode(os.urandom(5_000_000)).decode()
    assert echo.call("files.content", {"content": content}, deadline_s=60) == Returned(result={"content": content})


def test_program_in_bash_can_be_a_driver() -> None:
    loop = """while read -r line; do id=${line#*:}; echo "{\\"id\\": ${id%%,*}, \\"unsupported\\": true}"; done"""
    with Driver(bash(f"echo '{HELLO}'; {loop}")) as driver:
        assert [driver.call("files.list", {}, deadline_s=10) for _ in range(3)] == [Unsupported()] * 3
    assert driver.exit_code == 0


def test_deadline_goes_along_with_the_request(tmp_path: Path) -> None:
    with Driver(python(tmp_path, "hello()\nsay(id=1, result=ask()['deadline_s'])\nask()")) as driver:
        assert driver.call("batches.get", {}, deadline_s=7.5) == Returned(result=7.5)


def test_request_that_json_cannot_say_is_the_callers_fault(echo: Driver) -> None:
    with pytest.raises(ValueError, match="JSON"):
        echo.call("batches.get", {"batch_id": float("nan")}, deadline_s=10)
    assert echo.call("batches.get", {}, deadline_s=10) == Returned(result={})


# Around calls


def test_environment_is_the_runners_unless_another_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLOUR", "blue")
    command = python(tmp_path, "hello()\nsay(id=1, result=os.environ.get('COLOUR'))\nask()")
    with Driver(command) as driver:
        assert driver.call("batches.get", {}, deadline_s=10) == Returned(result="blue")
    with Driver(command, environment={"COLOUR": "red"}) as driver:
        assert driver.call("batches.get", {}, deadline_s=10) == Returned(result="red")


def test_standard_error_without_end_stops_nobody(tmp_path: Path) -> None:
    noisy = "hello()\nask()\nfor n in range(40000): os.write(2, b'%08d line\\n' % n)\nsay(id=1, result=1)\nask()"
    with Driver(python(tmp_path, noisy)) as driver:
        assert driver.call("batches.get", {}, deadline_s=60) == Returned(result=1)
    assert len(driver.stderr) == KEPT_STDERR
    assert driver.stderr.endswith("00039999 line\n")


def test_end_of_input_ends_the_driver(echo: Driver) -> None:
    assert echo.is_alive
    echo.close()
    assert not echo.is_alive
    assert echo.exit_code == 0
    echo.close()


def test_closed_driver_takes_no_calls(echo: Driver) -> None:
    echo.close()
    with pytest.raises(DriverFault, match=r"runs no more: batches\.get cannot be called") as raised:
        echo.call("batches.get", {}, deadline_s=10)
    assert raised.value.kind == "died"


def test_driver_that_will_not_end_is_killed(tmp_path: Path) -> None:
    driver = Driver(python(tmp_path, "hello()\nwhile True: time.sleep(60)"))
    driver.close(patience_s=0.1)
    assert driver.exit_code == -signal.SIGKILL


def test_interrupted_call_ends_the_driver(tmp_path: Path) -> None:
    """Its answer must not be taken for that to the next request."""

    class Interrupted(BaseException):
        pass

    def interrupt(*_: object) -> None:
        raise Interrupted

    with Driver(python(tmp_path, "hello()\nask()\nos.kill(os.getppid(), signal.SIGUSR1)\ntime.sleep(60)")) as driver:
        before = signal.signal(signal.SIGUSR1, interrupt)
        try:
            with pytest.raises(Interrupted):
                driver.call("batches.get", {}, deadline_s=60)
        finally:
            signal.signal(signal.SIGUSR1, before)
        assert not driver.is_alive


def test_error_inside_the_block_is_not_hidden_by_a_fault_at_its_end(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), Driver(python(tmp_path, "hello()\nwrite('rubbish\\n')\nask()")):
        _ = 1 / 0
