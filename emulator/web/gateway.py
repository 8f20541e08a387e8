"""The API's front: who may come in, which operation it is, and a reply for whatever happens then.

Everything that it knows of operations comes from the contract; `HANDLERS` says which function serves which.
"""

from __future__ import annotations

import logging
from dataclasses import asdict
from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect, Request

from emulator.contract.phrases import placed, shown
from emulator.contract.validation import Fault
from emulator.domain.clock import seconds
from emulator.domain.errors import EmulatorError, MethodNotAllowed, RateLimited
from emulator.web import batches, files
from emulator.web.auth import api_key
from emulator.web.call import Call, invalid, observation, read_on
from emulator.web.errors import InternalFault, RouteUnknown, error_reply
from emulator.web.reply import Reply, send_reply

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.types import Receive, Scope, Send

    from emulator.contract.catalog import Contract, Operation
    from emulator.engine.world import World
    from emulator.engine.worlds import Worlds

logger = logging.getLogger(__name__)

HANDLERS: Mapping[str, Callable[[Call], Awaitable[Reply]]] = {
    "createBatch": batches.create_batch,
    "listBatches": batches.list_batches,
    "getBatch": batches.get_batch,
    "cancelBatch": batches.cancel_batch,
    "uploadFile": files.upload_file,
    "listFiles": files.list_files,
    "getFile": files.get_file,
    "deleteFile": files.delete_file,
    "getFileContent": files.get_file_content,
}


class Gateway:
    """Serves one path of the API, as an ASGI app: `operations` are its methods; a path without any is unknown."""

    def __init__(self, operations: Mapping[str, str], *, worlds: Worlds, validate_replies: bool) -> None:
        self._operations = operations
        self._worlds = worlds
        self._validate_replies = validate_replies

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
            return await self._operate(request)
        except EmulatorError as error:
            return error_reply(error)
        except ClientDisconnect:
            raise
        except Exception:
            name = observation(request).operation or f"{request.method} {request.scope['path']}"
            logger.exception("%s failed", name)
            return error_reply(InternalFault(f"{name} failed inside the emulator: its log says where."))

    async def _operate(self, request: Request) -> Reply:
        world = self._worlds.enter(api_key(request.headers))
        contract = self._admit(request, world)
        operation = self._operation(request, contract)
        try:
            reply = await HANDLERS[operation.id](_call(request, world, contract, operation))
        except EmulatorError as error:
            reply = error_reply(error)
        return self._checked(operation, reply)

    def _admit(self, request: Request, world: World) -> Contract:
        """Let the request into its world. Raises RateLimited."""
        admission, observed = world.admit(), observation(request)
        observed.world, observed.at = world, seconds(admission.state.settled_us)
        observed.number, observed.request_id = admission.number, admission.request_id
        if admission.refused_by:
            observed.operation = self._operations.get(request.method)
            raise RateLimited(str(admission.refused_by))
        return self._worlds.services.contract(admission.state.options.edition)

    def _operation(self, request: Request, contract: Contract) -> Operation:
        if not self._operations:
            raise RouteUnknown(request.method, request.scope["path"])
        if request.method not in self._operations:
            raise MethodNotAllowed(request.method, tuple(sorted(self._operations)))
        operation = contract.operations[self._operations[request.method]]
        observation(request).operation = operation.id
        return operation

    def _checked(self, operation: Operation, reply: Reply) -> Reply:
        """Return the reply if it keeps the contract, else a logged 500 that says where it does not."""
        if not self._validate_replies:
            return reply
        faults = operation.reply_faults(reply.status, reply.media_type, reply.body)
        if not faults:
            return reply
        first = faults[0]
        message = (
            f"{operation.id} broke the contract with its {reply.status}, schema {first.schema}: {first.sentence()}"
        )
        logger.error(message)
        return error_reply(InternalFault(message))


def _nul(name: str, value: str) -> Fault:
    return Fault(placed("query", (name,)), "text without NUL characters", shown(value), "query")


def _call(request: Request, world: World, contract: Contract, operation: Operation) -> Call:
    query = request.query_params.multi_items()
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in request.headers.raw}
    values, faults = operation.read_parameters(query, headers)
    faults = (*faults, *(_nul(name, value) for name, value in query if "\0" in name + value))
    observation(request).violations += [asdict(fault) for fault in faults]
    if faults:
        raise invalid(faults[0])
    parameters = {**values, **request.path_params}
    tenant = parameters.get("X-On-Behalf-Of") or ""
    return Call(
        request=request,
        contract=contract,
        operation=operation,
        world=world,
        tenant=tenant,
        parameters=parameters,
    )
