"""The loop of a driver in Python: requests from standard input, answers to standard output (driver protocol 1).

Owns the two streams, and what an answer looks like; it must not know any SDK. Standard library alone: it runs beside the
SDK under test, under whichever interpreter that one needs. A driver is a function that connects, and returns what can
be called then:

    def connect(base_url, api_key, on_behalf_of, retries, timeout_s, clock=None):
        client = my_sdk.Client(base_url, key=api_key, sleep=sleeps)
        return {"batches.get": client.get_batch, "files.get": client.get_file}

    sleeps = Sleeps()
    serve(hello={"name": "my-sdk", "version": "1.2.3"}, connect=connect, sleeps=sleeps)

The parameters of a call bear the names of its arguments. It returns the result as JSON, raises Raised for what the SDK
raised, and Unsupported for what the SDK does not have. Anything else that it raises is the driver's own fault and ends
the program: nobody is to take it for the SDK's.
"""

from __future__ import annotations

import inspect
import json
import os
import sys
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Call = Callable[..., Any]
    Connect = Callable[..., Mapping[str, Call]]


LONGEST_S = 10 * 86_400.0
"""The world's clock does not follow a longer sleep: it ends with the year 9999."""


class Unsupported(Exception):
    """The SDK does not have this call, or not this argument."""


class Raised(Exception):
    """The SDK ended in an error.

    `declared` says whether the SDK documents it; `status` and `body` are the reply's, None where no reply came.
    """

    def __init__(
        self, error: BaseException, *, declared: bool, status: int | None = None, body: str | None = None
    ) -> None:
        super().__init__(str(error))
        self.answer = {
            "type": type(error).__name__,
            "declared": declared,
            "status": status,
            "body": body,
            "message": str(error),
        }


class Sleeps:
    """Takes the place of an SDK's sleep: notes how long it was, in seconds, and lets nobody wait.

    With a clock, as `connect` may hand out, it moves the world's time by each of them.
    """

    def __init__(self) -> None:
        self.clock: Mapping[str, Any] | None = None
        self._noted: list[float] = []

    def __call__(self, seconds: float) -> None:
        """Sleep, as far as the SDK can tell."""
        self._noted.append(seconds)
        if self.clock is not None:
            _advance(self.clock, min(seconds, LONGEST_S))

    def answer(self) -> dict[str, Any]:
        """Return the members of an answer that tell of the sleeps since the last one."""
        noted, self._noted = self._noted, []
        if not noted:
            return {}
        return {"sleeps": noted, "slept": self.clock is not None}


def _advance(clock: Mapping[str, Any], seconds: float) -> None:
    address = urlsplit(clock["url"])
    headers = {"Content-Type": "application/json", **clock["headers"]}
    connection = HTTPConnection(address.netloc, timeout=10)
    try:
        connection.request("POST", f"{address.path}/clock/advance", json.dumps({"by": seconds}), headers)
        reply = connection.getresponse()
        said = reply.read().decode("utf-8", "replace")
    except OSError as error:
        _end(f"expected {clock['url']} to answer, but: {error}")
    finally:
        connection.close()
    if reply.status != 200:
        _end(f"expected status 200 from {clock['url']}, got {reply.status}: {said}")


def _end(why: str) -> NoReturn:
    """End the program: an exception would reach the SDK, and come out as if it were one of its own."""
    raise SystemExit(f"the world's clock could not be moved: {why}")


def serve(*, hello: Mapping[str, Any], connect: Connect, sleeps: Sleeps) -> None:
    """Say hello, and answer requests until standard input ends."""
    requests, answers = _take_streams()
    _write(answers, {"driver": 1, "language": "python", **hello})
    session = _Session(connect, sleeps)
    for line in requests:
        request = json.loads(line)
        outcome = session.outcome(request["call"], request["args"])
        _write(answers, {"id": request["id"], **outcome, **sleeps.answer()})


class _Session:
    """What can be called since the last `connect`."""

    def __init__(self, connect: Connect, sleeps: Sleeps) -> None:
        self._connect = connect
        self._sleeps = sleeps
        self._calls: Mapping[str, Call] = {"connect": self._reconnect}
        self._signatures = {"connect": inspect.signature(connect)}

    def outcome(self, name: str, args: Mapping[str, Any]) -> dict[str, Any]:
        """Return the member of an answer that says what came of a call."""
        try:
            return {"result": self._checked(name, args)(**args)}
        except Raised as error:
            return {"raised": error.answer}
        except Unsupported:
            return {"unsupported": True}

    def _checked(self, name: str, args: Mapping[str, Any]) -> Call:
        if name not in self._calls:
            raise Unsupported(name)
        if name not in self._signatures:
            self._signatures[name] = inspect.signature(self._calls[name])
        try:
            self._signatures[name].bind(**args)
        except TypeError as error:
            raise Unsupported(f"{name}: {error}") from None
        return self._calls[name]

    def _reconnect(self, **args: Any) -> dict[str, Any]:
        self._sleeps.clock = args.get("clock")
        self._calls = {**self._connect(**args), "connect": self._reconnect}
        self._signatures = {"connect": self._signatures["connect"]}
        return {}


def _take_streams() -> tuple[BinaryIO, BinaryIO]:
    """Return the streams of the protocol; what the SDK prints goes to standard error from here on, and it reads nothing."""
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    sys.stdout.flush()
    os.dup2(2, 1)
    return requests, answers


def _write(answers: BinaryIO, answer: Mapping[str, Any]) -> None:
    answers.write(_json(answer).encode("ascii") + b"\n")
    answers.flush()


def _json(answer: Mapping[str, Any]) -> str:
    """Write an answer; numbers that JSON does not have are shown as their names, for the SDK did let them pass."""
    try:
        return json.dumps(answer, allow_nan=False)
    except ValueError:
        return json.dumps(_shown(answer), allow_nan=False)


def _shown(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _shown(member) for name, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [_shown(item) for item in value]
    if isinstance(value, float) and not (float("-inf") < value < float("inf")):
        return json.dumps(value)
    return value
