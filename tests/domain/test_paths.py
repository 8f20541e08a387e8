from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.domain.paths import UNCHANGED, Changes, alike_at, look

SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=3)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)
PATHS = st.lists(st.sampled_from(["a", "b", "c", "0", "1", "-1", "-2", "", "9"]), min_size=1, max_size=3).map(".".join)
CHANGES = st.builds(
    Changes, st.dictionaries(PATHS, JSON, max_size=3), st.lists(PATHS, max_size=2, unique=True).map(tuple)
)
BATCH: dict[str, Any] = {"id": "b", "counts": {"total": 3, "done": 1}, "data": [{"id": 0}, {"id": 1}, {"id": 2}]}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("id", "b"),
        ("counts.total", 3),
        ("data.0.id", 0),
        ("data.-1.id", 2),
        ("data.-3.id", 0),
        ("data.3.id", None),
        ("data.-4.id", None),
        ("data.first", None),
        ("data.--1", None),
        ("data.²", None),
        ("id.more", None),
        ("none", None),
        ("", None),
    ],
)
def test_path_leads_to_what_stands_there_or_nowhere(path: str, expected: object) -> None:
    assert look(BATCH, path) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (Changes({"id": None}), {**BATCH, "id": None}),
        (Changes({"new": [1]}), {**BATCH, "new": [1]}),
        (Changes({"counts.total": "x"}), {**BATCH, "counts": {"total": "x", "done": 1}}),
        (Changes({"counts.new": 1}), {**BATCH, "counts": {"total": 3, "done": 1, "new": 1}}),
        (Changes({"data.-1.id": 9}), {**BATCH, "data": [{"id": 0}, {"id": 1}, {"id": 9}]}),
        (Changes({"data.1": 9}), {**BATCH, "data": [{"id": 0}, 9, {"id": 2}]}),
        (Changes(unset=("id",)), {"counts": BATCH["counts"], "data": BATCH["data"]}),
        (Changes(unset=("data.0",)), {**BATCH, "data": [{"id": 1}, {"id": 2}]}),
        (Changes(unset=("data.-2.id",)), {**BATCH, "data": [{"id": 0}, {}, {"id": 2}]}),
    ],
)
def test_change_is_made_where_its_path_leads(changes: Changes, expected: object) -> None:
    assert changes.applied(BATCH) == expected


@pytest.mark.parametrize(
    "path", ["none.id", "id.more", "data.3", "data.-4", "data.x", "counts.total.more", "data.0.a.b"]
)
def test_path_that_leads_nowhere_changes_nothing(path: str) -> None:
    assert Changes({path: 1}).applied(BATCH) == BATCH
    assert Changes(unset=(path,)).applied(BATCH) == BATCH


@given(JSON, CHANGES)
def test_original_is_never_changed(value: Any, changes: Changes) -> None:
    before = copy.deepcopy(value)
    changes.applied(value)
    assert value == before


@given(JSON, PATHS, SCALARS)
def test_what_was_set_is_found_there_unless_the_path_leads_nowhere(value: Any, path: str, new: object) -> None:
    changed = Changes({path: new}).applied(value)
    assert changed == value or look(changed, path) == new


@given(JSON, PATHS.filter(lambda path: not path.rpartition(".")[2].strip("-").isdigit()))
def test_member_that_was_unset_is_gone(value: Any, path: str) -> None:
    assert look(Changes(unset=(path,)).applied(value), path) is None


FLAT = st.sampled_from("abc")
FLAT_CHANGES = st.builds(
    lambda given, gone: Changes(given, tuple(path for path in gone if path not in given)),
    st.dictionaries(FLAT, SCALARS, max_size=3),
    st.lists(FLAT, max_size=3, unique=True),
)


@given(st.dictionaries(FLAT, SCALARS), FLAT_CHANGES, FLAT_CHANGES)
def test_one_change_then_another_is_both_in_turn(value: dict[str, Any], first: Changes, later: Changes) -> None:
    assert first.then(later).applied(value) == later.applied(first.applied(value))


@given(JSON, CHANGES)
def test_change_under_a_prefix_is_the_change_of_what_stands_there(value: Any, changes: Changes) -> None:
    whole = {"data": [0, value]}
    assert changes.under("data.1").applied(whole) == {"data": [0, changes.applied(value)]}


@pytest.mark.parametrize(
    ("changes", "has_any"), [(UNCHANGED, False), (Changes({"a": None}), True), (Changes(unset=("a",)), True)]
)
def test_changes_are_true_when_there_are_any(changes: Changes, *, has_any: bool) -> None:
    assert bool(changes) is has_any


@pytest.mark.parametrize(
    ("wanted", "is_alike"),
    [
        ({}, True),
        ({"id": "b"}, True),
        ({"id": "[a-c]"}, True),
        ({"id": "B"}, False),
        ({"counts.total": 3}, True),
        ({"counts.done": True}, False),
        ({"counts.total": "3"}, False),
        ({"none": None}, True),
        ({"id": "*", "counts.total": 4}, False),
        ({"data.-1": {"id": 2}}, True),
    ],
)
def test_value_is_alike_when_at_every_path_there_stands_what_is_wanted(
    wanted: dict[str, Any], *, is_alike: bool
) -> None:
    assert alike_at(BATCH, wanted) is is_alike
