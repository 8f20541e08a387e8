"""Whether a value fits a schema, and if not, where and why.

Owns the compiled validator of one schema; it must not know HTTP, nor where schemas come from. The fast answer
comes from jsonschema_rs, whose validators are compiled when a Schema is made; the reasons from `explaining`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import jsonschema_rs


@dataclass(frozen=True)
class Fault:
    """One way in which a value differs from what the contract says."""

    place: str
    """Where, such as `body.metadata.colour`, `query.limit` or `header.X-On-Behalf-Of`."""
    expected: str
    """What belongs there, such as `an integer from 1 to 64`."""
    found: str
    """What stands there, as JSON of at most 80 characters, or `nothing`."""
    schema: str
    """The component or the parameter that says so."""

    def sentence(self) -> str:
        """Tell it to a person."""
        return f"{self.place}: expected {self.expected}, found {self.found}."


class Schema:
    """A JSON Schema (draft 2020-12) that stands by itself, ready for use."""

    __slots__ = ("_validator", "document", "name")

    def __init__(self, name: str, document: Mapping[str, Any]) -> None:
        """Compile at once. Raises ValueError if the schema is invalid or refers to another."""
        self.name = name
        self.document = document
        try:
            self._validator = jsonschema_rs.Draft202012Validator(dict(document), retriever=_refuse)
        except jsonschema_rs.ValidationError as fault:
            raise ValueError(fault.message) from fault

    def __repr__(self) -> str:
        return f"Schema({self.name!r})"

    def accepts(self, value: object) -> bool:
        """Say whether the value fits; never raises. What JSON in UTF-8 cannot carry does not, where it is looked at."""
        try:
            return self._validator.is_valid(value)
        except ValueError:
            return False

    def faults(self, value: object, place: str) -> tuple[Fault, ...]:
        """Give every fault, in the order of the value, each named from `place` on; none if the value fits."""
        if self.accepts(value):
            return ()
        # The library that knows the reasons takes longer to import than the server has to start.
        from emulator.contract.explaining import explain  # noqa: PLC0415

        return explain(self, value, place)


def _refuse(uri: str) -> NoReturn:
    raise ValueError(f"{uri} is not in this schema")
