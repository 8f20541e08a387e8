"""`Emulator`: a server and a world of it, as an object."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Self

from emulator.client import AdminClient, AdminError
from emulator.embedded import hosting, scripts, telling
from emulator.embedded.errors import CannotStart, Misuse, Unmet
from emulator.embedded.requests import OPERATIONS, Request, Requests
from emulator.embedded.rules import Rule
from emulator.embedded.views import Batch

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager
    from typing import Unpack

ENDS: Final = frozenset({"completed", "failed", "expired", "cancelled"})
MOST_STEPS: Final = 10_000
"""More steps than a script has."""


@dataclass(slots=True)
class _Inside:
    """What there is between start and stop."""

    url: str
    world: str
    api_key: str
    admin: AdminClient
    closing: ExitStack
    rules: list[Rule] = field(default_factory=list)
    allowed: set[str | None] = field(default_factory=set)


class Emulator:
    """A server of the Batches API on a real socket, and one world of it: a context manager, or by `start` and `stop`.

    The server runs in a thread, with `process=True` in a process of its own that ends with this one, or with `url=…`
    elsewhere: then a fresh world is made there, and deleted at the end. It is ready when the block is entered. Threads, and
    tests under asyncio, may use it freely.

    `scenario`, `clock`, `seed` and `edition` are those of the world: `scenario` is a name, or whatever `use` takes; `clock` is
    `manual`, `real`, `xN` or `tick=DURATION`. `admin_token` is the server's. Further options are those of a server of its own:
    `host`, `port` (0 takes a free one), `scenarios` (folders), `api_keys`, `rate_limits`, `cors`, `max_worlds`,
    `validate_replies`.

    Requests with any other key than `api_key` go to other worlds. Everything that the admin API refuses raises AdminError;
    a call before the start or after the end raises Misuse.
    """

    def __init__(  # noqa: PLR0913 - what a reader of a test needs to see by name
        self,
        scenario: str | Mapping[str, Any] = "happy-path",
        *,
        clock: str = "manual",
        seed: int = 0,
        edition: str | None = None,
        process: bool = False,
        url: str | None = None,
        admin_token: str | None = None,
        **server: Unpack[hosting.ServerOptions],
    ) -> None:
        hosting.check_options(server)
        if url is not None and (server or process):
            given = ", ".join(["process"] * process + [*server])
            raise TypeError(
                f"url attaches to a server that is there already: expected no options of another, found {given}"
            )
        self._scenario = scenario
        self._world = {"clock": clock, "seed": seed, **({} if edition is None else {"edition": edition})}
        self._url, self._process, self._admin_token = url, process, admin_token
        self._server = server
        self._now_inside: _Inside | None = None

    # From start to stop

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> Self:
        """Start the server, or attach to it, and make the world. Raises CannotStart, and Misuse the second time."""
        if self._now_inside is not None:
            raise Misuse(
                f"this Emulator has been started already, on {self.url}: expected stop() before another start()"
            )
        with ExitStack() as closing, hosting.told_at_start():
            url = closing.enter_context(self._place())
            self._now_inside = self._enter(url, closing)
            try:
                self._begin()
            except BaseException:
                self._now_inside = None
                raise
            self._now_inside.closing = closing.pop_all()
        return self

    def stop(self) -> None:
        """Stop the server, whatever it is busy with, or delete the world on a server elsewhere. Stopping twice does no harm."""
        inside, self._now_inside = self._now_inside, None
        if inside is not None:
            inside.closing.close()

    @property
    def is_running(self) -> bool:
        """Whether it has been started and not stopped."""
        return self._now_inside is not None

    def _place(self) -> AbstractContextManager[str]:
        if self._url is not None:
            return hosting.elsewhere(self._url)
        chosen = hosting.settings(self._server, admin_token=self._admin_token)
        return hosting.in_a_process(chosen) if self._process else hosting.in_a_thread(chosen)

    def _enter(self, url: str, closing: ExitStack) -> _Inside:
        """Make a world, which on a server elsewhere is deleted at the end."""
        with AdminClient(url, token=self._admin_token) as client:
            try:
                made = client.create_world(**self._world, **self._named_scenario())
            except OSError as error:
                raise CannotStart(f"{url}: expected an emulator there, found none: {error.strerror or error}") from None
        admin = closing.enter_context(AdminClient(url, api_key=made["api_key"], token=self._admin_token))
        if self._url is not None:
            closing.callback(_delete, admin, made["world"])
        return _Inside(url, made["world"], made["api_key"], admin, closing)

    def _named_scenario(self) -> dict[str, Any]:
        return {"scenario": self._scenario} if scripts.is_name(self._scenario) else {}

    def _begin(self) -> None:
        if not self._named_scenario():
            self.use(self._scenario)

    @property
    def _inside(self) -> _Inside:
        if self._now_inside is None:
            raise Misuse("this Emulator is not running: expected start(), or a with block around what uses it")
        return self._now_inside

    # Where it is

    @property
    def url(self) -> str:
        """The server's address, which SDKs take as `server_url`; without a slash at its end."""
        return self._inside.url

    @property
    def openai_url(self) -> str:
        """What OpenAI's clients take as their base URL."""
        return f"{self.url}/api/v1/llm"

    @property
    def api_key(self) -> str:
        """The key that opens the world: a bearer token."""
        return self._inside.api_key

    @property
    def world(self) -> str:
        """The world's id in the admin API."""
        return self._inside.world

    @property
    def admin(self) -> AdminClient:
        """The world's admin API, for all that has no method here."""
        return self._inside.admin

    # What happens

    def use(self, scenario: str | Mapping[str, Any]) -> None:
        """Let batches that are created from now on follow a scenario: the name of one, or a whole one as YAML or JSON text.

        Of a mapping what is not given is that of `happy-path`. Outcomes given by `lines` stay. Raises AdminError for an unknown
        name, with near ones, or with everything that is wrong; ValueError when a text gives no name.
        """
        if isinstance(scenario, str) and scripts.is_name(scenario):
            self.admin.use(scenario)
            return
        name, text = scripts.document(scenario)
        self.admin.put_scenario(name, text)
        self.admin.use(name)

    def lines(self, outcomes: Mapping[str, Mapping[str, Any]]) -> None:
        """Say what comes of lines, by custom_id or glob: `{"row-3": {"content": "hello"}, "*": {"unfinished": True}}`.

        Outcomes are those of scenario files: `error`, `response`, `content`, `set`, `unset`, `unfinished`. They hold whatever the
        scenario, for batches that leave `validating` from now on. A custom_id comes before a glob that means it too, a later call
        before an earlier one.
        """
        if outcomes:
            self.admin.add_lines(scripts.lines(outcomes))

    def rule(self, rule: Mapping[str, Any] | str | None = None, /, *, required: bool = False, **members: Any) -> Rule:
        """Put a rule in force: a mapping, its members by name, or YAML: `rule(on={"operation": "getBatch"}, close=True)`.

        With `required`, `check` asks for it to have fired. Raises AdminError with everything that is wrong with it.
        """
        written = rule if isinstance(rule, str) else {**(rule or {}), **members}
        made = Rule(self, self.admin.add_rule(written), written, required=required)
        self._inside.rules.append(made)
        return made

    def reset(self) -> None:
        """Make the world as it was at the start: empty, its clock back, without rules and lines; the same ids come again."""
        for rule in self._inside.rules:
            rule.retire()
        self._inside.rules.clear()
        self.admin.reset()
        self._begin()

    # Time

    @property
    def now(self) -> float:
        """The world's time, in epoch seconds."""
        return float(self.admin.clock()["now"])

    def advance(self, by: str | float) -> list[dict[str, Any]]:
        """Move the clock on, by `"24h"`, `"90s"` or a number of seconds, and return the events that fired, in order."""
        return self.admin.advance(by)

    def advance_to(self, epoch_s: float) -> list[dict[str, Any]]:
        """Move the clock to an instant, and return the events that fired, in order."""
        return self.admin.advance_to(epoch_s)

    def step(self, batch_id: str) -> list[dict[str, Any]]:
        """Move the clock to the next event of a batch, such as a line that finishes, and return the events that fired."""
        return self.admin.step(batch_id)

    def wait_until_done(self, batch_id: str) -> Batch:
        """Move the clock on, step by step of the batch's script, until it has ended, and return the batch."""
        for _ in range(MOST_STEPS):
            timeline = self.timeline(batch_id)
            if timeline["status"] in ENDS:
                return next(batch for batch in self.batches if batch.id == batch_id)
            self._reach(timeline["to_come"][0]["at"])
        raise RuntimeError(f"{batch_id}: expected its end within {MOST_STEPS:,} steps, found it {timeline['status']}")

    def _reach(self, epoch_s: float) -> None:
        """Move the clock to an instant; one that runs by itself may have been there already."""
        try:
            self.advance_to(epoch_s)
        except AdminError:
            if self.now < epoch_s:
                raise

    # What has happened

    @property
    def requests(self) -> Requests:
        """The requests that the world has had so far, oldest first: the newest 10,000."""
        return Requests([Request.of(entry) for entry in self.admin.requests()])

    @property
    def batches(self) -> list[Batch]:
        """The world's batches, oldest first, as they truly are."""
        return [Batch(shown) for shown in self.admin.batches()]

    def timeline(self, batch_id: str) -> dict[str, Any]:
        """Return what has happened to a batch, `past`, and what is `to_come`."""
        return self.admin.timeline(batch_id)

    # What is asked of it

    def allow_violations(self, *operations: str) -> None:
        """Let `check` pass over requests that broke the contract: those of some operations, or all. Raises ValueError."""
        for operation in operations:
            Requests(()).of(operation)
        self._inside.allowed |= {*operations} or {*OPERATIONS, None}

    def check(self) -> None:
        """Raise Unmet if a request broke the contract, or a required rule has never fired."""
        inside = self._inside
        broken = [each for each in self.requests if each.violations and each.operation not in inside.allowed]
        idle = [rule for rule in inside.rules if rule.required and not rule.count]
        if broken or idle:
            raise Unmet("\n".join([*telling.broken(broken), *telling.idle(idle)]))

    def told(self) -> list[tuple[str, str]]:
        """Return what helps to see why a test failed, as headings and texts: the batches' timelines, the newest requests."""
        batches, requests, now = self.batches, self.requests, self.now
        timelines = {batch.id: self.timeline(batch.id) for batch in batches}
        since = min([now, *(each.at for each in requests)])
        parts = {
            "batch_emulator: batches": telling.timelines(batches, timelines, now=now),
            "batch_emulator: requests": telling.newest(requests, since=since),
        }
        return [(heading, "\n".join(lines) or "none") for heading, lines in parts.items()]


def _delete(admin: AdminClient, world: str) -> None:
    """Delete a world, if it and its server are still there."""
    with suppress(AdminError, OSError):
        admin.delete_world(world)
