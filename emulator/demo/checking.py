"""What the demo holds the SDK's view to. Every check raises Unexpected, with a sentence, when the view is another."""

from __future__ import annotations

import json
from base64 import b64decode
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from jsonschema import Draft202012Validator
from meetkai_mka1 import models

from emulator.demo.requests import CHAT, EMBEDDINGS, IMAGES, RESPONSES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pydantic import BaseModel

    from emulator.demo.stories import Story

MODELS: Final[Mapping[str, type[BaseModel]]] = {
    CHAT: models.OpenAIChatCompletion,
    EMBEDDINGS: models.EmbeddingsResponse,
    IMAGES: models.ImageGenerationResponse,
    RESPONSES: models.ResponseObject,
}
"""What the SDK makes of each endpoint's reply."""
PNG: Final = b"\x89PNG\r\n\x1a\n"


class Unexpected(Exception):
    """The SDK's view is not what the story says; the message says what was expected and what was found."""


def expect(what: str, expected: object, found: object) -> None:
    """Raise Unexpected unless the two are equal."""
    if expected != found:
        raise Unexpected(f"{what}: expected {expected}, found {found}")


def check_same_bytes(sent: bytes, file: models.File, received: bytes) -> None:
    """Check that an upload is kept as it was sent."""
    expect(f"bytes of {file.filename}", len(sent), file.bytes_)
    expect(f"sha256 of {file.filename}", sha256(sent).hexdigest(), file.sha256)
    expect(f"sha256 of what {file.filename} holds", file.sha256, sha256(received).hexdigest())


def check_counts(story: Story, batch: models.BatchObject) -> None:
    """Check that a batch's counts are those of its lines, at any time."""
    counts, lines = batch.request_counts, len(story.lines)
    if counts.total not in {0, lines} or counts.completed + counts.failed > counts.total:
        raise Unexpected(f"request_counts of '{story.name}': expected at most {lines} in all, found {counts}")


def check_end(story: Story, batch: models.BatchObject, *, output: bytes, error: bytes) -> None:
    """Check how a batch ended: its status, its errors, and what its two result files hold."""
    expect(f"status of '{story.name}'", story.ends, batch.status)
    expect(f"errors of '{story.name}'", dict(story.faults), {entry.line: entry.code for entry in errors_of(batch)})
    succeeded, failed = _rows(output), _rows(error)
    counts = batch.request_counts
    expect(f"output lines of '{story.name}'", counts.completed, len(succeeded))
    expect(f"error lines of '{story.name}'", _unanswered(batch), len(failed))
    _check_answers(story, succeeded)
    expect(f"codes of '{story.name}'", {"batch_expired"} if failed else set(), {row["error"]["code"] for row in failed})
    if failed:
        expect(f"custom_ids of '{story.name}'", sorted(_bodies(story)), sorted(_ids(succeeded) + _ids(failed)))
    if story.ends in {"cancelled", "expired"} and not 0 < counts.completed < counts.total:
        raise Unexpected(f"'{story.name}': expected a part of the lines to be done, found {counts}")


def errors_of(batch: models.BatchObject) -> list[models.BatchErrorData]:
    """Return the entries of a batch's errors."""
    return list(batch.errors.data) if isinstance(batch.errors, models.BatchErrors) else []


def _unanswered(batch: models.BatchObject) -> int:
    """Return how many lines the error file must hold: of a batch that expired, all that were not done."""
    counts = batch.request_counts
    return counts.total - counts.completed if batch.status == "expired" else counts.failed


def _ids(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    return [row["custom_id"] for row in rows]


def _rows(content: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content.decode().split("\n")[:-1]]


def _check_answers(story: Story, rows: Iterable[Mapping[str, Any]]) -> None:
    """Check that each output line answers another of the story's lines, with a reply that the SDK can read."""
    asked = _bodies(story)
    for row in rows:
        body = asked.pop(row["custom_id"], None)
        what = f"line {row['custom_id']} of '{story.name}'"
        if body is None:
            raise Unexpected(f"{what}: expected one answer to a line of the input, found another")
        expect(f"status code of {what}", 200, row["response"]["status_code"])
        reply = row["response"]["body"]
        MODELS[story.endpoint].model_validate(reply)
        PROMISES[story.endpoint](what, body, reply)


def _bodies(story: Story) -> dict[Any, Any]:
    return {line.get("custom_id"): line.get("body") for line in story.lines if isinstance(line, dict)}


def _chat(what: str, asked: dict[str, Any], reply: dict[str, Any]) -> None:
    expect(f"choices of {what}", asked.get("n", 1), len(reply["choices"]))
    message = reply["choices"][0]["message"]
    if "tools" in asked:
        called, function = message["tool_calls"][0]["function"], asked["tools"][0]["function"]
        expect(f"function called by {what}", function["name"], called["name"])
        _fits(what, function["parameters"], called["arguments"])
    if asked.get("response_format", {}).get("type") == "json_schema":
        _fits(what, asked["response_format"]["json_schema"]["schema"], message["content"])


def _responses(what: str, asked: dict[str, Any], reply: dict[str, Any]) -> None:
    if "text" in asked:
        _fits(what, asked["text"]["format"]["schema"], reply["output"][0]["content"][0]["text"])


def _embeddings(what: str, asked: dict[str, Any], reply: dict[str, Any]) -> None:
    texts = asked["input"] if isinstance(asked["input"], list) else [asked["input"]]
    expect(f"vectors of {what}", len(texts), len(reply["data"]))
    for item in reply["data"]:
        numbers = item["embedding"]
        size = len(b64decode(numbers)) // 4 if isinstance(numbers, str) else len(numbers)
        expect(f"dimensions of {what}", asked["dimensions"], size)


def _images(what: str, asked: dict[str, Any], reply: dict[str, Any]) -> None:
    expect(f"images of {what}", asked.get("n", 1), len(reply["data"]))
    if asked.get("response_format") == "b64_json":
        expect(f"first bytes of {what}", PNG, b64decode(reply["data"][0]["b64_json"])[: len(PNG)])


PROMISES: Final[Mapping[str, Callable[[str, dict[str, Any], dict[str, Any]], None]]] = {
    CHAT: _chat,
    EMBEDDINGS: _embeddings,
    IMAGES: _images,
    RESPONSES: _responses,
}
"""What a reply of each endpoint owes to what its line asked for."""


def _fits(what: str, schema: Mapping[str, Any], text: str) -> None:
    for fault in Draft202012Validator(schema).iter_errors(json.loads(text)):
        raise Unexpected(f"JSON of {what}: expected it to fit its schema, found that {fault.message}")
