"""The API's front: who may come in, which operation it is, and a reply for whatever happens then."""

from __future__ import annotations

import logging
from dataclasses import asdict
from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect

from emulator.contract.phrases import shown
from emulator.contract.validation import Fault
from emulator.domain.clock import seconds
from emulator.domain.errors import EmulatorError, MethodNotAllowed, RateLimited
from emulator.engine.rulebook import Asked
from emulator.web.auth import api_key
from emulator.web.body import JsonBody, read_on
from emulator.web.effects.registry import deliver
from emulator.web.errors import InternalFault, RouteUnknown, error_reply
from emulator.web.observing import observation
from emulator.web.request import Request
from emulator.web.visit import Visit, Visitor
from emulator.web.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.types import Receive, Scope, Send

    from emulator.domain.rules import Rule
    from emulator.engine.world import World
    from emulator.web.reply import Reply
    from emulator.web.visit import Gate

logger = logging.getLogger(__name__)


class Gateway:
    """Serves one path of the API, as an ASGI app: `operations` are its methods; a path without any is unknown."""

    def __init__(self, operations: Mapping[str, str], gate: Gate) -> None:
        self._operations = operations
        self._gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        try:
            reply, rules = await self._answer(request)
            if reply.status >= 400 or rules:
                await read_on(request)
        except ClientDisconnect:
            return
        await deliver(reply, rules, Wire(scope, receive, send))

    async def _answer(self, request: Request) -> tuple[Reply, Sequence[Rule]]:
        try:
            world = self._gate.worlds.enter(api_key(request.headers))
            self._admit(request, world)
            visit = await self._visit(request, world, self._operation_id(request))
            return await visit.played()
        except EmulatorError as error:
            return error_reply(error), ()
        except ClientDisconnect:
            raise
        except Exception:
            name = observation(request).operation or f"{request.method} {request.scope['path']}"
            logger.exception("%s failed", name)
            return error_reply(InternalFault(f"{name} failed inside the emulator: its log says where.")), ()

    def _admit(self, request: Request, world: World) -> None:
        """Let the request into its world. Raises RateLimited."""
        admission, observed = world.admit(), observation(request)
        observed.world, observed.at = world, seconds(admission.state.settled_us)
        observed.number, observed.request_id = admission.number, admission.request_id
        if admission.refused_by:
            observed.operation = self._operations.get(request.method)
            raise RateLimited(str(admission.refused_by))

    def _operation_id(self, request: Request) -> str:
        """Return the operation, or note that the contract has none. Raises RouteUnknown, MethodNotAllowed."""
        method, path = request.method, request.scope["path"]
        if method in self._operations:
            return self._operations[method]
        allowed = tuple(sorted(self._operations))
        error: EmulatorError = MethodNotAllowed(method, allowed) if allowed else RouteUnknown(method, path)
        fault = (
            Fault("method", " or ".join(allowed), shown(method), "paths")
            if allowed
            else Fault("path", "a path of the contract", shown(path), "paths")
        )
        observation(request).violations.append(asdict(fault))
        raise error

    async def _visit(self, request: Request, world: World, operation_id: str) -> Visit:
        """Return the request with the rules that fire on it, and the contract that holds for it."""
        observed, body = observation(request), JsonBody(request)
        observed.operation = operation_id
        scenario = await _scenario(request, operation_id, body)
        asked = Asked(
            tenant=request.headers.get("x-on-behalf-of", ""),
            operation=operation_id,
            path=request.scope["path"],
            headers=request.headers,
            batch_id=request.path_params.get("batch_id"),
            file_id=request.path_params.get("file_id"),
        )
        direction = world.direct(asked, scenario=scenario)
        observed.rule = ", ".join(each.key for each in direction.rules) or None
        contract = self._gate.worlds.services.contract(direction.edition)
        visitor = Visitor(request, world, contract, contract.operations[operation_id], body, scenario)
        return Visit(visitor, tuple(each.rule for each in direction.rules), self._gate)


async def _scenario(request: Request, operation_id: str, body: JsonBody) -> str | None:
    """Return the scenario that a new batch was given, by header or by metadata, in that order."""
    if operation_id != "createBatch":
        return None
    if named := request.headers.get("x-emulator-scenario"):
        return named
    wanted = await body.glance()
    metadata = wanted.get("metadata") if isinstance(wanted, dict) else None
    named = metadata.get("emulator_scenario") if isinstance(metadata, dict) else None
    return named if isinstance(named, str) else None
