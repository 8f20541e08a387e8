"""All properties, in the order in which people read them. A new one is a module and a line here."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from emulator.domain.errors import EmulatorError
from emulator.fuzz.properties import (
    bad_replies_refused,
    bytes_intact,
    errors_declared,
    ids_stay_ids,
    lifecycle,
    no_silent_twin,
    pages_complete,
    replies_survive,
    requests_conform,
    retries_sane,
    transport_faults,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emulator.fuzz.property import Property

ALL: Final[tuple[Property, ...]] = (
    requests_conform.PROPERTY,
    replies_survive.PROPERTY,
    errors_declared.PROPERTY,
    bad_replies_refused.PROPERTY,
    bytes_intact.PROPERTY,
    transport_faults.PROPERTY,
    retries_sane.PROPERTY,
    no_silent_twin.PROPERTY,
    pages_complete.PROPERTY,
    ids_stay_ids.PROPERTY,
    lifecycle.PROPERTY,
)
BY_NAME: Final = {each.name: each for each in ALL}


class PropertyUnknown(EmulatorError):
    """There is no property of this name; the message has those that there are."""


def named(names: Iterable[str]) -> tuple[Property, ...]:
    """Return the properties of these names, or all if there are none. Raises PropertyUnknown."""
    return tuple(find(name) for name in dict.fromkeys(names)) or ALL


def find(name: str) -> Property:
    """Return the property of this name. Raises PropertyUnknown."""
    if name in BY_NAME:
        return BY_NAME[name]
    near = get_close_matches(name, BY_NAME, n=1)
    hint = f" (did you mean '{near[0]}'?)" if near else ""
    raise PropertyUnknown(f"property: expected {', '.join(BY_NAME)}, found '{name}'{hint}")
