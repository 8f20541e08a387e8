from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from support.traces import called, causes, raised, returned, ruled, sent, step

from emulator.domain.lifecycle import TRANSITIONS
from emulator.fuzz.catalog import find
from emulator.fuzz.lifecycle.machine import FIRST_BATCH, Walk
from emulator.fuzz.lifecycle.model import NEXT, START, reachable
from emulator.fuzz.steps import Advance, Connect, Look, Rule, Scenario
from emulator.fuzz.strategies.replies import BATCH, FILE

if TYPE_CHECKING:
    from emulator.fuzz.playing import Player
    from emulator.fuzz.trace import Played, Trace
    from emulator.fuzz.violation import Violation

LIFECYCLE = find("lifecycle")
BATCH_ID, FILE_ID = BATCH["id"], FILE["id"]
CONTENT = b"{}\n"
NEW = {"input_file_id": BATCH["input_file_id"], "endpoint": BATCH["endpoint"]}
CREATED = called("batches.create", returned(BATCH), **NEW)
UPLOADED = called(
    "files.upload",
    returned({**FILE, "bytes": len(CONTENT)}),
    filename="input.jsonl",
    content=b64encode(CONTENT).decode(),
    purpose="batch",
)
RUNNING = {
    **BATCH,
    "status": "in_progress",
    "in_progress_at": START + 60,
    "request_counts": {"total": 3, "completed": 1, "failed": 0},
}
DONE = {**RUNNING, "status": "completed", "finalizing_at": START + 3600, "completed_at": START + 3660}
LATER = step(Advance(seconds=10_000))
BOB = step(Connect(on_behalf_of="bob"))


MEDDLED = step(Rule(rule={"on": {"operation": "getBatch", "times": 1}, "close": True}))
MEDDLED_FOR_EVER = ruled("getBatch", close=True)
UNSEEN = called(
    "batches.get", raised(), sent(path=f"/batches/{BATCH_ID}", status=None, operation="getBatch"), batch_id=BATCH_ID
)


def got(batch: Any, **more: Any) -> Played:
    """Return the step in which the batch was looked at, and looked so."""
    return called("batches.get", returned({**batch, **more}), batch_id=BATCH_ID)


def seen(*batches: Any) -> Played:
    """Return the step in which the batches were seen as they are."""
    return step(Look(at="batches"), seen=list(batches))


UNSEEN_BY_BOB = called("batches.get", raised(404), batch_id="batch_2")
SLEPT = called("batches.get", returned(BATCH, 2.0), batch_id=BATCH_ID)


def page(*items: Any, has_more: bool = False) -> dict[str, Any]:
    return {"object": "list", "data": list(items), "first_id": None, "last_id": None, "has_more": has_more}


def test_the_models_lifecycle_is_the_contracts() -> None:
    assert {str(status): {str(each) for each in after} for status, after in TRANSITIONS.items()} == NEXT


@pytest.mark.parametrize(
    ("status", "may", "may_not"),
    [
        ("validating", "completed", "new"),
        ("cancelling", "completed", "in_progress"),
        ("completed", "completed", "expired"),
    ],
)
def test_a_status_that_is_reached_over_others_may_follow(status: str, may: str, may_not: str) -> None:
    assert may in reachable(status)
    assert may_not not in reachable(status)


SOUND: list[tuple[Played, ...]] = [
    (CREATED, got(BATCH), LATER, got(RUNNING), got(DONE), got(DONE)),
    (CREATED, LATER, got({name: value for name, value in DONE.items() if value is not None})),
    (CREATED, LATER, got(DONE), got(DONE, colour="red")),
    (CREATED, LATER, got(DONE), got(DONE, output_file_id="file_9")),
    (CREATED, step(Connect(key="other")), called("batches.get", raised(404), batch_id=BATCH_ID)),
    (CREATED, MEDDLED, called("batches.get", raised(), sent(path="/files/f", operation="getFile"), batch_id=BATCH_ID), UNSEEN),
    (CREATED, LATER, got(DONE), got({name: value for name, value in DONE.items() if value is not None})),
    (CREATED, called("batches.get", raised(), batch_id="batch_2")),
    (CREATED, BOB, called("batches.get", raised(404), batch_id=BATCH_ID)),
    (CREATED, MEDDLED, UNSEEN),
    (CREATED, MEDDLED, MEDDLED, UNSEEN, UNSEEN),
    (CREATED, MEDDLED_FOR_EVER, UNSEEN, UNSEEN),
    (CREATED, MEDDLED, step(Connect(key="other")), UNSEEN, step(Connect()), UNSEEN),
    (CREATED, MEDDLED, called("batches.get", raised(), batch_id=BATCH_ID), UNSEEN),
    (CREATED, step(Advance(seconds=86_401)), got(DONE)),
    (CREATED, got(BATCH), seen(BATCH), LATER, seen(RUNNING)),
    (CREATED, got({name: value for name, value in BATCH.items() if name != "endpoint"}, endpoint=BATCH["endpoint"]), seen(BATCH)),
    (CREATED, got(BATCH), UNSEEN_BY_BOB, seen(RUNNING)),
    (CREATED, SLEPT, seen(RUNNING)),
    (CREATED, step(Advance(seconds=86_399)), SLEPT),
    (CREATED, step(Scenario(scenario="straggler")), called("batches.cancel", raised(409), batch_id=BATCH_ID)),
    (CREATED, LATER, called("batches.cancel", raised(409), batch_id=BATCH_ID)),
    (CREATED, called("batches.list", returned(page(BATCH)))),
    (CREATED, called("batches.list", returned(page(has_more=True)))),
    (CREATED, BOB, called("batches.list", returned(page()))),
    (UPLOADED, called("files.get", returned({**FILE, "bytes": 3}), file_id=FILE_ID)),
    (UPLOADED, called("files.content", returned({"content": b64encode(CONTENT).decode()}), file_id=FILE_ID)),
    (UPLOADED, called("files.delete", returned({"id": FILE_ID, "deleted": True}), file_id=FILE_ID),
     called("files.get", raised(404), file_id=FILE_ID), called("files.list", returned(page()))),
]  # fmt: skip


@pytest.mark.parametrize("played", SOUND)
def test_what_may_be_seen_is_no_violation(played: tuple[Played, ...]) -> None:
    assert causes(LIFECYCLE, *played) == []


UNSOUND: list[tuple[tuple[Played, ...], list[str]]] = [
    ((called("batches.create", returned({**BATCH, "metadata": {}}), **NEW),), ["created with other metadata"]),
    ((called("batches.create", returned({**BATCH, "endpoint": "x"}), **NEW),), ["created with another endpoint"]),
    ((CREATED, CREATED), ["a new batch that is an old one"]),
    ((CREATED, LATER, got(DONE), got(RUNNING)), ["a status out of order", "a change after the end", "a stamp that moves",
                                                  "a stamp that moves"]),
    ((CREATED, LATER, got(DONE), got(DONE, endpoint="/v1/embeddings")),
     ["a change after the end", "another endpoint than before"]),
    ((CREATED, LATER, got(DONE, output_file_id="file_9"), got(DONE)), ["a change after the end"]),
    ((CREATED, LATER, got(DONE, output_file_id="file_9"), got(DONE, output_file_id="file_8")), ["a change after the end"]),
    ((CREATED, step(Connect(key="other")), got(BATCH)), ["another tenant's"]),
    ((CREATED, got(BATCH, id="batch_2")), ["another batch than asked for"]),
    ((CREATED, got(BATCH, max_concurrency=9)), ["another max_concurrency than before"]),
    ((CREATED, got(RUNNING)), ["a stamp out of time"]),
    ((CREATED, LATER, got(RUNNING, in_progress_at=None)), ["a status without its stamp"]),
    (
        (CREATED, LATER, got(RUNNING), got(RUNNING, request_counts={**RUNNING["request_counts"], "completed": 0})),
        ["counts that shrink"],
    ),
    ((CREATED, got(BATCH, request_counts={"total": 1, "completed": 1, "failed": 1})), ["counts that do not add up"]),
    ((CREATED, called("batches.get", raised(), batch_id=BATCH_ID)), ["batches.get refused what exists"]),
    ((CREATED, MEDDLED, UNSEEN, UNSEEN), ["batches.get refused what exists"]),
    ((CREATED, step(Scenario(scenario="straggler")), UNSEEN), ["batches.get refused what exists"]),
    ((CREATED, LATER, got(BATCH), seen(RUNNING)), ["not what there is"]),
    ((CREATED, LATER, got(DONE), seen({**DONE, "output_file_id": "file_9"})), ["not what there is"]),
    ((CREATED, step(Advance(seconds=86_401)), got(RUNNING)), ["not ended within its window"]),
    ((CREATED, BOB, got(BATCH)), ["another tenant's"]),
    ((CREATED, called("batches.cancel", returned(BATCH), batch_id=BATCH_ID)), ["cancel without effect"]),
    ((CREATED, called("batches.list", returned(page()))), ["missing from the list"]),
    ((CREATED, called("batches.list", returned(page(BATCH, BATCH)), limit=1)), ["page too long"]),
    ((CREATED, called("batches.list", returned(page({**BATCH, "id": "b", "created_at": START - 9}, has_more=True)))),
     ["list without the newest"]),
    ((called("batches.list", returned(page(BATCH, {**BATCH, "id": "b", "created_at": START + 9}))),), ["list out of order"]),
    ((UPLOADED, called("files.get", returned({**FILE, "bytes": 4}), file_id=FILE_ID)), ["a file that changes"]),
    ((UPLOADED, called("files.content", returned({"content": ""}), file_id=FILE_ID)), ["other bytes than uploaded"]),
    ((UPLOADED, called("files.delete", returned({"id": FILE_ID, "deleted": False}), file_id=FILE_ID)),
     ["deleted without a word of it"]),
    ((UPLOADED, called("files.delete", returned({"id": FILE_ID, "deleted": True}), file_id=FILE_ID),
      called("files.get", returned({**FILE, "bytes": 3}), file_id=FILE_ID)), ["found after it was deleted"]),
    ((UPLOADED, called("files.delete", raised(), file_id=FILE_ID), called("files.get", raised(404), file_id=FILE_ID)),
     ["files.delete refused what exists"]),
    ((UPLOADED, BOB, called("files.list", returned(page({**FILE, "bytes": 3})))), ["another tenant's"]),
    ((UPLOADED, called("files.list", returned(page()))), ["missing from the list"]),
]  # fmt: skip


@pytest.mark.parametrize(("played", "found"), UNSOUND)
def test_what_cannot_be_seen_is_a_violation(played: tuple[Played, ...], found: list[str]) -> None:
    assert causes(LIFECYCLE, *played) == found


@pytest.mark.parametrize(
    "result", [None, 7, "x", [], {}, {"id": 1}, {"data": 1}, {"data": [7]}, {**BATCH, "request_counts": None}]
)
@pytest.mark.parametrize(
    ("call", "args", "what"),
    [
        ("batches.create", NEW, "batch"),
        ("batches.get", {"batch_id": "a"}, "batch"),
        ("batches.cancel", {"batch_id": "a"}, "batch"),
        ("batches.list", {}, "page of batches"),
        ("files.list", {}, "page of files"),
    ],
)  # fmt: skip
def test_a_result_that_is_nothing_of_the_kind_is_said_to_be_none(call: str, args: Any, what: str, result: Any) -> None:
    assert causes(LIFECYCLE, called(call, returned(result), **args)) == [f"no {what} returned"]


def test_a_walk_looks_at_nothing_while_something_is_in_the_way(player: Player) -> None:
    walk = type("Silent", (Walk,), {"player": player, "judge": staticmethod(lambda *_: None)})()
    walk.begin(None, "off", "happy-path")
    walk.disturb("listBatches", {"reset": True})
    walk.stumble(FIRST_BATCH, 60, {"close": True})
    assert not any(isinstance(step, Look) for step in walk._steps)
    walk.list(("batches.list", {}))
    walk.stumble(FIRST_BATCH, 60, {"close": True})
    assert sum(isinstance(step, Look) for step in walk._steps) == 2


def test_a_walk_with_the_reference_goes_everywhere_and_finds_nothing(player: Player) -> None:
    done: set[str] = set()

    class Noting(Walk):
        @staticmethod
        def judge(violation: Violation, trace: Trace) -> None:
            raise AssertionError(violation, trace.script)

        def do(self, step: Any) -> None:
            done.add(getattr(step, "call", type(step).__name__.lower()))
            super().do(step)

    Noting.player = player
    options = settings(
        max_examples=40, stateful_step_count=25, database=None, deadline=None,
        phases=(Phase.generate,), suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    run_state_machine_as_test(seed(3)(Noting), settings=options)
    assert done == {
        "connect", "advance", "scenario", "rule", "batches.create", "batches.list", "batches.get", "batches.cancel",
        "files.upload", "files.list", "files.get", "files.delete", "files.content", "look",
    }  # fmt: skip
