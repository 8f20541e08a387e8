from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.inference.draw import Draw
from emulator.inference.text import before_stop, first_tokens, passage, tokens, tokens_within


@pytest.mark.parametrize(("text", "count"), [("", 0), ("a", 1), ("abcd", 1), ("abcde", 2), ("äöüß", 1)])
def test_a_token_is_four_characters(text: str, count: int) -> None:
    assert tokens(text) == count


@given(text=st.text(), count=st.integers(0, 9))
def test_the_first_tokens_are_so_many_at_most(text: str, count: int) -> None:
    kept = first_tokens(text, count)
    assert text.startswith(kept)
    assert tokens(kept) == min(count, tokens(text))


@given(text=st.text("ab", max_size=20), stops=st.lists(st.text("ab", min_size=1, max_size=3)))
def test_text_ends_before_the_first_stop_sequence(text: str, stops: list[str]) -> None:
    kept = before_stop(text, tuple(stops))
    assert text.startswith(kept)
    assert not any(stop in kept for stop in stops)


def test_the_texts_of_tool_calls_count() -> None:
    call = {"id": "call_0123456789", "type": "function", "function": {"name": "weather", "arguments": "12345678"}}
    assert tokens_within([{"role": "assistant", "content": None, "tool_calls": [call]}]) == 2


def test_a_passage_is_sentences() -> None:
    passages = {passage(Draw(seed).below) for seed in range(50)}
    assert {text.count(".") for text in passages} == {1, 2, 3}
    assert all(text.startswith("The ") and text.endswith(".") for text in passages)
