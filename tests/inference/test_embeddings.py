from __future__ import annotations

import json
import struct
from base64 import b64decode
from math import hypot
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from meetkai_mka1.models import EmbeddingsResponse
from openai.types import CreateEmbeddingResponse

from emulator.inference.embeddings import MOST_DIMENSIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    Ask = Callable[..., Any]

BODY: dict[str, Any] = {"model": "meetkai:embed", "input": "A text", "dimensions": 8}


def test_embeddings_have_their_shape(ask: Ask) -> None:
    told = ask("embeddings", BODY | {"input": ["A text", "another"]})
    assert (told["object"], told["model"]) == ("list", "meetkai:embed")
    assert [(item["object"], item["index"]) for item in told["data"]] == [("embedding", 0), ("embedding", 1)]
    assert told["usage"] == {"prompt_tokens": 4, "total_tokens": 4}


@pytest.mark.parametrize("more", [{}, {"input": ["a", "b"]}, {"encoding_format": "base64"}, {"input": []}])
def test_the_official_clients_parse_it(ask: Ask, more: dict[str, Any]) -> None:
    told = ask("embeddings", BODY | more)
    EmbeddingsResponse.model_validate_json(json.dumps(told))
    # The other client asks for base64 by itself and decodes it before it fills its model.
    if more.get("encoding_format") != "base64":
        CreateEmbeddingResponse.model_validate_json(json.dumps(told))


@given(dimensions=st.integers(1, MOST_DIMENSIONS), text=st.text(max_size=9))
def test_a_vector_has_the_dimensions_asked_for_and_length_one(ask: Ask, dimensions: int, text: str) -> None:
    vector = ask("embeddings", BODY | {"dimensions": dimensions, "input": text})["data"][0]["embedding"]
    assert len(vector) == dimensions
    assert hypot(*vector) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("dimensions", [None, 0, -5, "8", MOST_DIMENSIONS + 1, 10**9, 1.5, True])
def test_unusable_dimensions_give_1536(ask: Ask, dimensions: object) -> None:
    told = ask("embeddings", BODY | {"dimensions": dimensions})
    assert len(told["data"][0]["embedding"]) == 1536


def test_a_vector_is_the_same_on_any_line_and_place(ask: Ask) -> None:
    alone = ask("embeddings", BODY)["data"][0]["embedding"]
    among = ask("embeddings", BODY | {"input": ["x", "A text"], "user": "u"}, custom_id="row-2", at=5)
    assert among["data"][1]["embedding"] == alone


@pytest.mark.parametrize("change", [{"model": "other"}, {"input": "A text."}])
def test_a_vector_follows_from_model_and_text(ask: Ask, change: dict[str, Any]) -> None:
    assert ask("embeddings", BODY | change)["data"] != ask("embeddings", BODY)["data"]


def test_a_shorter_vector_is_not_the_beginning_of_a_longer_one(ask: Ask) -> None:
    longer = ask("embeddings", BODY | {"dimensions": 9})["data"][0]["embedding"]
    shorter = ask("embeddings", BODY)["data"][0]["embedding"]
    assert [value > 0 for value in longer[:8]] != [value > 0 for value in shorter]


def test_base64_holds_the_same_values_as_little_endian_floats(ask: Ask) -> None:
    floats = ask("embeddings", BODY)["data"][0]["embedding"]
    packed = b64decode(ask("embeddings", BODY | {"encoding_format": "base64"})["data"][0]["embedding"])
    assert struct.unpack("<8f", packed) == pytest.approx(floats, rel=1e-6)


def test_values_are_short_in_json(ask: Ask) -> None:
    assert all(len(json.dumps(value)) <= 8 for value in ask("embeddings", BODY)["data"][0]["embedding"])


@pytest.mark.parametrize(
    ("value", "tokens"),
    [
        ([1, 2, 3], [3]),
        ([[1, 2], [3]], [2, 1]),
        ([{"a": 1}], [2]),
        (5, [1]),
        (None, [1]),
        ([], []),
        ([""], [0]),
    ],
)
def test_whatever_is_asked_gets_a_vector_each(ask: Ask, value: Any, tokens: list[int]) -> None:
    told = ask("embeddings", BODY | {"input": value})
    assert len(told["data"]) == len(tokens)
    assert told["usage"]["prompt_tokens"] == sum(tokens)
