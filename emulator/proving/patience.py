"""How long a client waits for a reply. No more of its time is spent than it takes to know how the waiting would end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

from emulator.domain.clock import SECOND_US, parse_duration
from emulator.proving.wire import Reply, Request, TransportFault, Wire

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from emulator.proving.world import World

PATIENCE_S: Final = 5.0
"""After so long without a whole reply, a client gives up."""
QUIET_S: Final = 0.1
"""After so long it is asked why there is none yet."""
LONGEST_HEAD: Final = 4096
"""What a reply is taken to be long, when it comes so slowly that its head is not there yet."""


class Patience:
    """A wire, and the time that its client has. Where no rule takes real time, it has all the time that there is."""

    def __init__(self, wire: Wire, world: World) -> None:
        self._wire = wire
        self._world = world
        self._helper = ThreadPoolExecutor(max_workers=1) if any(map(_takes_time, world.rules())) else None

    def exchange(self, request: Request) -> Reply:
        """Make one request and return its reply. Raises TransportFault, also when none comes in time."""
        if self._helper is None:
            return self._wire.exchange(request)
        before = self._fired()
        coming = self._helper.submit(self._wire.exchange, request)
        while True:
            try:
                return coming.result(timeout=QUIET_S)
            except TimeoutError:
                self._sit_out([rule for rule in self._world.rules() if rule["fired"] > before.get(rule["rule"], 0)])

    def _fired(self) -> dict[str, int]:
        return {rule["rule"]: rule["fired"] for rule in self._world.rules()}

    def _sit_out(self, fired: Iterable[Mapping[str, Any]]) -> None:
        """Go on waiting while that will be worth it, and let time pass in the world where the reply waits for it."""
        fired = list(fired)
        if sum(self._lasts_s(rule) for rule in fired) > PATIENCE_S:
            self._wire.hang_up()
            raise TransportFault(f"no whole reply within {PATIENCE_S:g} s")
        for rule in fired:
            if _by_world(rule):
                self._world.advance(_seconds(rule["delay"]["by"]))

    def _lasts_s(self, rule: Mapping[str, Any]) -> float:
        """Return how much real time a rule takes."""
        lasts = 0.0 if _by_world(rule) or "delay" not in rule else _seconds(_delay(rule)["by"])
        if drip := rule.get("drip"):
            length = self._wire.announced if self._wire.announced is not None else LONGEST_HEAD
            lasts += (length - drip.get("first", 0)) / drip.get("bytes", 1) * _seconds(drip["every"])
        return lasts

    def close(self) -> None:
        """End everything."""
        if self._helper is not None:
            self._helper.shutdown()
        self._wire.close()


def _takes_time(rule: Mapping[str, Any]) -> bool:
    return "delay" in rule or "drip" in rule


def _delay(rule: Mapping[str, Any]) -> Mapping[str, Any]:
    delay = rule["delay"]
    return delay if isinstance(delay, dict) else {"by": delay}


def _by_world(rule: Mapping[str, Any]) -> bool:
    return "delay" in rule and _delay(rule).get("clock") == "world"


def _seconds(duration: object) -> float:
    return parse_duration(duration) / SECOND_US
