from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from support.my_driver import good, mutant
from support.processes import MAIN, clean, run
from support.programs import bash

if TYPE_CHECKING:
    from pathlib import Path

    from support.processes import Ended

    from emulator.clients.catalog import Command

ONE = ("--run", "batches.get", "--run", "errors.404")
BAD = ("error.code if replied", "None if replied")


def check(command: Command, *options: str) -> Ended:
    """Try a driver, given in words."""
    return run("driver", "check", *options, "--", *command.argv)


def seen_on_a_terminal(*words: str) -> str:
    """Return what the command shows on a terminal, without its colours."""
    ours, its = pty.openpty()
    command = [sys.executable, "-W", "error", "-c", MAIN, *words]
    environment = clean({"TERM": "xterm", "COLUMNS": "160"})
    with subprocess.Popen(command, env=environment, stdin=its, stdout=its, stderr=its):
        os.close(its)
        shown = b"".join(iter(lambda: _read(ours), b""))
    os.close(ours)
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode())


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 1 << 16)
    except OSError:  # on Linux, the end of a terminal
        return b""


def test_lines_say_what_was_tried(tmp_path: Path) -> None:
    done = check(good(tmp_path), *ONE)
    assert (done.code, done.stderr) == (0, "")
    assert [line.split("\t")[:2] for line in done.stdout.splitlines()] == [
        ["passed", "batches.get"],
        ["passed", "errors.404"],
        ["2 passed"],
    ]


def test_lines_say_how_to_mend_what_is_wrong(tmp_path: Path) -> None:
    done = check(mutant(tmp_path, *BAD), *ONE)
    assert (done.code, done.stderr) == (1, "")
    assert done.stdout.splitlines()[1:] == [
        "wrong\terrors.404\tA reply of status 404 becomes 'raised', with status and body.",
        "\texpected\traised.status: 404",
        "\tgot\tnull",
        "\tmend\tAnswer the status of the HTTP reply that the error is about; null if none came.",
        "1 passed, 1 wrong",
    ]


def test_advice_alone_is_no_failure(tmp_path: Path) -> None:
    done = check(mutant(tmp_path, "isinstance(error, OSError | HTTPException)", "False"), *ONE)
    assert done.code == 0
    assert "\tadvice\traised.declared is false for HTTPError on a 404" in done.stdout
    assert done.stdout.endswith("\n1 passed, 1 advice\n")


def test_driver_that_does_not_come_up_is_told_once_with_its_last_words() -> None:
    done = check(bash("seq 9 >&2; exit 1"))
    assert done.code == 1
    assert [line for line in done.stdout.splitlines() if line.startswith("\tstderr")] == [
        f"\tstderr\t{number}" for number in range(5, 10)
    ]
    assert re.search(r"\n1 wrong, \d+ not tried\n\Z", done.stdout)


def test_results_come_as_one_document_of_json(tmp_path: Path) -> None:
    done = check(mutant(tmp_path, *BAD), *ONE, "--json")
    told = json.loads(done.stdout)
    assert done.code == 1
    assert told["client"].startswith("exec:")
    assert told["counts"] == {"passed": 1, "advice": 0, "wrong": 1, "not tried": 0}
    passed, wrong = told["trials"]
    assert passed == {
        "name": "batches.get",
        "asks": "batches.get arrives as it was made, and is answered with what the server says.",
        "verdict": "passed",
        "advice": [],
        "stderr": "",
    }
    assert wrong.items() >= {"verdict": "wrong", "at": "raised.status", "expected": "404", "got": "null"}.items()


def test_terminal_shows_progress_and_a_table(tmp_path: Path) -> None:
    shown = seen_on_a_terminal("driver", "check", *ONE, "--", *mutant(tmp_path, *BAD).argv)
    assert "tried errors.404" in shown
    assert re.search(r"errors\.404 +wrong +A reply of status 404 becomes", shown)
    assert re.search(r"\n +expected raised\.status: 404", shown)
    assert "1 passed, 1 wrong" in shown


@pytest.mark.parametrize("words", [("httpx",), ("exec:PROGRAM",), ("PROGRAM",)], ids=str)
def test_client_is_given_as_elsewhere(tmp_path: Path, words: tuple[str, ...]) -> None:
    program = " ".join(good(tmp_path).argv)
    assert run("driver", "check", *ONE, *(word.replace("PROGRAM", program) for word in words)).code == 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "Missing argument 'CLIENT"),
        (("mka",), "client: expected mka1, mka1-async, openai, openai-node, httpx or exec:COMMAND, found 'mka'"),
        (("exec:",), "client: expected a command after 'exec:', found nothing"),
        (("--", "no-such-program", "x"), "expected a program that can be run, found 'no-such-program'"),
        (("--python", "no/python", "mka1"), "--python: expected a Python interpreter, found no program 'no/python'"),
        (("--python", sys.executable, "--", "sh", "-c", "x"), "--python is for shipped drivers in Python"),
        (("--run", "batches.got", "httpx"), "--run: expected the name of a trial (hello, connect, batches.create,"),
        (("--deadline", "0", "httpx"), "'--deadline': 0.0 is not in the range x>0"),
    ],
)
def test_what_cannot_be_tried_is_told_in_one_line(words: tuple[str, ...], sentence: str) -> None:
    done = run("driver", "check", *words)
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert sentence in done.stderr


def test_program_that_is_no_program_is_told_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "driver"
    file.write_bytes(b"\0")
    file.chmod(0o755)
    done = run("driver", "check", "--", str(file))
    assert (done.code, done.stdout) == (2, "")
    assert re.fullmatch(r"mka1-emulator: error: the driver of exec:\S+ cannot be started: .+\n", done.stderr)
