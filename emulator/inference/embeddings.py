"""Owns the replies of /v1/embeddings. Must not know the other endpoints."""

from __future__ import annotations

import json
import struct
from base64 import b64encode
from hashlib import shake_128
from math import sqrt
from typing import TYPE_CHECKING

from emulator.inference.draw import digest
from emulator.inference.text import tokens
from emulator.inference.values import string, whole

if TYPE_CHECKING:
    from emulator.inference.prompt import Prompt

DIMENSIONS = 1536  # when the line asks for none
MOST_DIMENSIONS = 8192  # a wish for more counts as absent: it could fill the memory
_DECIMALS = 5  # short JSON, and yet at MOST_DIMENSIONS the length is off by less than 0.0005
_LEVELS = [level - 127.5 for level in range(256)]  # what a byte stands for; never 0, so no vector is 0
_SQUARES = [level * level for level in _LEVELS]


def embeddings(prompt: Prompt) -> dict[str, object]:
    """Return a vector for each text of the input, a list of token numbers being one text.

    A vector follows from the seed, the model, the number of dimensions and its text alone: the same text has
    the same vector on whichever line and place it stands.
    """
    body = prompt.body
    model = string(body.get("model")) or ""
    form = _base64 if body.get("encoding_format") == "base64" else list
    dimensions = whole(body.get("dimensions"), 1, MOST_DIMENSIONS) or DIMENSIONS
    inputs = _inputs(body.get("input"))
    vectors = (vector(digest(prompt.seed, model, text), dimensions) for text in inputs)
    data = [_item(index, form(values)) for index, values in enumerate(vectors)]
    count = sum(map(_tokens, inputs))
    usage = {"prompt_tokens": count, "total_tokens": count}
    return {"object": "list", "data": data, "model": model, "usage": usage}


def _inputs(value: object) -> list[object]:
    """Return the texts: strings, lists of token numbers, or whatever else stands in the list."""
    numbers = isinstance(value, list) and value and all(isinstance(item, int) for item in value)
    return value if isinstance(value, list) and not numbers else [value]


def _item(index: int, embedding: object) -> dict[str, object]:
    return {"object": "embedding", "index": index, "embedding": embedding}


def _tokens(text: object) -> int:
    if isinstance(text, list):
        return len(text)
    return tokens(text if isinstance(text, str) else json.dumps(text))


def vector(key: bytes, dimensions: int) -> list[float]:
    """Return a vector whose length is 1 to within 0.001, rounded to five decimals.

    Each dimension has one of 256 levels, so that a table does the arithmetic: a tenth of a millisecond for
    1536 dimensions.
    """
    levels = shake_128(key + dimensions.to_bytes(4, "big")).digest(dimensions)
    length = sqrt(sum(map(_SQUARES.__getitem__, levels)))
    scaled = [round(level / length, _DECIMALS) for level in _LEVELS]
    return list(map(scaled.__getitem__, levels))


def _base64(values: list[float]) -> str:
    return b64encode(struct.pack(f"<{len(values)}f", *values)).decode()
