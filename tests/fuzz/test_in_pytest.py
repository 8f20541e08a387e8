from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

import emulator.fuzz
from emulator.fuzz import client_state_machine
from emulator.fuzz.in_pytest import Broken, CannotHold, _official
from emulator.fuzz.steps import Call

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from emulator.fuzz.lifecycle.machine import Walk

    Answer = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]

pytestmark = pytest.mark.thorough

pytest_plugins = ["pytester"]
QUICK = settings(
    max_examples=8,
    stateful_step_count=10,
    database=None,
    deadline=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
    print_blob=False,
)


def walked(machine: type[Walk]) -> None:
    run_state_machine_as_test(seed(2)(machine), settings=QUICK)


@pytest.mark.parametrize("client", ["mka1", "mka1-async"])
def test_official_sdk_walks_in_this_process(client: str) -> None:
    machine = client_state_machine(client)
    walked(machine)
    assert machine.player.hello.name == client
    assert machine.player.calls > 10


def test_a_subclass_may_add_rules_and_invariants() -> None:
    done: list[str] = []

    class Mine(client_state_machine()):  # type: ignore[misc]
        @rule()
        def list_files(self) -> None:
            done.append("rule")
            self.do(Call(call="files.list"))

        @invariant()
        def holds(self) -> None:
            done.append("invariant")

    walked(Mine)
    assert {"rule", "invariant"} <= set(done)


@pytest.fixture(scope="module")
def official() -> Answer:
    """Return what makes calls of the official SDK, as a driver does."""
    return _official("mka1")


def test_a_function_may_be_the_client(official: Answer) -> None:
    asked: set[str] = set()

    def answer(call: str, args: Mapping[str, Any]) -> Mapping[str, Any]:
        asked.add(call)
        return official(call, args)

    walked(client_state_machine(answer))
    assert {"connect", "batches.create", "files.upload"} <= asked


def forgetful(official: Answer) -> Answer:
    """Return a client with a bug: it takes a batch that is being checked for one that runs."""

    def answer(call: str, args: Mapping[str, Any]) -> Mapping[str, Any]:
        said = official(call, args)
        batch = said.get("result")
        if call == "batches.get" and batch is not None and batch["status"] == "validating":
            return {**said, "result": {**batch, "status": "in_progress"}}
        return said

    return answer


def test_a_bug_fails_the_test_with_all_that_it_takes_to_see_it(official: Answer) -> None:
    with pytest.raises(Broken) as failed:
        run_state_machine_as_test(
            seed(2)(client_state_machine(forgetful(official))), settings=settings(QUICK, max_examples=60)
        )
    told = str(failed.value)
    assert told.startswith("a status without its stamp\n  expected in_progress_at of a batch that is in_progress\n")
    assert "batches.get" in told.partition("what happened:")[2]


def test_unknown_clients_are_refused_with_the_nearest() -> None:
    with pytest.raises(
        CannotHold, match=r"expected mka1, mka1-async or a function, found 'mka2' \(did you mean 'mka1'\?\)"
    ):
        client_state_machine("mka2")


def test_a_machine_costs_nothing_before_it_runs() -> None:
    machine = client_state_machine()
    assert not hasattr(machine, "player")


def test_name_is_imported_when_it_is_asked_for() -> None:
    assert emulator.fuzz.__all__ == ["client_state_machine"]
    with pytest.raises(AttributeError, match="no attribute 'other'"):
        _ = emulator.fuzz.other


def test_it_runs_as_it_stands_in_somebodys_tests(pytester: pytest.Pytester, tmp_path: Path) -> None:
    pytester.makepyfile("""
        from hypothesis import settings
        from emulator.fuzz import client_state_machine

        TestLifecycle = client_state_machine().TestCase
        TestLifecycle.settings = settings(max_examples=3, stateful_step_count=6, deadline=None, database=None)
    """)
    done = pytester.runpytest_subprocess("-q", "-p", "no:xdist", f"--basetemp={tmp_path / 'inside'}")
    done.assert_outcomes(passed=1)
