"""Playing a script with a client, in a world that is made as new each time. Judging is left to others."""

from __future__ import annotations

from base64 import b64decode
from contextlib import suppress
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, Final, Self

from emulator.client import AdminClient, AdminError
from emulator.clients.driver import DriverFault
from emulator.clients.protocol import Raised, Returned
from emulator.faces.arranging import Arranger
from emulator.faces.journal import of_client
from emulator.fuzz.steps import Advance, Arrange, Call, Connect, Look, Made, Pages, Rule, Scenario
from emulator.fuzz.trace import Fault, Played, Trace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from emulator.clients.protocol import Hello, Outcome
    from emulator.faces.journal import Sent
    from emulator.fuzz.held import Held
    from emulator.fuzz.steps import Script, Step

SEED: Final = 0
CONNECT_S: Final = 10.0
"""How long connecting may take."""
UNMADE: Final = "nothing_made"
"""Stands for the id of what a step should have made and did not."""


class Player:
    """Plays scripts with one client, in one world of the server at `url`, which is open to `token`."""

    def __init__(self, client: Held, url: str, *, token: str | None = None) -> None:
        self._client, self._url, self._token = client, url, token
        self.calls = 0

    def __enter__(self) -> Self:
        with AdminClient(self._url, token=self._token) as server:
            made = server.create_world(clock="manual", seed=SEED)
        self._world, self._api_key = made["world"], made["api_key"]
        self._admin = AdminClient(self._url, api_key=self._api_key, token=self._token)
        self._connected: Connect | None = None
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(AdminError, OSError):
            self._admin.delete_world(self._world)
        self._admin.close()

    @property
    def hello(self) -> Hello:
        """Which client it is."""
        return self._client.hello

    def play(self, script: Script, *, watches: bool = True) -> Trace:
        """Play a script and return what happened; `watches` says whether anybody wants to know what requests were made.

        After a fault of the driver the rest of the script is not played. Raises AdminError, OSError.
        """
        self.begin()
        played: list[Played] = []
        for step in script:
            played.append(self.step(step, watches=watches))
            if isinstance(played[-1].outcome, Fault):
                break
        return Trace(hello=self.hello, script=script, played=played)

    def begin(self) -> None:
        """Make the world as new."""
        self._admin.reset()
        self._made: dict[str, str] = {}
        self._wanted = Connect()
        self._seen_requests = 0
        self._number = 0

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
                return self._pages(number, step)
            case Look():
                return Played(number=number, step=step, seen=self._look(step))
            case _:
                self._set(step)
                return Played(number=number, step=step)

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
        clock = {"url": f"{self._url}/_emulator", "headers": self._headers()}
        args = {each.name: getattr(step, each.name) for each in fields(step)}
        args |= {"base_url": self._url, "api_key": self._api_key, "clock": clock}
        self._connected = step
        return self._asked("connect", args, deadline_s=CONNECT_S)

    def _headers(self) -> dict[str, str]:
        token = {} if self._token is None else {"X-Emulator-Admin-Token": self._token}
        return {"Authorization": f"Bearer {self._api_key}", **token}

    def _call(self, number: int, step: Call, *, watches: bool) -> Played:
        refused = self._connected_as(self._wanted)
        if isinstance(refused, Fault | Raised):
            return Played(number=number, step=step, outcome=refused)
        outcome = self._asked(step.call, step.args, deadline_s=step.deadline_s)
        if isinstance(outcome, Returned) and step.name is not None:
            made = outcome.result.get("id") if isinstance(outcome.result, dict) else None
            self._made[step.name] = made if isinstance(made, str) else UNMADE
        return Played(number=number, step=step, outcome=outcome, requests=self._requests() if watches else ())

    def _pages(self, number: int, step: Pages) -> Played:
        """List to the end, and return the pages that were seen; the outcome is that of the last call."""
        self._connected_as(self._wanted)
        args, seen = dict(step.args), []
        for _ in range(step.most):
            outcome = self._asked(step.call, args, deadline_s=step.deadline_s)
            if not isinstance(outcome, Returned):
                break
            seen.append(outcome.result)
            if not seen[-1].get("has_more"):
                break
            args["after"] = seen[-1].get("last_id") or seen[-1]["data"][-1]["id"]
        return Played(number=number, step=step, outcome=outcome, seen=seen)

    def _asked(self, call: str, args: Mapping[str, Any], *, deadline_s: float) -> Outcome | Fault:
        self.calls += 1
        try:
            outcome = self._client.call(call, args, deadline_s=deadline_s)
        except DriverFault as fault:
            self._connected = None
            return Fault(fault.kind, str(fault))
        if outcome.sleeps and not outcome.slept:
            self._admin.advance(min(sum(outcome.sleeps), 10 * 86_400.0))
        return outcome

    def _requests(self) -> Sequence[Sent]:
        found = self._admin.requests()
        new, self._seen_requests = found[self._seen_requests :], len(found)
        return of_client(new)

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
        return Arranger(self._url, self._api_key, on_behalf_of=tenant)

    def _arrange(self, step: Arrange) -> None:
        arranger = self._arranger(step.tenant)
        content = None if step.content is None else b64decode(step.content)
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
        return arranger.content(str(step.file)) if step.at == "content" else arranger.get(f"/files/{step.file}")
