"""An operation of the API, and how its parameters, bodies and replies are held against the contract.

Owns the reading of parameters and the choice of the schema for a body or a reply; it must not know files, nor
what an operation does.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from emulator.contract.phrases import describe, shown
from emulator.contract.validation import Fault, Schema

Media = Mapping[str, Schema | None]
"""Schemas by media type or range; None where any bytes will do."""

# Nineteen digits hold every integer of 64 bits; longer ones cost time to read and fit nowhere.
_INTEGER = re.compile(r"-?[0-9]{1,19}")


@dataclass(frozen=True)
class Parameter:
    """A query parameter or header that an operation knows."""

    name: str
    location: Literal["query", "header", "path"]
    required: bool
    schema: Schema
    kind: Literal["integer", "string"]
    default: object
    """What stands in for an absent one; None if nothing does."""
    empty_is_absent: bool

    @property
    def place(self) -> str:
        """How faults name it, such as `query.limit`."""
        return f"{self.location}.{self.name}"

    def read(self, text: str) -> tuple[object, tuple[Fault, ...]]:
        """Turn the text on the wire into a value, with what is wrong about it."""
        if self.kind == "string":
            return text, self.schema.faults(text, self.place)
        if _INTEGER.fullmatch(text) is None:
            return None, (self._fault(shown(text)),)
        return int(text), self.schema.faults(int(text), self.place)

    def absent(self) -> tuple[Fault, ...]:
        """Give the fault of its absence, if there is one."""
        return (self._fault("nothing"),) if self.required else ()

    def _fault(self, found: str) -> Fault:
        return Fault(self.place, describe(self.schema.document, {}), found, self.schema.name)


@dataclass(frozen=True)
class Endpoint:
    """What a batch's lines may ask for at one endpoint, and what a successful line is answered with."""

    request: Schema
    reply: Schema


@dataclass(frozen=True)
class Operation:
    """One of the API's operations, as the contract has it."""

    id: str
    method: str
    path: str
    parameters: tuple[Parameter, ...]
    bodies: Media
    body_required: bool
    replies: Mapping[str, Media]
    """By status: `200`, `4XX` or `default`."""

    def read_parameters(
        self, query: Sequence[tuple[str, str]], headers: Mapping[str, str]
    ) -> tuple[dict[str, object], tuple[Fault, ...]]:
        """Read the declared query parameters and headers: their values by declared name, and all faults.

        Headers are found by lower-case names. Of a repeated query parameter the last counts; undeclared ones are
        ignored; defaults are filled in; what is absent and has no default has no entry. Path parameters are
        the router's business.
        """
        given = {"query": dict(query), "header": headers}
        values: dict[str, object] = {}
        faults: list[Fault] = []
        for parameter in self.parameters:
            if parameter.location != "path":
                faults += _read(parameter, given[parameter.location], values)
        return values, tuple(faults)

    def body_faults(self, media_type: str, value: object) -> tuple[Fault, ...]:
        """Hold a decoded body against its schema.

        A multipart body comes as its parts by name: the text of a field, the filename of a file.
        """
        schemas = _matching(self.bodies, media_type)
        if schemas is None:
            return (self._misfit("header.Content-Type", self.bodies, media_type),)
        return _faults(schemas, value, "body")

    def reply_faults(self, status: int, media_type: str, value: object) -> tuple[Fault, ...]:
        """Hold a decoded reply against the contract. Of bytes, only status and media type are looked at."""
        media = self.replies.get(str(status), self.replies.get(f"{status // 100}XX", self.replies.get("default")))
        if media is None:
            return (self._misfit("reply.status", self.replies, status),)
        schemas = _matching(media, media_type)
        if schemas is None:
            return (self._misfit("reply.Content-Type", media, media_type),)
        return _faults(schemas, value, "reply")

    def _misfit(self, place: str, known: Mapping[str, object], found: object) -> Fault:
        return Fault(place, " or ".join(known) or "nothing", shown(found), self.id)


def _read(parameter: Parameter, given: Mapping[str, str], values: dict[str, object]) -> tuple[Fault, ...]:
    text = given.get(parameter.name if parameter.location == "query" else parameter.name.lower())
    if text is None or (not text and parameter.empty_is_absent):
        if parameter.default is not None:
            values[parameter.name] = parameter.default
        return parameter.absent()
    value, faults = parameter.read(text)
    if not faults:
        values[parameter.name] = value
    return faults


def _matching(media: Media, media_type: str) -> tuple[Schema | None] | None:
    """Find the schema for a media type: by itself, by its range, by `*/*`; None if it is not known."""
    exact = media_type.partition(";")[0].strip().lower()
    for key in (exact, f"{exact.partition('/')[0]}/*", "*/*"):
        if key in media:
            return (media[key],)
    return None


def _faults(schemas: tuple[Schema | None], value: object, place: str) -> tuple[Fault, ...]:
    return schemas[0].faults(value, place) if schemas[0] else ()
