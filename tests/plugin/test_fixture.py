from __future__ import annotations

from typing import TYPE_CHECKING

from support.servers import serving

from emulator.client import AdminClient

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    Run = Callable[..., pytest.RunResult]

pytest_plugins = ["pytester"]

WORLDS = """
seen = []

@pytest.mark.parametrize("number", range(3))
def test_world_is_fresh(batch_emulator, number):
    assert batch_emulator.batches == []
    assert batch_emulator.now == 1704067200
    assert create(batch_emulator) == 200
    batch_emulator.advance("1h")
    batch_emulator.rule(on={"operation": "getFile"}, close=True)
    seen.append((batch_emulator.url, batch_emulator.world, batch_emulator.batches[0].id))

def test_server_is_the_same_and_so_are_ids():
    urls, worlds, ids = map(set, zip(*seen))
    assert (len(urls), len(worlds), len(ids)) == (1, 3, 1)
"""


def test_each_test_gets_a_fresh_world_on_one_server(run: Run) -> None:
    run(WORLDS).assert_outcomes(passed=4)


def test_worlds_are_deleted_however_a_test_ends(run: Run) -> None:
    tests = """
def test_passes(batch_emulator): create(batch_emulator)
def test_fails(batch_emulator): assert 0
def test_breaks(batch_emulator): break_contract(batch_emulator)
def test_skips(batch_emulator): pytest.skip()
def test_stops_itself(batch_emulator): batch_emulator.stop()
"""
    with serving() as url, AdminClient(url) as admin:
        run(tests, f"--batch-emulator-url={url}").assert_outcomes(passed=3, failed=1, errors=1, skipped=1)
        assert admin.worlds() == []


def test_threads_of_a_test_share_its_world(run: Run) -> None:
    tests = """
from concurrent.futures import ThreadPoolExecutor

def test_threads(batch_emulator):
    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(lambda _: create(batch_emulator), range(40))) == {200}
    assert batch_emulator.requests.count("createBatch") == len(batch_emulator.batches) == 40
"""
    run(tests).assert_outcomes(passed=1)


def test_classes_of_unittest_get_it_too(run: Run) -> None:
    tests = """
import unittest

@pytest.mark.batch_scenario(seed=3)
class TestOld(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def _emulator(self, batch_emulator):
        self.emulator = batch_emulator

    def test_it(self):
        assert create(self.emulator) == 200
        assert [each["seed"] for each in self.emulator.admin.worlds()] == [3]
"""
    run(tests).assert_outcomes(passed=1)


# What fails a test that passed


def test_request_that_broke_the_contract_fails_its_test_with_a_difference(run: Run) -> None:
    tests = """
def test_app(batch_emulator):
    create(batch_emulator)
    assert break_contract(batch_emulator) == 400
"""
    result = run(tests)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines_random(["*ERROR at teardown of test_app*"])
    result.stdout.fnmatch_lines(
        [
            "batch_emulator: createBatch broke the contract: POST /api/v1/llm/batches, answered 400",
            "  at        body.endpoint",
            '  expected  "/v1/chat/completions", *',
            '  got       "/v1/nothing"',
            'If that is what the test is about, allow it: .allow_violations("createBatch")',
            "* batch_emulator: batches *",
            "batch_*: happy-path, validating, 0 completed and 0 failed of 0, at 0h 00m 00s",
            "* batch_emulator: requests *",
            "*createBatch: POST /api/v1/llm/batches → 200",
            "*createBatch: POST /api/v1/llm/batches → 400",
            "*broke the contract: body.endpoint: expected *",
        ]
    )
    result.stdout.no_fnmatch_line("*pytest_plugin.py*")
    result.stdout.no_fnmatch_line("*another exception*")


def test_violations_that_a_test_allows_do_not_fail_it(run: Run) -> None:
    tests = """
@pytest.mark.parametrize("operations", [(), ("createBatch",), ("getBatch", "createBatch")])
def test_allowed(batch_emulator, operations):
    batch_emulator.allow_violations(*operations)
    break_contract(batch_emulator)

def test_other_operation(batch_emulator):
    batch_emulator.allow_violations("getBatch")
    break_contract(batch_emulator)
"""
    run(tests).assert_outcomes(passed=4, errors=1)


def test_required_rule_that_never_fired_fails_its_test(run: Run) -> None:
    tests = """
RULE = {"on": {"operation": "getBatch"}, "reply": {"status": 503}}

def test_fired(batch_emulator):
    rule = batch_emulator.rule(RULE, required=True)
    assert (get(batch_emulator), rule.count) == (503, 1)

def test_idle(batch_emulator):
    batch_emulator.rule(RULE, required=True)

def test_idle_and_not_required(batch_emulator):
    batch_emulator.rule(RULE)
"""
    result = run(tests)
    result.assert_outcomes(passed=3, errors=1)
    result.stdout.fnmatch_lines(["batch_emulator: a required rule has never fired: rule_1: {'on': *"])


# What a test that failed is told


def test_failed_test_is_told_timelines_and_newest_requests_once(run: Run) -> None:
    tests = """
@pytest.fixture
def app(batch_emulator):
    return batch_emulator

def test_app(app):
    app.rule(on={"operation": "getFile"}, close=True, required=True)
    create(app)
    break_contract(app)
    app.advance("1m")
    assert 0
"""
    result = run(tests)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "* batch_emulator: batches *",
            "batch_*: happy-path, failed, 0 completed and 0 failed of 0, at 0h 01m 00s",
            "*0h 00m 00s  validating",
            "*0h 01m 00s  failed",
            "* batch_emulator: requests *",
            "*createBatch: POST /api/v1/llm/batches → 200",
            '*{"input_file_id": "file_x", *',
        ]
    )
    assert str(result.stdout).count("batch_emulator: batches") == 1


def test_fixture_that_fails_afterwards_is_told_too(run: Run) -> None:
    tests = """
@pytest.fixture
def app(batch_emulator):
    create(batch_emulator)
    raise RuntimeError

def test_app(app): pass
"""
    result = run(tests)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["* batch_emulator: requests *", "*createBatch: POST *"])


def test_test_that_was_bound_to_fail_is_asked_for_nothing_more(run: Run) -> None:
    tests = """
@pytest.mark.xfail(strict=True)
def test_xfails(batch_emulator):
    break_contract(batch_emulator)
    assert 0

def test_skips(batch_emulator):
    break_contract(batch_emulator)
    pytest.skip()

def test_fails(batch_emulator):
    break_contract(batch_emulator)
    assert 0
"""
    run(tests).assert_outcomes(xfailed=1, skipped=1, failed=1)


def test_server_that_has_gone_meanwhile_does_not_hide_the_failure(run: Run) -> None:
    tests = """
from emulator import Emulator
from emulator.connections import Connections

@pytest.fixture
def server():
    server = Emulator().start()
    yield server
    server.stop()

def test_app(server, batch_emulator, monkeypatch):
    batch_emulator.admin._connections = Connections(server.url)
    server.stop()
    assert 0, "the test's own failure"
"""
    result = run(tests)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*the test's own failure*", "nothing can be told of it: *"])
