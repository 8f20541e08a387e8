"""The one table that turns what went wrong into a reply (contract sections 5 and 7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from emulator.domain import errors as domain
from emulator.web.reply import Reply

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(eq=False)
class RouteUnknown(domain.EmulatorError):
    """No operation has this path."""

    method: str
    path: str

    def __str__(self) -> str:
        return f"Unknown request URL: {self.method} {self.path}."


@dataclass(eq=False)
class InternalFault(domain.EmulatorError):
    """The emulator itself went wrong; the message says where, for its developers."""

    message: str

    def __str__(self) -> str:
        return self.message


TABLE: Final[Mapping[type[domain.EmulatorError], tuple[int, str]]] = {
    domain.InvalidRequest: (400, "invalid_request_error"),
    domain.Unauthorized: (401, "authentication_error"),
    domain.NotFound: (404, "not_found_error"),
    RouteUnknown: (404, "not_found_error"),
    domain.MethodNotAllowed: (405, "invalid_request_error"),
    domain.CancelRefused: (409, "conflict_error"),
    domain.NothingToCome: (409, "conflict_error"),
    domain.TooLarge: (413, "invalid_request_error"),
    domain.UnsupportedMediaType: (415, "invalid_request_error"),
    domain.RateLimited: (429, "rate_limit_error"),
    InternalFault: (500, "server_error"),
    domain.TooManyWorlds: (503, "server_error"),
}


def error_reply(error: domain.EmulatorError) -> Reply:
    """Return the reply that this error gets: its own, or that of the nearest kind of error that it is one of."""
    status, kind = next(TABLE[each] for each in type(error).__mro__ if each in TABLE)
    if isinstance(error, domain.RateLimited):
        return Reply(status=status, body={"error": "Rate limit exceeded"})
    param = error.param if isinstance(error, domain.InvalidRequest) else None
    body = {"error": {"message": str(error), "type": kind, "code": status, "param": param}}
    return Reply(status=status, body=body, headers=_headers(error))


def _headers(error: domain.EmulatorError) -> tuple[tuple[str, str], ...]:
    if isinstance(error, domain.MethodNotAllowed):
        return (("Allow", ", ".join(error.allowed)),)
    if isinstance(error, domain.Unauthorized):
        return (("WWW-Authenticate", "Bearer"),)
    return ()
