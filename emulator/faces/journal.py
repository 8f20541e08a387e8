"""The journal of a world: each request as it reached the server."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from emulator.faces.arranging import AGENT, API

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class NotJson(ValueError):
    """A request's body is no JSON; the message shows it."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One request as it reached the server; `target` is its path and query to the letter, names of headers are small.

    `rule` is the one that meddled with its reply, if any did.
    """

    operation: str | None
    method: str
    target: str
    headers: Mapping[str, str]
    body: str
    status: int | None
    violations: Sequence[Mapping[str, Any]]
    at: float
    rule: str | None = None

    @property
    def query(self) -> dict[str, list[str]]:
        """The query's parameters, unescaped."""
        return parse_qs(urlsplit(self.target).query, keep_blank_values=True)

    @property
    def path(self) -> str:
        """The path below the API's prefix, still escaped."""
        return urlsplit(self.target).path.removeprefix(API)

    @property
    def json(self) -> Any:
        """The body as JSON. Raises NotJson."""
        try:
            return json.loads(self.body)
        except ValueError:
            raise NotJson(self.body[:300]) from None


def of_client(journal: Iterable[Mapping[str, Any]]) -> list[Sent]:
    """Return the requests of a journal that the client made: those that arrange a world are not among them."""
    found = [_sent(entry) for entry in journal]
    return [sent for sent in found if sent.headers.get("user-agent") != AGENT]


def _sent(entry: Mapping[str, Any]) -> Sent:
    return Sent(
        operation=entry["operation"],
        method=entry["method"],
        target=entry["target"],
        headers={name.lower(): value for name, value in entry["headers"]},
        body=entry["body"],
        status=entry["status"],
        violations=entry["violations"],
        at=entry["at"],
        rule=entry["rule"],
    )
