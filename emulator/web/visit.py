"""One visit to an operation: the rules that fire on it, its handler, and a check of what comes of both.

Everything that is known of operations comes from the contract; `HANDLERS` says which function serves which.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from emulator.domain.errors import EmulatorError
from emulator.domain.paths import UNCHANGED
from emulator.web import batches, files
from emulator.web.effects.registry import changed
from emulator.web.effects.scene import Scene
from emulator.web.errors import InternalFault, error_reply
from emulator.web.observing import observation
from emulator.web.reply import JSON, Reply, Written
from emulator.web.wire import hold

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from emulator.domain.rules import Rule
    from emulator.engine.worlds import Worlds
    from emulator.web.call import Call
    from emulator.web.showing import Showing
    from emulator.web.waiting import Waiting

logger = logging.getLogger(__name__)

_NONE: Final = Reply(body=b"")
"""What stands for the reply where a rule hangs up in its stead."""

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
    showing: Showing
    validate_replies: bool


@dataclass(slots=True)
class Visit:
    """A call with the rules that fire on it: some before its operation takes place or in its stead, some after."""

    call: Call
    rules: tuple[Rule, ...]
    gate: Gate

    async def played(self) -> tuple[Reply, Sequence[Rule]]:
        """Let everything happen, and return the reply with the rules that have a say in how it is sent."""
        reply, rules = await self._ruled() if self.rules else (await self._handled(), ())
        if reply is not _NONE:
            observation(self.call.request).status = reply.status  # though the connection may end before it is sent
        return reply, rules

    async def _handled(self) -> Reply:
        """Return what the operation's handler says, or the error that it ends in."""
        try:
            self.call.read_parameters()
            return self._checked(await HANDLERS[self.call.operation.id](self.call))
        except EmulatorError as error:
            return self._checked(error_reply(error))

    async def _ruled(self) -> tuple[Reply, Sequence[Rule]]:
        before = [rule for rule in self.rules if not rule.after]
        await self._hold(before)
        instead = [rule for rule in before if rule.replaces]
        if not instead:
            self._arrive(before)
            reply = await self._handled()
        else:
            reply = _NONE
        await self._hold([rule for rule in self.rules if rule.after])
        reply = changed(reply, self.rules, self._scene())
        if instead and not any(rule.reply for rule in self.rules):
            return _NONE, instead  # which hang up: there is no reply that any other could send a part of
        return reply, self.rules

    async def _hold(self, rules: Sequence[Rule]) -> None:
        """Wait out the delays of these rules; of two on the world's clock, one begins at the instant the other ends."""
        world, ends_us = self.call.world, None
        for delay in (rule.delay for rule in rules if rule.delay):
            if delay.clock == "real":
                ends_us, waiting = None, asyncio.sleep(delay.us / 1e6)
            else:
                ends_us = (world.state().settled_us if ends_us is None else ends_us) + delay.us
                waiting = self.gate.waiting.until(world, ends_us)
            await hold(self.call.request.scope, waiting)

    def _arrive(self, rules: Sequence[Rule]) -> None:
        for rule in rules:
            if rule.arrive:
                self.call.world.arrive(self.call.tenant, rule.arrive)

    def _scene(self) -> Scene:
        state, observed = self.call.world.state(), observation(self.call.request)
        return Scene(now_us=state.settled_us, seed=f"{state.options.seed}/{observed.number}")

    def _checked(self, reply: Reply) -> Reply:
        """Return the reply, with what a scenario makes of it, if it keeps the contract; else a logged 500 that says why."""
        if self.gate.validate_replies and type(reply.body) is not Written:
            operation = self.call.operation
            faults = operation.reply_faults(reply.status, reply.media_type or JSON, reply.body)
            if faults:
                first = faults[0]
                message = f"{operation.id} broke the contract with its {reply.status}, schema {first.schema}: {first.sentence()}"
                logger.error(message)
                return error_reply(InternalFault(message))
        return replace(reply, body=reply.changes.applied(reply.body), changes=UNCHANGED) if reply.changes else reply
