"""The small types of the language: durations, amounts, shares, globs; each says what it takes, for people and editors."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, InstanceOf, PlainSerializer, WithJsonSchema

from emulator.domain.clock import parse_duration
from emulator.domain.paths import Changes
from emulator.domain.timeline import Amount

_DURATION = r"^\d+(\.\d+)?\s*(ms|s|m|h|d)?$"
_PERCENT = r"^\d+(\.\d+)?%$"


class Part(BaseModel):
    """The base of everything in a scenario file: frozen, strict, and nothing unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, arbitrary_types_allowed=True)


def _share(value: object) -> Fraction:
    if isinstance(value, str) and value.endswith("%") and value[:-1].replace(".", "", 1).isdecimal():
        share = Fraction(Decimal(value[:-1])) / 100
        if share <= 1:
            return share
    raise ValueError(f"expected a share from 0% to 100%, found {value!r}")


def _amount(value: object) -> Amount:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return Amount(Fraction(value), "lines")
    if isinstance(value, str):
        return Amount(_share(value), "share")
    raise ValueError(f"expected a count of lines or a share such as 40%, found {value!r}")


def _several(value: object) -> object:
    """Return as several what may be written as one value or as a list of them."""
    return tuple(value) if isinstance(value, list) else (value,)


Duration = Annotated[
    int,
    BeforeValidator(parse_duration),
    PlainSerializer(lambda us: f"{us / 1e6:g}s"),
    WithJsonSchema(
        {
            "anyOf": [{"type": "string", "pattern": _DURATION}, {"type": "number", "minimum": 0}],
            "description": "A duration: 90s, 10m, 24h, 1d, 250ms, or a number of seconds",
        }
    ),
]
"""Microseconds; written as `90s`, `10m`, `24h`, `1d`, `250ms` or a number of seconds."""

Share = Annotated[
    InstanceOf[Fraction],
    BeforeValidator(_share),
    WithJsonSchema({"type": "string", "pattern": _PERCENT, "description": "A share, such as 40%"}),
]

LineAmount = Annotated[
    InstanceOf[Amount],
    BeforeValidator(_amount),
    WithJsonSchema(
        {
            "anyOf": [{"type": "string", "pattern": _PERCENT}, {"type": "integer", "minimum": 0}],
            "description": "How many lines: a count, or a share such as 40%",
        }
    ),
]

Several = BeforeValidator(_several)
"""Written as one value or as a list of them."""

Paths = dict[str, Any]
"""Dotted paths, such as `choices.0.finish_reason`, and values."""


class Changing(Part):
    """What can `set` and `unset` members of a JSON value."""

    set: Paths = {}
    unset: tuple[str, ...] = ()

    def changes(self) -> Changes:
        """Return what is to be changed."""
        return Changes(self.set, self.unset)
