from __future__ import annotations

import ast

import pytest
from support.mutants import Misfit, Mutant, for_the_fuzzer, mutants

from emulator.clients.catalog import DRIVERS
from emulator.verify.catalog import ALL
from mutants import caught, fuzzing

TABLE = list(mutants().values())
CLIENT = DRIVERS / "reference_client"


@pytest.mark.parametrize("mutant", TABLE, ids=lambda mutant: mutant.name)
def test_mutant_is_the_client_with_one_piece_of_it_replaced(mutant: Mutant) -> None:
    text = (CLIENT / mutant.file).read_text("utf-8")
    changed = mutant.patched(text)
    assert changed != text
    ast.parse(changed)


def test_bugs_are_told_in_a_sentence_each_and_none_twice() -> None:
    bugs = [mutant.bug for mutant in TABLE]
    assert [bug for bug in bugs if not (bug[0].isupper() and bug.endswith(".") and bug.count(". ") == 0)] == []
    assert len(bugs) == len(set(bugs)) >= 60


def test_each_check_is_failed_by_some_mutant() -> None:
    written = {check for checks in caught.read().values() for check in checks}
    assert written == {check.name for check in ALL}


def test_each_mutant_is_caught_by_some_check_or_left_to_the_fuzzer() -> None:
    assert {name for name, checks in caught.read().items() if checks} == mutants().keys() - for_the_fuzzer()
    assert mutants().keys() > for_the_fuzzer()
    assert not for_the_fuzzer() & fuzzing.LEFT.keys()


@pytest.mark.parametrize(("old", "times"), [("def ", 4), ("no such text", 0)])
def test_text_that_does_not_stand_there_once_is_told(old: str, times: int) -> None:
    mutant = Mutant(name="wrong", bug="Is wrong.", file="client.py", old=old, new="")
    with pytest.raises(Misfit, match=f"wrong: expected once in client.py, found {times} times: '{old}'"):
        mutant.patched("def a\ndef b\ndef c\ndef d\n")
