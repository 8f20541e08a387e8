from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest
from support.proving import BREAKING, TOLERATING, on_get, scenario

from emulator import resources
from emulator.proving.notebook import STUCK
from emulator.proving.samples import AFTER_THE_END, Sample
from emulator.scenarios.library import Library
from emulator.scenarios.words import BREAKS, TOLERATES

if TYPE_CHECKING:
    from emulator.proving.prover import Prover
    from emulator.proving.verdict import Verdict

LIBRARY: Final = Library(resources.folder("scenarios"))
FEW: Final = (Sample(lines=3, company=2, errands=True), Sample(lines=3, cancel=AFTER_THE_END))


def told(verdict: Verdict) -> set[tuple[str, str]]:
    return {(problem.member, problem.word) for problem in verdict.problems}


@pytest.mark.parametrize("name", LIBRARY.names)
def test_scenario_of_the_library_is_what_it_says(prover: Prover, name: str) -> None:
    assert prover.prove(LIBRARY.scenario(name)).problems == ()


def test_every_word_is_tried() -> None:
    assert set(TOLERATING) == set(TOLERATES)
    assert set().union(*(words for words, _ in BREAKING.values())) == set(BREAKS)


@pytest.mark.parametrize("word", TOLERATING)
def test_legal_scenario_says_what_it_asks_of_clients(prover: Prover, word: str) -> None:
    members = TOLERATING[word]

    assert prover.prove(scenario(tolerates=[word], **members), FEW).problems == ()
    assert told(prover.prove(scenario(**members), FEW)) == {("tolerates", word)}


@pytest.mark.parametrize(("words", "members"), BREAKING.values(), ids=BREAKING)
def test_hostile_scenario_says_what_it_breaks(prover: Prover, words: set[str], members: dict[str, Any]) -> None:
    assert prover.prove(scenario("hostile", breaks=sorted(words), **members), FEW).problems == ()


@pytest.mark.parametrize(("words", "members"), BREAKING.values(), ids=BREAKING)
def test_legal_scenario_breaks_nothing(prover: Prover, words: set[str], members: dict[str, Any]) -> None:
    assert {("kind", word) for word in words} <= told(prover.prove(scenario(**members), FEW))


@pytest.mark.parametrize("word", TOLERATES)
def test_word_that_is_said_must_show(prover: Prover, word: str) -> None:
    assert told(prover.prove(scenario(tolerates=[word]), FEW[:1])) == {("tolerates", word)}


def test_hostile_scenario_breaks_something(prover: Prover) -> None:
    assert told(prover.prove(scenario("hostile", breaks=["json"]), FEW[:1])) == {("breaks", "json")}


def test_hostile_scenario_breaks_nothing_else(prover: Prover) -> None:
    words, members = BREAKING["stranger's line"]

    verdict = prover.prove(scenario("hostile", breaks=["missing-lines"], **members), FEW[:1])

    assert told(verdict) == {("breaks", word) for word in words - {"missing-lines"}}


def test_call_of_a_legal_scenario_succeeds_at_last(prover: Prover) -> None:
    rule = {"on": {"operation": "getBatch"}, "reply": {"status": 503}}

    assert told(prover.prove(scenario(rules=[rule]), FEW[:1])) == {("kind", STUCK)}


def test_lost_reply_to_a_read_is_no_loss(prover: Prover) -> None:
    assert told(prover.prove(scenario(**on_get(after=True, close=True)), FEW[:1])) == {("kind", "transport")}


def test_reply_that_comes_in_time_is_no_fault(prover: Prover) -> None:
    assert prover.prove(scenario(**on_get(delay="150ms")), FEW[:1]).problems == ()


def test_reply_that_waits_for_the_clock_comes(prover: Prover) -> None:
    assert prover.prove(scenario(**on_get(delay={"by": "10m", "clock": "world"})), FEW[:1]).problems == ()


def test_problem_can_be_reproduced(prover: Prover) -> None:
    (problem,) = prover.prove(scenario(**on_get(reply={"status": 502})), FEW[:1]).problems

    assert problem.run == FEW[0].name
    assert problem.at_s == 40
    assert "502" in problem.found
