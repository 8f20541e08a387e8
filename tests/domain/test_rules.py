from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.domain.clock import SECOND_US
from emulator.domain.deciding import Count, RuleInForce, decide
from emulator.domain.facts import Facts
from emulator.domain.rules import Cut, Hide, Match, Rule, StubReply

GET = Facts(
    operation="getBatch",
    path="/api/v1/llm/batches/batch_1",
    headers={"user-agent": "sdk/1"},
    status="completed",
    age_us=60,
)

NUMBERS = st.integers(1, 6)
MATCHES = st.builds(
    Match,
    operations=st.none() | st.frozensets(st.sampled_from(["getBatch", "listBatches"])),
    statuses=st.none() | st.frozensets(st.sampled_from(["completed", "failed"])),
    since_us=st.none() | st.integers(0, 100),
    until_us=st.none() | st.integers(0, 100),
    nth=st.none() | st.frozensets(NUMBERS),
    every=st.none() | NUMBERS,
    times=st.none() | NUMBERS,
)
RULES = st.lists(MATCHES, max_size=4).map(
    lambda matches: [RuleInForce(f"rule_{number}", Rule(on=match)) for number, match in enumerate(matches)]
)
FACTS = st.builds(
    Facts,
    operation=st.sampled_from(["getBatch", "listBatches", None]),
    path=st.just("/x"),
    status=st.sampled_from(["completed", "failed", None]),
    age_us=st.none() | st.integers(0, 100),
)


@pytest.mark.parametrize(
    ("on", "means"),
    [
        (Match(), True),
        (Match(operations=frozenset({"getBatch", "listBatches"})), True),
        (Match(operations=frozenset({"listBatches"})), False),
        (Match(path="*/batches/*"), True),
        (Match(path="*/batches/batch_[!1]"), False),
        (Match(path="/batches/*"), False),
        (Match(headers={"user-agent": "sdk/*"}), True),
        (Match(headers={"user-agent": "SDK/*"}), False),
        (Match(headers={"x-none": "*"}), True),
        (Match(headers={"x-none": "?*"}), False),
        (Match(headers={"user-agent": "*", "accept": "json"}), False),
        (Match(statuses=frozenset({"completed", "failed"})), True),
        (Match(statuses=frozenset({"failed"})), False),
        (Match(since_us=60), True),
        (Match(since_us=61), False),
        (Match(until_us=61), True),
        (Match(until_us=60), False),
        (Match(since_us=60, until_us=61), True),
        (Match(operations=frozenset({"getBatch"}), statuses=frozenset({"failed"})), False),
    ],
)
def test_match_means_requests_for_which_all_holds(on: Match, *, means: bool) -> None:
    assert on.means(GET) is means


@pytest.mark.parametrize("on", [Match(statuses=frozenset({"completed"})), Match(since_us=0), Match(until_us=10**18)])
def test_match_on_a_batch_means_no_request_without_one(on: Match) -> None:
    assert not on.means(replace(GET, status=None, age_us=None))


def test_match_on_operations_means_no_request_that_has_none() -> None:
    assert not Match(operations=frozenset({"getBatch"})).means(replace(GET, operation=None))


def fired(on: Match, requests: int) -> list[int]:
    """Return the numbers of those of so many requests on which a rule fires."""
    found: list[int] = []
    counts: dict[str, Count] = {}
    for number in range(1, requests + 1):
        firing, counts = decide([RuleInForce("r", Rule(on=on))], GET, counts)
        found += [number] * len(firing)
    assert counts["r"] == Count(requests, len(found))
    return found


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (Match(), [1, 2, 3, 4, 5, 6, 7]),
        (Match(nth=frozenset({2, 5, 9})), [2, 5]),
        (Match(every=3), [3, 6]),
        (Match(times=2), [1, 2]),
        (Match(every=2, times=2), [2, 4]),
        (Match(nth=frozenset({2, 4, 6}), every=4), [4]),
        (Match(nth=frozenset({1, 6}), times=1), [1]),
    ],
)
def test_rule_fires_on_the_requests_that_it_picks(on: Match, expected: list[int]) -> None:
    assert fired(on, 7) == expected


def test_request_that_is_not_meant_is_not_counted() -> None:
    rules = [RuleInForce("r", Rule(on=Match(operations=frozenset({"getBatch"}), nth=frozenset({2}))))]
    firing, counts = decide(rules, replace(GET, operation="listBatches"), {"r": Count(1, 0)})
    assert (firing, counts) == ((), {"r": Count(1, 0)})
    assert decide(rules, GET, counts) == ((rules[0],), {"r": Count(2, 1)})


@given(RULES, st.lists(FACTS, max_size=8))
def test_decision_depends_on_nothing_but_what_it_is_given(rules: list[RuleInForce], requests: list[Facts]) -> None:
    counts: dict[str, Count] = {}
    for facts in requests:
        before = copy.deepcopy(counts)
        first, again = decide(rules, facts, counts), decide(rules, facts, counts)
        assert first == again
        assert counts == before
        counts = first[1]


@given(RULES, st.lists(FACTS, max_size=12))
def test_counts_tell_what_has_matched_and_fired(rules: list[RuleInForce], requests: list[Facts]) -> None:
    counts: dict[str, Count] = {}
    times_fired = dict.fromkeys((each.key for each in rules), 0)
    for facts in requests:
        firing, counts = decide(rules, facts, counts)
        assert [each for each in rules if each in firing] == list(firing)
        for each in firing:
            times_fired[each.key] += 1
    for each in rules:
        matched = sum(each.rule.on.means(facts) for facts in requests)
        assert counts.get(each.key, Count()) == Count(matched, times_fired[each.key])
        assert each.rule.on.times is None or times_fired[each.key] <= each.rule.on.times


@given(RULES, st.lists(FACTS, max_size=6))
def test_rule_is_decided_as_if_it_were_alone(rules: list[RuleInForce], requests: list[Facts]) -> None:
    together: dict[str, Count] = {}
    alone: dict[str, Count] = {}
    for facts in requests:
        _, together = decide(rules, facts, together)
        for each in rules:
            _, alone = decide([each], facts, alone)
    assert together == alone


@pytest.mark.parametrize(
    ("rule", "replaces"),
    [
        (Rule(on=Match(), reply=StubReply()), True),
        (Rule(on=Match(), reset=Cut()), True),
        (Rule(on=Match(), close=Cut()), True),
        (Rule(on=Match(), reply=StubReply(), after=True), False),
        (Rule(on=Match(), close=Cut(), after=True), False),
        (Rule(on=Match(), truncate=0), False),
    ],
)
def test_reply_and_cut_replace_the_operation_unless_they_come_after_it(rule: Rule, *, replaces: bool) -> None:
    assert rule.replaces is replaces


@pytest.mark.parametrize(
    ("hide", "item", "is_hidden"),
    [
        (Hide(), {"created_at": 90}, True),
        (Hide(), {}, True),
        (Hide(where={"id": "batch_*"}), {"id": "batch_1"}, True),
        (Hide(where={"id": "batch_*"}), {"id": "file_1"}, False),
        (Hide(until_us=11 * SECOND_US), {"created_at": 90}, True),
        (Hide(until_us=10 * SECOND_US), {"created_at": 90}, False),
        (Hide(where={"id": "x"}, until_us=11 * SECOND_US), {"id": "y", "created_at": 90}, False),
        (Hide(until_us=11 * SECOND_US), {"created_at": None}, False),
        (Hide(until_us=11 * SECOND_US), {"created_at": "90"}, False),
        (Hide(until_us=11 * SECOND_US), 5, False),
    ],
)
def test_item_is_hidden_when_all_holds_and_while_it_is_young(hide: Hide, item: Any, *, is_hidden: bool) -> None:
    assert hide.means(item, now_us=100 * SECOND_US) is is_hidden
