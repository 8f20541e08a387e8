"""Trials of the conversation itself: hello, connect, what is not there, and the end."""

from __future__ import annotations

import signal
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from emulator.clients.checking.bench import told
from emulator.clients.checking.comparing import same
from emulator.clients.checking.trial import Lacking, Trial, Wrong
from emulator.clients.protocol import Returned, Unsupported

if TYPE_CHECKING:
    from emulator.clients.checking.bench import Bench

IN_A_ROW: Final = 20
END_S: Final = 1.0
"""Within this time a driver should end, once its standard input has."""
END_AT_LAST_S: Final = 3.0
"""After this time it is killed."""


def _hello(bench: Bench) -> None:
    hello = bench.driver.hello
    for name in ("name", "version", "language"):
        if not getattr(hello, name).strip():
            raise Wrong(at=f"hello.{name}", expected="text", got="none", mend=f"Say the SDK's {name}.")


def _connect(bench: Bench) -> None:
    bench.connect()
    for request in bench.requests():
        bench.advise(f"'connect' has made a request by itself, {request.path}: none is expected before the first call.")


def _connect_again(bench: Bench) -> None:
    batch_id = bench.plain.batch()["id"]
    bench.connect()
    bench.returned("batches.get", batch_id=batch_id)
    bench.connect(api_key=bench.another_key())
    outcome = bench.call("batches.get", batch_id=batch_id)
    if isinstance(outcome, Returned):
        mend = "At each 'connect' make a new client of the SDK, and make all further calls with that."
        raise Wrong(at="api_key", expected="that of the last 'connect'", got="that of an earlier one", mend=mend)


def _in_a_row(bench: Bench) -> None:
    bench.connect()
    batches = [bench.plain.batch() for _ in range(2)]
    for number in range(IN_A_ROW):
        wanted = batches[number % 2]
        same(bench, bench.returned("batches.get", batch_id=wanted["id"]), wanted)


def _unknown_call(bench: Bench) -> None:
    bench.connect()
    _unsupported(bench, "batches.explode", batch_id="batch_1")


def _unknown_argument(bench: Bench) -> None:
    batch_id = bench.plain.batch()["id"]
    bench.connect()
    _unsupported(bench, "batches.get", batch_id=batch_id, colour="blue")


def _unsupported(bench: Bench, name: str, **args: str) -> None:
    outcome = bench.call(name, **args)
    mend = 'Answer "unsupported": true to a call and to an argument that the driver does not know, and ask no server.'
    if not isinstance(outcome, Unsupported):
        raise Wrong(at=name, expected="'unsupported'", got=told(outcome), mend=mend)
    if made := bench.requests():
        raise Wrong(at=name, expected="no request", got=made[0].path, mend=mend)


def _null(bench: Bench) -> None:
    file_id = bench.plain.file()["id"]
    bench.connect()
    call = "batches.create"
    outcome = bench.call(call, input_file_id=file_id, endpoint="/v1/chat/completions", metadata=None)
    if isinstance(outcome, Unsupported):
        raise Lacking(f"{call} with metadata null")
    for request in bench.requests(call):
        _is_null(bench, request.members, "metadata")


def _is_null(bench: Bench, sent: dict[str, Any], name: str) -> None:
    if name not in sent:
        bench.advise(f"{name} was null, and did not arrive: give null to the SDK; right only if the SDK then drops it.")
    elif sent[name] is not None:
        mend = "Give null to the SDK as its language's null."
        raise Wrong(at=f"request.{name}", expected="null", got=repr(sent[name]), mend=mend)


def _end(bench: Bench) -> None:
    driver = bench.driver
    began = monotonic()
    driver.close(patience_s=END_AT_LAST_S)
    took_s = monotonic() - began
    mend = "Leave the loop, and the program, at the end of standard input; close what the SDK has open."
    if driver.exit_code == -signal.SIGKILL:
        raise Wrong(at="end of input", expected="the driver to end", got=f"none in {END_AT_LAST_S:g} s", mend=mend)
    if driver.exit_code != 0:
        bench.advise(f"at the end of input the driver has ended with exit code {driver.exit_code}: expected 0.")
    if took_s > END_S:
        bench.advise(f"at the end of input the driver has taken {took_s:.1f} s to end: expected at most {END_S:g} s.")


FIRST: Final = (
    Trial("hello", "The driver says which SDK it holds, on protocol 1.", _hello),
    Trial("connect", "'connect' makes a client of the SDK, and answers {}.", _connect),
)
TRIALS: Final = (
    Trial("connect.again", "'connect' may come again; calls are then made with the new arguments.", _connect_again),
    Trial("in-a-row", f"{IN_A_ROW} calls in a row get their own answers.", _in_a_row),
    Trial("unknown-call", "A call that the driver does not know is answered 'unsupported'.", _unknown_call),
    Trial(
        "unknown-argument", "An argument that the driver does not know is answered 'unsupported'.", _unknown_argument
    ),
    Trial("null", "An argument that is null is given to the SDK as null.", _null),
)
LAST: Final = (Trial("end", f"The end of standard input ends the driver within {END_S:g} s.", _end),)
