"""The API's front: who may come in, which operation it is, and a reply for whatever happens then."""

from __future__ import annotations

import logging
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from starlette.requests import ClientDisconnect

from emulator.contract.phrases import shown
from emulator.contract.validation import Fault
from emulator.domain.clock import seconds
from emulator.domain.errors import EmulatorError, MethodNotAllowed, RateLimited
from emulator.engine.rulebook import Asked
from emulator.web.auth import api_key
from emulator.web.body import JsonBody, read_on
from emulator.web.call import Call
from emulator.web.effects.registry import deliver
from emulator.web.errors import InternalFault, RouteUnknown, error_reply
from emulator.web.observing import observation
from emulator.web.request import Request
from emulator.web.visit import Visit
from emulator.web.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.types import Receive, Scope, Send

    from emulator.domain.rules import Rule
    from emulator.engine.rulebook import Direction
    from emulator.engine.world import World
    from emulator.web.reply import Reply
    from emulator.web.visit import Gate

logger = logging.getLogger(__name__)

_CREATES: Final = "createBatch"
"""The operation whose body may choose a scenario."""


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
            visit = await self._visit(request, world)
            return await visit.played()
        except EmulatorError as error:
            return error_reply(error), ()
        except ClientDisconnect:
            raise
        except Exception:
            name = observation(request).operation or f"{request.method} {request.path}"
            logger.exception("%s failed", name)
            return error_reply(InternalFault(f"{name} failed inside the emulator: its log says where.")), ()

    async def _visit(self, request: Request, world: World) -> Visit:
        """Let the request in; return it with the rules that fire on it, and the contract that holds for it.

        Raises RateLimited, RouteUnknown, MethodNotAllowed.
        """
        operation_id, body, scenario = self._operations.get(request.method), JsonBody(request), None
        if operation_id is None:
            self._admit(request, world)
            raise self._unknown(request)
        asked = _asked(request, operation_id)
        direction = self._admit(request, world, asked if operation_id != _CREATES else None)
        if direction is None:  # which scenario is wanted stands in the body, and that may be long in coming
            scenario = await _scenario(request, body)
            direction = world.direct(asked, scenario=scenario)
        if direction.rules:
            observation(request).rule = ", ".join([each.key for each in direction.rules])
        contract = self._gate.worlds.services.contract(direction.edition)
        call = Call(
            request=request,
            contract=contract,
            operation=contract.operations[operation_id],
            world=world,
            tenant=asked.tenant,
            showing=self._gate.showing,
            body=body,
            scenario=scenario,
        )
        return Visit(call, tuple([each.rule for each in direction.rules]), self._gate)

    def _admit(self, request: Request, world: World, asked: Asked | None = None) -> Direction | None:
        """Let the request into its world, and direct it if it is said what it asks. Raises RateLimited."""
        admission, observed = world.admit(asked), observation(request)
        observed.world = observed.touched = world
        observed.at = seconds(admission.state.settled_us)
        observed.number, observed.request_id = admission.number, admission.request_id
        observed.operation = self._operations.get(request.method)
        if admission.refused_by:
            raise RateLimited(str(admission.refused_by))
        return admission.direction

    def _unknown(self, request: Request) -> EmulatorError:
        """Note that the contract has no such operation, and return RouteUnknown or MethodNotAllowed."""
        method, path = request.method, request.path
        allowed = tuple(sorted(self._operations))
        fault = (
            Fault("method", " or ".join(allowed), shown(method), "paths")
            if allowed
            else Fault("path", "a path of the contract", shown(path), "paths")
        )
        observation(request).violations.append(asdict(fault))
        return MethodNotAllowed(method, allowed) if allowed else RouteUnknown(method, path)


def _asked(request: Request, operation_id: str) -> Asked:
    return Asked(
        tenant=request.headers.get("x-on-behalf-of", ""),
        operation=operation_id,
        path=request.path,
        headers=request.headers,
        batch_id=request.path_params.get("batch_id"),
        file_id=request.path_params.get("file_id"),
    )


async def _scenario(request: Request, body: JsonBody) -> str | None:
    """Return the scenario that a new batch was given, by header or by metadata, in that order."""
    if named := request.headers.get("x-emulator-scenario"):
        return named
    wanted = await body.glance()
    metadata = wanted.get("metadata") if isinstance(wanted, dict) else None
    named = metadata.get("emulator_scenario") if isinstance(metadata, dict) else None
    return named if isinstance(named, str) else None
