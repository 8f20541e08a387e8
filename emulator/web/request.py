"""A request as the emulator's endpoints read it. Starlette's own searches its headers anew for each that is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import QueryParams
from starlette.requests import ClientDisconnect

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from starlette.types import Receive, Scope


class Request:
    """One request. `headers` are found by their names in lower case, and of a repeated one the first counts."""

    __slots__ = ("_receive", "headers", "is_read", "method", "path", "path_params", "scope")

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.scope = scope
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.path_params: Mapping[str, str] = scope["path_params"]
        self.headers: Mapping[str, str] = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(scope["headers"])
        }
        self.is_read = False
        self._receive = receive

    @property
    def query(self) -> list[tuple[str, str]]:
        """The query's parameters as they came, repeated ones too."""
        query: bytes = self.scope["query_string"]
        return QueryParams(query).multi_items() if query else []

    def parameter(self, name: str) -> str | None:
        """Return a parameter of the query; of a repeated one the last counts."""
        return dict(self.query).get(name)

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield what is still to be read of the body. Raises ClientDisconnect."""
        while not self.is_read:
            yield await self.piece()

    async def piece(self) -> bytes:
        """Return the next piece of the body, until it `is_read`. Raises ClientDisconnect."""
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        self.is_read = not message.get("more_body", False)
        piece: bytes = message.get("body", b"")
        return piece
