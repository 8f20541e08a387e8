"""Who is asking: the API key of a request, and whether it may use the admin API."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from emulator.domain.errors import Unauthorized

if TYPE_CHECKING:
    from collections.abc import Mapping


def bearer_key(headers: Mapping[str, str]) -> str | None:
    """Return the API key of `Authorization: Bearer <key>`, or None when there is no such header.

    Raises Unauthorized when there is one of another form.
    """
    value = headers.get("authorization")
    if value is None:
        return None
    scheme, _, key = value.partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise Unauthorized("Authorization: expected 'Bearer <API key>', found another form.")
    return key.strip()


def api_key(headers: Mapping[str, str]) -> str:
    """Return the request's API key. Raises Unauthorized."""
    key = bearer_key(headers)
    if key is None:
        raise Unauthorized("Authorization: expected 'Bearer <API key>', found no such header.")
    return key


def check_admin(headers: Mapping[str, str], token: str | None) -> None:
    """Raise Unauthorized unless the request carries the admin token, where one is set."""
    found = headers.get("x-emulator-admin-token", "")
    if token is not None and not hmac.compare_digest(found.encode(), token.encode()):
        raise Unauthorized("X-Emulator-Admin-Token: expected the token that the server was started with.")
