from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from pydantic import ValidationError
from support.batches import CANCEL, step

from emulator.domain.timeline import Amount
from emulator.scenarios.model import ScenarioModel

GOOD: dict[str, Any] = {
    "scenario": "my-own",
    "title": "Mine",
    "kind": "legal",
    "lifecycle": [{"to": "in_progress", "after": "60s"}],
}


def scenario(**changed: Any) -> ScenarioModel:
    return ScenarioModel.model_validate({**GOOD, **changed})


def refusal(**changed: Any) -> tuple[tuple[Any, ...], str]:
    """Return the place and the sentence of the one thing that is wrong."""
    with pytest.raises(ValidationError) as refused:
        scenario(**changed)
    [error] = refused.value.errors()
    return error["loc"], error["msg"]


def test_scenario_becomes_the_script_of_its_name() -> None:
    script = scenario().script()
    assert (script.name, script.steps, script.on_cancel) == ("my-own", (step("in_progress", after=60),), CANCEL)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({"to": "finalizing"}, step("finalizing")),
        ({"to": "completed", "after": "1h"}, step("completed", after=3600)),
        ({"to": "expired", "at": "24h"}, step("expired", at=86_400)),
        ({"to": "expired", "at": 0}, step("expired", at=0)),
        ({"progress": "40%", "after": 90}, step(progress=Amount(Fraction(2, 5), "share"), after=90)),
        ({"progress": "0%"}, step(progress=Amount(Fraction(0), "share"))),
        ({"progress": "100%"}, step(progress=Amount(Fraction(1), "share"))),
        ({"progress": 3, "at": "1d"}, step(progress=Amount(Fraction(3), "lines"), at=86_400)),
        ({"progress": 0}, step(progress=Amount(Fraction(0), "lines"))),
    ],
)
def test_step_is_read(written: dict[str, Any], expected: object) -> None:
    assert scenario(lifecycle=[written]).script().steps == (expected,)
    assert scenario(on_cancel=[written]).script().on_cancel == (expected,)


def test_scenario_may_say_what_a_cancel_brings() -> None:
    assert scenario(on_cancel=[]).script().on_cancel == ()
    assert scenario(on_cancel=[{"to": "cancelling"}]).script().on_cancel == (step("cancelling"),)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"to": "failed", "after": "1s", "at": "2s"}, "expected one of 'after' and 'at', found both"),
        ({"to": "failed", "progress": 1}, "expected one of 'to' and 'progress'"),
        ({"after": "1s"}, "expected one of 'to' and 'progress'"),
        ({}, "expected one of 'to' and 'progress'"),
    ],
)
def test_step_says_one_thing_and_one_time(wrong: dict[str, Any], sentence: str) -> None:
    assert refusal(lifecycle=[wrong]) == (("lifecycle", 0), f"Value error, {sentence}")
    assert refusal(on_cancel=[wrong]) == (("on_cancel", 0), f"Value error, {sentence}")


@pytest.mark.parametrize(
    ("wrong", "member", "sentence"),
    [
        ({"to": "done"}, "to", "Input should be 'validating', 'failed'"),
        ({"to": "failed", "after": "soon"}, "after", "expected a duration such as 90s, 10m, 24h, 1d"),
        ({"to": "failed", "at": -1}, "at", "expected a duration such as 90s, 10m, 24h, 1d"),
        ({"to": "failed", "later": "1s"}, "later", "Extra inputs are not permitted"),
        ({"progress": "101%"}, "progress", "expected a count of lines or a share such as 40%, found '101%'"),
        ({"progress": "half"}, "progress", "expected a count of lines or a share such as 40%, found 'half'"),
        ({"progress": "-1%"}, "progress", "found '-1%'"),
        ({"progress": "%"}, "progress", "found '%'"),
        ({"progress": "\u00b2%"}, "progress", "found '\u00b2%'"),
        ({"progress": "4.5%"}, "progress", "found '4.5%'"),
        ({"progress": -1}, "progress", "found -1"),
        ({"progress": True}, "progress", "found True"),
        ({"progress": 0.5}, "progress", "found 0.5"),
    ],
)
def test_wrong_member_of_a_step_is_told(wrong: dict[str, Any], member: str, sentence: str) -> None:
    place, message = refusal(lifecycle=[wrong])
    assert place == ("lifecycle", 0, member)
    assert sentence in message


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"scenario": "My Own"}, ("scenario",)),
        ({"scenario": "-own"}, ("scenario",)),
        ({"scenario": "x" * 65}, ("scenario",)),
        ({"kind": "odd"}, ("kind",)),
        ({"title": None}, ("title",)),
        ({"lifecycle": None}, ("lifecycle",)),
        ({"lifecycles": []}, ("lifecycles",)),
    ],
)
def test_wrong_member_of_a_scenario_is_told(changed: dict[str, Any], place: tuple[str, ...]) -> None:
    assert refusal(**changed)[0] == place


@pytest.mark.parametrize("missing", ["scenario", "title", "kind", "lifecycle"])
def test_scenario_needs_its_name_and_title_and_kind_and_lifecycle(missing: str) -> None:
    with pytest.raises(ValidationError, match="Field required") as refused:
        ScenarioModel.model_validate({name: value for name, value in GOOD.items() if name != missing})
    assert [error["loc"] for error in refused.value.errors()] == [(missing,)]
