"""Calls of the API, repeated until they succeed, with everything noted that a client has to put up with meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from emulator.proving.notebook import STUCK
from emulator.proving.reading import NotJson, TooDeep, is_file_error, is_sendable, read_json
from emulator.proving.wire import Reply, Request, TransportFault

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emulator.contract.catalog import Contract, Operation
    from emulator.proving.notebook import Notebook
    from emulator.proving.patience import Patience
    from emulator.proving.world import World

JSON: Final = "application/json"
JSONL: Final = "application/jsonl"
WAITS_S: Final = (0, 10, 30, 60, 120, 300)
"""How long, on the world's clock, a client waits before each of its attempts."""
PARSED_ERRORS: Final = frozenset({400, 401, 404, 500})
"""The error replies of getFileContent that clients parse (contract section 5)."""


class Stuck(Exception):
    """A call has failed as often as a client repeats it: its run ends here."""


def never(_: int) -> bool:
    """Return False: no status but 200 ends a call."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One call. `ends` says which statuses besides 200 end it too; `effect` changes its value when it takes effect.

    `once` says that a call which took effect is not repeated, though its reply was lost; `may_be_lost`, that the file it asks
    for may come late, or not at all.
    """

    operation: str
    path: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    body: bytes | None = None
    media_type: str = JSON
    ends: Callable[[int], bool] = never
    effect: Callable[[], object] = bool
    once: bool = False
    may_be_lost: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """How a call ended: `value` is its JSON, or its bytes."""

    status: int
    value: Any = None


@dataclass(frozen=True, slots=True)
class Failure:
    """How an attempt failed; without a status, no reply came."""

    told: str
    status: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """What replies are held against: the contract of their edition, though those of the `newest` would be better.

    `forgives_loss` says that a reply that got lost after its call took effect is no breach.
    """

    contract: Contract
    newest: Contract
    forgives_loss: bool


class Caller:
    """A client of one world."""

    def __init__(self, world: World, patience: Patience, notebook: Notebook, standard: Standard) -> None:
        self._world = world
        self._patience = patience
        self._notebook = notebook
        self._standard = standard

    def call(self, ask: Ask) -> Answer:
        """Make a call, up to five times more while it fails. Raises Stuck.

        A file that cannot be found to the last is answered 404, and a call that took effect and is not to be repeated 0.
        """
        failures: list[Failure] = []
        for wait_s in WAITS_S:
            if wait_s:
                self._world.advance(wait_s)
            before = ask.effect()
            outcome = self._attempt(ask)
            if isinstance(outcome, Answer):
                if outcome.status == 200:
                    self._put_up_with(ask, failures)
                return outcome
            if self._took_effect(ask, outcome, before):
                if ask.once:
                    return Answer(0)
            else:
                failures.append(outcome)
        return self._given_up(ask, failures)

    def _given_up(self, ask: Ask, failures: list[Failure]) -> Answer:
        if ask.may_be_lost and {failure.status for failure in failures} == {404}:
            return Answer(404)
        last = failures[-1].told if failures else "replies lost, each time"
        self._notebook.note(
            STUCK, expected=f"{ask.operation} to succeed when it is repeated", found=f"{len(WAITS_S)} times {last}"
        )
        raise Stuck

    def _took_effect(self, ask: Ask, failure: Failure, before: object) -> bool:
        """Return whether a call that failed took effect all the same, and note what then was lost."""
        took_effect = ask.effect() != before
        if took_effect and failure.status != 200 and (failure.status is not None or self._standard.forgives_loss):
            self._notebook.note("lost-reply", expected=f"{ask.operation} to be answered", found=failure.told)
        elif failure.status is None:
            self._notebook.note("transport", expected=f"a reply to {ask.operation}", found=failure.told)
        return took_effect

    def _put_up_with(self, ask: Ask, failures: list[Failure]) -> None:
        for failure in failures:
            if ask.may_be_lost and failure.status == 404:
                self._notebook.note("late-files", expected=f"{ask.operation} to succeed", found=failure.told)
            elif failure.status not in {None, 200}:
                self._notebook.note("http-errors", expected=f"{ask.operation} to succeed", found=failure.told)

    def _attempt(self, ask: Ask) -> Answer | Failure:
        operation = self._standard.contract.operations[ask.operation]
        try:
            reply = self._patience.exchange(self._request(operation, ask))
        except TransportFault as fault:
            return Failure(str(fault))
        if reply.status == 200:
            return self._answer(operation, reply)
        if not 400 <= reply.status <= 599:
            self._notebook.note("status", expected=f"{operation.id} to answer 200, 4xx or 5xx", found=reply.told())
        self._judge_error(operation, reply)
        return Answer(reply.status) if ask.ends(reply.status) else Failure(reply.told(), reply.status)

    def _request(self, operation: Operation, ask: Ask) -> Request:
        headers = {"Authorization": f"Bearer {self._world.api_key}"}
        if ask.body is not None:
            headers["Content-Type"] = ask.media_type
        return Request(operation.method, operation.path.format(**ask.path) + ask.query, headers, ask.body)

    def _answer(self, operation: Operation, reply: Reply) -> Answer | Failure:
        expected = JSONL if operation.id == "getFileContent" else JSON
        if reply.media_type != expected:
            found = reply.media_type or "none"
            self._notebook.note("content-type", expected=f"{expected} from {operation.id}", found=found)
        if expected == JSONL:
            return Answer(200, reply.body)
        value = self._json(operation, reply)
        if isinstance(value, dict):
            self._judge_value(operation, value)
            return Answer(200, value)
        return Failure(reply.told(), 200)

    def _json(self, operation: Operation, reply: Reply) -> Any:
        """Return the JSON of a reply, or None when it has none; noted is what is wrong about it."""
        try:
            value = read_json(reply.body)
        except NotJson:
            self._notebook.note("json", expected=f"JSON from {operation.id}", found=reply.told())
            return None
        except TooDeep:
            value = None
        if not isinstance(value, dict):
            self._notebook.note("schema", expected=f"an object from {operation.id}", found=reply.told())
        return value

    def _judge_value(self, operation: Operation, value: Mapping[str, Any]) -> None:
        if not is_sendable(value):
            self._notebook.note("schema", expected=f"whole characters from {operation.id}", found="half a character")
        elif faults := operation.reply_faults(200, JSON, value):
            fault = faults[0]
            place = f"{operation.id}, {fault.place}"
            self._notebook.note("schema", expected=f"{place}: {fault.expected}", found=fault.found)
        else:
            newest = self._standard.newest.operations[operation.id].reply_faults(200, JSON, value)
            for fault in newest[:1]:
                place = f"{operation.id}, {fault.place}"
                self._notebook.note("older-edition", expected=f"{place}: {fault.expected}", found=fault.found)

    def _judge_error(self, operation: Operation, reply: Reply) -> None:
        """Errors may have any body, but not one that is called JSON and is none; and some are parsed by clients."""
        is_parsed = operation.id == "getFileContent" and reply.status in PARSED_ERRORS
        if not is_parsed and reply.media_type != JSON:
            return
        if reply.media_type != JSON:
            self._notebook.note("content-type", expected=f"{JSON} from {operation.id}", found=reply.told())
        try:
            value = read_json(reply.body)
        except NotJson:
            self._notebook.note("json", expected=f"JSON from {operation.id}", found=reply.told())
        except TooDeep:
            self._notebook.note("schema", expected=f"an error from {operation.id}", found=reply.told())
        else:
            if is_parsed and not is_file_error(value):
                expected = f"{{error: {{message, type, code: an integer}}}} from {operation.id}"
                self._notebook.note("schema", expected=expected, found=reply.told())
