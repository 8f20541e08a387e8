"""As said: an argument is sent as it was given; what the contract forbids may be refused instead, and is never changed.

What the contract takes is written down here once more: its bounds and words, not the server's code.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlsplit

from emulator.faces.values import is_same
from emulator.fuzz.strategies.arguments import ENDPOINTS, PURPOSES

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


def _is_metadata(value: Any) -> bool:
    return value is None or (
        len(value) <= 16
        and all(len(key) <= 64 and len(text) <= 512 and "\0" not in key + text for key, text in value.items())
    )


TAKEN: Final[Mapping[str, Mapping[str, Callable[[Any], bool]]]] = {
    "batches.create": {
        "input_file_id": lambda value: "\0" not in value,
        "endpoint": lambda value: value in ENDPOINTS,
        "metadata": _is_metadata,
        "max_concurrency": lambda value: value is not None and 1 <= value <= 64,
    },
    "batches.list": {"after": lambda value: "\0" not in value, "limit": lambda value: 1 <= value <= 100},
    "files.list": {
        "after": lambda value: "\0" not in value,
        "limit": lambda value: 1 <= value <= 10_000,
        "order": lambda value: value in {"asc", "desc"},
        "purpose": lambda value: value in PURPOSES,
        "sha256": lambda value: "\0" not in value,
    },
    "files.upload": {"purpose": lambda value: value in PURPOSES},
}


def is_taken(call: str, args: Mapping[str, Any]) -> bool:
    """Say whether the contract takes all of these arguments."""
    bounds = TAKEN.get(call, {})
    return all(bounds[name](value) for name, value in args.items() if name in bounds)


def unlike(call: str, args: Mapping[str, Any], request: Sent) -> Iterator[tuple[str, Any, Any]]:
    """Yield each argument that a request does not say as it was said: its name, what was given and what was sent."""
    said = _body(request) if call == "batches.create" else _query(request)
    if not isinstance(said, dict):
        yield "body", "an object", said
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
