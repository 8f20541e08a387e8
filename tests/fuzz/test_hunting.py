"""Hunts by a real client for what it cannot help: causes found, made small, made sure of, and passed over."""

from __future__ import annotations

from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING

import pytest
from hypothesis import strategies as st
from hypothesis.database import InMemoryExampleDatabase
from support.fuzzed import WRONG, get, ids, refused

from emulator.client import AdminClient
from emulator.fuzz.catalog import find
from emulator.fuzz.held import InProcess
from emulator.fuzz.hunting import AGAIN, Hunt, Kept
from emulator.fuzz.playing import Player, TimeUp, Unplayable
from emulator.fuzz.steps import Connect, Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from hypothesis.database import ExampleDatabase

    from emulator.fuzz.property import Property
    from emulator.fuzz.trace import Trace
    from emulator.fuzz.violation import Violation


def hunt(player: Player, aim: Property = WRONG, **more: Any) -> Hunt:
    return Hunt(**{"aim": aim, "player": player, "number": 1, "examples": 60, **more})


def test_each_cause_is_caught_once_and_made_small(player: Player) -> None:
    caught = {catch.violation.cause: catch for catch in hunt(player).run()}
    assert {cause: catch.trace.script for cause, catch in caught.items()} == {
        "no x found": (get("x"),),
        "no y found": (get("y"),),
    }
    assert all(catch.trace.played[0].requests for catch in caught.values())


def test_same_number_draws_the_same(player: Player) -> None:
    def drawn(number: int) -> list[str]:
        seen: list[str] = []

        def judge(trace: Trace) -> Iterator[Violation]:
            seen.append(repr(trace.script))
            yield from ()

        list(hunt(player, replace(WRONG, judge=judge), number=number).run())
        return seen

    first, again, other = map(drawn, (1, 1, 2))
    assert first == again != other


def test_known_and_owed_causes_are_passed_over_and_grow(player: Player) -> None:
    known = {"no x found"}
    hunting = hunt(player, known=known)
    assert [catch.violation.cause for catch in hunting.run()] == ["no y found"]
    assert known == {"no x found", "no y found"}
    assert hunting.played == 60
    assert not list(hunt(player, owed=known).run())


def test_what_is_owed_to_all_is_known_to_all(server_url: str) -> None:
    error = {"type": "E", "declared": False, "status": None, "body": None, "message": "Odd."}
    odd = InProcess(lambda call, _args: {"result": {}} if call == "connect" else {"raised": error})
    owed: set[str] = set()
    with Player(odd, server_url) as playing:
        caught = list(hunt(playing, owed=owed, examples=20).run())
    assert all(catch.violation.is_owed for catch in caught)
    assert owed == {catch.violation.cause for catch in caught} != set()


def test_number_of_examples_is_a_bound(player: Player) -> None:
    counted: list[int] = []
    hunting = hunt(player, replace(WRONG, judge=lambda _trace: ()), examples=17)
    hunting.watch = lambda: counted.append(hunting.played)
    assert list(hunting.run()) == []
    assert counted[-1] == hunting.played == 17


def test_hunt_whose_time_is_up_draws_nothing(player: Player) -> None:
    hunting = hunt(player, until=monotonic())
    assert list(hunting.run()) == []
    assert hunting.played == 0


def failing(times: int) -> Callable[[Trace], Iterator[Violation]]:
    """Return a judge that says something is wrong only so often."""
    left = [None] * times

    def judge(trace: Trace) -> Iterator[Violation]:
        if left:
            left.pop()
            yield trace.played[-1].violation("a whim", "one thing", "another")

    return judge


def test_whim_that_never_comes_again_is_no_catch(player: Player) -> None:
    hunting = hunt(player, replace(WRONG, judge=failing(1)), examples=10)
    assert list(hunting.run()) == []
    assert hunting.unsteady == 1


def test_time_that_is_up_while_a_catch_is_made_small_ends_that(player: Player) -> None:
    def judge(trace: Trace) -> Iterator[Violation]:
        for violation in refused(trace):
            player.until = 0.0
            yield violation

    try:
        (catch,) = hunt(player, replace(WRONG, judge=judge)).run()
    finally:
        player.until = float("inf")
    assert catch.violation.cause in {"no x found", "no y found"}


def test_walk_is_hunted_like_any_other(server_url: str) -> None:
    empty: dict[str, Any] = {"object": "list", "data": [], "first_id": None, "last_id": None, "has_more": False}

    def answers(call: str, _args: object) -> dict[str, Any]:
        return {"result": empty if call.endswith(".list") else {}}

    with Player(InProcess(answers), server_url) as playing:
        caught = [catch.trace.script for catch in hunt(playing, find("lifecycle"), examples=3).run()]
    assert caught
    assert max(map(len, caught)) <= 4


def test_rule_that_the_server_does_not_take_is_our_own_mistake(player: Player) -> None:
    bad = replace(WRONG, scripts=lambda: st.just((Connect(), Rule(rule={}))))
    with pytest.raises(Unplayable):
        list(hunt(player, bad).run())


def test_time_up_is_no_finding(server_url: str) -> None:
    with Player(InProcess(lambda _call, _args: {"result": {}}), server_url, until=0.0) as playing:
        hunting = hunt(playing)
        assert list(hunting.run()) == []
        assert hunting.is_over
        with pytest.raises(TimeUp):
            playing.play((get(),))


# The database


def kept(database: ExampleDatabase, *, player: Player, judge: Callable[[Trace], Any]) -> list[str]:
    aim = replace(WRONG, judge=judge)
    return [catch.violation.cause for catch in hunt(player, aim, database=database, examples=40).run()]


def test_examples_are_kept_as_long_as_they_break_anything(player: Player) -> None:
    database = InMemoryExampleDatabase()
    assert sorted(kept(database, player=player, judge=refused)) == ["no x found", "no y found"]
    assert any(database.data.values())
    first = hunt(player, database=database, examples=4, number=77)
    assert sorted(catch.violation.cause for catch in first.run()) == ["no x found", "no y found"]
    assert kept(database, player=player, judge=lambda _trace: ()) == []
    assert not any(database.data.values())


def test_example_that_breaks_for_a_known_cause_is_not_forgotten() -> None:
    database = InMemoryExampleDatabase()
    keeping = Kept(database)
    keeping.save(b"k", b"v")
    keeping.breaks = True
    keeping.delete(b"k", b"v")
    assert list(keeping.fetch(b"k")) == [b"v"]
    keeping.breaks = False
    keeping.delete(b"k", b"v")
    assert list(keeping.fetch(b"k")) == []


def test_whim_is_tried_again_a_few_times(player: Player) -> None:
    played: list[int] = []

    def judge(trace: Trace) -> Iterator[Violation]:
        played.append(len(trace.script))
        return failing(len(played) == 1)(trace)

    single = replace(WRONG, judge=judge, scripts=lambda: ids().filter(lambda script: len(script) > 2))
    list(hunt(player, single, examples=1).run())
    assert len(played) >= 2 * AGAIN


def test_client_that_deletes_its_world_is_hunted_on(server_url: str) -> None:
    def delete(call: str, args: dict[str, Any]) -> dict[str, Any]:
        if call == "connect":
            given.update(args)
        with AdminClient(server_url, api_key=given["api_key"]) as admin:
            for world in admin.worlds() if call == "batches.get" else []:
                if world["world"] not in before:
                    admin.delete_world(world["world"])
        return {"result": {}}

    given: dict[str, Any] = {}
    with AdminClient(server_url) as admin:
        before = {each["world"] for each in admin.worlds()}
    with Player(InProcess(delete), server_url) as playing:  # type: ignore[arg-type]
        hunting = hunt(playing, replace(WRONG, watches=False), examples=5)
        assert list(hunting.run()) == []
        assert hunting.played == 5
