import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.scenarios import GOOD, good, only_problem, plain, problems_of

from emulator.scenarios.positions import Source
from emulator.scenarios.reading import MAX_BYTES, MAX_VALUES, read

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", "on"),
        ("yes", "yes"),
        ("2024-01-01", "2024-01-01"),
        ("12:30", "12:30"),
        ("0x1F", "0x1F"),
        ("007", "007"),
        ("1_000", "1_000"),
        ("+5", "+5"),
        ("'5'", "5"),
        ("-5", -5),
        ("1.5e3", 1500.0),
        ("true", True),
        ("~", None),
        ("", None),
        ("'null'", "null"),
    ],
)
def test_words_and_numbers_are_what_json_has(text: str, value: object) -> None:
    found = plain(f"on: {text}")
    assert found == {"on": value}
    assert type(found["on"]) is type(value)


@given(st.dictionaries(st.text(), JSON), st.sampled_from([None, 1, "\t"]), st.booleans())
def test_json_is_read_as_json(value: dict[str, object], indent: int | str | None, ascii_only: bool) -> None:
    assert plain(json.dumps(value, indent=indent, ensure_ascii=ascii_only)) == value


@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        ("a: !!python/object/apply:os.system [ls]", 1, 4, "expected a value without a tag"),
        ("a: !x 1", 1, 4, "expected a value without a tag"),
        ("a: &b 1", 1, 4, "expected a value without an anchor"),
        ("a: 1\nb: *a", 2, 4, "expected the value itself"),
        ("a: 1\nb: 2\na: 3", 3, 1, "'a' again, which line 1 has"),
        ("a: 1\n? [x]\n: 2", 2, 3, "expected a key that is text, found a list"),
        ("a: .nan", 1, 4, "expected a number that JSON has"),
        ("a: -.inf", 1, 4, "expected a number that JSON has"),
        ('{"a": NaN}', 1, 7, "expected a number that JSON has"),
        ("a: 1e999", 1, 4, "expected a number that fits a double"),
        ("a: " + "9" * 5000, 1, 4, "expected a number of at most 1000 digits, found 5000"),
        ('{"a": "\\ud800"}', 1, 7, "the lone surrogate U+D800"),
        ("a: [1", 1, 5, "this is no YAML"),
        ("a: b: c", 1, 5, "this is no YAML"),
        ("a: 'x", 1, 5, "this is no YAML"),
        ("a: 1\n---\nb: 2", 2, 1, "expected one document"),
        ("a: x\x00", 1, 5, "found U+0000"),
        ("\ud800", 1, 1, "found U+D800"),
        ("", 1, 1, "expected a mapping, found nothing"),
        ("# only a comment", 1, 1, "expected a mapping, found nothing"),
        ("[1]", 1, 1, "expected a mapping, found a list"),
        ("word", 1, 1, "expected a mapping, found a single value"),
    ],
)
def test_what_json_does_not_have_is_refused_with_its_place(text: str, line: int, column: int, said: str) -> None:
    first = next(problem for problem in problems_of(text) if said in str(problem))
    assert (first.line, first.column) == (line, column)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[" * 100_000, "at most 200 levels"),
        ("- " * 100_000, "at most 200 levels"),
        ('{"a":' * 900 + "1" + "}" * 900, "at most 200 levels"),
        ("a: [" + "1," * MAX_VALUES + "]", "at most 100,000 keys and values"),
        ("a: " + "x" * MAX_BYTES, "at most 1,048,576 bytes"),
    ],
)
def test_size_depth_and_number_of_values_are_bounded(text: str, said: str) -> None:
    assert said in str(only_problem(text))


def test_bomb_of_aliases_stays_small() -> None:
    bomb = "a0: &a0 x\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30))
    assert any("no aliases" in problem.expected for problem in problems_of(bomb))


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_places_count_lines_as_editors_do(newline: str) -> None:
    text = newline.join(['"\N{LATIN SMALL LETTER E WITH ACUTE}": "\u2028"', "b:", "  - &x 1"])
    _, [problem] = read(Source("x", text))
    assert (problem.line, problem.column, problem.path) == (3, 5, "b[0]")


def test_byte_order_mark_is_skipped() -> None:
    assert plain("\ufeff" + good()) == GOOD


def test_depth_up_to_the_bound_is_taken() -> None:
    reply = {"json": json.loads("[" * 190 + "]" * 190)}
    assert not problems_of(good(kind="hostile", breaks=["schema"], rules=[{"on": {}, "reply": reply}]))
