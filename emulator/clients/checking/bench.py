"""Where trials are played: a driver, a fresh world for each trial, and what the world has seen of the driver's calls."""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlsplit

from emulator.client import AdminClient
from emulator.clients.checking.plain import AGENT, API, Plain
from emulator.clients.checking.trial import Lacking, Wrong
from emulator.clients.driver import Driver
from emulator.clients.members import shown
from emulator.clients.protocol import CALLS, Raised, Returned, Unsupported

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.clients.catalog import Command
    from emulator.clients.protocol import Outcome

DEADLINE_S: Final = 15.0
"""How long a driver may take for a call, unless its author says otherwise."""
TIMEOUT_S: Final = 10.0


class Request:
    """A request of the driver's, as it reached the server."""

    def __init__(self, entry: Mapping[str, Any]) -> None:
        self.operation: str | None = entry["operation"]
        self.target: str = entry["path"]
        self.headers: dict[str, str] = dict(entry["headers"])
        self._body: str = entry["body"]

    @cached_property
    def query(self) -> dict[str, str]:
        """The parameters of the query, the last of each name."""
        given = parse_qs(urlsplit(self.target).query, keep_blank_values=True)
        return {name: values[-1] for name, values in given.items()}

    @property
    def path(self) -> str:
        """The path."""
        return urlsplit(self.target).path

    @cached_property
    def members(self) -> dict[str, Any]:
        """The body, which must be a JSON object."""
        try:
            body = json.loads(self._body)
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise Wrong(
                at="request", expected="a JSON object", got=shown(self._body), mend="Look at what the SDK sends."
            )
        return body


class Bench:
    """A driver and a world. After a fault the driver is started again when it is needed next."""

    def __init__(self, command: Command, url: str, *, deadline_s: float = DEADLINE_S) -> None:
        self.command = command
        self.url = url
        self.deadline_s = deadline_s
        self.advice: list[str] = []
        self._driver: Driver | None = None
        self._server = AdminClient(url)
        self._worlds: list[str] = []
        self._enter()

    @property
    def driver(self) -> Driver:
        """The driver, which runs. Raises DriverFault when it cannot be started."""
        if self._driver is None or not self._driver.is_alive:
            self._driver = Driver(self.command)
        return self._driver

    def _enter(self) -> None:
        self.api_key = self.another_key()
        self.admin = AdminClient(self.url, api_key=self.api_key)
        self.plain = Plain(self.url, self.api_key)

    def another_key(self) -> str:
        """Return a key that opens one more fresh world."""
        made = self._server.create_world(clock="manual")
        self._worlds.append(made["world"])
        return made["api_key"]

    def _leave(self) -> None:
        self.admin.close()
        self.plain.close()
        while self._worlds:
            self._server.delete_world(self._worlds.pop())

    def renew(self) -> None:
        """Begin the next trial: a fresh world, in which the driver is not connected yet, and no advice."""
        self._leave()
        self._enter()
        self.advice = []

    def close(self) -> None:
        """Forget the worlds and end the driver. Raises DriverFault if it has said something that nobody asked for."""
        self._leave()
        self._server.close()
        if self._driver is not None:
            self._driver.close()

    def advise(self, sentence: str) -> None:
        """Say what is perhaps not as it should be."""
        self.advice.append(sentence)

    # Calls

    def connect(self, **changed: Any) -> Outcome:
        """Connect the driver to the trial's world, each call to be tried once, unless these arguments say otherwise."""
        given = {
            "base_url": self.url,
            "api_key": self.api_key,
            "on_behalf_of": None,
            "retries": "off",
            "timeout_s": TIMEOUT_S,
            **changed,
        }
        outcome = self.call("connect", **given)
        if not isinstance(outcome, Returned) or outcome.result != {}:
            mend = "Make a new client of the SDK, and answer {}; that needs no request to the server."
            raise Wrong(at="connect", expected="the result {}", got=told(outcome), mend=mend)
        return outcome

    def call(self, name: str, **args: Any) -> Outcome:
        """Make a call. Raises DriverFault."""
        return self.driver.call(name, args, deadline_s=self.deadline_s)

    def returned(self, name: str, **args: Any) -> Any:
        """Return what a call returned, of which nothing stands in the way. Raises Wrong, Lacking."""
        outcome = self.call(name, **args)
        if isinstance(outcome, Unsupported):
            raise Lacking(_named(name, args))
        if isinstance(outcome, Raised):
            mend = (
                "Call the SDK as its documentation says"
                f"; if it wants the prefix {API} in its base URL, append that to base_url."
            )
            raise Wrong(at=name, expected="a result", got=told(outcome), mend=mend)
        return outcome.result

    def raised(self, name: str, **args: Any) -> Raised:
        """Return the error that a call ended in, as it has to. Raises Wrong, Lacking."""
        outcome = self.call(name, **args)
        if isinstance(outcome, Unsupported):
            raise Lacking(_named(name, args))
        if isinstance(outcome, Returned):
            mend = "Let the SDK raise, catch it in the driver, and answer 'raised'."
            raise Wrong(at=name, expected="'raised'", got=told(outcome), mend=mend)
        return outcome

    def requests(self, name: str | None = None) -> list[Request]:
        """Return the requests that the driver has made in this world, of one call or of all."""
        operation = CALLS[name].operation if name else None
        found = [Request(entry) for entry in self.admin.requests(operation=operation)]
        return [request for request in found if request.headers.get("user-agent") != AGENT]


def told(outcome: Outcome) -> str:
    """Return how a call ended, in words."""
    if isinstance(outcome, Returned):
        return f"the result {shown(outcome.result)}"
    if isinstance(outcome, Unsupported):
        return "'unsupported'"
    reply = "no reply" if outcome.status is None else f"status {outcome.status}"
    return f"'raised': {shown(outcome.type)}, {reply}, {shown(outcome.message)}"


def _named(name: str, args: Mapping[str, Any]) -> str:
    further = [each for each in args if each not in CALLS[name].required]
    return f"{name} with {', '.join(further)}" if further else name
