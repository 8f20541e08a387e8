"""Where everything is wired: the routes of the server, and what stands before them."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Route

from emulator.domain.errors import MethodNotAllowed
from emulator.web.admin.endpoint import ROUTES as ADMIN_ROUTES
from emulator.web.admin.endpoint import AdminEndpoint
from emulator.web.errors import RouteUnknown, error_reply
from emulator.web.gateway import Gateway
from emulator.web.observing import Observing
from emulator.web.paths import Paths
from emulator.web.reply import Reply, send_reply
from emulator.web.showing import Showing
from emulator.web.visit import Gate
from emulator.web.waiting import Waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from starlette.types import ASGIApp, Receive, Scope, Send

    from emulator.contract.catalog import Contract
    from emulator.engine.worlds import Worlds
    from emulator.settings import Settings
    from emulator.web.admin.call import Handler
    from emulator.web.observing import Observation

API: Final = "/api/v1/llm"
ADMIN: Final = "/_emulator"
LOOPBACK_ORIGIN: Final = r"https?://(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?"


def create_app(settings: Settings, worlds: Worlds, *, uptime_s: Callable[[], float]) -> Starlette:
    """Return the server's app. `uptime_s` tells for how long it has been running."""
    contract = worlds.services.contract(settings.edition)

    waiting = Waiting()
    showing = Showing()
    gate = Gate(worlds, waiting, showing, settings.validate_replies)

    def prepare(observed: Observation) -> None:
        """Do what the next request may ask for, now that this one is answered: show what has moved, and look ahead."""
        waiting.notify()
        with suppress(Exception):  # what is wrong comes out when it is asked for
            if observed.moved is not None:
                showing.batch(observed.moved, contract, "getBatch")
            if observed.touched is not None:
                observed.touched.look_ahead()

    def gateway(operations: Mapping[str, str]) -> Gateway:
        return Gateway(operations, gate)

    def admin(handlers: Mapping[str, Handler]) -> AdminEndpoint:
        return AdminEndpoint(handlers, worlds=worlds, token=settings.admin_token, uptime_s=uptime_s)

    routes = [
        *(Route(path, gateway(operations)) for path, operations in _operations(contract).items()),
        *(Route(ADMIN + path, admin(handlers)) for path, handlers in ADMIN_ROUTES.items()),
        Route("/openapi.json", _Document(contract)),
    ]
    paths = Paths(routes, otherwise=_Elsewhere(gateway({})))
    app = Starlette(routes=routes)
    # In the place of the stack that Starlette would build: its handlers of errors have nothing to do, for every endpoint
    # answers its own, and together with its router they take longer than most requests.
    app.middleware_stack = Observing(_CrossOrigin(paths, settings.cors), seed=settings.seed, on_done=prepare)
    return app


def _operations(contract: Contract) -> dict[str, dict[str, str]]:
    """Return, for each path of the contract, its methods and their operations."""
    paths: dict[str, dict[str, str]] = {}
    for operation in contract.operations.values():
        paths.setdefault(operation.path, {})[operation.method.upper()] = operation.id
    return paths


class _CrossOrigin:
    """Middleware: CORS for requests that come from a page; all others pass it by."""

    def __init__(self, app: ASGIApp, allowed: Sequence[str]) -> None:
        self._app = app
        self._cors = CORSMiddleware(
            app,
            allow_origins=allowed,
            allow_origin_regex=LOOPBACK_ORIGIN,
            allow_methods=("GET", "POST", "PUT", "DELETE"),
            allow_headers=("*",),  # SDKs in browsers add headers of their own
            expose_headers=("X-Request-Id",),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._cors if b"origin" in dict(scope["headers"]) else self._app
        await app(scope, receive, send)


class _Document:
    """Serves the contract itself."""

    def __init__(self, contract: Contract) -> None:
        self._reply = Reply(body=contract.document)

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        if scope["method"] == "GET":
            await send_reply(self._reply, send)
        else:
            await send_reply(error_reply(MethodNotAllowed(scope["method"], ("GET",))), send)


class _Elsewhere:
    """Answers on all paths that have no route; inside the API that takes a key, as everything there does."""

    def __init__(self, api: Gateway) -> None:
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].startswith(f"{API}/"):
            await self._api(scope, receive, send)
        else:
            await send_reply(error_reply(RouteUnknown(scope["method"], scope["path"])), send)
