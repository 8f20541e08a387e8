"""Whose row is whose: a row's own id tells its line, as a batch of the same id in an undisturbed world shows."""

from __future__ import annotations

import json
from threading import Lock
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from emulator.client import AdminClient
from emulator.proving import asking
from emulator.proving.wire import Request, Wire
from emulator.proving.world import World

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.contract.catalog import Contract
    from emulator.proving.caller import Ask
    from emulator.proving.samples import Sample

UNDISTURBED: Final = {
    "scenario": "proving-undisturbed",
    "title": "Everything succeeds, at once",
    "kind": "legal",
    "lifecycle": [{"to": "in_progress"}, {"to": "finalizing"}, {"to": "completed"}],
}
MOST_BATCHES: Final = 24
"""A batch that comes later in its world is not looked for."""


class Reference:
    """The owners of rows, learnt once for each kind of batch."""

    def __init__(self, url: str, contract: Contract) -> None:
        self._url = url
        self._contract = contract
        self._known: dict[tuple[int, str, str], Mapping[str, str]] = {}
        self._lock = Lock()
        AdminClient(url).call("PUT", f"/scenarios/{UNDISTURBED['scenario']}", UNDISTURBED)

    def owners(self, sample: Sample, batch_id: str) -> Mapping[str, str]:
        """Return, for the id of each row that this batch can have, the custom_id of its line."""
        key = (sample.lines, sample.endpoint, batch_id)
        with self._lock:
            if key not in self._known:
                self._known[key] = self._learn(sample, batch_id)
            return self._known[key]

    def _learn(self, sample: Sample, batch_id: str) -> Mapping[str, str]:
        world, wire = World(self._url, scenario=str(UNDISTURBED["scenario"])), Wire(urlsplit(self._url).netloc)
        try:
            file = json.loads(self._made(wire, world, asking.upload(sample.input(), effect=bool)))
            for _ in range(MOST_BATCHES):
                facts = asking.wanted(sample, file["id"])
                batch = json.loads(self._made(wire, world, asking.create(facts, effect=bool)))
                if batch["id"] == batch_id:
                    return _owners(self._made(wire, world, asking.of_file("getFileContent", batch["output_file_id"])))
            return {}
        finally:
            wire.close()
            world.delete()

    def _made(self, wire: Wire, world: World, ask: Ask) -> bytes:
        operation = self._contract.operations[ask.operation]
        headers = {"Authorization": f"Bearer {world.api_key}", "Content-Type": ask.media_type}
        return wire.exchange(Request(operation.method, operation.path.format(**ask.path), headers, ask.body)).body


def _owners(content: bytes) -> Mapping[str, str]:
    rows: list[Mapping[str, Any]] = [json.loads(line) for line in content.splitlines()]
    return {row["id"]: row["custom_id"] for row in rows}
