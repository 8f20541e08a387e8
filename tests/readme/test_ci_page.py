"""The workflows of the page on CI, run step by step as they stand."""

from __future__ import annotations

import os
import select
import shutil
import signal
import socket
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest
from support.examples import ROOT
from support.node import openai_for_node
from support.workflows import Job, Step, Workflow, workflows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGE: Final = "emulator/verify/README.md"
PYTHON, TYPESCRIPT, HTTP = workflows(PAGE)
SURROUNDINGS: Final = "Install"
"""The step that is not run: what it would install is this checkout, which is installed already."""
LIMIT_MS: Final = 30_000
DRIVERS: Final = ROOT / "emulator" / "clients" / "drivers"
NODE_TEST: Final = """
import assert from "node:assert";
import test from "node:test";

test("the API is there", async () => {
  const { MKA1_BASE_URL: url, MKA1_API_KEY: key } = process.env;
  const reply = await fetch(`${url}/api/v1/llm/batches`, { headers: { Authorization: `Bearer ${key}` } });
  assert.deepEqual((await reply.json()).data, []);
});
"""


@pytest.fixture
def job(tmp_path: Path) -> Iterator[Job]:
    """A job; a server that it leaves behind is ended with it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    job = Job(tmp_path, port, {})
    yield job
    if (tmp_path / "emulator.pid").exists() and not ends(pid(job), within_ms=0):
        os.kill(pid(job), signal.SIGKILL)


def pid(job: Job) -> int:
    """Return the server's process."""
    return int((job.folder / "emulator.pid").read_text())


def ends(pid: int, *, within_ms: int) -> bool:
    """Return whether a process that is nobody's child here has ended, or does so in time."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        return bool(poll.poll(within_ms))
    finally:
        os.close(descriptor)


def run_all(workflow: Workflow, job: Job) -> None:
    """Run the steps in turn; each must succeed."""
    for step in workflow.steps:
        if step.name != SURROUNDINGS:
            done = job.run(in_short(step))
            assert done.returncode == 0, f"{step.name}\n{done.stdout}\n{done.stderr}"


def in_short(step: Step) -> Step:
    """Return the step with one check of hundreds: that all run is the business of other tests."""
    return replace(step, script=step.script.replace("verify ", "verify --run create.sends-completion-window "))


def step(workflow: Workflow, name: str) -> Step:
    return next(each for each in workflow.steps if each.name == name)


def test_python_sdk_is_held_to_the_contract(job: Job) -> None:
    program = [sys.executable, str(DRIVERS / "httpx_reference.py")]
    (job.folder / "driver.py").write_text(f"import os\n\nos.execv({program[0]!r}, {program!r})\n")
    (job.folder / "known-failing.txt").touch()
    run_all(PYTHON, job)
    assert (job.folder / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert "create.sends-completion-window" in (job.folder / "report.xml").read_text(encoding="utf-8")


def test_typescript_is_tested_against_a_server_and_its_sdk_held_to_the_contract(
    job: Job, request: pytest.FixtureRequest
) -> None:
    installed = openai_for_node(request.config.cache)
    shutil.copy(DRIVERS / "openai_node.mjs", job.folder / "driver.mjs")
    (job.folder / "known-failing.txt").touch()
    (job.folder / "package.json").write_text('{"scripts": {"test": "node --test"}}')
    (job.folder / "api.test.mjs").write_text(NODE_TEST)
    run_all(TYPESCRIPT, replace(job, environment={"NODE_PATH": str(installed / "node_modules")}))
    assert (job.folder / "report.html").exists()
    assert ends(pid(job), within_ms=LIMIT_MS)


needs_jq = pytest.mark.skipif(
    not (shutil.which("jq") and shutil.which("curl")), reason="expected curl and jq on the path"
)


@needs_jq
def test_anything_is_tested_through_http_alone(job: Job) -> None:
    run_all(HTTP, job)
    assert (job.folder / "violations.txt").read_text() == ""
    assert ends(pid(job), within_ms=LIMIT_MS)


@needs_jq
def test_request_that_breaks_the_contract_fails_the_job(job: Job) -> None:
    assert job.run(step(HTTP, "Serve in the background")).returncode == 0
    tests = step(HTTP, "Test")
    bad = replace(
        tests, script='curl -sS -H "Authorization: Bearer $MKA1_API_KEY" "$MKA1_BASE_URL/api/v1/llm/batches?limit=0"'
    )
    assert job.run(bad).returncode == 0
    done = job.run(step(HTTP, "No request broke the contract"))
    assert (done.returncode, done.stdout) == (
        1,
        "listBatches: query.limit: expected an integer from 1 to 100, found 0\n",
    )


@needs_jq
def test_test_that_fails_fails_the_job(job: Job) -> None:
    assert job.run(step(HTTP, "Serve in the background")).returncode == 0
    tests = step(HTTP, "Test")
    wrong = replace(tests, script=tests.script.replace('"by":"2h"', '"by":"2m"'))
    assert job.run(wrong).returncode != 0
