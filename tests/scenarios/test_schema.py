from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from support.effort import many
from support.scenarios import GOOD, LIBRARY, SOURCE, good, is_inside, plain, problems_of

from emulator import resources
from emulator.scenarios import schema

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCHEMA = schema.scenario_schema()
VALIDATOR = Draft202012Validator(SCHEMA)
PLAIN = {name: plain(file.read_text(encoding="utf-8")) for name, file in LIBRARY.items()}
VALUES = st.sampled_from(
    [None, True, False, 0, 1, 7.5, -1, "", "x", "5s", "40%", [], [1], ["x"], {}, {"x": 1}, {"to": None}]
)
MORE_THAN_A_SCHEMA_SAYS = (
    "a duration",
    "the name of a scenario",
    "a scenario that does not extend",
    "the key",
    "'every' beside 'from'",
    "one outcome",
    "an outcome",
    "one of 'text' and 'base64'",
    "'set' or 'unset' beside",
    "'set' and 'unset' where",
    "one of drop",
    "one of 'body', 'json'",
    "an effect",
    "'to', 'progress', 'set' or 'unset'",
    "the name of a header",
    "'after: true' or a 'reply'",
    "each only once",
)


def test_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_schema_file_is_current() -> None:
    assert schema.stale(resources.folder("schemas")) == []


def test_schema_file_that_is_missing_or_stale_is_written(tmp_path: Path) -> None:
    assert schema.write(tmp_path) == [(schema.FILE, "missing")]
    assert schema.write(tmp_path) == []
    (tmp_path / schema.FILE).write_text("{}")
    assert schema.write(tmp_path) == [(schema.FILE, "stale")]
    assert schema.stale(tmp_path) == []


@pytest.mark.parametrize("name", sorted(LIBRARY))
def test_library_fits_the_schema(name: str) -> None:
    VALIDATOR.validate(PLAIN[name])


@pytest.mark.parametrize("example", SCHEMA["examples"])
def test_examples_are_good_and_fit_the_schema(example: dict[str, Any]) -> None:
    VALIDATOR.validate(example)
    assert not problems_of(json.dumps(example))


@pytest.mark.parametrize(
    "members",
    [
        {"lifecycle": ["expires"], "on_cancel": ["expires"]},
        {"lifecycle": [{"to": "in_progress", "after": 60}, {"progress": 3, "at": "1.5h"}, "expires"]},
        {
            "rules": [
                {"delay": "5s"},
                {"delay": {"by": 5, "clock": "world"}},
                {"reset": True},
                {"close": {"head": 3}, "after": True},
            ]
        },
        {"rules": [{"on": {"operation": "getBatch", "nth": 1}, "set": {"a.b": None}, "unset": ["c"]}]},
        {
            "rules": [
                {"on": {"operation": ["getBatch"], "nth": [1, 2]}, "reply": {"headers": {"A": ["b", "c"], "D": "e"}}}
            ]
        },
        {"lines": [{"when": {"share": "12.5%", "index": [0, -1]}, "content": "x"}], "title": "x", "rules": None},
    ],
)
def test_schema_has_every_way_in_which_people_may_write(members: dict[str, Any]) -> None:
    VALIDATOR.validate({**GOOD, **members})
    assert not problems_of(good(**members))


@pytest.mark.parametrize(
    "members",
    [
        {"title": None},
        {"kind": "hostile"},
        {"breaks": ["json"]},
        {"lifecycle": []},
        {"lifecycle": ["expire"]},
        {"lifecycle": [{"to": "expired", "progress": 1}]},
        {"lifecycle": [{"to": "expired", "after": "1h", "at": "1h"}]},
        {"lifecycle": [{"to": "expired", "after": "soon"}]},
        {"lifecycle": [{"after": "1h"}, "expires"]},
        {"lifecycle": [{"to": "in_progress"}, {"progress": "101%"}, "expires"]},
        {"rules": [{"on": {}}]},
        {"rules": [{"on": {"operation": "getBatchs"}, "close": True}]},
        {"rules": [{"on": {"nth": []}, "close": True}]},
        {"rules": [{"close": True, "reset": True}]},
        {"rules": [{"close": False}]},
        {"rules": [{"reply": {"base64": "x"}}]},
        {"tolerates": ["any-order", "any-order"]},
        {"lines": [{"error": {"code": "x", "message": "y"}, "content": "z"}]},
        {"unknown": 1},
    ],
)
def test_schema_and_loader_refuse_the_same(members: dict[str, Any]) -> None:
    assert not VALIDATOR.is_valid(json.loads(good(**members)))
    assert problems_of(good(**members))


def _containers(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list) and value:
        yield value
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _containers(inner)


@st.composite
def spoilt(draw: st.DrawFn) -> Any:
    """Draw a scenario of the library in which something is taken away, renamed, replaced or added."""
    scenario = copy.deepcopy(PLAIN[draw(st.sampled_from(sorted(PLAIN)))])
    inside = draw(st.sampled_from(list(_containers(scenario))))
    at = draw(st.sampled_from(sorted(inside) if isinstance(inside, dict) else range(len(inside))))
    match draw(st.sampled_from(["take away", "rename", "replace", "add"])):
        case "rename" if isinstance(inside, dict):
            inside[at[:-1]] = inside.pop(at)
        case "replace":
            inside[at] = draw(VALUES)
        case "add" if isinstance(inside, dict):
            inside[draw(st.sampled_from(["after", "to", "body", "close", "x", "nth", "share", "validation"]))] = draw(
                VALUES
            )
        case _:
            del inside[at]
    return scenario


@settings(max_examples=many(400), suppress_health_check=[HealthCheck.too_slow])
@given(spoilt())
def test_what_the_schema_refuses_the_loader_refuses_too_and_the_other_way_round(scenario: Any) -> None:
    text = json.dumps(scenario, indent=1)
    problems = problems_of(text)
    assert all(is_inside(each, text) for each in problems if each.file == SOURCE)
    if not VALIDATOR.is_valid(scenario):
        assert problems
    else:
        said = [each for each in problems if not each.reason and not each.expected.startswith(MORE_THAN_A_SCHEMA_SAYS)]
        assert not [str(each) for each in said]
