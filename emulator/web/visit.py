"""One visit to an operation: the rules that fire on it, its handler, and a check of what comes of both.

Everything that is known of operations comes from the contract; `HANDLERS` says which function serves which.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from emulator.contract.phrases import placed, shown
from emulator.contract.validation import Fault
from emulator.domain.errors import EmulatorError
from emulator.domain.paths import UNCHANGED
from emulator.web import batches, files
from emulator.web.call import Call, invalid
from emulator.web.effects.registry import changed
from emulator.web.effects.scene import Scene
from emulator.web.errors import InternalFault, error_reply
from emulator.web.observing import observation
from emulator.web.reply import JSON, Reply
from emulator.web.wire import hold

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from emulator.contract.catalog import Contract, Operation
    from emulator.domain.rules import Rule
    from emulator.engine.world import World
    from emulator.engine.worlds import Worlds
    from emulator.web.body import JsonBody
    from emulator.web.request import Request
    from emulator.web.waiting import Waiting

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


@dataclass(frozen=True, slots=True)
class Gate:
    """What all paths of the API share."""

    worlds: Worlds
    waiting: Waiting
    validate_replies: bool


@dataclass(slots=True)
class Visitor:
    """A request that was let in, and what it finds."""

    request: Request
    world: World
    contract: Contract
    operation: Operation
    body: JsonBody
    scenario: str | None

    async def handled(self) -> Reply:
        """Return what the operation's handler says, or the error that it ends in."""
        try:
            return await HANDLERS[self.operation.id](self._call())
        except EmulatorError as error:
            return error_reply(error)

    def _call(self) -> Call:
        query = self.request.query
        values, faults = self.operation.read_parameters(query, self.request.headers)
        if query:
            faults = (*faults, *(_nul(name, value) for name, value in query if "\0" in name + value))
        if faults:
            observation(self.request).violations += [asdict(fault) for fault in faults]
            raise invalid(faults[0])
        parameters = {**values, **self.request.path_params}
        return Call(
            request=self.request,
            contract=self.contract,
            operation=self.operation,
            world=self.world,
            tenant=parameters.get("X-On-Behalf-Of") or "",
            parameters=parameters,
            body=self.body,
            scenario=self.scenario,
        )


def _nul(name: str, value: str) -> Fault:
    return Fault(placed("query", (name,)), "text without NUL characters", shown(value), "query")


@dataclass(slots=True)
class Visit:
    """A request with the rules that fire on it: some before its operation takes place or in its stead, some after."""

    visitor: Visitor
    rules: tuple[Rule, ...]
    gate: Gate

    async def played(self) -> tuple[Reply, Sequence[Rule]]:
        """Let everything happen, and return the reply with the rules that have a say in how it is sent."""
        if not self.rules:
            reply = self._checked(await self.visitor.handled())
            observation(self.visitor.request).status = reply.status
            return reply, ()
        before = [rule for rule in self.rules if not rule.after]
        await self._hold(before)
        instead = [rule for rule in before if rule.replaces]
        if not instead:
            self._arrive(before)
            reply = self._checked(await self.visitor.handled())
        else:
            reply = Reply(body=b"")
        await self._hold([rule for rule in self.rules if rule.after])
        reply = changed(reply, self.rules, self._scene())
        if instead and not any(rule.reply for rule in self.rules):
            return reply, instead  # which hang up: there is no reply that any other could send a part of
        observation(self.visitor.request).status = reply.status  # though the connection may end before it is sent
        return reply, self.rules

    async def _hold(self, rules: Sequence[Rule]) -> None:
        """Wait out the delays of these rules; of two on the world's clock, one begins at the instant the other ends."""
        world, ends_us = self.visitor.world, None
        for delay in (rule.delay for rule in rules if rule.delay):
            if delay.clock == "real":
                ends_us, waiting = None, asyncio.sleep(delay.us / 1e6)
            else:
                ends_us = (world.state().settled_us if ends_us is None else ends_us) + delay.us
                waiting = self.gate.waiting.until(world, ends_us)
            await hold(self.visitor.request.scope, waiting)

    def _arrive(self, rules: Sequence[Rule]) -> None:
        tenant = self.visitor.request.headers.get("x-on-behalf-of", "")
        for rule in rules:
            if rule.arrive:
                self.visitor.world.arrive(tenant, rule.arrive)

    def _scene(self) -> Scene:
        state, observed = self.visitor.world.state(), observation(self.visitor.request)
        return Scene(now_us=state.settled_us, seed=f"{state.options.seed}/{observed.number}")

    def _checked(self, reply: Reply) -> Reply:
        """Return the reply, with what a scenario makes of it, if it keeps the contract; else a logged 500 that says why."""
        operation = self.visitor.operation
        faults = self._faults(operation, reply)
        if not faults:
            return replace(reply, body=reply.changes.applied(reply.body), changes=UNCHANGED) if reply.changes else reply
        first = faults[0]
        message = (
            f"{operation.id} broke the contract with its {reply.status}, schema {first.schema}: {first.sentence()}"
        )
        logger.error(message)
        return error_reply(InternalFault(message))

    def _faults(self, operation: Operation, reply: Reply) -> Sequence[Fault]:
        if not self.gate.validate_replies:
            return ()
        return operation.reply_faults(reply.status, reply.media_type or JSON, reply.body)
