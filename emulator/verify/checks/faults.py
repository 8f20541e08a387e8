"""Faults: replies that are no success and no error, connections that fail, and no reply at all.

Whatever comes, a call ends in an error that the SDK documents. JSON of the wrong shape may be shown as it is, too.
"""

from __future__ import annotations

import socket
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from emulator.clients.protocol import Returned
from emulator.verify.check import Check, Group, Setting, checks_of
from emulator.verify.comparing import same
from emulator.verify.samples import BATCH, BATCH_ID

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.verify.stage import Stage

check = checks_of(Group.ERRORS)
PLACE: Final = "errors, limits, tenancy"


# Replies that are neither a success nor an error


@dataclass(frozen=True, slots=True, kw_only=True)
class Odd:
    """A reply to getBatch from which no batch can be read; `shown` is what it may be shown as nevertheless: as it is."""

    name: str
    reply: Mapping[str, Any]
    expects: str
    shown: Any = None


JSON: Final = "application/json"
PAGE: Final = "<h1>Welcome</h1>"
HALF: Final = '{"id": "batch_1", "obj'
NO_BATCHES: Final[Mapping[str, Any]] = {
    "object": "list",
    "data": [],
    "first_id": None,
    "last_id": None,
    "has_more": False,
}
ODD: Final = (
    Odd(name="201", reply={"status": 201, "json": BATCH}, shown=BATCH,
        expects="Success is exactly 200: a 201 ends in a declared error, or its batch comes back as it is."),
    Odd(name="204", reply={"status": 204}, expects="A 204 has no batch: it ends in a declared error."),
    Odd(
        name="redirect", reply={"status": 302, "headers": {"Location": "/api/v1/llm/batches"}, "body": ""}, shown=NO_BATCHES,
        expects="A redirect to a list is no batch: it ends in a declared error, or the list that stands there is shown as it is.",
    ),
    Odd(
        name="200-html", reply={"status": 200, "content_type": "text/html", "body": PAGE}, shown=PAGE,
        expects="A page of HTML with a status of 200 ends in a declared error, or its text is shown as it is.",
    ),
    Odd(
        name="200-html-called-json", reply={"status": 200, "content_type": JSON, "body": PAGE}, shown=PAGE,
        expects="HTML that is called JSON ends in a declared error, or its text is shown as it is.",
    ),
    Odd(
        name="200-empty", reply={"status": 200, "content_type": JSON, "body": ""}, shown="",
        expects="A 200 without a body ends in a declared error, or is shown as an empty text.",
    ),
    Odd(
        name="200-cut-short", reply={"status": 200, "content_type": JSON, "body": HALF}, shown=HALF,
        expects="JSON that is cut short ends in a declared error, or its text is shown as it is.",
    ),
    Odd(
        name="200-list", reply={"status": 200, "json": [BATCH]},
        shown=[BATCH],
        expects="A list where a batch belongs ends in a declared error, or is shown as the list it is.",
    ),
    Odd(
        name="200-without-id", reply={"status": 200, "json": {key: value for key, value in BATCH.items() if key != "id"}},
        shown={key: value for key, value in BATCH.items() if key != "id"},
        expects="A batch without its id ends in a declared error, or is shown without one: no id is made up.",
    ),
)  # fmt: skip


def _odd(odd: Odd) -> Check:
    @check(f"errors.{odd.name}-is-refused", place=f"{PLACE}: success is exactly 200", expects=odd.expects)
    def play(stage: Stage) -> None:
        stage.rule("getBatch", reply=odd.reply)
        outcome = stage.call("batches.get", batch_id=BATCH_ID)
        if isinstance(outcome, Returned) and odd.shown is not None:
            same("result", odd.shown, outcome.result)
        else:
            stage.is_declared(outcome, "batches.get", {"batch_id": BATCH_ID})

    return play


# No reply at all


@check(
    "errors.refused-connection-is-declared",
    place="transport",
    expects="A server that is not there is a declared error.",
)
def refused_connection(stage: Stage) -> None:
    with closing(socket.socket()) as unused:
        unused.bind(("127.0.0.1", 0))  # bound and not listening: whoever connects is refused
        stage.connect(base_url=f"http://127.0.0.1:{unused.getsockname()[1]}")
        raised = stage.raised("batches.get", batch_id=BATCH_ID)
    same("raised.status", None, raised.status)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A way in which the connection fails while a batch is asked for."""

    name: str
    rule: Mapping[str, Any]
    expects: str


FAULTS: Final = (
    Fault(name="reset-before-reply", rule={"reset": True}, expects="A connection that is reset before a reply is declared."),
    Fault(name="close-before-reply", rule={"close": True}, expects="A connection that is closed before a reply is declared."),
    Fault(
        name="reset-within-body", rule={"after": True, "reset": {"body": 40}},
        expects="A reset within the body is declared; no half batch is returned.",
    ),
    Fault(
        name="close-within-body", rule={"after": True, "close": {"body": 40}},
        expects="A body that ends before its length says is declared; no half batch is returned.",
    ),
)  # fmt: skip


def _fault(fault: Fault) -> Check:
    @check(f"errors.{fault.name}-is-declared", place="transport", expects=fault.expects)
    def play(stage: Stage) -> None:
        batch_id = stage.arrange.batch()["id"]
        stage.rule("getBatch", **fault.rule)
        stage.raised("batches.get", batch_id=batch_id)

    return play


@check(
    "errors.no-reply-in-time-is-declared",
    place="transport",
    expects="A server that does not answer within the time-out is a declared error, and comes by its deadline.",
    setting=Setting(timeout_s=0.3),
)
def no_reply_in_time(stage: Stage) -> None:
    stage.rule("getBatch", delay={"by": "1d", "clock": "world"})
    stage.raised("batches.get", batch_id=BATCH_ID)


CHECKS: Final = (*map(_odd, ODD), refused_connection, *map(_fault, FAULTS), no_reply_in_time)
