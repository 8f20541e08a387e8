from __future__ import annotations

import json
import re
from typing import Any

import pytest
from support.processes import Ended, run
from support.terminals import on_terminal

CHAT = "/v1/chat/completions"


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    done = run("demo", "--json", "--lines", "40", "--seed", "3")
    assert done.code == 0, done.stderr
    return dict(json.loads(done.stdout))


def batch(told: dict[str, Any], name: str) -> dict[str, Any]:
    return dict(next(each for each in told["batches"] if each["name"] == name))


@pytest.mark.parametrize(
    ("name", "endpoint", "status", "virtual_s"),
    [
        ("chat", CHAT, "completed", 3660),
        ("responses", "/v1/responses", "completed", 3660),
        ("embeddings", "/v1/embeddings", "completed", 3660),
        ("images", "/v1/images/generations", "completed", 3660),
        ("bad lines", CHAT, "failed", 60),
        ("expired", CHAT, "expired", 86400),
    ],
)
def test_each_batch_ends_as_its_story_says(
    told: dict[str, Any], name: str, endpoint: str, status: str, virtual_s: int
) -> None:
    found = batch(told, name)
    assert (found["endpoint"], found["status"], found["virtual_s"]) == (endpoint, status, virtual_s)


def test_all_lines_of_the_main_batch_complete(told: dict[str, Any]) -> None:
    chat = batch(told, "chat")
    assert (chat["total"], chat["completed"], chat["failed"]) == (40, 40, 0)
    assert chat["output_file"]["filename"] == f"{chat['id']}_output.jsonl"
    assert chat["error_file"] is None


def test_bad_lines_are_all_listed_and_nothing_runs(told: dict[str, Any]) -> None:
    failed = batch(told, "bad lines")
    assert [each["line"] for each in failed["errors"]] == [2, 4, 5, 7, 8, 9, 11]
    assert len({each["code"] for each in failed["errors"]}) == 7
    assert (failed["total"], failed["output_file"], failed["error_file"]) == (0, None, None)


def test_cancelled_batch_keeps_the_lines_that_had_finished(told: dict[str, Any]) -> None:
    cancelled = batch(told, "cancelled")
    assert cancelled["status"] == "cancelled"
    assert 20 <= cancelled["completed"] < 40
    assert cancelled["output_file"]["bytes"] > 0
    assert cancelled["error_file"] is None


def test_expired_batch_has_both_result_files(told: dict[str, Any]) -> None:
    expired = batch(told, "expired")
    assert expired["completed"] == 16
    assert expired["output_file"]["bytes"] > 0
    assert expired["error_file"]["bytes"] > 0


def test_same_seed_tells_the_same_but_for_the_wall_clock(told: dict[str, Any]) -> None:
    again = json.loads(run("demo", "--json", "--lines", "40", "--seed", "3").stdout)
    for each in (*told["batches"], *again["batches"]):
        each.pop("wall_s", None)
    assert again == told


@pytest.fixture(scope="module")
def piped() -> Ended:
    return run("demo", "--lines", "20")


def test_piped_demo_prints_a_plain_table_on_stdout(piped: Ended) -> None:
    assert piped.code == 0
    assert "\x1b" not in piped.stdout + piped.stderr
    rows = [line.split() for line in piped.stdout.splitlines()]
    names = ["chat", "responses", "embeddings", "images", "bad", "cancelled", "expired"]
    assert [row[0] for row in rows[2:9]] == names
    assert all(line == line.rstrip() for line in piped.stdout.splitlines())


def test_piped_demo_tells_each_change_of_status_on_stderr(piped: Ended) -> None:
    statuses = [line.split()[3] for line in piped.stderr.splitlines() if " chat " in line]
    assert statuses == ["validating", "in_progress", "finalizing", "completed"]


def test_demo_ends_with_what_to_try_next(piped: Ended) -> None:
    assert [line.split()[0] for line in piped.stdout.splitlines()[-3:]] == ["Next,", "mka1-emulator", "curl"]


@pytest.mark.thorough
def test_live_lines_show_progress_and_world_time_on_a_terminal() -> None:
    code, seen = on_terminal("demo", "--lines", "20")
    assert code == 0
    live = [line for line in re.split(r"[\r\n]+", seen) if "world time" in line and "chat" in line]
    assert any("in_progress" in line and "world time 2024-01-01 00:" in line for line in live)
    assert "completed" in live[-1]
    assert "20/20" in live[-1]
