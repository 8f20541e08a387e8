"""As said: an argument is sent as it was given; what the contract forbids may be refused instead, and is never changed.

What the contract takes is written down here once more: its bounds and words, not the server's code.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlsplit

from emulator.faces.values import is_same
from emulator.fuzz.strategies.arguments import ENDPOINTS, PURPOSES, is_visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from emulator.faces.journal import Sent

ABSENT: Final = "(absent)"
DEFAULTS: Final[Mapping[str, Mapping[str, Any]]] = {
    "batches.create": {"metadata": None, "max_concurrency": 8},
    "batches.list": {"after": "", "limit": 20},
    "files.list": {"after": "", "limit": 10_000, "order": "desc"},
}
"""What means the same as an argument that is not given."""
JOURNAL_KEEPS: Final = 60_000
"""A body of fewer characters stands in the journal to its end."""


HALF: Final = re.compile("[\ud800-\udfff]")


def is_sendable(text: str) -> bool:
    """Say whether text can be sent anywhere: NUL is not taken everywhere, and half a surrogate pair is no character."""
    return "\0" not in text and HALF.search(text) is None


def is_tenant(value: str | None) -> bool:
    """Say whether the contract takes an external user id: 1 to 150 printable ASCII characters, and not just `*`.

    One with a space at either end is none that a header can say.
    """
    return value is None or (
        0 < len(value) <= 150 and value.isascii() and value.isprintable() and value != "*" and value == value.strip()
    )


def is_metadata(value: Any) -> bool:
    """Say whether the contract takes metadata."""
    return value is None or (
        len(value) <= 16
        and all(
            len(key) <= 64 and isinstance(text, str) and len(text) <= 512 and is_sendable(key + text)
            for key, text in value.items()
        )
    )


def is_typed(args: Mapping[str, Any]) -> bool:
    """Say whether all arguments are of the contract's types: of others many languages know no more than that they are wrong."""
    return all(isinstance(text, str) for text in (args.get("metadata") or {}).values())


def is_between(value: Any, least: int, most: int) -> bool:
    """Say whether a value is an integer within these bounds."""
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


TAKEN: Final[Mapping[str, Mapping[str, Callable[[Any], bool]]]] = {
    "batches.create": {
        "input_file_id": is_sendable,
        "endpoint": lambda value: value in ENDPOINTS,
        "metadata": is_metadata,
        "max_concurrency": lambda value: is_between(value, 1, 64),
    },
    "batches.list": {"after": is_sendable, "limit": lambda value: is_between(value, 1, 100)},
    "files.list": {
        "after": is_sendable,
        "limit": lambda value: is_between(value, 1, 10_000),
        "order": lambda value: value in {"asc", "desc"},
        "purpose": lambda value: value in PURPOSES,
        "sha256": is_sendable,
    },
    "files.upload": {
        "filename": lambda value: is_sendable(value) and is_visible(value) and value != "blob",
        "purpose": lambda value: value in PURPOSES,
    },
}


def is_taken(call: str, args: Mapping[str, Any]) -> bool:
    """Say whether the contract takes all of these arguments."""
    bounds = TAKEN.get(call, {})
    return all(bounds[name](value) for name, value in args.items() if name in bounds)


def unlike(call: str, args: Mapping[str, Any], request: Sent) -> Iterator[tuple[str, Any, Any]]:
    """Yield each argument that a request does not say as it was said: its name, what was given and what was sent."""
    said = _body(request) if call == "batches.create" else _query(request)
    if not isinstance(said, dict):
        yield "body", "an object of JSON", said
        return
    for name in TAKEN[call]:
        given, sent = args.get(name, ABSENT), said.get(name, ABSENT)
        if not _means(given, sent, DEFAULTS[call].get(name, ABSENT), is_text=call != "batches.create"):
            yield name, given, sent
    if call == "batches.create" and said.get("completion_window") != "24h":
        yield "completion_window", "24h", said.get("completion_window", ABSENT)


def _means(given: Any, sent: Any, default: Any, *, is_text: bool) -> bool:
    """Say whether what was sent means what was given; what is not given may be left out or be the default."""
    accepted = [given, default] if is_same(given, ABSENT) or is_same(given, default) else [given]
    if is_same(given, default):
        accepted.append(ABSENT)
    return any(is_same(_written(each, is_text=is_text), sent) for each in accepted)


def _written(value: Any, *, is_text: bool) -> Any:
    return str(value) if is_text else value


def unlike_upload(args: Mapping[str, Any], request: Sent) -> Iterator[tuple[str, Any, Any]]:
    """Yield the purpose when no part of a form holds it; whether the file arrived is for others to see on the server."""
    if len(request.body) < JOURNAL_KEEPS and f"\r\n\r\n{args['purpose']}\r\n" not in request.body:
        yield "purpose", args["purpose"], "no part with it"


def _body(request: Sent) -> Any:
    try:
        return json.loads(request.body)
    except ValueError:
        return request.body


def _query(request: Sent) -> dict[str, Any]:
    """Return a query's parameters; a list for one that comes more than once, which is none that was said."""
    found: dict[str, Any] = {}
    for name, value in parse_qsl(urlsplit(request.target).query, keep_blank_values=True):
        found[name] = [found[name], value] if name in found else value
    return found
