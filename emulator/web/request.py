"""A request as the emulator's endpoints read it: Starlette's, with headers that are looked up and not searched for."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, overload

from starlette.datastructures import Headers
from starlette.requests import Request as StarletteRequest

if TYPE_CHECKING:
    from typing import Any

    from starlette.types import Receive, Scope

Default = TypeVar("Default")


class QuickHeaders(Headers):
    """Headers in a dictionary, as they are asked for a dozen times a request; of a repeated one the first counts."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(raw=scope["headers"])
        self._first = {name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(self._list)}

    def __getitem__(self, key: str) -> str:
        return self._first[key.lower()]

    def __contains__(self, key: Any) -> bool:
        return key.lower() in self._first

    @overload
    def get(self, key: str, /) -> str | None: ...

    @overload
    def get(self, key: str, /, default: str | Default) -> str | Default: ...

    def get(self, key: str, /, default: Any = None) -> Any:
        """Return a header's value, or else the default."""
        return self._first.get(key.lower(), default)


class Request(StarletteRequest):
    """One request."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        super().__init__(scope, receive)
        self._quick = QuickHeaders(scope)

    @property
    def headers(self) -> QuickHeaders:
        """The headers."""
        return self._quick

    @property
    def query(self) -> list[tuple[str, str]]:
        """The query's parameters as they came, repeated ones too."""
        return self.query_params.multi_items() if self.scope["query_string"] else []
