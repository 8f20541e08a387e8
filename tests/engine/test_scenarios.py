from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.effort import many
from support.engines import (
    START_US,
    content,
    counts,
    custom_ids,
    error_rows,
    history,
    library,
    move_to,
    new_engine,
    output_rows,
    request,
    rows,
    seen,
    submit,
)
from support.scenarios import good
from support.worlds import good_input, jsonl, line

from emulator.domain.clock import SECOND_US
from emulator.domain.errors import CancelRefused, InvalidRequest, NotFound
from emulator.domain.pagination import PageQuery
from emulator.domain.rules import Match, Rule
from emulator.engine.rulebook import Asked

if TYPE_CHECKING:
    from emulator.domain.batch import Batch
    from emulator.domain.scenario import Scenario
    from emulator.engine.world import World

DAY_US = 86_400 * SECOND_US
ENDED_S = 3720
"""When a batch of the good scenario has ended."""
ERROR = {"code": "processing_error", "message": "No."}


def scenario(name: str = "good", **members: Any) -> Scenario:
    """Return a scenario: the happy path with these members changed."""
    return library().read(good(scenario=name, **members), name=name)


def start(world: World, data: bytes | None = None, **members: Any) -> Batch:
    """Give the world a scenario, and create a batch that follows it."""
    world.add_scenario(scenario(**members))
    return submit(world, good_input(5) if data is None else data, scenario="good")


def ended(world: World, data: bytes | None = None, **members: Any) -> Batch:
    batch = start(world, data, **members)
    world.advance(by_us=DAY_US)
    return seen(world, batch)


# Lines


def test_failing_lines_count_as_failed_and_stand_in_the_error_file(core: World) -> None:
    batch = ended(core, lines=[{"when": {"index": [1, -1]}, "error": ERROR}])
    assert (batch.status, counts(batch)) == ("completed", (5, 3, 2))
    assert custom_ids(output_rows(core, batch)) == ["row-1", "row-3", "row-4"]
    assert [(row["custom_id"], row["response"], row["error"]) for row in error_rows(core, batch)] == [
        ("row-2", None, ERROR),
        ("row-5", None, ERROR),
    ]


@pytest.mark.parametrize(("status", "fails"), [(200, False), (399, False), (400, True), (429, True), (599, True)])
def test_response_of_400_and_more_counts_as_failed(core: World, status: int, *, fails: bool) -> None:
    response = {"status_code": status, "body": {"id": "{{custom_id}}", "at": "{{index}}"}}
    batch = ended(core, lines=[{"when": {"index": 2}, "response": response}])
    assert counts(batch) == ((5, 4, 1) if fails else (5, 5, 0))
    [row] = [row for row in (error_rows if fails else output_rows)(core, batch) if row["custom_id"] == "row-3"]
    assert row["error"] is None
    assert (row["response"]["status_code"], row["response"]["body"]) == (status, {"id": "row-3", "at": 2})


def test_counts_grow_as_lines_fail_and_succeed_in_turn(core: World) -> None:
    batch = start(core, lines=[{"when": {"every": 2}, "error": ERROR}])
    found = []
    for second in (60, 780, 1500, 2220, 2940, 3660):
        move_to(core, second)
        found.append(counts(seen(core, batch)))
    assert found == [(5, 0, 0), (5, 0, 1), (5, 1, 1), (5, 1, 2), (5, 2, 2), (5, 2, 3)]


def test_unfinished_lines_stand_in_neither_file_of_a_completed_batch(core: World) -> None:
    batch = ended(core, lines=[{"when": {"index": [0, 3]}, "unfinished": True}, {"when": {"index": 1}, "error": ERROR}])
    assert (batch.status, counts(batch)) == ("completed", (5, 2, 1))
    assert custom_ids(output_rows(core, batch)) == ["row-3", "row-5"]
    assert custom_ids(error_rows(core, batch)) == ["row-2"]


def test_unfinished_lines_of_an_expired_batch_are_told_as_expired(core: World) -> None:
    lifecycle = [{"to": "in_progress", "after": 60}, {"progress": "100%", "after": "1h"}, "expires"]
    batch = ended(core, lifecycle=lifecycle, lines=[{"when": {"index": 0}, "unfinished": True}])
    assert (batch.status, counts(batch)) == ("expired", (5, 4, 0))
    assert custom_ids(output_rows(core, batch)) == ["row-2", "row-3", "row-4", "row-5"]
    assert [(row["custom_id"], row["error"]["code"]) for row in error_rows(core, batch)] == [("row-1", "batch_expired")]


@pytest.mark.parametrize(
    ("failed_in", "output", "error"),
    [
        ("error_file", ["row-1", "row-3"], ["row-2"]),
        ("output_file", ["row-1", "row-2", "row-3"], []),
        ("both", ["row-1", "row-2", "row-3"], ["row-2"]),
    ],
)
def test_failed_lines_stand_where_the_scenario_wants_them(
    core: World, failed_in: str, output: list[str], error: list[str]
) -> None:
    batch = ended(core, good_input(3), lines=[{"when": {"index": 1}, "error": ERROR}], results={"failed_in": failed_in})
    assert (custom_ids(output_rows(core, batch)), custom_ids(error_rows(core, batch))) == (output, error)
    assert counts(batch) == (3, 2, 1)


def body(world: World, batch: Batch) -> Any:
    return output_rows(world, batch)[0]["response"]["body"]


def test_line_answers_the_text_that_it_is_given(core: World) -> None:
    batch = ended(core, good_input(1), lines=[{"content": "hello"}])
    assert body(core, batch)["choices"][0]["message"]["content"] == "hello"


def test_genuine_body_is_changed_where_a_line_sets_and_unsets(core: World) -> None:
    genuine = body(core, ended(core, good_input(1)))
    changes = {"set": {"choices.0.finish_reason": "length", "usage": None}, "unset": ["model"]}
    core.reset()
    changed = body(core, ended(core, good_input(1), lines=[changes]))
    expected = {**genuine, "usage": None, "choices": [{**genuine["choices"][0], "finish_reason": "length"}]}
    del expected["model"]
    assert changed == expected


@given(st.integers(0, 2**31), st.integers(0, 40))
@settings(max_examples=many(20), deadline=None)
def test_counts_and_files_agree_whatever_share_of_the_lines_fails(seed: int, count: int) -> None:
    world = new_engine().world(seed=seed)
    lines = [{"when": {"share": "30%"}, "error": ERROR}, {"when": {"share": "50%"}, "unfinished": True}]
    batch = ended(world, good_input(count + 1), lines=lines)
    found = len(output_rows(world, batch)), len(error_rows(world, batch))
    assert counts(batch) == (count + 1, *found)


# Validation


BAD_INPUT = jsonl([line("row-1"), {**line("row-2"), "method": "GET"}, {"custom_id": "row-3"}]) + b"{oops\n"


def test_validation_that_is_skipped_finds_nothing(core: World) -> None:
    batch = ended(core, BAD_INPUT, validation="skip")
    assert (batch.status, batch.errors, counts(batch)) == ("completed", (), (3, 3, 0))
    assert custom_ids(output_rows(core, batch)) == ["row-1", "row-2", "row-3"]


def test_validation_that_runs_finds_every_fault(core: World) -> None:
    batch = ended(core, BAD_INPUT)
    assert (batch.status, len(batch.errors), counts(batch)) == ("failed", 3, (0, 0, 0))


FAULTS = [{"code": "model_not_found", "message": "No such model."}, {"code": "x", "message": "y", "line": 7}]


@pytest.mark.parametrize("data", [good_input(3), BAD_INPUT, b""])
def test_declared_faults_are_reported_whatever_the_input_holds(core: World, data: bytes) -> None:
    batch = start(core, data, validation=FAULTS)
    move_to(core, 59)
    assert (seen(core, batch).status, seen(core, batch).errors) == ("validating", ())
    move_to(core, 60)
    assert history(seen(core, batch)) == {"validating": 0, "failed": 60}
    found = [(fault.code, fault.message, fault.param, fault.line) for fault in seen(core, batch).errors]
    assert found == [("model_not_found", "No such model.", None, None), ("x", "y", None, 7)]


# The lifecycle


def test_step_changes_the_batch_as_it_is_shown_from_then_on(core: World) -> None:
    lifecycle = [
        {"to": "in_progress", "after": 60, "set": {"status": "queued", "extra": 1}},
        {"set": {"extra": 2}, "unset": ["errors"], "after": 60},
        {"to": "finalizing", "after": 60, "unset": ["status"]},
        {"to": "completed", "after": 60},
    ]
    batch = start(core, lifecycle=lifecycle)
    shown = []
    for second in (59, 60, 120, 180, 240):
        move_to(core, second)
        changes = seen(core, batch).changes
        shown.append((dict(changes.set), changes.unset))
    assert shown == [
        ({}, ()),
        ({"status": "queued", "extra": 1}, ()),
        ({"status": "queued", "extra": 2}, ("errors",)),
        ({"extra": 2}, ("errors", "status")),
        ({"extra": 2}, ("errors", "status")),
    ]
    assert seen(core, batch).status == "completed"


LATE: dict[str, Any] = {"on_cancel": [{"to": "cancelling"}, {"to": "completed", "after": 600}]}


@pytest.mark.parametrize(("second", "status"), [(0, "validating"), (60, "in_progress"), (3660, "finalizing")])
def test_cancel_that_comes_too_late_ends_in_completed_with_every_line(core: World, second: int, status: str) -> None:
    batch = start(core, **LATE, lines=[{"when": {"index": 0}, "error": ERROR}])
    move_to(core, second)
    assert seen(core, batch).status == status
    assert core.cancel_batch("", batch.id).status == "cancelling"
    move_to(core, second + 600)
    found = seen(core, batch)
    assert (found.status, counts(found)) == ("completed", (5, 4, 1))
    assert custom_ids(output_rows(core, found)) == ["row-2", "row-3", "row-4", "row-5"]
    assert custom_ids(error_rows(core, found)) == ["row-1"]
    with pytest.raises(CancelRefused):
        core.cancel_batch("", batch.id)


@pytest.mark.parametrize("data", [b"", BAD_INPUT])
def test_cancel_that_comes_too_late_for_a_bad_input_ends_in_cancelled(core: World, data: bytes) -> None:
    batch = start(core, data, **LATE)
    core.cancel_batch("", batch.id)
    core.advance(by_us=DAY_US)
    found = seen(core, batch)
    assert (found.status, counts(found), found.output_file_id) == ("cancelled", (0, 0, 0), None)


def test_lines_may_go_on_finishing_while_a_batch_is_being_cancelled(core: World) -> None:
    on_cancel = [{"to": "cancelling"}, {"progress": "100%", "after": "10m"}, {"to": "cancelled"}]
    batch = start(core, on_cancel=on_cancel)
    move_to(core, 60)
    core.cancel_batch("", batch.id)
    found = []
    for second in (60, 180, 300, 660):
        move_to(core, second)
        found.append((seen(core, batch).status.value, counts(seen(core, batch))))
    assert found == [
        ("cancelling", (5, 0, 0)),
        ("cancelling", (5, 1, 0)),
        ("cancelling", (5, 2, 0)),
        ("cancelled", (5, 5, 0)),
    ]
    assert len(output_rows(core, seen(core, batch))) == 5


def test_batch_may_be_cancelled_at_once(core: World) -> None:
    batch = start(core, on_cancel=[{"to": "cancelling"}, {"to": "cancelled"}])
    assert core.cancel_batch("", batch.id).status == "cancelled"


def test_batch_may_expire_while_it_is_being_cancelled(core: World) -> None:
    batch = start(core, on_cancel=[{"to": "cancelling"}, "expires"])
    move_to(core, 60)
    core.cancel_batch("", batch.id)
    core.advance(by_us=DAY_US)
    assert history(seen(core, batch)) == {"validating": 0, "in_progress": 60, "cancelling": 60, "expired": 86_400}


# Results


def test_ids_of_files_appear_by_an_event_of_their_own(core: World) -> None:
    batch = start(core, results={"ids_after": "5m"}, lines=[{"when": {"index": 0}, "error": ERROR}])
    move_to(core, ENDED_S)
    assert (seen(core, batch).status, seen(core, batch).output_file_id) == ("completed", None)
    [fired] = move_to(core, 5000)
    assert fired.at_us == START_US + (ENDED_S + 300) * SECOND_US
    found = seen(core, batch)
    assert len(output_rows(core, found)) == 4
    assert len(error_rows(core, found)) == 1
    assert core.get_file("", found.output_file_id or "").created_at == batch.created_at + ENDED_S


def lived(moves: list[int]) -> tuple[Any, Any]:
    """Return what a day of small moves and what one great move leave of the same world."""
    walks = []
    for stops in (sorted(moves), []):
        engine = new_engine()
        world = engine.world()
        start(
            world,
            lines=[{"when": {"share": "40%"}, "error": ERROR}, {"when": {"index": 0}, "unfinished": True}],
            results={"ids_after": "1h", "order": "shuffled"},
            lifecycle=[
                {"to": "in_progress", "after": 60, "set": {"request_counts.total": 0}},
                {"progress": 2, "after": "10m"},
                {"unset": ["metadata"], "after": "7m"},
                {"to": "finalizing", "after": "1h"},
                {"to": "completed", "after": 0.5},
            ],
        )
        fired = [each for stop in [*stops, 86_400] for each in move_to(world, stop)]
        walks.append(([(each.at_us, each.before, each.after) for each in fired], engine.dump(world)))
    return walks[0], walks[1]


@given(st.lists(st.integers(0, 10_000), max_size=8))
@settings(max_examples=many(30), deadline=None)
def test_many_small_moves_are_one_great_move(moves: list[int]) -> None:
    by_steps, at_once = lived(moves)
    assert by_steps == at_once


def test_result_files_are_of_the_type_that_the_scenario_gives_them(core: World) -> None:
    results = {"content_type": {"output": "application/octet-stream"}}
    batch = ended(core, lines=[{"when": {"index": 0}, "error": ERROR}], results=results)
    found = [core.get_file("", file_id or "").media_type for file_id in (batch.output_file_id, batch.error_file_id)]
    assert found == ["application/octet-stream", "application/jsonl"]


def test_deleted_file_is_gone_although_its_id_is_shown(core: World) -> None:
    batch = ended(core, results={"deleted": "output"})
    assert batch.output_file_id is not None
    with pytest.raises(NotFound):
        rows(core, batch, batch.output_file_id)


def test_files_are_edited_as_the_scenario_says(core: World) -> None:
    batch = ended(core, results={"edits": [{"drop": {"index": 0}}, {"append": "{oops"}], "present": "error"})
    assert content(core.get_file("", batch.output_file_id or "")).splitlines()[-1] == b"{oops"
    assert content(core.get_file("", batch.error_file_id or "")) == b""


# Choosing


def test_world_follows_the_scenario_that_it_is_told_to_use(core: World) -> None:
    core.use("stuck-validating")
    core.advance(by_us=0)
    batch = submit(core, good_input(1))
    core.advance(by_us=2 * DAY_US)
    assert seen(core, batch).status == "expired"
    assert core.state().scenario == "stuck-validating"


def test_scenario_of_a_batch_comes_before_the_worlds(core: World) -> None:
    core.use("stuck-validating")
    batch = submit(core, good_input(1), scenario="happy-path")
    assert (batch.scenario.name, batch.has_own_scenario) == ("happy-path", True)
    assert not submit(core, good_input(1)).has_own_scenario


def test_scenario_of_a_world_comes_before_the_librarys_and_no_other_world_has_it(core: World) -> None:
    other = new_engine().world("mk-other")
    core.add_scenario(scenario("happy-path", title="Mine"))
    core.add_scenario(scenario("mine"))
    assert submit(core, good_input(1)).scenario.title == "Mine"
    assert submit(other, good_input(1)).scenario.title != "Mine"
    assert list(core.scenarios()) == ["happy-path", "mine"]
    with pytest.raises(InvalidRequest, match="No scenario is named 'mine'"):
        submit(other, good_input(1), scenario="mine")


def test_scenario_that_is_taken_away_goes_on_for_batches_that_follow_it(core: World) -> None:
    batch = start(core, lifecycle=["expires"])
    core.remove_scenario("good")
    assert core.scenarios() == {}
    core.advance(by_us=2 * DAY_US)
    assert seen(core, batch).status == "expired"
    with pytest.raises(InvalidRequest, match="No scenario is named 'good'"):
        submit(core, good_input(1), scenario="good")


def test_default_that_is_taken_away_leaves_everything_but_new_batches(core: World) -> None:
    batch = start(core, rules=[{"on": {"operation": "getBatch"}, "garble": 1}])
    core.use("good")
    core.remove_scenario("good")
    assert core.rules() == ()
    assert core.direct(Asked(tenant="", operation="listBatches", path="/")).rules == ()
    assert len(core.direct(asked(batch)).rules) == 1
    with pytest.raises(InvalidRequest, match="No scenario is named 'good'"):
        submit(core, good_input(1))


@pytest.mark.parametrize("name", ["happy-pat", "", "HAPPY-PATH", "no/such"])
def test_unknown_name_is_refused_with_near_ones(core: World, name: str) -> None:
    with pytest.raises(InvalidRequest, match="did you mean") as refusal:
        core.use(name)
    assert refusal.value.param == "scenario"
    with pytest.raises(InvalidRequest):
        core.find_scenario(name)
    with pytest.raises(InvalidRequest):
        core.remove_scenario(name)
    assert core.state().scenario == "happy-path"


def test_reset_takes_what_was_given_to_a_world(core: World) -> None:
    core.add_scenario(scenario("mine", rules=[{"garble": 1}]))
    core.use("mine")
    core.add_rule(Rule(on=Match()))
    core.reset()
    assert (core.state().scenario, core.scenarios(), core.rules()) == ("happy-path", {}, ())
    assert core.add_rule(Rule(on=Match())).key == "rule_1"


# Rules


def asked(batch: Batch | None, operation: str = "getBatch", **more: Any) -> Asked:
    return Asked(tenant="", operation=operation, path="/", batch_id=batch.id if batch else None, **more)


def keys(world: World, request: Asked, **more: Any) -> list[str]:
    return [each.key for each in world.direct(request, **more).rules]


def test_rules_are_named_counted_and_taken_away_one_by_one(core: World) -> None:
    added = [core.add_rule(Rule(on=Match(times=1))), core.add_rule(Rule(on=Match()))]
    assert [each.key for each in added] == ["rule_1", "rule_2"]
    assert [keys(core, asked(None)) for _ in range(2)] == [["rule_1", "rule_2"], ["rule_2"]]
    assert [(each.key, count.matched, count.fired) for each, count in core.rules()] == [
        ("rule_1", 2, 1),
        ("rule_2", 2, 2),
    ]
    core.remove_rules("rule_1")
    assert [each.key for each, _ in core.rules()] == ["rule_2"]
    with pytest.raises(NotFound):
        core.remove_rules("rule_1")
    core.remove_rules()
    assert core.rules() == ()
    assert core.add_rule(Rule(on=Match())).key == "rule_3"


def test_rules_of_a_batchs_own_scenario_are_counted_for_it_alone(core: World) -> None:
    rules = [{"on": {"operation": "getBatch", "nth": 2}, "garble": 1}]
    one, two = start(core, rules=rules), submit(core, good_input(1), scenario="good")
    plain = submit(core, good_input(1))
    assert keys(core, asked(one)) == keys(core, asked(two)) == []
    assert keys(core, asked(two)) == [f"good#1@{two.id}"]
    assert keys(core, asked(one)) == [f"good#1@{one.id}"]
    assert [keys(core, asked(plain)) for _ in range(2)] == [[], []]
    assert keys(core, Asked(tenant="", operation="listBatches", path="/")) == []


def test_rules_of_the_default_scenario_are_counted_for_all_of_the_world(core: World) -> None:
    core.add_scenario(scenario(rules=[{"on": {"operation": "getBatch", "nth": 2}, "garble": 1}]))
    core.use("good")
    one, two = submit(core, good_input(1)), submit(core, good_input(1))
    assert [keys(core, asked(one)), keys(core, asked(two)), keys(core, asked(one))] == [[], ["good#1"], []]
    assert [(each.key, count.matched) for each, count in core.rules()] == [("good#1", 3)]


def test_rules_of_the_wanted_scenario_apply_to_the_request_that_creates(core: World) -> None:
    core.add_scenario(scenario(rules=[{"on": {"operation": "createBatch"}, "garble": 1}]))
    assert keys(core, asked(None, "createBatch"), scenario="good") == ["good#1@new"]
    assert keys(core, asked(None, "createBatch")) == []
    with pytest.raises(InvalidRequest):
        core.direct(asked(None, "createBatch"), scenario="none")


def test_rules_come_in_order_the_worlds_then_the_defaults_then_the_batchs_own(core: World) -> None:
    batch = start(core, rules=[{"garble": 1}, {"truncate": 1}])
    core.add_scenario(scenario("default", rules=[{"garble": 2}]))
    core.use("default")
    core.add_rule(Rule(on=Match()))
    own = [f"good#1@{batch.id}", f"good#2@{batch.id}"]
    assert keys(core, asked(batch)) == ["rule_1", "default#1", *own]


def test_rules_of_a_batchs_own_scenario_apply_once_though_it_is_the_default_too(core: World) -> None:
    batch = start(core, rules=[{"garble": 1}])
    core.use("good")
    assert keys(core, asked(batch)) == [f"good#1@{batch.id}"]


def test_rule_on_a_status_or_an_age_means_the_batch_of_a_result_file_too(core: World) -> None:
    rules = [
        {"on": {"operation": ["getBatch", "getFileContent"], "status": "completed"}, "garble": 1},
        {"on": {"operation": ["getBatch", "getFileContent"], "since": "2h"}, "garble": 1},
    ]
    batch = start(core, rules=rules)
    assert keys(core, asked(batch)) == []
    move_to(core, ENDED_S)
    file_id = seen(core, batch).output_file_id
    read = Asked(tenant="", operation="getFileContent", path="/", file_id=file_id)
    input_file = Asked(tenant="", operation="getFileContent", path="/", file_id=batch.request.input_file_id)
    assert keys(core, read) == [f"good#1@{batch.id}"]
    move_to(core, 7200)
    assert keys(core, read) == [f"good#1@{batch.id}", f"good#2@{batch.id}"]
    assert keys(core, input_file) == []


def test_rule_does_not_mean_another_tenants_batch(core: World) -> None:
    batch = start(core, rules=[{"garble": 1}])
    assert keys(core, Asked(tenant="somebody", operation="getBatch", path="/", batch_id=batch.id)) == []


@pytest.mark.parametrize(("own", "expected"), [("0.5.25", "0.5.25"), (None, "0.12.26")])
def test_replies_are_shown_in_the_edition_of_the_batch_then_of_the_default(
    core: World, own: str | None, expected: str
) -> None:
    batch = start(core, edition=own)
    core.add_scenario(scenario("default", edition="0.12.26"))
    assert core.direct(asked(batch)).edition == (own or "0.12.114")
    core.use("default")
    assert core.direct(asked(batch)).edition == expected
    assert core.direct(Asked(tenant="", operation="listFiles", path="/")).edition == "0.12.26"


def test_batches_that_arrive_ask_for_what_the_tenants_newest_one_does(core: World) -> None:
    core.arrive("", 2)
    file_id = start(core).request.input_file_id
    batch = core.create_batch("", replace(request(file_id), metadata={"mine": "1"}), scenario="good")
    core.arrive("", 2)
    core.arrive("somebody", 2)
    page = core.list_batches("", PageQuery(limit=10))
    assert [each.number for each in page.items] == [3, 2, 1, 0]
    for arrived in page.items[:2]:
        assert arrived.request == replace(batch.request, metadata=None)
        assert (arrived.scenario, arrived.has_own_scenario) == (batch.scenario, True)
    assert len(core.all_batches()) == 4
    core.advance(by_us=DAY_US)
    assert {each.status.value for each in core.all_batches()} == {"completed"}
