"""The random walk in an SDK's own tests: a state machine class, with the real SDK in the process of the tests."""

from __future__ import annotations

import atexit
from difflib import get_close_matches
from functools import partial
from importlib.util import module_from_spec, spec_from_file_location
from typing import TYPE_CHECKING, Any, Final

from emulator.clients.catalog import DRIVERS
from emulator.domain.errors import EmulatorError
from emulator.embedded import Emulator
from emulator.faces.values import shown
from emulator.fuzz.findings import happened, step_as_data
from emulator.fuzz.held import InProcess
from emulator.fuzz.lifecycle.machine import Walk
from emulator.fuzz.playing import Player

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType
    from typing import TypeAlias

    from emulator.fuzz.trace import Trace
    from emulator.fuzz.violation import Violation

    Answer: TypeAlias = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]

STYLES: Final = {"mka1": "", "mka1-async": "_async"}
"""The official SDK, which runs in this process: its ordinary methods, or its coroutines."""


class CannotHold(EmulatorError):
    """The client cannot be held in this process; the message says why."""


class Broken(AssertionError):
    """The client did what it must not; the message says what was done, what was expected and what came."""


def client_state_machine(client: str | Answer = "mka1") -> type[Walk]:
    """Return a state machine that walks at random through calls, scenarios, rules, clock steps and tenants.

    `client` is `mka1` or `mka1-async`, the official SDK as it is installed here, or a function that makes a call of driver
    protocol 1 and returns what came of it, as a driver answers: `{"result": …}`, `{"raised": …}` or `{"unsupported": true}`.
    The class is one of Hypothesis': subclass it to add rules and invariants, give its `TestCase` settings, or run that as it is.
    A server is started when it is first needed, and ends with the process. Raises CannotHold.
    """
    answer = _official(client) if isinstance(client, str) else client
    held = InProcess(answer, name=client if isinstance(client, str) else "in-process")

    class ClientLifecycle(Walk):
        """A walk with this client."""

        def __init__(self) -> None:
            _give_player(ClientLifecycle, held)
            super().__init__()

        @staticmethod
        def judge(violation: Violation, trace: Trace) -> None:
            """Fail the test, with all that it takes to see why."""
            raise Broken(told(violation, trace))

    return ClientLifecycle


def _give_player(walk: type[Walk], held: InProcess) -> None:
    """Give a class of walks its player, with a server that ends when the process does."""
    if not hasattr(walk, "player"):
        server = Emulator().start()
        atexit.register(server.stop)
        walk.player = Player(held, server.url).__enter__()
        atexit.register(walk.player.__exit__)


def told(violation: Violation, trace: Trace) -> str:
    """Say what was done, what was expected and what came."""
    steps = [f"  {number + 1}. {_line(step_as_data(step))}" for number, step in enumerate(trace.script)]
    came = [f"  {line}" for line in happened(trace)]
    broken = f"{violation.cause}\n  expected {violation.expected}\n  got      {violation.got}"
    return "\n".join((broken, "steps:", *steps, "what happened:", *came))


def _line(data: Mapping[str, Any]) -> str:
    """Return a step as a line: its word with what it is about, and what else it takes."""
    (kind, about), *rest = data.items()
    return " ".join((kind, shown(about), *(f"{name}={shown(value)}" for name, value in rest)))


def _official(name: str) -> Answer:
    """Return what makes calls of the official SDK in this process."""
    if name not in STYLES:
        near = get_close_matches(name, STYLES, n=1, cutoff=0)[0]
        raise CannotHold(f"client: expected {', '.join(STYLES)} or a function, found {name!r} (did you mean {near!r}?)")
    module = _loaded("mka1_sdk")
    try:
        driver = module.Driver(module.load(), style=STYLES[name])
    except SystemExit as error:
        raise CannotHold(str(error)) from None
    atexit.register(driver.end)
    return partial(_answered, driver)


def _answered(driver: Any, call: str, args: Mapping[str, Any]) -> Mapping[str, Any]:
    answer: Mapping[str, Any] = driver.answer(call, dict(args))
    return answer


def _loaded(name: str) -> ModuleType:
    """Load the file of a driver, which is a program for itself and no module of this package."""
    spec = spec_from_file_location(f"emulator.fuzz.{name}", DRIVERS / f"{name}.py")
    assert spec is not None  # noqa: S101 - the file comes along with this one
    assert spec.loader is not None  # noqa: S101
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
