"""`fuzz` and `replay` as people run them: options, output, files, exit codes, signals."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from support.fuzzed import finding
from support.oddities import HANGS, RAISES, REFUSES, odd, processes
from support.processes import MAIN, PATIENCE_S, clean, run, serving_process
from support.small_drivers import small_driver
from support.terminals import on_terminal

from emulator.fuzz.files import write
from emulator.fuzz.steps import Call

if TYPE_CHECKING:
    from pathlib import Path

    from support.processes import Ended

pytestmark = pytest.mark.thorough

ONE = ("--property", "no-silent-twin", "--examples", "4")
STOPS_THE_SERVER = "os.kill(int(os.environ['SERVER']), signal.SIGKILL); say(id=number, unsupported=True)"


def fuzz(tmp_path: Path, client: str, *options: str, **environment: str) -> Ended:
    """Run a campaign that leaves its findings in `out`, and its cache in `cache`."""
    given = {"MKA1_EMULATOR_CACHE": str(tmp_path / "cache"), **environment}
    return run("fuzz", "--client", client, "--out", str(tmp_path / "out"), *options, environment=given)


def files(tmp_path: Path) -> list[str]:
    return sorted(file.name for file in (tmp_path / "out").iterdir())


# A campaign


def test_reference_has_no_findings(tmp_path: Path) -> None:
    done = fuzz(tmp_path, "httpx", *ONE, "--seed", "1")
    assert done.code == 0, done.stderr
    assert files(tmp_path) == []
    lines = done.stdout.splitlines()
    assert lines[0] == "property\texamples\ta second\tcalls\tseconds\tfindings"
    assert lines[1].startswith("no-silent-twin\t4\t")
    assert lines[2].endswith(", 0 findings")
    assert lines[3].startswith("client httpx-reference ")
    assert done.stderr.startswith("fuzzing httpx-reference ")


def test_findings_are_files_and_in_the_summary(tmp_path: Path) -> None:
    done = fuzz(tmp_path, odd(tmp_path, RAISES), *ONE, "--seed", "1")
    assert done.code == 1, done.stderr
    (name,) = files(tmp_path)
    assert name.startswith("finding-undeclared-odderror-odd-")
    assert done.stdout.splitlines()[-5:] == [
        "",
        "no-silent-twin: batches.create: undeclared OddError: Odd.",
        "  expected a result, or an error that the SDK documents",
        "  got      OddError: Odd.",
        f"  {name}",
    ]
    assert "found by no-silent-twin: batches.create: undeclared OddError: Odd." in done.stderr.splitlines()


def test_json_is_all_there_is_on_stdout(tmp_path: Path) -> None:
    told = json.loads(fuzz(tmp_path, odd(tmp_path, RAISES), *ONE, "--seed", "5", "--json").stdout)
    assert (told["client"], told["seed"], told["errors"]) == ("odd 1.0 (any)", 5, [])
    assert told["properties"]["no-silent-twin"]["examples"] == 4
    assert [each["reason"] for each in told["findings"]] == ["batches.create: undeclared OddError: Odd."]


def test_examples_are_kept_unless_there_is_a_seed(tmp_path: Path) -> None:
    client, kept = odd(tmp_path, RAISES), tmp_path / "cache" / "examples"
    fuzz(tmp_path, client, *ONE, "--seed", "1")
    assert not kept.exists()
    fuzz(tmp_path, client, *ONE)
    (of_client,) = kept.iterdir()
    assert [folder.name for folder in of_client.iterdir()] == ["no-silent-twin"]
    fuzz(tmp_path, client, *ONE, "--seed", "1", "--database", str(tmp_path / "named"))
    assert (tmp_path / "named" / "no-silent-twin").is_dir()


def test_terminal_sees_a_table(tmp_path: Path) -> None:
    code, seen = on_terminal(
        "fuzz", "--client", odd(tmp_path, RAISES), "--out", str(tmp_path / "out"), *ONE, "--seed", "1"
    )
    assert code == 1
    lines = [" ".join(line.split()) for line in seen.splitlines()]
    assert lines[0] == "fuzzing odd 1.0 (any), seed 1"
    assert "property examples a second calls seconds findings" in lines
    assert "found by no-silent-twin: batches.create: undeclared OddError: Odd." in lines
    assert any(line.startswith("no-silent-twin 4 ") and line.endswith(" 1") for line in lines)


def test_seconds_bound_the_whole_run_whatever_the_client_does(tmp_path: Path) -> None:
    client = odd(tmp_path, HANGS)
    done = fuzz(tmp_path, client, "--seconds", "6s", "--workers", "2", "--json")
    assert done.code in {1, 2}, done.stderr
    assert processes(str(tmp_path / "odd.py")) == []


def test_time_that_is_up_before_anything_was_played_proves_nothing(tmp_path: Path) -> None:
    done = fuzz(tmp_path, odd(tmp_path, REFUSES), *ONE[:2], "--seconds", "0.01")
    assert done.code == 2
    assert done.stderr.endswith("error: the time was up before anything was played: expected more --seconds\n")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_campaign_that_is_broken_off_keeps_what_it_has_and_leaves_nobody(tmp_path: Path, how: signal.Signals) -> None:
    mark = str(tmp_path / "odd.py")
    options = (
        "--client",
        odd(tmp_path, RAISES),
        "--out",
        str(tmp_path / "out"),
        "--workers",
        "2",
        "--examples",
        "100000",
    )
    command = [sys.executable, "-W", "error", "-c", MAIN, "fuzz", *options]
    with subprocess.Popen(
        command, env=clean(None), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        while not process.stderr.readline().startswith("found by"):
            assert process.poll() is None
        process.send_signal(how)
        stdout, stderr = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130, stderr
    assert "Traceback" not in stderr
    assert "error" not in stderr.replace("errors-declared", "")
    assert all(f"  {name}" in stdout for name in files(tmp_path))
    assert files(tmp_path)
    assert processes(mark) == []


def test_campaign_that_is_killed_leaves_nobody(tmp_path: Path) -> None:
    mark = str(tmp_path / "odd.py")
    options = ("--client", odd(tmp_path, RAISES), "--out", str(tmp_path / "out"), "--examples", "100000")
    command = [sys.executable, "-W", "error", "-c", MAIN, "fuzz", *options]
    with subprocess.Popen(
        command, env=clean(None), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        while not process.stderr.readline().startswith("found by"):
            assert process.poll() is None
        process.kill()
        process.communicate(timeout=PATIENCE_S)  # the worker holds these pipes too, until it ends
    assert processes(mark) == []


def test_server_that_is_gone_is_said(tmp_path: Path) -> None:
    client = small_driver(tmp_path, STOPS_THE_SERVER)
    with serving_process("--clock", "manual") as server:
        done = fuzz(tmp_path, client, *ONE, "--url", server.url, SERVER=str(server.process.pid))
    assert done.code == 2
    assert done.stderr.splitlines()[-1].startswith("mka1-emulator: error: the server does not go on: ")


# What is not understood


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            ("--client", "mka"),
            "client: expected mka1, mka1-async, openai, openai-node, httpx or exec:COMMAND, found 'mka'",
        ),
        (("--client", "exec:/no/such"), "expected a program that can be run, found '/no/such'"),
        (("--client", "httpx", "--property", "retry-sane"), "found 'retry-sane' (did you mean 'retries-sane'?)"),
        (("--client", "httpx", "--seconds", "soon"), "soon"),
        (("--client", "httpx", "--seconds", "0"), "expected more than no time, found '0'"),
        (("--client", "httpx", "--workers", "0"), "'--workers'"),
        (
            ("--client", "httpx", "--url", "http://127.0.0.1:1"),
            "--url: expected an emulator at http://127.0.0.1:1, found none",
        ),
        (
            ("--client", "httpx", "--out", "/proc/out"),
            "--out: expected a folder that can be written, found /proc/out: ",
        ),
        (("--client", "exec:true"), "the driver of exec:true ended with exit code 0 before it had said hello"),
        (("--client", "exec:echo '{\"driver\":2}'"), "speaks another version of the protocol"),
        ((), "Missing option '--client'"),
    ],
)
def test_what_is_not_understood_is_one_sentence(tmp_path: Path, options: tuple[str, ...], said: str) -> None:
    done = run("fuzz", "--out", str(tmp_path), *options)
    assert (done.code, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("mka1-emulator: error: ")
    assert said in line


def test_sdk_that_cannot_be_imported_is_said(tmp_path: Path) -> None:
    bare = tmp_path / "python"
    bare.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I -S "$@"\n', encoding="utf-8")
    bare.chmod(0o755)
    done = fuzz(tmp_path, "mka1", "--python", str(bare))
    assert done.code == 2
    (line,) = done.stderr.splitlines()
    assert "before it had said hello: " in line


def test_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("", encoding="utf-8")
    done = fuzz(tmp_path, "httpx", *ONE)
    assert done.code == 2
    assert "'--out'" in done.stderr


# A replay


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    script = (Call(call="files.get", args={"file_id": "a"}),)
    return write(finding(script, cause="undeclared OddError: Odd."), tmp_path / "findings").parent


def replay(*arguments: object) -> Ended:
    return run("replay", *map(str, arguments))


def test_replay_tells_of_each_finding_and_counts_them(tmp_path: Path, folder: Path) -> None:
    done = replay(folder, "--client", odd(tmp_path, RAISES))
    assert (done.code, done.stderr) == (1, "")
    assert done.stdout.splitlines() == [
        "reproduces\tids-stay-ids-it-is-wrong-1234\tbatches.get: it is wrong",
        "  expected a result, or an error that the SDK documents",
        "  got      OddError: Odd.",
        "  1. call files.get",
        "     client: raised the undeclared OddError: Odd.",
        "1 findings: 1 reproduces",
    ]


def test_replay_of_what_is_fixed_ends_well(tmp_path: Path, folder: Path) -> None:
    done = replay(folder, "--client", odd(tmp_path, REFUSES), "--report", tmp_path / "r.xml", "--json")
    assert (done.code, done.stderr) == (0, "")
    (told,) = json.loads(done.stdout)
    assert (told["verdict"], told["reproduces"], told["now"], told["problem"]) == ("fixed", False, None, None)
    assert ET.parse(tmp_path / "r.xml").getroot()[0].get("tests") == "1"


def test_replay_tells_of_the_cause_there_is_now(tmp_path: Path, folder: Path) -> None:
    write(finding((Call(call="files.get", args={"file_id": "a"}),), cause="another"), folder)
    done = replay(folder, "--client", odd(tmp_path, RAISES))
    assert done.code == 1
    assert done.stdout.startswith("breaks otherwise\t")
    assert "  now: undeclared OddError: Odd." in done.stdout.splitlines()


def test_file_that_is_no_finding_is_said_and_the_others_are_played(tmp_path: Path, folder: Path) -> None:
    (folder / "finding-0.yaml").write_text("finding: 2\n", encoding="utf-8")
    done = replay(folder, "--client", odd(tmp_path, RAISES))
    assert done.code == 2
    assert done.stdout.splitlines()[-1] == "2 findings: 1 reproduces, 1 not played"
    (line,) = done.stderr.splitlines()
    assert (
        line
        == f"mka1-emulator: error: {folder}/finding-0.yaml: expected a finding, which begins with 'finding: 1', found 2"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("{folder}", "--client", "httpx", "--report", "{folder}/no/such.xml"), "expected a file in a folder that exists"),
        (("{folder}/none.yaml", "--client", "httpx"), "does not exist"),
        (("{folder}/..", "--client", "httpx"), "expected a folder with finding-*.yaml files, found none in it"),
        (("{folder}", "--client", "httpz"), "did you mean 'httpx'?"),
        (("--client", "httpx"), "Missing argument 'FILES...'"),
    ],
)  # fmt: skip
def test_replay_that_is_not_understood_is_one_sentence(folder: Path, arguments: tuple[str, ...], said: str) -> None:
    done = replay(*(each.format(folder=folder) for each in arguments))
    assert (done.code, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert said in line
