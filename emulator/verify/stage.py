"""The stage on which a check is played: a world of its own, and the client connected to it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from emulator.clients.protocol import Raised, Returned, Unsupported
from emulator.faces.arranging import Arranger
from emulator.faces.journal import of_client
from emulator.faces.values import shown
from emulator.verify.check import Failed, NotApplicable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from emulator.client import AdminClient
    from emulator.clients.driver import Driver
    from emulator.clients.protocol import Outcome
    from emulator.faces.journal import Sent
    from emulator.verify.check import Setting

LONGEST_S: Final = 366 * 86_400.0
"""The clock follows no longer sleep: a world's time ends with the year 9999."""


class Stage:
    """A check's world and client. The client's calls end in what its driver says, and move the clock by its sleeps."""

    def __init__(self, driver: Driver, admin: AdminClient, *, url: str, api_key: str, setting: Setting) -> None:
        self.admin = admin
        self.url, self.api_key, self.setting = url, api_key, setting
        self._driver = driver

    @cached_property
    def arrange(self) -> Arranger:
        """What makes files and batches without the client, for the tenant that the client acts for."""
        return self.arranger(on_behalf_of=self.setting.on_behalf_of)

    def arranger(self, *, on_behalf_of: str | None) -> Arranger:
        """Return what makes files and batches for another tenant of this world."""
        return Arranger(self.url, self.api_key, on_behalf_of=on_behalf_of)

    def connect(self, **changed: Any) -> None:
        """Connect the client anew, with what the setting says and these arguments of `connect`."""
        self.returned("connect", **self.connecting(**changed))

    def connecting(self, **changed: Any) -> dict[str, Any]:
        """Return the arguments of `connect` that the setting asks for, with these changed."""
        headers = {"Authorization": f"Bearer {self.api_key}"}
        return {
            "base_url": self.url,
            "api_key": self.api_key,
            "on_behalf_of": self.setting.on_behalf_of,
            "retries": self.setting.retries,
            "timeout_s": self.setting.timeout_s,
            "clock": {"url": f"{self.url}/_emulator", "headers": headers},
            **changed,
        }

    # What the client does

    def call(self, name: str, **args: Any) -> Outcome:
        """Let the client make a call, and return how it ended. Raises DriverFault."""
        outcome = self._driver.call(name, args, deadline_s=self.setting.deadline_s)
        if outcome.sleeps and not outcome.slept:
            self.admin.advance(min(sum(outcome.sleeps), LONGEST_S))
        return outcome

    def lacks(self, name: str, args: Mapping[str, Any]) -> bool:
        """Say whether the client does not have a call, or not these arguments of it."""
        return isinstance(self.call(name, **args), Unsupported)

    def returned(self, name: str, **args: Any) -> Any:
        """Return what a call returned. Raises Failed when it ended in an error, NotApplicable when there is no such call."""
        outcome = self.call(name, **args)
        if isinstance(outcome, Returned):
            return outcome.result
        raise Failed(at=name, expected="a result", got=told(outcome, name, args))

    def raised(self, name: str, **args: Any) -> Raised:
        """Return the declared error in which a call ended. Raises Failed, NotApplicable."""
        return self.is_declared(self.call(name, **args), name, args)

    def is_refused(self, outcome: Outcome, name: str) -> bool:
        """Say whether a call ended in a declared error rather than in a result. Raises Failed, NotApplicable."""
        return not isinstance(outcome, Returned) and bool(self.is_declared(outcome, name, {}))

    def is_declared(self, outcome: Outcome, name: str, args: Mapping[str, Any]) -> Raised:
        """Return the declared error that a call ended in. Raises Failed, NotApplicable."""
        if isinstance(outcome, Raised) and outcome.declared:
            return outcome
        raise Failed(at=name, expected="an error that the SDK documents", got=told(outcome, name, args))

    # What the server sees and says

    def journal(self, operation: str | None = None) -> list[Sent]:
        """Return the client's requests so far, oldest first."""
        return of_client(self.admin.requests(operation=operation))

    def sent(self, operation: str) -> Sent:
        """Return the client's one request of an operation. Raises Failed when there is none, or more than one."""
        found = self.journal(operation)
        if len(found) != 1:
            raise Failed(at=f"requests of {operation}", expected="one", got=f"{len(found)}{self._others(found)}")
        return found[0]

    def _others(self, found: Sequence[Sent]) -> str:
        if found:
            return ""
        others = ", ".join(f"{sent.method} {sent.target}" for sent in self.journal())
        return f", but {others}" if others else ""

    def rule(self, operation: str, **rule: Any) -> None:
        """Put a rule in force for an operation; `on` adds to its match."""
        self.admin.add_rule({**rule, "on": {"operation": operation, **rule.get("on", {})}})

    def reply(self, operation: str, body: Any, *, status: int = 200) -> None:
        """Let all requests of an operation be answered with this JSON."""
        self.rule(operation, reply={"status": status, "json": body})


def told(outcome: Outcome, name: str, args: Mapping[str, Any]) -> str:
    """Say how a call ended. Raises NotApplicable when the client does not have it."""
    if isinstance(outcome, Unsupported):
        raise NotApplicable(f"the client does not have {name} with {', '.join(args) or 'no arguments'}")
    if isinstance(outcome, Raised):
        kind = "the declared" if outcome.declared else "the undeclared"
        status = "" if outcome.status is None else f", status {outcome.status}"
        return f"{kind} {outcome.type}{status}: {outcome.message[:200]}"
    return f"the result {shown(outcome.result)}"
