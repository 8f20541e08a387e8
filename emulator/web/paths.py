"""Which endpoint serves a path: the server's routes in a table, for Starlette's router tries one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.routing import Route
    from starlette.types import ASGIApp, Receive, Scope, Send


@dataclass(frozen=True, slots=True)
class _Way:
    """A route, its path in pieces: a piece is a text, or None where it may be any, under the name at its place."""

    pieces: tuple[str | None, ...]
    names: dict[int, str]
    app: ASGIApp

    def names_in(self, pieces: list[str]) -> dict[str, str] | None:
        """Return what the path has where the route has names, or None when it is another path."""
        for own, found in zip(self.pieces, pieces, strict=True):
            if own != found and (own is not None or not found):
                return None
        return {name: pieces[place] for place, name in self.names.items()}


class Paths:
    """An ASGI app that hands each request to the route of its path, with `path_params` in its scope, or to `otherwise`."""

    def __init__(self, routes: Iterable[Route], otherwise: ASGIApp) -> None:
        self._ways: dict[int, list[_Way]] = {}
        self._otherwise = otherwise
        for route in routes:
            pieces = route.path.split("/")
            names = {place: piece[1:-1] for place, piece in enumerate(pieces) if piece.startswith("{")}
            way = _Way(tuple(None if place in names else piece for place, piece in enumerate(pieces)), names, route.app)
            self._ways.setdefault(len(pieces), []).append(way)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        pieces: list[str] = scope["path"].split("/")
        for way in self._ways.get(len(pieces), ()):
            named = way.names_in(pieces)
            if named is not None:
                scope["path_params"] = named
                await way.app(scope, receive, send)
                return
        scope["path_params"] = {}
        await self._otherwise(scope, receive, send)
