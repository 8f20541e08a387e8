"""Serving a path of the admin API; `ROUTES` says which function serves which call."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from starlette.requests import ClientDisconnect

from emulator.domain.errors import EmulatorError, MethodNotAllowed
from emulator.web.admin import directing, holding, looking
from emulator.web.admin.call import AdminCall
from emulator.web.auth import check_admin
from emulator.web.body import read_on
from emulator.web.errors import InternalFault, error_reply
from emulator.web.reply import Reply, send_reply
from emulator.web.request import Request

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.types import Receive, Scope, Send

    from emulator.engine.worlds import Worlds
    from emulator.web.admin.call import Handler

logger = logging.getLogger(__name__)

ROUTES: Mapping[str, Mapping[str, Handler]] = {
    "/health": {"GET": holding.health},
    "/worlds": {"GET": holding.list_worlds, "POST": holding.create_world},
    "/worlds/{world}": {"DELETE": holding.delete_world},
    "/clock": {"GET": holding.get_clock},
    "/clock/advance": {"POST": holding.advance},
    "/reset": {"POST": holding.reset},
    "/scenarios": {"GET": directing.list_scenarios},
    "/scenarios/{name}": {
        "GET": directing.get_scenario,
        "PUT": directing.put_scenario,
        "DELETE": directing.delete_scenario,
    },
    "/scenario": {"PUT": directing.use_scenario},
    "/rules": {"GET": directing.list_rules, "POST": directing.add_rules, "DELETE": directing.delete_rules},
    "/rules/{rule}": {"DELETE": directing.delete_rule},
    "/lines": {"POST": directing.add_lines, "DELETE": directing.delete_lines},
    "/requests": {"GET": looking.list_requests},
    "/batches": {"GET": looking.list_batches},
    "/batches/{batch_id}/timeline": {"GET": looking.get_timeline},
    "/batches/{batch_id}/step": {"POST": holding.step_batch},
}
OPEN_TO_ALL = frozenset({holding.health})


class AdminEndpoint:
    """Serves one path of the admin API, as an ASGI app."""

    def __init__(
        self,
        handlers: Mapping[str, Handler],
        *,
        worlds: Worlds,
        token: str | None,
        uptime_s: Callable[[], float],
    ) -> None:
        self._handlers = handlers
        self._worlds = worlds
        self._token = token
        self._uptime_s = uptime_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        try:
            reply = await self._answer(request)
            if reply.status >= 400:
                await read_on(request)
        except ClientDisconnect:
            return
        await send_reply(reply, send)

    async def _answer(self, request: Request) -> Reply:
        try:
            return Reply(body=await self._handle(request))
        except EmulatorError as error:
            return error_reply(error)
        except ClientDisconnect:
            raise
        except Exception:
            logger.exception("%s %s failed", request.method, request.path)
            return error_reply(InternalFault("The admin API failed inside the emulator: its log says where."))

    async def _handle(self, request: Request) -> Any:
        handler = self._handlers.get(request.method)
        if handler not in OPEN_TO_ALL:
            check_admin(request.headers, self._token)
        if handler is None:
            raise MethodNotAllowed(request.method, tuple(sorted(self._handlers)))
        return await handler(AdminCall(request, self._worlds, self._uptime_s))
