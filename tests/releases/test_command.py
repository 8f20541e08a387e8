"""`verify --sdk` as people run it, with real releases and a check that each of them passes."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from support.environments import LIMIT_S, python_with
from support.processes import MAIN, Ended, clean

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OLD, NEW = "0.5.25", "0.12.91"
LACKS = "the client does not have batches.create with input_file_id, endpoint, max_concurrency"
FEW = ("--run", "get.sends-plain-request", "--run", "create.sends-max-concurrency-lowest")


@pytest.fixture(scope="module")
def verify(request: pytest.FixtureRequest) -> Callable[..., Ended]:
    for version in (OLD, NEW):
        python = python_with(f"meetkai-mka1=={version}", cache=request.config.cache)
    environ = clean({"MKA1_EMULATOR_CACHE": str(python.parents[3])})

    def run(*options: str) -> Ended:
        command = [sys.executable, "-W", "error", "-c", MAIN, "verify", "--sdk", "meetkai-mka1", *options]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=LIMIT_S, check=False)
        return Ended(done.returncode, done.stdout, done.stderr)

    return run


def test_table_goes_into_a_pipe(verify: Callable[..., Ended]) -> None:
    ended = verify("--versions", f"{NEW},{OLD}", *FEW)
    assert ended.stdout.split("\n") == [
        "release\trequests\tall",
        "0.5.25\t1/1\t1/1",
        "0.12.91\t2/2\t2/2",
        "",
        "0.12.91, since 0.5.25",
        f"now passes\tcreate.sends-max-concurrency-lowest\t{LACKS}",
        "",
        "meetkai-mka1: 0.12.91 passes 2 of 2, 0.5.25 passes 1 of 1, 1 of 2 releases changed something",
        "",
    ]
    assert sorted(ended.stderr.split("\n")) == ["", "0.12.91\t2/2", "0.5.25\t1/1"]
    assert ended.code == 0


def test_release_that_breaks_a_check_is_not_as_expected(verify: Callable[..., Ended], tmp_path: Path) -> None:
    reports = [tmp_path / name for name in ("table.svg", "table.html", "table.xml", "table.json")]
    options = [option for report in reports for option in ("--report", str(report))]
    ended = verify("--versions", NEW, "--run", "edition-0.5.25.is-understood", "--json", *options)
    assert ended.code == 1
    (release,) = json.loads(ended.stdout)["releases"]
    assert (release["release"], release["groups"]) == (
        NEW,
        [{"group": "replies", "passed": 0, "applicable": 1, "known": 0}],
    )
    assert reports[3].read_text() == ended.stdout
    assert all(NEW in report.read_text() for report in reports)


def test_known_failure_of_any_release_is_not_stale(verify: Callable[..., Ended], tmp_path: Path) -> None:
    known = tmp_path / "known.txt"
    known.write_text("create.sends-endpoint-responses\n")  # the old release fails it, the new one does not
    ended = verify("--versions", f"{OLD},{NEW}", "--run", "create.sends-endpoint-*", "--known-failing", str(known))
    assert (ended.code, "stale" in ended.stdout) == (0, False)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            ("--versions", "0.5.25,what"),
            "--versions: expected releases such as 0.12.90, or boundaries, all or newest, got 'what'",
        ),
        (
            ("--versions", "9.9.9"),
            "--versions: expected a release of meetkai-mka1 that the package index has, got 9.9.9",
        ),
        (
            ("--sdk", "meetkai"),
            "--sdk: expected an SDK (meetkai-mka1, openai), got 'meetkai': did you mean 'meetkai-mka1'?",
        ),
        (("--versions", OLD, "--client", "no-client"), "client: expected mka1, "),
    ],
)
def test_what_cannot_be_done_is_one_sentence(verify: Callable[..., Ended], options: tuple[str, ...], said: str) -> None:
    ended = verify(*options, *FEW)
    assert (ended.code, ended.stdout) == (2, "")
    assert ended.stderr.startswith(f"mka1-emulator: error: {said}")
    assert ended.stderr.count("\n") == 1
