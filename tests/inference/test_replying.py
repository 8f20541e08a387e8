from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from meetkai_mka1.models import (
    EmbeddingsResponse,
    ImageGenerationResponse,
    OpenAIChatCompletion,
    ResponseObject,
)
from support.effort import many

from emulator.inference import Prompt, UnknownEndpointError, reply

if TYPE_CHECKING:
    from collections.abc import Callable

    Ask = Callable[..., Any]

MODELS: dict[str, Any] = {
    "chat": OpenAIChatCompletion,
    "embeddings": EmbeddingsResponse,
    "images": ImageGenerationResponse,
    "responses": ResponseObject,
}
REQUIRED: dict[str, dict[str, Any]] = {
    "chat": {"model": "m", "messages": [{"role": "user", "content": "Hello"}]},
    "embeddings": {"model": "m", "input": ["Hello"], "dimensions": 4},
    "images": {"prompt": "A fern"},
    "responses": {"model": "m", "input": "Hello"},
}
OPTIONAL = [
    "background", "dimensions", "encoding_format", "input", "instructions", "logprobs",
    "max_completion_tokens", "max_output_tokens", "max_tokens", "max_tool_calls", "messages", "metadata", "n",
    "parallel_tool_calls", "previous_response_id", "response_format", "seed", "size", "stop", "store", "stream",
    "temperature", "text", "tool_choice", "tools", "top_p", "truncation", "user",
]  # fmt: skip
# Words that turn something on, mixed in among arbitrary ones so that values come close to usable ones.
WORDS = [
    "allowed_tools", "anyOf", "array", "auto", "b64_json", "base64", "enum", "f", "format", "function",
    "integer", "items", "json_object", "json_schema", "minimum", "mode", "name", "object", "parameters",
    "properties", "required", "schema", "strict", "text", "tools", "type",
]  # fmt: skip


def json_values(texts: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    numbers = st.integers() | st.floats(allow_nan=False) | st.sampled_from([0, 1, 2, 10**400, 1e308])
    leaves = st.none() | st.booleans() | numbers | st.sampled_from(WORDS) | texts
    keys = st.sampled_from(WORDS) | texts
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=5),
        max_leaves=12,
    )


def bodies(texts: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    wild = st.dictionaries(st.sampled_from(OPTIONAL) | texts, json_values(texts), max_size=8)
    function = st.fixed_dictionaries({"name": st.just("f"), "parameters": json_values(texts)})
    forced = st.fixed_dictionaries(
        {
            "tools": st.tuples(function.map(lambda made: {"type": "function", "function": made, **made})).map(list),
            "tool_choice": st.just("required"),
        }
    )
    optional = st.builds(lambda a, b: {**a, **b}, wild, forced | st.just({}))
    return st.sampled_from(sorted(REQUIRED)).flatmap(
        lambda endpoint: optional.map(lambda body: (endpoint, {**body, **REQUIRED[endpoint]}))
    )


ANY_TEXT = st.text(st.characters(codec=None), max_size=6)  # lone surrogates among them, as JSON may have them
PLAIN_TEXT = st.text(st.characters(codec="utf-8"), max_size=6)


@settings(max_examples=many(200), deadline=None)
@given(asked=bodies(ANY_TEXT))
def test_any_body_gets_a_reply_that_json_can_say(ask: Ask, asked: tuple[str, dict[str, Any]]) -> None:
    before = repr(asked)
    told = json.dumps(ask(*asked), allow_nan=False)
    assert told == json.dumps(ask(*asked), allow_nan=False)
    assert json.dumps(json.loads(told)) == told
    assert repr(asked) == before


@settings(max_examples=many(200), deadline=None)
@given(asked=bodies(PLAIN_TEXT))
def test_the_official_client_parses_the_reply_to_any_body(ask: Ask, asked: tuple[str, dict[str, Any]]) -> None:
    MODELS[asked[0]].model_validate_json(json.dumps(ask(*asked)))


@settings(max_examples=many(100), deadline=None)
@given(
    endpoint=st.sampled_from(sorted(REQUIRED)),
    body=st.dictionaries(st.sampled_from(OPTIONAL), json_values(ANY_TEXT)),
)
def test_even_a_body_without_its_required_members_gets_a_reply(ask: Ask, endpoint: str, body: dict[str, Any]) -> None:
    json.dumps(ask(endpoint, body | {"dimensions": 2}), allow_nan=False)


@pytest.mark.parametrize("endpoint", sorted(REQUIRED))
def test_another_seed_gives_another_reply(ask: Ask, endpoint: str) -> None:
    assert ask(endpoint, REQUIRED[endpoint], seed=1) != ask(endpoint, REQUIRED[endpoint], seed=2)


@pytest.mark.parametrize("endpoint", sorted(REQUIRED.keys() - {"embeddings"}))
def test_another_custom_id_gives_another_reply(ask: Ask, endpoint: str) -> None:
    here, there = (ask(endpoint, REQUIRED[endpoint], custom_id=row) for row in ("row-1", "row-2"))
    assert here != there


def test_another_custom_id_gives_another_picture(ask: Ask) -> None:
    body = REQUIRED["images"] | {"response_format": "b64_json"}
    assert ask("images", body, custom_id="row-1") != ask("images", body, custom_id="row-2")


def test_the_time_changes_nothing_but_itself(ask: Ask) -> None:
    early, late = (ask("chat", REQUIRED["chat"], at=at) for at in (1, 2))
    assert early | {"created": 2} == late


def test_the_order_of_a_bodys_members_does_not_matter(ask: Ask) -> None:
    body = REQUIRED["chat"]
    assert ask("chat", body) == ask("chat", dict(reversed(body.items())))


def test_a_reply_shares_nothing_with_its_body(ask: Ask) -> None:
    body = REQUIRED["responses"] | {"metadata": {"a": "b"}}
    ask("responses", body)["metadata"]["a"] = "changed"
    assert body["metadata"] == {"a": "b"}


def test_infinity_is_echoed_as_null(ask: Ask) -> None:
    body = REQUIRED["responses"] | {"tools": [{"type": "web_search", "weight": json.loads("1e999")}]}
    assert ask("responses", body)["tools"] == [{"type": "web_search", "weight": None}]


def test_a_body_nested_without_measure_gets_a_reply(ask: Ask) -> None:
    nested: Any = {}
    for _ in range(5000):
        nested = {"type": "object", "properties": {"a": nested}, "required": ["a"]}
    tool = {
        "type": "function",
        "name": "f",
        "parameters": nested,
        "function": {"name": "f", "parameters": nested},
    }
    body = {"tools": [tool], "tool_choice": "required", "input": nested, "messages": nested}
    for endpoint, required in REQUIRED.items():
        json.dumps(ask(endpoint, required | body))


def test_an_unknown_endpoint_is_refused_by_name() -> None:
    prompt = Prompt(seed=0, custom_id="a", endpoint="/v1/audio", body={}, at=0)
    with pytest.raises(
        UnknownEndpointError, match=r"no endpoint '/v1/audio': there are /v1/chat/completions, "
    ) as told:
        reply(prompt)
    assert told.value.endpoint == "/v1/audio"
    assert isinstance(told.value, LookupError)


PROGRAM = """
import hashlib, json, sys
from emulator.inference import Prompt, reply
replies = [reply(Prompt(**asked)) for asked in json.loads(sys.argv[1])]
print(hashlib.sha256(json.dumps(replies).encode()).hexdigest())
"""


def prompts() -> list[dict[str, Any]]:
    schema = {
        "properties": {name: {"type": ["string", "number"]} for name in "fedcba"},
        "required": ["z", "y"],
    }
    tools = [{"type": "function", "function": {"name": "f", "parameters": schema}}]
    chat = REQUIRED["chat"] | {"tools": tools, "tool_choice": "required"}
    asked = [("chat/completions", chat), ("images/generations", REQUIRED["images"])]
    asked += [(name, REQUIRED[name]) for name in ("embeddings", "responses")]
    return [{"seed": 3, "custom_id": "a", "endpoint": f"/v1/{name}", "body": body, "at": 5} for name, body in asked]


@pytest.mark.parametrize("hash_seed", ["0", "12345"])
def test_another_process_gives_the_same_reply(hash_seed: str) -> None:
    here = json.dumps([reply(Prompt(**asked)) for asked in prompts()])
    there = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(prompts())],
        env=os.environ | {"PYTHONHASHSEED": hash_seed},
        capture_output=True,
        check=True,
        text=True,
    )
    assert there.stdout.strip() == hashlib.sha256(here.encode()).hexdigest()
