"""A driver for MeetKai's own Python SDK, `meetkai-mka1`, in any of its releases: `mka1_sdk.py [--async]`.

This file owns how a request of driver protocol 1 becomes a call of the SDK, and what came of it an answer; with `--async`
the calls are the SDK's coroutines. It runs by itself, under Python 3.10 and later, with nothing but the standard library
and the SDK, so that each release can be driven where it is installed. It must not know the emulator, nor the contract:
what the SDK sends, returns and raises is told as it is, be it right or wrong.
"""

from __future__ import annotations

import asyncio
import base64
import functools
import http.client
import importlib
import inspect
import json
import os
import random
import ssl
import sys
import time
from datetime import datetime, tzinfo
from importlib.util import find_spec
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, TextIO, TypeAlias
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Json: TypeAlias = "dict[str, Any]"

PACKAGES = ("meetkai_mka1", "mka1")
"""The SDK's import package, and what it was called in the first release."""

ARGUMENTS: Mapping[str, frozenset[str]] = {
    "connect": frozenset({"base_url", "api_key", "on_behalf_of", "retries", "timeout_s", "clock"}),
    "batches.create": frozenset({"input_file_id", "endpoint", "metadata", "max_concurrency"}),
    "batches.list": frozenset({"after", "limit"}),
    "batches.get": frozenset({"batch_id"}),
    "batches.cancel": frozenset({"batch_id"}),
    "files.upload": frozenset({"filename", "content", "purpose"}),
    "files.list": frozenset({"after", "limit", "order", "purpose", "sha256"}),
    "files.get": frozenset({"file_id"}),
    "files.delete": frozenset({"file_id"}),
    "files.content": frozenset({"file_id"}),
}
"""The protocol's calls. What else a method of the SDK takes, such as `server_url`, is none of their arguments."""

UNSUPPORTED: Json = {"unsupported": True}
LONGEST_SLEEP_S = 2**63 / 1e9
"""What `time.sleep` can take; it refuses more."""
END_OF_TIME_S = 253_402_300_799
"""The last second of the year 9999, which no clock goes beyond; what is not over by then never is."""


class Waiting:
    """What the SDK waits for between the attempts of a call: noted, and only seeming to pass.

    With a clock, as `connect` may hand out, it does pass in the world.
    """

    def __init__(self) -> None:
        self.clock: Json | None = None
        self.begin()

    def begin(self) -> None:
        """Begin a call, in which nothing has been waited for yet."""
        self.sleeps: list[float] = []
        self._passed_s = 0.0

    def time(self) -> float:
        """Return the wall's time, and what has been waited on top: what bounds the SDK's attempts."""
        return time.time() + self._passed_s

    def sleep(self, seconds: float) -> None:
        """Wait for so long; refuse what `time.sleep` refuses."""
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        if seconds > LONGEST_SLEEP_S:
            raise OverflowError("timestamp out of range for platform time_t")
        self._pass(seconds)

    async def sleep_async(self, seconds: float) -> None:
        """Wait for so long, as `asyncio.sleep` does, which takes any number."""
        await asyncio.sleep(0)
        self._pass(max(0.0, seconds))

    def now(self, zone: tzinfo | None = None) -> datetime:
        """Return the world's time, or else the wall's: what a date in Retry-After is held against."""
        epoch_s = self.time() if self.clock is None else administer(self.clock, "GET", "/clock")["now"]
        return datetime.fromtimestamp(min(epoch_s, END_OF_TIME_S), zone)

    def _pass(self, seconds: float) -> None:
        within = min(seconds, END_OF_TIME_S)
        self.sleeps.append(within)
        self._passed_s += within
        if self.clock is not None:
            to = {"by": within} if within <= LONGEST_SLEEP_S else {"to": END_OF_TIME_S}
            administer(self.clock, "POST", "/clock/advance", to)

    def stand_in(self, retries: Any) -> bool:
        """Take the place of sleep and time in the SDK's module of retries alone; return whether that was possible."""
        if not {"asyncio", "datetime", "time"} <= vars(retries).keys():
            return False
        retries.time = SimpleNamespace(**{**vars(time), "time": self.time, "sleep": self.sleep})
        retries.asyncio = SimpleNamespace(**{**vars(asyncio), "sleep": self.sleep_async})
        retries.datetime = type("datetime", (datetime,), {"now": staticmethod(self.now)})
        return True


def administer(clock: Json, method: str, path: str, body: Json | None = None) -> Any:
    """Make a call of the world's admin API. Its failure ends the driver: an exception would look like the SDK's."""
    address = urlsplit(clock["url"])
    connection = http.client.HTTPConnection(address.netloc, timeout=60)
    headers = {**clock.get("headers", {}), "Content-Type": "application/json"}
    try:
        connection.request(method, f"{address.path}{path}", json.dumps(body) if body else None, headers)
        reply = connection.getresponse()
        content = reply.read()
        if reply.status != 200:
            sys.exit(f"Expected status 200 from {method} {clock['url']}{path}, got {reply.status}: {content!r}")
        return json.loads(content)
    except (OSError, ValueError, http.client.HTTPException) as error:
        sys.exit(f"Expected an answer to {method} {clock['url']}{path}, got {error!r}")
    finally:
        connection.close()


class Sdk:
    """One release of the SDK, loaded: its classes, and what it says that its calls may raise."""

    def __init__(self, package: Any) -> None:
        self._package = package
        self._httpx = importlib.import_module("httpx")
        self._model = importlib.import_module("pydantic").BaseModel
        self._unset = type(importlib.import_module(f"{package.__name__}.types").UNSET)
        self._tls = ssl.create_default_context()
        errors = importlib.import_module(f"{package.__name__}.errors")
        self._replied = errors.SDKError
        self._declared = (errors.SDKError, errors.NoResponseError, self._httpx.RequestError)
        self.retries = importlib.import_module(f"{package.__name__}.utils.retries")
        self.version = str(package.__version__)

    def clients(self) -> tuple[Any, Any]:
        """Make HTTP clients as the SDK does for itself, but for a TLS context that they share: making one is slow."""
        options = {"follow_redirects": True, "verify": self._tls}
        return self._httpx.Client(**options), self._httpx.AsyncClient(**options)

    def open(self, **options: Any) -> tuple[Any, dict[str, Any]]:
        """Make the SDK's own object, and load its parts for batches and files if the release declares them."""
        sdk = self._package.SDK(**options)
        if "llm" in inspect.get_annotations(type(sdk)):
            return sdk, {"batches": sdk.llm.batches, "files": sdk.llm.files}
        return sdk, {}

    def once(self) -> Any:
        """Make the configuration with which each call is tried once."""
        return self.retries.RetryConfig("none", self.retries.BackoffStrategy(1, 1, 1.0, 1), False)

    def raised(self, error: Any) -> Json:
        """Tell of an exception that a call ended in."""
        status, body = (error.status_code, error.body) if isinstance(error, self._replied) else (None, None)
        declared = isinstance(error, self._declared)
        return {
            "type": type(error).__name__,
            "declared": declared,
            "status": status,
            "body": body,
            "message": str(error),
        }

    def wire(self, value: Any) -> Any:
        """Return what a model shows its user, named as on the wire: what was absent is left out, null stays null.

        The models' own serialisation is not asked: it leaves out some of the nulls.
        """
        if isinstance(value, self._model):
            members = ((field.alias or name, name) for name, field in type(value).model_fields.items())
            return {alias: self.wire(getattr(value, name)) for alias, name in members if self._is_given(value, name)}
        if isinstance(value, dict):
            return {name: self.wire(member) for name, member in value.items()}
        return [self.wire(item) for item in value] if isinstance(value, list) else value

    def _is_given(self, model: Any, name: str) -> bool:
        value = getattr(model, name)
        return not isinstance(value, self._unset) and (value is not None or name in model.model_fields_set)


class Connection:
    """The SDK as one `connect` asked for it."""

    def __init__(self, sdk: Sdk, args: Json) -> None:
        self.client, self.async_client = sdk.clients()
        options: Json = {"client": self.client, "async_client": self.async_client}
        if args.get("timeout_s") is not None:
            options["timeout_ms"] = max(1, round(args["timeout_s"] * 1000))
        if args.get("retries") == "off":
            options["retry_config"] = sdk.once()
        self.sdk, self._groups = sdk.open(server_url=args["base_url"], bearer_auth=args["api_key"], **options)
        self.tenant = args.get("on_behalf_of")

    def method(self, call: str, *, style: str) -> Callable[..., Any] | None:
        """Return the SDK's method for a call; none if this release has no such thing."""
        group, _, name = call.partition(".")
        found: Callable[..., Any] | None = getattr(self._groups.get(group), name + style, None)
        return found

    def given(self, call: str, args: Json) -> Json:
        """Return a call's arguments as the SDK takes them."""
        given = dict(args) if self.tenant is None else {**args, "x_on_behalf_of": self.tenant}
        if call == "files.upload":
            names = {"filename": "file_name", "content": "content"}
            file = {sdk_name: given.pop(name) for name, sdk_name in names.items() if name in given}
            if file.get("content") is not None:
                file["content"] = decoded(file["content"])
            given["file"] = file
        return given


def decoded(content: Any) -> bytes:
    """Return the bytes that came as base64; anything else ends the driver."""
    try:
        return base64.b64decode(content, validate=True)
    except (TypeError, ValueError) as error:
        sys.exit(f"Expected base64 as content of files.upload, got {content!r:.100}: {error}")


class Driver:
    """What stands between the lines and the SDK; `style` is what the names of the methods end in."""

    def __init__(self, sdk: Sdk, *, style: str) -> None:
        self._sdk = sdk
        self._style = style
        self._loop = asyncio.new_event_loop()
        self._waiting = Waiting()
        self._notes_sleeps = self._waiting.stand_in(sdk.retries)
        self._connection: Connection | None = None

    def answer(self, call: str, args: Json) -> Json:
        """Make a call, and return what came of it: an answer without its id."""
        if not args.keys() <= ARGUMENTS.get(call, frozenset()):
            return UNSUPPORTED
        if call == "connect":
            self._connect(args)
            return {"result": {}}
        if self._connection is None:
            sys.exit(f"Expected connect before {call}.")
        method = self._connection.method(call, style=self._style)
        given = self._connection.given(call, args)
        if method is None or not given.keys() <= parameters(method):
            return UNSUPPORTED
        self._waiting.begin()
        return {**self._outcome(call, method, given), **self._waits()}

    def close(self) -> None:
        """Close what the last connection left open."""
        if self._connection is not None:
            self._connection.client.close()
            self._loop.run_until_complete(self._connection.async_client.aclose())

    def end(self) -> None:
        """Close all there is; no call can follow."""
        self.close()
        self._loop.close()

    def _connect(self, args: Json) -> None:
        self.close()
        if not {"base_url", "api_key"} <= args.keys():
            sys.exit(f"Expected base_url and api_key among the arguments of connect, got {sorted(args)}.")
        self._connection = Connection(self._sdk, args)
        self._waiting.clock = args.get("clock")
        random.seed(0)  # the SDK jitters its sleeps; the same calls are to see the same ones

    def _outcome(self, call: str, method: Callable[..., Any], given: Json) -> Json:
        perform = self._content if call == "files.content" else self._call
        try:
            returned = perform(method, given)
        except (Exception, asyncio.CancelledError) as error:
            return {"raised": self._sdk.raised(error)}
        return {"result": self._sdk.wire(returned)}

    def _call(self, method: Callable[..., Any], given: Json) -> Any:
        return self._loop.run_until_complete(method(**given)) if self._style else method(**given)

    def _content(self, method: Callable[..., Any], given: Json) -> Json:
        reply = self._call(method, given)
        read, close = (reply.aread, reply.aclose) if self._style else (reply.read, reply.close)
        try:
            return {"content": base64.b64encode(self._call(read, {})).decode("ascii")}
        finally:
            self._call(close, {})

    def _waits(self) -> Json:
        if not self._notes_sleeps:
            return {}
        moved = {"slept": True} if self._waiting.clock is not None else {}
        return {"sleeps": self._waiting.sleeps, **moved}


def parameters(method: Callable[..., Any]) -> frozenset[str]:
    """Return which arguments a method of the SDK takes."""
    return _parameters(getattr(method, "__func__", method))


@functools.cache
def _parameters(function: Callable[..., Any]) -> frozenset[str]:
    return frozenset(inspect.signature(function).parameters)


def load() -> Sdk:
    """Load the SDK, with what of it is loaded only when used; end with a sentence where that is not possible."""
    try:
        name = next((name for name in PACKAGES if find_spec(name)), PACKAGES[0])
        sdk = Sdk(importlib.import_module(name))
        Connection(sdk, {"base_url": "http://127.0.0.1", "api_key": "mk-none"})
    except Exception as error:
        sys.exit(f"meetkai-mka1 cannot be loaded by {sys.executable}: {type(error).__name__}: {error}")
    return sdk


def read(line: bytes) -> tuple[Any, str, Json]:
    """Return a request's id, call and arguments; anything else ends the driver."""
    try:
        request = json.loads(line)
        return request["id"], request["call"], dict(request["args"])
    except (LookupError, TypeError, ValueError) as error:
        sys.exit(
            f"Expected a request of driver protocol 1, an object with id, call and args, got {line[:200]!r}: {error!r}"
        )


def main() -> None:
    """Say hello, then answer each line of standard input with one of standard output."""
    # What the SDK may print goes elsewhere: nothing but answers is to come out here.
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)
    sdk = load()
    driver = Driver(sdk, style="_async" if "--async" in sys.argv[1:] else "")
    write(answers, {"driver": 1, "name": "meetkai-mka1", "version": sdk.version, "language": "python"})
    for line in sys.stdin.buffer:
        identity, call, args = read(line)
        write(answers, {"id": identity, **driver.answer(call, args)})
    driver.end()
    sys.stderr.flush()
    os._exit(0)  # to take the whole SDK down in order would take longer than a driver has for its end


def write(answers: TextIO, message: Json) -> None:
    """Write one line, at once."""
    answers.write(json.dumps(message) + "\n")
    answers.flush()


if __name__ == "__main__":
    main()
