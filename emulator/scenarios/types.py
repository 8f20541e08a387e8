"""The small types of the language: durations, amounts, shares, globs; each says what it takes, for people and editors."""

from __future__ import annotations

import re
from base64 import b64decode
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeAlias, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    InstanceOf,
    PlainSerializer,
    Strict,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import no_info_before_validator_function

from emulator.domain.clock import parse_duration
from emulator.domain.paths import Changes
from emulator.domain.steps import Amount

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema

LONGEST_GLOB: Final = 500
_DURATION = r"^\s*[0-9]{1,12}(\.[0-9]{1,9})?\s*(ms|s|m|h|d)?\s*$"
_PERCENT = r"(100(\.0{1,9})?|[0-9]{1,2}(\.[0-9]{1,9})?)%"
_BASE64 = r"^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"


def wrong(sentence: str, *, at: str | int) -> PydanticCustomError:
    """Return the error to raise when one member of a part is wrong because of the others: it is shown at its place.

    A sentence reads `reason: expected this, found that`; each of the three may be missing.
    """
    return PydanticCustomError("wrong", "{sentence}", {"sentence": sentence, "at": at})


class Part(BaseModel):
    """The base of everything in a scenario file: frozen, strict, and nothing unknown.

    Null says the same as nothing: the member has its default.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, arbitrary_types_allowed=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        takes_any = {field.alias or name for name, field in cls.model_fields.items() if field.annotation is Any}
        known = {field.alias or name for name, field in cls.model_fields.items()} - takes_any
        return {name: member for name, member in value.items() if member is not None or name not in known}


def is_header_value(text: str) -> bool:
    """Say whether HTTP can carry the text as a header's value."""
    return all(letter == "\t" or (letter.isprintable() and ord(letter) < 256) for letter in text)


def not_both(first: str, second: str) -> JsonSchemaValue:
    """Return the schema of what has at most one of two members."""
    return {"not": {"allOf": [_given(first), _given(second)]}}


def at_least_one(*names: str) -> JsonSchemaValue:
    """Return the schema of what has one of these members."""
    return {"anyOf": [_given(name) for name in names]}


def _given(name: str) -> JsonSchemaValue:
    return {"required": [name], "properties": {name: {"not": {"type": "null"}}}}


@dataclass(frozen=True, eq=False)
class Short:
    """What may also be written in another way: how that becomes the long form, and its schemas."""

    lengthen: Callable[[Any], Any]
    schemas: tuple[JsonSchemaValue, ...]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_before_validator_function(self.lengthen, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [*self.schemas, handler(schema)]}


class _Several:
    """Written as one value or as a list of them."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_before_validator_function(_several, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        many = handler(schema)
        return {"anyOf": [many["items"], many]}


def _several(value: object) -> object:
    return value if isinstance(value, list) else [value]


def _unique(values: tuple[Hashable, ...]) -> tuple[Hashable, ...]:
    for place, value in enumerate(values):
        if value in values[:place]:
            raise wrong(f"expected each only once, found {value!r} again", at=place)
    return values


def _share(value: object) -> Fraction:
    if isinstance(value, str) and re.fullmatch(_PERCENT, value):
        return Fraction(Decimal(value[:-1])) / 100
    raise ValueError(f"expected a share from 0% to 100%, found {value!r}")


def _amount(value: object) -> Amount:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return Amount(Fraction(value), "lines")
    if isinstance(value, str):
        return Amount(_share(value), "share")
    raise ValueError(f"expected a count of lines or a share such as 40%, found {value!r}")


def _base64(text: str) -> str:
    try:
        b64decode(text, validate=True)
    except ValueError:
        raise ValueError(f"expected base64, found {text!r}") from None
    return text


Item = TypeVar("Item")
Items: TypeAlias = Annotated[tuple[Item, ...], Strict(False)]
"""A list. What has come past a validator is Python's, of which strictness would ask for a tuple."""

DURATION: JsonSchemaValue = {
    "anyOf": [{"type": "string", "pattern": _DURATION}, {"type": "number", "minimum": 0}],
    "title": "duration",
}

Duration = Annotated[
    int,
    BeforeValidator(parse_duration),
    PlainSerializer(lambda us: f"{Decimal(us) / 10**6:f}s"),
    WithJsonSchema(DURATION),
]
"""Microseconds; written as `90s`, `10m`, `24h`, `1d`, `250ms` or a number of seconds."""

_SHARE: JsonSchemaValue = {"type": "string", "pattern": f"^{_PERCENT}$", "title": "share"}

Share = Annotated[InstanceOf[Fraction], BeforeValidator(_share), WithJsonSchema(_SHARE)]

LineAmount = Annotated[
    InstanceOf[Amount],
    BeforeValidator(_amount),
    WithJsonSchema({"anyOf": [_SHARE, {"type": "integer", "minimum": 0}], "title": "amount"}),
]

Base64 = Annotated[
    str,
    AfterValidator(_base64),
    WithJsonSchema({"type": "string", "contentEncoding": "base64", "pattern": _BASE64, "title": "base64"}),
]

Glob = Annotated[
    str, Field(max_length=LONGEST_GLOB), WithJsonSchema({"type": "string", "maxLength": LONGEST_GLOB, "title": "glob"})
]
"""Text in which `*` stands for anything, `?` for one character, `[abc]` for one of these."""

Several = _Several()
"""Written as one value or as a list of them."""

Unique = (AfterValidator(_unique), Field(json_schema_extra={"uniqueItems": True}))
"""No value of the list stands in it twice."""

Paths = Annotated[dict[str, Any], Field(json_schema_extra={"title": "paths"})]
"""Dotted paths, such as `choices.0.finish_reason`, and values."""


class Changing(Part):
    """What can `set` and `unset` members of a JSON value."""

    set: Paths = Field({}, description="dotted paths, and the values that are put there; null is a value here")
    unset: Items[str] = Field((), description="dotted paths of what is taken away")

    def changes(self) -> Changes:
        """Return what is to be changed."""
        return Changes(self.set, self.unset)
