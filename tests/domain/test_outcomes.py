from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.domain.jsonl import Line
from emulator.domain.outcomes import SUCCESS, LinePattern, LineRule, Outcome, filled, outcome_of

TOTAL = 10
LINES = [Line(f"row-{index}", {"model": f"m-{index % 2}", "n": index}) for index in range(TOTAL)]
FAILURE = Outcome(error={"code": "processing_error", "message": "No."})


def meant(pattern: LinePattern, lines: list[Line] = LINES, *, seed: int = 0) -> list[int]:
    """Return the places of the lines that a pattern means."""
    total = len(lines)
    return [index for index, line in enumerate(lines) if pattern.matches(line, index=index, total=total, seed=seed)]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (LinePattern(), list(range(TOTAL))),
        (LinePattern(custom_id="row-[37]"), [3, 7]),
        (LinePattern(custom_id="*-1*"), [1]),
        (LinePattern(custom_id="ROW-1"), []),
        (LinePattern(indices=(0, 4, 99)), [0, 4]),
        (LinePattern(indices=(-1, -10, -11)), [0, 9]),
        (LinePattern(every=4), [0, 4, 8]),
        (LinePattern(every=4, start=3), [3, 7]),
        (LinePattern(every=1, start=8), [8, 9]),
        (LinePattern(body={"model": "m-1"}), [1, 3, 5, 7, 9]),
        (LinePattern(body={"model": "*-0", "n": 4}), [4]),
        (LinePattern(body={"n": "4"}), []),
        (LinePattern(share=Fraction(0)), []),
        (LinePattern(share=Fraction(1)), list(range(TOTAL))),
        (LinePattern(custom_id="row-?", every=2, body={"n": 6}), [6]),
    ],
)
def test_pattern_means_lines_for_which_all_holds(pattern: LinePattern, expected: list[int]) -> None:
    assert meant(pattern) == expected


@pytest.mark.parametrize("percent", [1, 10, 50, 90])
def test_share_is_about_that_share_of_many_lines(percent: int) -> None:
    many = [Line(f"row-{index}", {}) for index in range(10_000)]
    assert abs(len(meant(LinePattern(share=Fraction(percent, 100)), many)) - 100 * percent) < 200


@given(st.integers(0, 2**31), st.fractions(0, 1), st.fractions(0, 1))
def test_share_is_drawn_by_the_seed_and_grows_with_its_size(seed: int, one: Fraction, other: Fraction) -> None:
    smaller, larger = sorted((one, other))
    found = meant(LinePattern(share=smaller), seed=seed)
    assert found == meant(LinePattern(share=smaller), seed=seed)
    assert set(found) <= set(meant(LinePattern(share=larger), seed=seed))


def test_another_seed_draws_other_lines() -> None:
    half = LinePattern(share=Fraction(1, 2))
    assert len({tuple(meant(half, seed=seed)) for seed in range(10)}) > 5


def test_share_does_not_hang_on_where_a_line_stands() -> None:
    half = LinePattern(share=Fraction(1, 2))
    ids = {LINES[index].custom_id for index in meant(half)}
    assert {LINES[::-1][index].custom_id for index in meant(half, LINES[::-1])} == ids


def test_first_rule_that_means_a_line_gives_its_outcome() -> None:
    rules = [
        LineRule(LinePattern(custom_id="row-1"), FAILURE),
        LineRule(LinePattern(custom_id="row-*"), Outcome(content="hello")),
    ]
    found = [outcome_of(rules, line, index=index, total=TOTAL, seed=0) for index, line in enumerate(LINES[:2])]
    assert found == [Outcome(content="hello"), FAILURE]
    assert outcome_of(rules[:1], LINES[0], index=0, total=TOTAL, seed=0) is SUCCESS


@pytest.mark.parametrize(
    ("outcome", "fails"),
    [
        (SUCCESS, False),
        (FAILURE, True),
        (Outcome(status_code=399), False),
        (Outcome(status_code=400), True),
        (Outcome(status_code=599), True),
        (Outcome(unfinished=True), False),
    ],
)
def test_error_or_a_status_of_400_and_more_is_a_failure(outcome: Outcome, *, fails: bool) -> None:
    assert outcome.fails is fails


VALUES = {"custom_id": "row-1", "index": 3, "body": {"model": "m", "stop": ["a", "b"], "seed": None, "text": "«é»"}}


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{index}}", 3),
        ("{{ body.stop }}", ["a", "b"]),
        ("{{body.stop.-1}}", "b"),
        ("{{body.seed}}", None),
        ("{{body.none}}", None),
        ("id {{custom_id}}, {{index}}", "id row-1, 3"),
        ("{{body.stop}}!", '["a", "b"]!'),
        ("{{body.text}}?", "«é»?"),
        ("{{body.none}}!", "null!"),
        ("{{index}}{{index}}", "33"),
        ({"a": ["{{index}}", {"b": "{{custom_id}}"}], "{{index}}": 1}, {"a": [3, {"b": "row-1"}], "{{index}}": 1}),
        ("{{}}", "{{}}"),
        ("{index}", "{index}"),
        (1.5, 1.5),
        (None, None),
    ],
)
def test_template_is_filled_and_a_whole_placeholder_keeps_its_type(template: Any, expected: object) -> None:
    assert filled(template, VALUES) == expected


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text("abc{} "), st.lists, max_leaves=5))
def test_template_without_placeholders_stays_as_it_is(template: Any) -> None:
    assert filled(template, {}) == template or "{{" in str(template)
