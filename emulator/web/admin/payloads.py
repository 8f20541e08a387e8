"""What the admin API takes, as JSON Schemas, and how it is read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

from emulator.contract.catalog import EDITIONS
from emulator.contract.validation import Schema
from emulator.domain.clock import LATEST_US, SECOND_US, parse_clock, parse_duration
from emulator.domain.errors import InvalidRequest
from emulator.web.body import read_body, read_json
from emulator.web.call import invalid

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.domain.outcomes import LineRule
    from emulator.domain.rules import Rule
    from emulator.engine.records import WorldOptions
    from emulator.web.request import Request

Value = TypeVar("Value")
MAX_TEXT_BYTES: Final = 1 << 20
"""More than any scenario, or rule, has a use for."""
_SAFE: Final = 9007199254740991
_DURATION: Final = {"type": ["string", "number"]}
_INSTANT: Final = {
    "type": "number",
    "minimum": 0,
    "maximum": LATEST_US // SECOND_US,
    "x-expected": "a time in epoch seconds, until the year 9999",
}

ADVANCE: Final = Schema(
    "Advance",
    {
        "type": "object",
        "properties": {"by": _DURATION, "to": _INSTANT},
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    },
)
NEW_WORLD: Final = Schema(
    "NewWorld",
    {
        "type": "object",
        "properties": {
            "seed": {"type": "integer", "minimum": -_SAFE, "maximum": _SAFE},
            "clock": {"type": "string"},
            "scenario": {"type": "string"},
            "edition": {"enum": list(EDITIONS)},
        },
        "additionalProperties": False,
    },
)

USE: Final = Schema(
    "UseScenario",
    {
        "type": "object",
        "properties": {"name": {"type": "string"}},
        "required": ["name"],
        "additionalProperties": False,
    },
)


async def read_rule(request: Request) -> Rule:
    """Return the rule that a request's body, YAML or JSON, holds. Raises InvalidRequest with every problem of it."""
    from emulator.scenarios.loader import load_rule  # noqa: PLC0415 - it takes pydantic, for which a start need not wait

    return load_rule(await read_text(request), source="rule").rule()


async def read_lines(request: Request) -> tuple[LineRule, ...]:
    """Return the outcomes of lines that a body, YAML or JSON, holds. Raises InvalidRequest with every problem of it."""
    from emulator.scenarios.loader import load_lines  # noqa: PLC0415 - as above

    return load_lines(await read_text(request), source="lines").rules()


async def read_text(request: Request) -> str:
    """Return the body as text. Raises InvalidRequest when it is not UTF-8, TooLarge."""
    try:
        return (await read_body(request, MAX_TEXT_BYTES)).decode()
    except UnicodeDecodeError as error:
        raise InvalidRequest(f"The body is not UTF-8: {error.reason} at byte {error.start}.") from None


async def read(request: Request, schema: Schema) -> dict[str, Any]:
    """Return the request's JSON body, `{}` when there is none. Raises InvalidRequest with the place that is wrong."""
    if request.headers.get("content-length", "") in {"", "0"} and "transfer-encoding" not in request.headers:
        return {}
    body, _ = await read_json(request)
    if faults := schema.faults(body, "body"):
        raise invalid(faults[0])
    return dict(body)


def world_options(body: dict[str, Any], defaults: WorldOptions) -> WorldOptions:
    """Return the options that a new world is asked for."""
    if "clock" in body:
        understood("clock", lambda: parse_clock(body["clock"], wall_us=0))
    seed = {"seed": int(body["seed"])} if "seed" in body else {}
    return replace(defaults, **{**body, **seed})


def advance_by(body: dict[str, Any]) -> int:
    """Return for how long to advance, in microseconds."""
    return understood("by", lambda: parse_duration(body["by"]))


def advance_to(body: dict[str, Any]) -> int:
    """Return the instant to advance to, in microseconds; it came as epoch seconds."""
    to_s: float = body["to"]
    return round(to_s * SECOND_US)


def understood(param: str, read_value: Callable[[], Value]) -> Value:
    """Return what the function reads; the ValueError of a value that it cannot read becomes an InvalidRequest."""
    try:
        return read_value()
    except ValueError as error:
        raise InvalidRequest(f"{param}: {error}.", param) from None


def count(request: Request, name: str) -> int | None:
    """Return a query parameter that is a whole number, or None when it is absent."""
    text = request.parameter(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise InvalidRequest(f"{name}: expected a whole number, found '{text}'.", name)
    return int(text)
