from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from support.batching import contents, results, sdk_of, submitted
from support.http import Api
from support.worlds import CHAT

from emulator import AdminError, Emulator

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emulator.embedded import Batch

YAML = """\
# A day on which nothing begins.
scenario: bad-day
title: Nothing happens
kind: legal
lifecycle: [expires]
"""
DOCUMENT = {
    "scenario": "bad-day",
    "title": "Nothing",
    "kind": "legal",
    "lifecycle": ["expires"],
}


def done(emulator: Emulator, lines: int = 5, **more: Any) -> Batch:
    """Return a batch of so many lines that has ended."""
    return emulator.wait_until_done(submitted(emulator, lines, **more))


def get(emulator: Emulator, batch_id: str = "batch_x") -> int:
    return Api(emulator.url, emulator.api_key)("GET", f"/batches/{batch_id}").status


# Scenarios


@pytest.mark.parametrize(
    ("scenario", "name", "ends"),
    [
        ("expired-partial", "expired-partial", "expired"),
        (YAML, "bad-day", "expired"),
        (DOCUMENT, "bad-day", "expired"),
        (json.dumps(DOCUMENT), "bad-day", "expired"),
        ("{scenario: 'bad-day', extends: stuck-validating}", "bad-day", "expired"),
        ({"lifecycle": ["expires"]}, "in-test", "expired"),
        ({"extends": "all-failed"}, "in-test", "completed"),
        ({"validation": [{"code": "empty_file", "message": "No."}]}, "in-test", "failed"),
    ],
)
@pytest.mark.parametrize("way", ["use", "start"])
def test_scenario_is_a_name_or_yaml_or_json_or_a_mapping(
    server_url: str, scenario: str | dict[str, Any], name: str, ends: str, way: str
) -> None:
    with Emulator(scenario if way == "start" else "happy-path", url=server_url) as emulator:
        if way == "use":
            emulator.use(scenario)
        batch = done(emulator)
    assert (batch.scenario, batch.status) == (name, ends)


@pytest.mark.parametrize(
    ("scenario", "sentence"),
    [
        ("hapy-path", "No scenario is named 'hapy-path': did you mean happy-path?"),
        (5, "expected a scenario: a name, YAML text or a mapping, found 5"),
        ("", "No scenario is named '': did you mean"),
        (YAML.replace("expires", "expire"), r"bad-day:5:13: lifecycle\[0\]: .*did you mean 'expires'?"),
        ({"lines": [{"conten": "a"}]}, "did you mean 'content'?"),
    ],
)
def test_scenario_that_is_none_is_refused(emulator: Emulator, scenario: Any, sentence: str) -> None:
    with pytest.raises((AdminError, ValueError), match=sentence):
        emulator.use(scenario)
    assert done(emulator).scenario == "happy-path"


def test_rules_of_a_scenario_that_is_replaced_are_counted_anew(emulator: Emulator) -> None:
    first_fails = {"rules": [{"on": {"operation": "getBatch", "nth": 1}, "reply": {"status": 503}}]}
    statuses = []
    for _ in range(2):
        emulator.use(first_fails)
        statuses += [get(emulator), get(emulator)]
    assert statuses == [503, 404, 503, 404]


# Lines


def test_lines_come_out_as_a_test_says(emulator: Emulator) -> None:
    emulator.lines(
        {
            "row-1": {"content": "hello"},
            "row-2": {"error": {"code": "processing_error", "message": "No."}},
            "row-3": {"response": {"status_code": 429, "body": {"error": "slow down"}}},
            "row-4": {"set": {"choices.0.finish_reason": "length"}},
        }
    )
    batch = done(emulator)
    output, errors = results(emulator, batch.output_file_id), results(emulator, batch.error_file_id)
    assert (batch.request_counts["completed"], batch.request_counts["failed"]) == (3, 2)
    assert contents(emulator, batch.output_file_id)["row-1"] == "hello"
    assert errors["row-2"]["error"] == {"code": "processing_error", "message": "No."}
    assert errors["row-3"]["response"]["body"] == {"error": "slow down"}
    assert output["row-4"]["response"]["body"]["choices"][0]["finish_reason"] == "length"
    assert sorted(output) == ["row-1", "row-4", "row-5"]


SETTINGS: dict[str, Callable[[Emulator], None]] = {
    "use": lambda emulator: emulator.use({"lines": [{"when": {"custom_id": "row-[12]"}, "content": "the scenario's"}]}),
    "lines": lambda emulator: emulator.lines({"row-1": {"content": "the test's"}}),
}


@pytest.mark.parametrize("order", [("use", "lines"), ("lines", "use")])
def test_lines_come_before_those_of_the_scenario_in_either_order(emulator: Emulator, order: tuple[str, ...]) -> None:
    for each in order:
        SETTINGS[each](emulator)
    found = contents(emulator, done(emulator).output_file_id)
    assert (found["row-1"], found["row-2"]) == ("the test's", "the scenario's")
    assert found["row-3"] not in {"the test's", "the scenario's"}


def test_lines_hold_for_a_batch_that_chose_its_scenario_itself(emulator: Emulator) -> None:
    emulator.lines({"row-1": {"content": "mine"}})
    batch = done(emulator, 10, metadata={"emulator_scenario": "expired-partial"})
    assert batch.scenario == "expired-partial"
    assert contents(emulator, batch.output_file_id)["row-1"] == "mine"


@pytest.mark.parametrize(
    ("calls", "found"),
    [
        ([{"*": "all", "row-2": "two"}], ["all", "two", "all"]),
        ([{"row-[12]": "both", "row-*": "all"}], ["both", "both", "all"]),
        ([{"row-1": "old", "row-2": "two"}, {"row-1": "new"}], ["new", "two", None]),
        ([{"row-1": "one"}, {"*": "all"}], ["all", "all", "all"]),
        ([{"row-1": "one"}, {}], ["one", None, None]),
    ],
)
def test_precise_custom_ids_and_later_calls_come_first(
    emulator: Emulator, calls: list[Mapping[str, str]], found: list[str | None]
) -> None:
    for call in calls:
        emulator.lines({custom_id: {"content": content} for custom_id, content in call.items()})
    answered = contents(emulator, done(emulator, 3).output_file_id)
    wanted = {content for call in calls for content in call.values()}
    assert [answered[f"row-{n}"] if answered[f"row-{n}"] in wanted else None for n in (1, 2, 3)] == found


def test_lines_may_be_told_until_the_batch_is_validated(emulator: Emulator) -> None:
    early, late = submitted(emulator, 1), submitted(emulator, 1)
    emulator.lines({"row-1": {"content": "in time"}})
    emulator.advance("1m")
    emulator.lines({"row-1": {"content": "too late"}})
    found = [contents(emulator, emulator.wait_until_done(each).output_file_id)["row-1"] for each in (early, late)]
    assert found == ["in time", "in time"]


@pytest.mark.parametrize(
    ("outcomes", "sentence"),
    [
        ({"row-1": {}}, "expected an outcome"),
        ({"row-1": {"conten": "a"}}, "did you mean 'content'?"),
        ({"row-1": {"error": {"code": "a"}}}, r"lines\[0\].error: expected the key 'message'"),
        ({"row-1": {"content": "a", "unfinished": True}}, "expected one outcome, found content and unfinished"),
    ],
)
def test_outcome_that_is_none_is_refused(
    emulator: Emulator, outcomes: dict[str, dict[str, Any]], sentence: str
) -> None:
    with pytest.raises(AdminError, match=sentence) as refused:
        emulator.lines(outcomes)
    assert refused.value.status == 400


# Rules


@pytest.mark.parametrize(
    "add",
    [
        lambda emulator: emulator.rule({"on": {"operation": "getBatch", "nth": 2}, "reply": {"status": 503}}),
        lambda emulator: emulator.rule(on={"operation": "getBatch", "nth": 2}, reply={"status": 503}),
        lambda emulator: emulator.rule({"on": {"operation": "getBatch", "nth": 2}}, reply={"status": 503}),
        lambda emulator: emulator.rule("{on: {operation: getBatch, nth: 2}, reply: {status: 503}}"),
    ],
)
def test_rule_counts_how_often_it_fired_until_it_is_removed(emulator: Emulator, add: Callable[[Emulator], Any]) -> None:
    rule = add(emulator)
    assert [(get(emulator), rule.count) for _ in range(3)] == [(404, 0), (503, 1), (404, 1)]
    assert emulator.requests[1].rule == rule.key
    rule.remove()
    rule.remove()
    assert (rule.count, emulator.admin.rules()) == (1, [])


@pytest.mark.parametrize(
    "rule", [None, {}, {"on": {"operation": "getBatches"}, "close": True}, "close: [", {"close": 5}]
)
def test_rule_that_is_none_is_refused(emulator: Emulator, rule: Any) -> None:
    with pytest.raises(AdminError, match="expected") as refused:
        emulator.rule(rule)
    assert refused.value.status == 400


# Time


def test_clock_moves_by_durations_seconds_and_to_instants(emulator: Emulator) -> None:
    batch_id = submitted(emulator, 1)
    start = emulator.now
    (begun,) = emulator.advance("1m")
    assert (begun["from"], begun["to"], emulator.now) == ("validating", "in_progress", start + 60)
    assert emulator.advance(1.5) == []
    assert emulator.now == start + 61.5
    assert [each["to"] for each in emulator.advance_to(start + 3600)] == ["finalizing"]
    assert [each["to"] for each in emulator.step(batch_id)] == ["completed"]
    assert emulator.now == start + 3660


@pytest.mark.parametrize("by", ["soon", -1, None])
def test_duration_that_is_none_is_refused(emulator: Emulator, by: Any) -> None:
    with pytest.raises(AdminError, match=r"expected a duration|expected a string or a number"):
        emulator.advance(by)


@pytest.mark.parametrize(
    ("scenario", "status", "after"),
    [
        ("happy-path", "completed", 3660),
        ("expired-partial", "expired", 86_400),
        ("stuck-validating", "expired", 86_400),
        ("accepted-then-failed", "failed", 60),
        ("files-late", "completed", None),
        ("unknown-status", "completed", None),
    ],
)
@pytest.mark.parametrize("clock", ["manual", "tick=1s", "x360", "real"])
def test_waiting_moves_any_clock_to_the_end_of_a_batch(
    server_url: str, scenario: str, status: str, after: int | None, clock: str
) -> None:
    with Emulator(scenario, clock=clock, url=server_url) as emulator:
        batch = done(emulator, 3)
        passed = emulator.now - batch.created_at
        assert batch.status == status
        assert after is None or (passed == after if clock == "manual" else passed >= after)
        assert emulator.wait_until_done(batch.id) == batch


def test_waiting_keeps_up_with_a_clock_that_runs_ahead(server_url: str) -> None:
    steps: list[Any] = [{"progress": f"{share}%", "after": 800} for share in range(1, 100)]
    scenario = {"lifecycle": [{"to": "in_progress", "after": 0}, *steps, "expires"]}
    with Emulator(scenario, clock="x1000000", url=server_url) as emulator:
        assert done(emulator).status == "expired"


def test_waiting_stops_where_validation_ends_a_batch(emulator: Emulator) -> None:
    with sdk_of(emulator) as sdk:
        batch = sdk.llm.batches.create(input_file_id="file_none", endpoint=CHAT)
    assert emulator.wait_until_done(batch.id).status == "failed"
    assert emulator.now == batch.created_at + 60


def test_waiting_takes_a_cancelled_batch_to_its_end(emulator: Emulator) -> None:
    batch_id = submitted(emulator)
    emulator.advance("30m")
    with sdk_of(emulator) as sdk:
        sdk.llm.batches.cancel(batch_id=batch_id)
    assert emulator.wait_until_done(batch_id).status == "cancelled"
    assert emulator.now == emulator.batches[0].created_at + 40 * 60


def test_waiting_for_no_batch_is_refused(emulator: Emulator) -> None:
    with pytest.raises(AdminError, match="No batch found with id 'batch_x'"):
        emulator.wait_until_done("batch_x")


# Anew


def test_reset_makes_the_world_as_it_was_at_the_start(server_url: str) -> None:
    with Emulator({"lines": [{"content": "from the start"}]}, seed=3, url=server_url) as emulator:
        first = done(emulator)
        rule = emulator.rule({"on": {"operation": "getBatch"}, "reply": {"status": 503}}, required=True)
        emulator.lines({"*": {"unfinished": True}})
        get(emulator)
        emulator.use("stuck-validating")
        emulator.reset()
        assert (emulator.now, emulator.batches, len(emulator.requests)) == (1704067200, [], 0)
        again = done(emulator)
        assert (again, get(emulator, again.id)) == (first, 200)
        assert contents(emulator, again.output_file_id)["row-1"] == "from the start"
        emulator.check()
        other = emulator.rule({"reply": {"status": 503}})
        assert (rule.key, rule.count, other.count) == (other.key, 1, 0)
