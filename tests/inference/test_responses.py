from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator
from meetkai_mka1.models import ResponseObject
from openai.types.responses import Response

if TYPE_CHECKING:
    from collections.abc import Callable

    Ask = Callable[..., Any]

BODY: dict[str, Any] = {"model": "auto", "input": "Say hello."}
SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 0}},
    "required": ["name", "age"],
}
TOOLS = [
    {"type": "function", "name": "save", "parameters": SCHEMA, "strict": True},
    {"type": "function", "name": "load", "parameters": {"type": "object"}, "strict": False},
]
DEFAULTS: dict[str, Any] = {
    "background": False,
    "completed_at": 1704067200,
    "created_at": 1704067200,
    "error": None,
    "incomplete_details": None,
    "instructions": None,
    "max_output_tokens": None,
    "max_tool_calls": None,
    "metadata": {},
    "model": "auto",
    "object": "response",
    "parallel_tool_calls": True,
    "previous_response_id": None,
    "status": "completed",
    "store": True,
    "text": {"format": {"type": "text"}},
    "tool_choice": "auto",
    "tools": [],
    "truncation": "disabled",
    "user": None,
}
SETTINGS: list[dict[str, Any]] = [
    {"instructions": "Be brief."},
    {"max_output_tokens": 5000},
    {"max_tool_calls": 3},
    {"metadata": {"run": "7"}},
    {"parallel_tool_calls": False},
    {"previous_response_id": "resp_0"},
    {"store": False},
    {"background": True},
    {"text": {"format": {"type": "json_object"}, "verbosity": "low"}},
    {"text": {"format": {"type": "json_schema", "name": "person", "schema": SCHEMA, "strict": True}}},
    {"tool_choice": "none"},
    {"tool_choice": {"type": "function", "name": "save"}},
    {"tool_choice": {"type": "custom", "name": "grep"}},
    {"tool_choice": {"type": "mcp", "server_label": "wiki", "name": "look"}},
    {"tool_choice": {"type": "file_search"}},
    {
        "tool_choice": {
            "type": "allowed_tools",
            "mode": "auto",
            "tools": [{"type": "function", "name": "save"}],
        }
    },
    {"tools": TOOLS},
    {"tools": [{"type": "web_search"}]},
    {"truncation": "auto"},
    {"user": "u-1"},
]


def test_a_response_has_every_field_of_the_contract(ask: Ask) -> None:
    told = ask("responses", BODY)
    assert told.keys() - DEFAULTS.keys() == {"id", "output", "usage"}
    assert {name: told[name] for name in DEFAULTS} == DEFAULTS
    assert told["id"].startswith("resp_")


def test_a_message_has_its_shape(ask: Ask) -> None:
    (item,) = ask("responses", BODY)["output"]
    assert item["id"].startswith("msg_")
    assert (item["type"], item["role"], item["status"]) == ("message", "assistant", "completed")
    (part,) = item["content"]
    assert (part["type"], part["annotations"]) == ("output_text", [])
    assert part["text"].endswith(".")


@pytest.mark.parametrize("setting", SETTINGS, ids=json.dumps)
def test_a_setting_is_echoed(ask: Ask, setting: dict[str, Any]) -> None:
    told = ask("responses", BODY | setting)
    assert {name: told[name] for name in setting} == setting


@pytest.mark.parametrize("setting", SETTINGS, ids=json.dumps)
def test_the_official_clients_parse_it(ask: Ask, setting: dict[str, Any]) -> None:
    told = ask("responses", BODY | setting)
    ResponseObject.model_validate_json(json.dumps(told))
    # The other client's newest release wants a detail that the contract does not have.
    told["usage"]["input_tokens_details"]["cache_write_tokens"] = 0
    Response.model_validate_json(json.dumps(told))


@pytest.mark.parametrize("name", sorted(DEFAULTS.keys() - {"model"}))
@pytest.mark.parametrize("value", [None, [], {}, {"type": 1}, "nonsense", -1, 1.5, [7, None, {"name": "x"}]])
def test_an_unusable_setting_counts_as_absent(ask: Ask, name: str, value: Any) -> None:
    if isinstance(value, str) and name in ("instructions", "previous_response_id", "user"):
        return
    told = ask("responses", BODY | {name: value})
    assert told[name] == DEFAULTS[name]


@pytest.mark.parametrize(
    ("tool", "shown"),
    [
        ({"type": "function"}, []),
        ({"name": "save"}, []),
        ({"type": "function", "name": "f", "parameters": 5}, [{"type": "function", "name": "f"}]),
    ],
)
def test_of_a_tool_only_what_can_be_used_is_echoed(ask: Ask, tool: dict[str, Any], shown: list[Any]) -> None:
    assert ask("responses", BODY | {"tools": [tool]})["tools"] == shown


def test_a_schema_without_a_name_is_given_one(ask: Ask) -> None:
    told = ask("responses", BODY | {"text": {"format": {"type": "json_schema", "schema": SCHEMA}}})
    assert told["text"]["format"]["name"] == "response"
    ResponseObject.model_validate_json(json.dumps(told))


def test_json_schema_is_fitted(ask: Ask) -> None:
    form = {"type": "json_schema", "name": "person", "schema": SCHEMA}
    told = ask("responses", BODY | {"text": {"format": form}})
    Draft202012Validator(SCHEMA).validate(json.loads(told["output"][0]["content"][0]["text"]))


def test_json_mode_says_an_object(ask: Ask) -> None:
    told = ask("responses", BODY | {"text": {"format": {"type": "json_object"}}})
    assert isinstance(json.loads(told["output"][0]["content"][0]["text"]), dict)


@pytest.mark.parametrize(
    "choice",
    [
        {"type": "function", "name": "save"},
        {"type": "allowed_tools", "mode": "required", "tools": [{"type": "function", "name": "save"}]},
    ],
)
def test_a_demanded_function_is_called_with_fitting_arguments(ask: Ask, choice: dict[str, Any]) -> None:
    told = ask("responses", BODY | {"tools": TOOLS, "tool_choice": choice})
    (item,) = told["output"]
    assert item.keys() == {"id", "type", "status", "call_id", "name", "arguments"}
    assert (item["type"], item["status"], item["name"]) == ("function_call", "completed", "save")
    Draft202012Validator(SCHEMA).validate(json.loads(item["arguments"]))
    ResponseObject.model_validate_json(json.dumps(told))


def test_required_calls_one_of_the_functions(ask: Ask) -> None:
    body = BODY | {"tools": TOOLS, "tool_choice": "required"}
    called = {ask("responses", body, custom_id=f"row-{row}")["output"][0]["name"] for row in range(20)}
    assert called == {"save", "load"}


def test_text_is_said_where_the_demanded_function_is_unknown(ask: Ask) -> None:
    told = ask("responses", BODY | {"tools": TOOLS, "tool_choice": {"type": "function", "name": "drop"}})
    assert told["output"][0]["type"] == "message"


def test_a_cut_text_leaves_the_response_incomplete(ask: Ask) -> None:
    told = ask("responses", BODY | {"max_output_tokens": 3})
    assert (told["status"], told["output"][0]["status"]) == ("incomplete", "incomplete")
    assert told["incomplete_details"] == {"reason": "max_output_tokens"}
    assert told["usage"]["output_tokens"] == 3
    ResponseObject.model_validate_json(json.dumps(told))


def test_cut_arguments_leave_the_response_incomplete(ask: Ask) -> None:
    body = BODY | {"tools": TOOLS[:1], "tool_choice": "required", "max_output_tokens": 1}
    told = ask("responses", body)
    assert (told["status"], told["output"][0]["status"]) == ("incomplete", "incomplete")


def test_usage_adds_up(ask: Ask) -> None:
    items = [{"role": "user", "content": [{"type": "input_text", "text": "12345678"}]}]
    told = ask("responses", BODY | {"instructions": "123", "input": items})
    said = -(-len(told["output"][0]["content"][0]["text"]) // 4)
    assert told["usage"] == {
        "input_tokens": 3,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": said,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": 3 + said,
    }
