from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from meetkai_mka1.models import OpenAIChatCompletion
from openai.types.chat import ChatCompletion

if TYPE_CHECKING:
    from collections.abc import Callable

    Ask = Callable[..., Any]

BODY: dict[str, Any] = {
    "model": "meetkai:functionary",
    "messages": [{"role": "user", "content": "Hello, world"}],
}
WEATHER = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "unit": {"enum": ["C", "F"]}, "days": {"type": "integer"}},
    "required": ["city", "unit"],
    "additionalProperties": False,
}
TOOLS = [
    {"type": "function", "function": {"name": "weather", "parameters": WEATHER}},
    {"type": "function", "function": {"name": "bare"}},
]
CALL_WEATHER = {"type": "function", "function": {"name": "weather"}}


def test_a_completion_has_its_shape(ask: Ask) -> None:
    told = ask("chat", BODY)
    assert told["id"].startswith("chatcmpl-")
    assert told["object"] == "chat.completion"
    assert (told["created"], told["model"]) == (1704067200, "meetkai:functionary")
    (choice,) = told["choices"]
    assert choice["message"]["role"] == "assistant"
    assert (choice["index"], choice["finish_reason"], choice["logprobs"]) == (0, "stop", None)
    assert choice["message"]["content"].endswith(".")
    assert "tool_calls" not in choice["message"]


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"n": 3},
        {"max_tokens": 2},
        {"response_format": {"type": "json_object"}},
        {"tools": TOOLS, "tool_choice": "required"},
        {"tools": TOOLS, "tool_choice": CALL_WEATHER, "max_tokens": 1},
        {"stop": ["e"]},
    ],
)
def test_the_official_clients_parse_it(ask: Ask, more: dict[str, Any]) -> None:
    text = json.dumps(ask("chat", BODY | more))
    OpenAIChatCompletion.model_validate_json(text)
    ChatCompletion.model_validate_json(text)


def test_n_gives_that_many_choices_that_differ(ask: Ask) -> None:
    choices = ask("chat", BODY | {"n": 4})["choices"]
    assert [choice["index"] for choice in choices] == [0, 1, 2, 3]
    assert len({choice["message"]["content"] for choice in choices}) == 4


@pytest.mark.parametrize("n", [None, 0, -1, 129, 10**30, "2", True, 1.5, [2]])
def test_an_unusable_n_gives_one_choice(ask: Ask, n: object) -> None:
    assert len(ask("chat", BODY | {"n": n})["choices"]) == 1


def test_a_whole_float_is_a_count(ask: Ask) -> None:
    assert len(ask("chat", BODY | {"n": 2.0})["choices"]) == 2


@given(
    limit=st.integers(1, 80),
    n=st.integers(1, 3),
    name=st.sampled_from(["max_tokens", "max_completion_tokens"]),
)
def test_no_choice_is_longer_than_its_limit(ask: Ask, limit: int, n: int, name: str) -> None:
    told = ask("chat", BODY | {"n": n, name: limit})
    assert told["usage"]["completion_tokens"] <= n * limit
    for choice in told["choices"]:
        length = len(choice["message"]["content"])
        assert length == 4 * limit if choice["finish_reason"] == "length" else length <= 4 * limit


def test_the_smaller_of_two_limits_holds(ask: Ask) -> None:
    told = ask("chat", BODY | {"max_tokens": 9, "max_completion_tokens": 3})
    assert told["usage"]["completion_tokens"] == 3


@given(
    stops=st.lists(st.sampled_from(["e", "the ", ".", "The", "zzz", "", None]), max_size=4)
    | st.sampled_from(["e", " "])
)
def test_text_never_contains_a_stop_sequence(ask: Ask, stops: Any) -> None:
    (choice,) = ask("chat", BODY | {"stop": stops})["choices"]
    assert not any(stop in choice["message"]["content"] for stop in stops if stop)
    assert choice["finish_reason"] == "stop"


def test_json_mode_says_an_object(ask: Ask) -> None:
    (choice,) = ask("chat", BODY | {"response_format": {"type": "json_object"}})["choices"]
    assert isinstance(json.loads(choice["message"]["content"]), dict)


def test_json_schema_without_a_schema_says_an_object(ask: Ask) -> None:
    form = {"type": "json_schema", "json_schema": {"name": "any"}}
    (choice,) = ask("chat", BODY | {"response_format": form})["choices"]
    assert isinstance(json.loads(choice["message"]["content"]), dict)


def test_json_schema_is_fitted(ask: Ask) -> None:
    form = {"type": "json_schema", "json_schema": {"name": "weather", "schema": WEATHER}}
    for choice in ask("chat", BODY | {"n": 9, "response_format": form})["choices"]:
        Draft202012Validator(WEATHER).validate(json.loads(choice["message"]["content"]))


def test_a_named_function_is_called_with_fitting_arguments(ask: Ask) -> None:
    (choice,) = ask("chat", BODY | {"tools": TOOLS, "tool_choice": CALL_WEATHER})["choices"]
    assert choice["finish_reason"] == "tool_calls"
    assert choice["message"]["content"] is None
    (call,) = choice["message"]["tool_calls"]
    assert (call["type"], call["function"]["name"]) == ("function", "weather")
    Draft202012Validator(WEATHER).validate(json.loads(call["function"]["arguments"]))


def test_a_function_without_parameters_gets_none(ask: Ask) -> None:
    body = BODY | {"tools": [TOOLS[1]], "tool_choice": "required"}
    (call,) = ask("chat", body)["choices"][0]["message"]["tool_calls"]
    assert call["function"] == {"name": "bare", "arguments": "{}"}


def test_each_choice_calls_under_its_own_id(ask: Ask) -> None:
    choices = ask("chat", BODY | {"n": 3, "tools": TOOLS, "tool_choice": "required"})["choices"]
    assert len({choice["message"]["tool_calls"][0]["id"] for choice in choices}) == 3


def test_cut_arguments_end_by_length(ask: Ask) -> None:
    told = ask("chat", BODY | {"tools": TOOLS, "tool_choice": CALL_WEATHER, "max_tokens": 2})
    assert told["choices"][0]["finish_reason"] == "length"
    assert told["usage"]["completion_tokens"] == 2


@pytest.mark.parametrize(
    "choice", ["auto", "none", None, "nonsense", 5, {"type": "function", "function": {"name": "no such"}}]
)
def test_text_is_said_unless_a_known_function_is_demanded(ask: Ask, choice: object) -> None:
    (said,) = ask("chat", BODY | {"tools": TOOLS, "tool_choice": choice})["choices"]
    assert isinstance(said["message"]["content"], str)


def test_text_is_said_where_a_call_is_demanded_of_no_function(ask: Ask) -> None:
    (said,) = ask("chat", BODY | {"tools": [{"function": {}}, 5], "tool_choice": "required"})["choices"]
    assert isinstance(said["message"]["content"], str)


def test_usage_counts_a_token_for_four_characters(ask: Ask) -> None:
    parts = [
        {"type": "text", "text": "12345"},
        {"type": "image_url", "image_url": {"url": "data:" + "x" * 999}},
    ]
    body = BODY | {"messages": [{"role": "system", "content": "1234"}, {"role": "user", "content": parts}]}
    told = ask("chat", body | {"n": 2})
    said = [-(-len(choice["message"]["content"]) // 4) for choice in told["choices"]]
    assert told["usage"] == {
        "prompt_tokens": 3,
        "completion_tokens": sum(said),
        "total_tokens": 3 + sum(said),
    }
