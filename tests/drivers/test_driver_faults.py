from __future__ import annotations

import os
import select
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from support.programs import HELLO, bash, program, python

from emulator.clients.catalog import Command
from emulator.clients.driver import Driver, DriverFault
from emulator.clients.process import KEPT_STDERR, LONGEST_LINE

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE_S = 30
GOES_ON = "hello()\nrequest = ask()\nsay(id=1, result=1)\n"


@dataclass(frozen=True)
class Bad:
    """A program that does not keep the protocol, the kind of its fault, and a part of the sentence about it."""

    kind: str
    program: str
    sentence: str


def fault_of(command: Command, *, calls: int = 1, deadline_s: float = 20, argument: str = "") -> DriverFault:
    """Return the fault that a driver ends in, at its hello, in one of so many calls, or at its end."""
    try:
        with Driver(command) as driver:
            for _ in range(calls):
                driver.call("batches.get", {"batch_id": argument}, deadline_s=deadline_s)
    except DriverFault as fault:
        return fault
    pytest.fail("the driver has kept the protocol")


HELLOS = (
    Bad("rubbish", "print('Hello, world')", "did not say hello: expected a line of JSON, found 'Hello, world'"),
    Bad("rubbish", "write('\\n')", "did not say hello: expected a line of JSON, found an empty line"),
    Bad("rubbish", "write('[]\\n')", "hello: expected an object, found []"),
    Bad("rubbish", "say(driver=1, name='n', version=1, language='p')", "hello.version: expected text, found 1"),
    Bad("other-protocol", "say(driver=2)", "speaks another version of the protocol: hello.driver: expected 1, found 2"),
    Bad("no-hello", "sys.exit('No SDK here.')", "ended with exit code 1 before it had said hello: No SDK here."),
    Bad("no-hello", "os.kill(os.getpid(), 9)", "was ended by SIGKILL before it had said hello"),
    Bad("no-hello", "write('{')", "ended with exit code 0 before it had said hello"),
    Bad(
        "no-hello", "os.close(1)\nask()", "has closed its standard output, though it runs on, before it had said hello"
    ),
    Bad(
        "died", "os.close(0)\nhello()\ntime.sleep(60)", "has closed its standard input, so that it cannot get request 1"
    ),
    Bad("flood", "while True: write('x\\n' * 99)", "and much more came after that"),
    Bad("flood", "while True: write('x' * 65536)", f"more than {LONGEST_LINE:,} bytes without a newline"),
)
CALLS = (
    Bad("rubbish", "ask()\nwrite('Traceback (most\\n')", "did not answer request 1 (batches.get): expected a line of"),
    Bad("rubbish", "ask()\nwrite(b'\\xff\\n')", "expected UTF-8, found the byte 0xff at byte 0"),
    Bad("rubbish", "write('debug: connecting\\n')\nask()", "found 'debug: connecting'"),
    Bad(
        "died", "ask()\nsys.exit('Boom.')", "ended with exit code 1 without an answer to request 1 (batches.get): Boom."
    ),
    Bad("died", "sys.exit(0)", "ended with exit code 0 without an answer to request 1 (batches.get)"),
    Bad("died", "ask()\nos.kill(os.getpid(), 15)", "was ended by SIGTERM without an answer"),
    Bad("died", "ask()\nwrite('{\"id\": 1, ')", "ended with exit code 0 without an answer"),
    Bad("died", "ask()\nos.close(1)\nask()", "has closed its standard output, though it runs on, without an answer"),
    Bad("out-of-order", "ask()\nsay(id=7, result=1)", "answered request 7, where request 1 (batches.get) was to be"),
    Bad("out-of-order", "ask()\nsay(id=0, result=1)", "answered request 0, where request 1"),
    Bad("flood", "ask()\nwhile True: write('x' * 65536)", f"more than {LONGEST_LINE:,} bytes without a newline"),
    Bad("flood", "ask()\nwhile True: write('{}\\n' * 99)", "and much more came after that"),
)
EXTRAS = (
    Bad("twice", "say(id=1, result=1)", "answered request 1 once more"),
    Bad("out-of-order", "say(id=3, result=1)", "answered request 3"),
    Bad("rubbish", "write('Done.\\n')", "found 'Done.'"),
    Bad("flood", "while True: say(id=1, result=1)", "once more"),
    Bad("flood", "while True: write('x' * 65536)", f"more than {LONGEST_LINE:,} bytes"),
)


@pytest.mark.parametrize("bad", HELLOS, ids=lambda bad: bad.program)
def test_bad_hello_is_told_as_what_it_is(tmp_path: Path, bad: Bad) -> None:
    fault = fault_of(python(tmp_path, bad.program))
    assert (fault.kind, bad.sentence in str(fault)) == (bad.kind, True), str(fault)


@pytest.mark.parametrize("bad", CALLS, ids=lambda bad: bad.program)
def test_bad_answer_is_told_as_what_it_is(tmp_path: Path, bad: Bad) -> None:
    fault = fault_of(python(tmp_path, f"hello()\n{bad.program}"))
    assert (fault.kind, bad.sentence in str(fault)) == (bad.kind, True), str(fault)


@pytest.mark.parametrize("calls", [1, 2])
@pytest.mark.parametrize("bad", EXTRAS, ids=lambda bad: bad.program)
def test_answer_too_many_is_told_at_the_next_call_or_at_the_end(tmp_path: Path, bad: Bad, calls: int) -> None:
    fault = fault_of(python(tmp_path, f"{GOES_ON}{bad.program}\nask()\nask()"), calls=calls)
    assert (fault.kind, bad.sentence in str(fault)) == (bad.kind, True), str(fault)


def test_answer_to_an_earlier_request_is_one_too_many(tmp_path: Path) -> None:
    program = "hello()\nfor _ in range(3): say(id=ask()['id'], result=1)\nask()\nsay(id=2, result=1)"
    fault = fault_of(python(tmp_path, program), calls=4)
    assert fault.kind == "twice"
    assert "answered request 2 once more, where request 4 (batches.get) was to be answered" in str(fault)


def test_silent_driver_is_hung(tmp_path: Path) -> None:
    fault = fault_of(python(tmp_path, "hello()\nask()\ntime.sleep(60)"), deadline_s=0.2)
    assert fault.kind == "hung"
    assert str(fault) == "the driver of odd did not answer request 1 (batches.get) within 0.2 s"


def test_driver_that_never_reads_is_hung(tmp_path: Path) -> None:
    fault = fault_of(python(tmp_path, "hello()\ntime.sleep(60)"), deadline_s=0.2, argument="x" * 1_000_000)
    assert fault.kind == "hung"
    assert str(fault).endswith("within 0.2 s and did not even read it to its end")


@pytest.mark.parametrize("where", ["1", "2"], ids=["stdout", "stderr"])
def test_driver_that_never_comes_to_an_end_of_its_answer_is_hung(tmp_path: Path, where: str) -> None:
    program = f"hello()\nask()\nwhile True: os.write({where}, b'x') and time.sleep(0.001)"
    assert fault_of(python(tmp_path, program), deadline_s=0.3).kind == "hung"


def test_silence_in_place_of_a_hello_is_no_hello(tmp_path: Path) -> None:
    with pytest.raises(DriverFault, match=r"said no hello within 0\.2 s") as raised:
        Driver(python(tmp_path, "ask()"), hello_deadline_s=0.2)
    assert raised.value.kind == "no-hello"


def test_answer_before_the_request_was_read_is_out_of_order(tmp_path: Path) -> None:
    fault = fault_of(python(tmp_path, "hello()\nsay(id=1, result=1)\nask()"), argument="x" * 1_000_000)
    assert fault.kind == "out-of-order"
    assert str(fault).endswith("answered request 1 (batches.get) before it had read it to its end")


@pytest.mark.parametrize("name", ["missing", "plain-file"])
def test_program_that_cannot_be_run_cannot_start(tmp_path: Path, name: str) -> None:
    (tmp_path / "plain-file").write_text("", encoding="utf-8")
    fault = fault_of(Command("odd", (str(tmp_path / name),)))
    assert fault.kind == "cannot-start"
    assert name in str(fault)


def test_fault_keeps_the_end_of_standard_error(tmp_path: Path) -> None:
    program = "hello()\nos.write(2, b'x' * 100_000 + b'\\xff the end')\nsys.exit(1)"
    fault = fault_of(python(tmp_path, program))
    assert len(fault.stderr.encode()) <= KEPT_STDERR + 2
    assert fault.stderr.endswith("x\N{REPLACEMENT CHARACTER} the end")


def test_fault_ends_the_driver(tmp_path: Path) -> None:
    with Driver(python(tmp_path, "hello()\nask()\nwrite('rubbish\\n')\ntime.sleep(60)")) as driver:
        with pytest.raises(DriverFault):
            driver.call("batches.get", {}, deadline_s=10)
        assert not driver.is_alive
        with pytest.raises(DriverFault, match="runs no more"):
            driver.call("batches.get", {}, deadline_s=10)


@pytest.mark.parametrize(
    ("ending", "kind"), [("sys.exit(3)", "died"), ("time.sleep(60)", "hung"), ("write('rubbish\\n')\nask()", "rubbish")]
)
def test_what_the_driver_has_started_ends_with_it(tmp_path: Path, ending: str, kind: str) -> None:
    """A grandchild holds the driver's pipes, and one end of ours: when it is gone, we read the end of that."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    reading = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    child = f"subprocess.Popen(['sh', '-c', 'exec 9>{fifo}; echo >&9; sleep 600'])\n"
    with Driver(python(tmp_path, f"hello()\n{child}ask()\n{ending}")) as driver:
        assert select.select([reading], [], [], PATIENCE_S)[0]
        os.set_blocking(reading, True)
        assert os.read(reading, 1) == b"\n"
        with pytest.raises(DriverFault) as raised:
            driver.call("batches.get", {}, deadline_s=0.5)
    assert raised.value.kind == kind
    assert select.select([reading], [], [], PATIENCE_S)[0]
    assert os.read(reading, 1) == b""
    os.close(reading)


def test_end_of_a_driver_whose_grandchild_holds_its_pipes_is_seen_before_the_deadline() -> None:
    fault = fault_of(bash(f"sleep 600 & echo '{HELLO}'; read -r line; exit 5"), deadline_s=300)
    assert fault.kind == "died"
    assert "ended with exit code 5" in str(fault)


def test_answer_just_before_the_end_still_counts(tmp_path: Path) -> None:
    with Driver(python(tmp_path, GOES_ON)) as driver:
        driver.call("batches.get", {}, deadline_s=10)


def test_last_line_of_standard_error_stands_in_the_sentence(tmp_path: Path) -> None:
    fault = fault_of(program(tmp_path, "import no_such_module\n"))
    assert fault.kind == "no-hello"
    assert str(fault).endswith("before it had said hello: ModuleNotFoundError: No module named 'no_such_module'")
    assert "Traceback" in fault.stderr
