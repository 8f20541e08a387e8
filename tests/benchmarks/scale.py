"""One world with many batches beside one with ten, on the same server, over real sockets: get, create, list, cancel.

The ratio of the medians says how much longer the full world takes. The world with ten is made anew before it has grown
to thirty.
"""

from __future__ import annotations

import argparse
import http.client
import json
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from support.processes import serving_process

from benchmarks.comparing import Comparison, show, timed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FEW: Final = 10
ROUNDS_A_WORLD: Final = 10
API: Final = "/api/v1/llm"


class Caller:
    """One world's client, on one connection."""

    def __init__(self, address: str, api_key: str) -> None:
        self._connection = http.client.HTTPConnection(address, timeout=60)
        self._headers = {"Authorization": f"Bearer {api_key}", "Content-Type": "application/json"}
        self.ids: list[str] = []

    def call(self, method: str, path: str, body: bytes | None = None) -> Any:
        """Make one call and return its JSON."""
        self._connection.request(method, path, body, self._headers)
        reply = self._connection.getresponse()
        content = reply.read()
        assert reply.status == 200, content
        return json.loads(content)

    def fill(self, count: int) -> None:
        """Make the world anew, with so many batches."""
        self.call("POST", "/_emulator/reset")
        self.ids = []
        for _ in range(count):
            self.create()

    def create(self) -> None:
        """Create a batch."""
        new = {"input_file_id": "file_" + "0" * 32, "endpoint": "/v1/chat/completions", "completion_window": "24h"}
        self.ids.append(self.call("POST", f"{API}/batches", json.dumps(new).encode())["id"])

    def get(self, place: float) -> None:
        """Get the batch at this place, from 0 to 1, among all."""
        self.call("GET", f"{API}/batches/{self._at(place)}")

    def list_newest(self) -> None:
        """List the ten newest batches."""
        self.call("GET", f"{API}/batches?limit=10")

    def list_after(self, place: float) -> None:
        """List a batch from the midst of all."""
        self.call("GET", f"{API}/batches?limit=1&after={self._at(place)}")

    def cancel(self, place: float) -> None:
        """Cancel a batch."""
        self.call("POST", f"{API}/batches/{self._at(place)}/cancel")

    def _at(self, place: float) -> str:
        return self.ids[int(place * len(self.ids))]


ACTIONS: Final[Mapping[str, Callable[[Caller, float], None]]] = {
    "get": Caller.get,
    "create": lambda caller, _place: caller.create(),
    "list newest": lambda caller, _place: caller.list_newest(),
    "list after": Caller.list_after,
    "cancel": Caller.cancel,
}
"""What is timed: each on the batch at some place."""


def _timed(action: Callable[[Caller, float], None], caller: Caller, place: float) -> float:
    return timed(lambda: action(caller, place))


def compare(few: Caller, many: Caller, *, rounds: int) -> list[Comparison]:
    """Time every operation in both worlds, in turn."""
    chance = Random(1)
    comparisons: dict[str, Comparison] = {}
    for number in range(rounds):
        if number % ROUNDS_A_WORLD == 0:
            few.fill(FEW)
        place = chance.random()
        for name, action in ACTIONS.items():
            comparisons.setdefault(name, Comparison(name)).measure(
                baseline=partial(_timed, action, few, place), subject=partial(_timed, action, many, place)
            )
    return list(comparisons.values())


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(prog="benchmarks.scale", description=__doc__)
    options.add_argument("--batches", type=int, default=100_000)
    options.add_argument("--rounds", type=int, default=500)
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    with serving_process("--clock", "manual") as server:
        address = urlsplit(server.url).netloc
        few, many = Caller(address, "mk-few"), Caller(address, "mk-many")
        many.fill(chosen.batches)
        comparisons = compare(few, many, rounds=chosen.rounds)
    show(comparisons, title="Scale", columns=(f"{FEW} batches", f"{chosen.batches:,} batches"), as_json=chosen.json)


if __name__ == "__main__":
    main()
