"""The requests that the demo makes: many kinds of good ones for each endpoint, and some that are wrong.

Owns what the lines of its input files say. Must not know the SDK, nor what becomes of a line.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

CHAT: Final = "/v1/chat/completions"
EMBEDDINGS: Final = "/v1/embeddings"
IMAGES: Final = "/v1/images/generations"
RESPONSES: Final = "/v1/responses"

MODEL: Final = "meetkai:functionary-pt"
TOPICS: Final = (
    "the tides",
    "a ferry timetable",
    "größere Häfen an der Nordsee",
    "俳句と海",
    'emoji 🐙🌊 and a "quoted" word',
    "tab\tand\nnew line",
    "Ελληνικά νησιά",
    "a lighthouse keeper's diary",
    "مدّ وجزر",
    "the price of rope",
)
CITY_SCHEMA: Final = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 1},
        "kind": {"enum": ["port", "island", "strait"]},
        "berths": {"type": "integer", "minimum": 1, "maximum": 40},
        "pilots": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 3},
    },
    "required": ["name", "kind", "berths", "pilots"],
    "additionalProperties": False,
}
WEATHER_TOOL: Final = {
    "name": "get_weather",
    "description": "Look up the weather at sea.",
    "parameters": {
        "type": "object",
        "properties": {"place": {"type": "string"}, "unit": {"enum": ["beaufort", "knots"]}},
        "required": ["place", "unit"],
    },
}


def _asked(text: str, **more: Any) -> dict[str, Any]:
    return {"model": MODEL, "messages": [{"role": "user", "content": text}], **more}


def _conversation(topic: str) -> dict[str, Any]:
    turns = [("system", "Be brief."), ("user", f"Tell me about {topic}."), ("assistant", "Gladly."), ("user", "Go on.")]
    return {"model": MODEL, "messages": [{"role": role, "content": content} for role, content in turns]}


def _city(topic: str) -> dict[str, Any]:
    wanted = {"type": "json_schema", "json_schema": {"name": "city", "schema": CITY_SCHEMA}}
    return _asked(f"A place for {topic}.", response_format=wanted)


def _forced_tool(topic: str) -> dict[str, Any]:
    tool = {"type": "function", "function": WEATHER_TOOL}
    choice = {"type": "function", "function": {"name": WEATHER_TOOL["name"]}}
    return _asked(f"Weather for {topic}?", tools=[tool], tool_choice=choice)


RECIPES: Final[Mapping[str, tuple[Callable[[str], dict[str, Any]], ...]]] = {
    CHAT: (
        lambda topic: _asked(f"One word about {topic}."),
        lambda topic: _asked(f"Everything known about {topic}. " * 60),
        _conversation,
        lambda topic: _asked(f"Three titles for {topic}.", n=3, temperature=1),
        lambda topic: _asked(f"Begin a story about {topic}.", max_tokens=7),
        _city,
        _forced_tool,
        lambda topic: _asked(f"Facts about {topic}, as JSON.", response_format={"type": "json_object"}),
    ),
    EMBEDDINGS: (
        lambda topic: {"model": "e-1", "input": topic, "dimensions": 64},
        lambda topic: {"model": "e-1", "input": [topic, "another text"], "dimensions": 16},
        lambda topic: {"model": "e-1", "input": topic, "dimensions": 32, "encoding_format": "base64"},
    ),
    RESPONSES: (
        lambda topic: {"model": MODEL, "input": f"A limerick about {topic}."},
        lambda topic: {"model": MODEL, "input": f"Be short: {topic}.", "max_output_tokens": 20},
        lambda topic: {
            "model": MODEL,
            "input": [{"role": "user", "content": topic}],
            "text": {"format": {"type": "json_schema", "name": "city", "schema": CITY_SCHEMA}},
        },
    ),
    IMAGES: (
        lambda topic: {"prompt": f"A woodcut of {topic}", "response_format": "b64_json"},
        lambda topic: {"prompt": f"A map of {topic}", "n": 2},
    ),
}
"""What the lines of each endpoint ask, in turn."""


def good_lines(endpoint: str, count: int) -> list[dict[str, Any]]:
    """Return so many good lines: the endpoint's recipes in turn, each with one topic after another."""
    recipes = RECIPES[endpoint]
    return [
        line(f"row-{index + 1}", endpoint, recipes[index % len(recipes)](TOPICS[index // len(recipes) % len(TOPICS)]))
        for index in range(count)
    ]


def line(custom_id: str, endpoint: str, body: dict[str, Any]) -> dict[str, Any]:
    """Return one line of an input file."""
    return {"custom_id": custom_id, "method": "POST", "url": endpoint, "body": body}


def with_faults() -> tuple[list[object], dict[int, str]]:
    """Return lines of which some are wrong, each in its own way, and which code each of those must get."""
    good = good_lines(CHAT, 12)
    wrong: dict[int, tuple[object, str]] = {
        2: ("not even JSON", "invalid_json_line"),
        4: ({**good[3], "method": "GET"}, "invalid_method"),
        5: ({**good[4], "url": EMBEDDINGS}, "invalid_url"),
        7: ({**good[6], "custom_id": "row-1"}, "duplicate_custom_id"),
        8: ({**good[7], "body": {**good[7]["body"], "stream": True}}, "streaming_unsupported"),
        9: ({**good[8], "body": {"model": MODEL}}, "invalid_request"),
        11: ({key: value for key, value in good[10].items() if key != "custom_id"}, "missing_required_parameter"),
    }
    lines = [wrong[number][0] if number in wrong else each for number, each in enumerate(good, start=1)]
    return lines, {number: code for number, (_, code) in wrong.items()}


def jsonl(lines: Iterable[object]) -> bytes:
    """Return lines as the bytes of an input file; text stands for itself, whatever it is."""
    texts = (each if isinstance(each, str) else json.dumps(each, ensure_ascii=False) for each in lines)
    return "".join(f"{text}\n" for text in texts).encode()
