"""Playing a script with a client, in a world that is made as new each time. Judging is left to others."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import fields, replace
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import quote

from emulator.client import AdminError
from emulator.clients.driver import DriverFault
from emulator.clients.protocol import Raised, Returned, Unsupported
from emulator.domain.errors import EmulatorError
from emulator.faces.arranging import Arranger, Refused
from emulator.fuzz.steps import Advance, Arrange, Call, Connect, Look, Made, Pages, Rule, Scenario
from emulator.fuzz.trace import Fault, Played, Trace
from emulator.fuzz.worlds import World

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from emulator.client import AdminClient
    from emulator.clients.protocol import Hello, Outcome
    from emulator.faces.journal import Sent
    from emulator.fuzz.held import Held
    from emulator.fuzz.steps import Script, Step

CONNECT_S: Final = 10.0
"""How long connecting may take."""
UNMADE: Final = "nothing_made"
"""Stands for the id of what a step should have made and did not."""
LONGEST_S: Final = 10 * 86_400.0
"""The world's clock does not follow a client that sleeps longer."""


class TimeUp(BaseException):
    """The time is up, in the middle of something. Not an Exception: nobody is to take it for what a client did."""


class Unplayable(EmulatorError):
    """A step cannot be played, for the server does not take it; the message says which one and why."""


class Player:
    """Plays scripts with one client, in one world of the server at `url`, which is open to `token`.

    No call lasts longer than until `until` on the monotonic clock: it ends in TimeUp then, and so does each later one.
    """

    def __init__(self, client: Held, url: str, *, token: str | None = None, until: float = float("inf")) -> None:
        self._client, self._url, self._token, self.until = client, url, token, until
        self.calls = 0
        self._is_calling = False

    def __enter__(self) -> Self:
        self._connected: Connect | None = None
        self._enter_world()
        return self

    def __exit__(self, *_: object) -> None:
        for world in self._worlds.values():
            world.leave()

    def _enter_world(self) -> None:
        self._worlds: dict[str | None, World] = {None: World(self._url, self._token)}
        self._arrangers: dict[str | None, Arranger] = {}
        self._connected = None

    @property
    def _admin(self) -> AdminClient:
        """The script's own world."""
        return self._worlds[None].admin

    def _world_of(self, key: str | None) -> World:
        if key not in self._worlds:
            self._worlds[key] = World(self._url, self._token)
        return self._worlds[key]

    @property
    def hello(self) -> Hello:
        """Which client it is."""
        return self._client.hello

    def play(self, script: Script, *, watches: bool = True) -> Trace:
        """Play a script and return what happened; `watches` says whether anybody wants to know what requests were made.

        After a fault of the driver the rest of the script is not played. Raises Unplayable, AdminError, OSError, TimeUp.
        """
        self.begin()
        played: list[Played] = []
        for step in script:
            played.append(self.step(step, watches=watches))
            if isinstance(played[-1].outcome, Fault):
                break
        return Trace(hello=self.hello, script=script, played=played)

    def begin(self) -> None:
        """Make the world as new, for a client that is connected anew: the same ids come again, of which it may know others."""
        try:
            for world in self._worlds.values():
                world.begin()
        except AdminError:  # a client that was given the clock can delete the world as well
            self.__exit__()
            self._enter_world()
        self._connected = None
        self._made: dict[str, str] = {}
        self._wanted = Connect()
        self._number = 0

    def hurry(self) -> None:
        """Let the time be up now: for a signal's handler. Raises TimeUp where it interrupts nothing but a call."""
        self.until = 0.0
        if self._is_calling:
            raise TimeUp

    def step(self, step: Step, *, watches: bool = True) -> Played:
        """Play one step after those before it, and return what came of it."""
        played = self._play(self._number, self._resolved(step), watches=watches)
        self._number += 1
        return played

    def _play(self, number: int, step: Step, *, watches: bool) -> Played:
        match step:
            case Connect():
                self._wanted = step
                return Played(number=number, step=step, outcome=self._connected_as(step))
            case Call():
                return self._call(number, step, watches=watches)
            case Pages():
                return self._pages(number, step, watches=watches)
            case Look():
                return Played(number=number, step=step, seen=self._done(number, step, lambda: self._look(step)))
            case _:
                self._done(number, step, lambda: self._set(step))
                return Played(number=number, step=step)

    def _done(self, number: int, step: Step, do: Callable[[], Any]) -> Any:
        """Do what a step says to the server, of which a step written by hand may ask too much. Raises Unplayable."""
        try:
            return do()
        except (AdminError, Refused, ValueError, ConnectionResetError) as error:
            if isinstance(error, ConnectionError) and not isinstance(step, Arrange | Look):
                raise
            what = type(step).__name__.lower()
            raise Unplayable(f"step {number + 1}: {what}: expected what the server takes, but: {error}") from None

    def _set(self, step: Arrange | Rule | Scenario | Advance) -> None:
        """Do to the world what a step says."""
        match step:
            case Arrange():
                self._arrange(step)
            case Rule():
                self._admin.add_rule(dict(step.rule))
            case Scenario():
                self._admin.use(step.scenario)
            case Advance():
                self._admin.advance(step.seconds)

    # The client

    def _connected_as(self, step: Connect) -> Outcome | Fault | None:
        """Connect the client, unless it is connected just so: most scripts begin alike."""
        if step == self._connected and self._client.is_ready:
            return None
        world = self._world_of(step.key)
        clock = {"url": f"{self._url}/_emulator", "headers": self._headers(world)}
        args = {each.name: getattr(step, each.name) for each in fields(step) if each.name != "key"}
        args |= {"base_url": self._url, "api_key": world.api_key, "clock": clock}
        outcome = self._asked("connect", args, deadline_s=CONNECT_S)
        # A client that would not connect so is not to make calls as it was connected before.
        self._connected = step if isinstance(outcome, Returned) else None
        return outcome

    def _headers(self, world: World) -> dict[str, str]:
        token = {} if self._token is None else {"X-Emulator-Admin-Token": self._token}
        return {"Authorization": f"Bearer {world.api_key}", **token}

    def _call(self, number: int, step: Call, *, watches: bool) -> Played:
        outcome = self._wanting() or self._asked(step.call, step.args, deadline_s=step.deadline_s)
        if isinstance(outcome, Returned) and step.name is not None:
            made = outcome.result.get("id") if isinstance(outcome.result, dict) else None
            self._made[step.name] = made if isinstance(made, str) else UNMADE
        return Played(number=number, step=step, outcome=outcome, requests=self._requests() if watches else ())

    def _wanting(self) -> Fault | Raised | Unsupported | None:
        """Connect the client as it is wanted, if it is not, and return what stands in the way of calls."""
        outcome = self._connected_as(self._wanted)
        return None if isinstance(outcome, Returned) else outcome

    def _pages(self, number: int, step: Pages, *, watches: bool) -> Played:
        """List to the end, and return the pages that were seen; the outcome is that of the last call."""
        outcome: Outcome | Fault | None = self._wanting()
        seen: list[Any] = []
        args: Mapping[str, Any] | None = step.args if outcome is None else None
        while args is not None and len(seen) < step.most:
            outcome = self._asked(step.call, args, deadline_s=step.deadline_s)
            if isinstance(outcome, Returned):
                seen.append(outcome.result)
            args = _next(args, outcome)
        requests = self._requests() if watches else ()
        return Played(number=number, step=step, outcome=outcome, seen=seen, requests=requests)

    def _asked(self, call: str, args: Mapping[str, Any], *, deadline_s: float) -> Outcome | Fault:
        left = self.until - monotonic()
        if left <= 0:
            raise TimeUp
        self.calls += 1
        self._is_calling = True
        try:
            outcome = self._client.call(call, args, deadline_s=min(deadline_s, left))
        except DriverFault as fault:
            self._connected = None
            if monotonic() >= self.until:  # it might have been in time
                raise TimeUp from None
            return Fault(fault.kind, str(fault))
        finally:
            self._is_calling = False
        if outcome.sleeps and not outcome.slept:
            self._world_of(self._wanted.key).admin.advance(min(sum(outcome.sleeps), LONGEST_S))
        return outcome

    def _requests(self) -> Sequence[Sent]:
        """Return the client's requests since the last time."""
        return self._world_of(self._wanted.key).new_requests()

    # The world

    def _resolved(self, step: Step) -> Step:
        """Return a step with real ids in the place of what was made."""
        match step:
            case Call():
                return replace(step, args={name: self._id(value) for name, value in step.args.items()})
            case Look():
                return replace(step, file=self._id(step.file))
        return step

    def _id(self, value: Any) -> Any:
        return self._made.get(value.name, UNMADE) if isinstance(value, Made) else value

    def _arranger(self, tenant: str | None) -> Arranger:
        if tenant not in self._arrangers:
            self._arrangers[tenant] = Arranger(self._url, self._worlds[None].api_key, on_behalf_of=tenant)
        return self._arrangers[tenant]

    def _arrange(self, step: Arrange) -> None:
        arranger = self._arranger(step.tenant)
        content = None if step.content is None else b64decode(step.content, validate=True)
        file = arranger.file(content, filename=step.filename)
        made = file if step.what == "file" else arranger.batch(input_file_id=file["id"])
        self._made[step.name] = made["id"]

    def _look(self, step: Look) -> Any:
        """Return what a look sees: past the rules, which are about the client's requests."""
        arranger = self._arranger(step.tenant)
        if step.at in {"batches", "files"}:
            return arranger.get(f"/{step.at}")["data"]
        if step.file in {None, UNMADE}:
            return None
        file = quote(str(step.file), safe="")
        try:
            return arranger.content(str(step.file)) if step.at == "content" else arranger.get(f"/files/{file}")
        except Refused as error:
            if error.status == 404:  # a client may have deleted it
                return None
            raise


def _next(args: Mapping[str, Any], outcome: Outcome | Fault) -> Mapping[str, Any] | None:
    """Return the arguments for the page after this one, as a program takes them from it; None where it cannot."""
    page = outcome.result if isinstance(outcome, Returned) else None
    if not isinstance(page, dict) or not page.get("has_more"):
        return None
    data = page.get("data")
    last = data[-1] if isinstance(data, list) and data else None
    after = page.get("last_id") or (last.get("id") if isinstance(last, dict) else None)
    return None if after is None else {**args, "after": after}
