"""Pictures for tests: scenarios to draw, what stands in an SVG, what a Mermaid text says, and a world to compare with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final
from xml.etree import ElementTree as ET

from emulator.contract.catalog import load
from emulator.contract.editions import NEWEST
from emulator.domain.batch import NewBatch
from emulator.domain.clock import START_S
from emulator.domain.files import ContentWriter, Upload
from emulator.engine.records import WorldOptions
from emulator.engine.services import Services
from emulator.engine.store.memory import MemoryStore
from emulator.engine.worlds import Worlds
from emulator.scenarios.drawing import canvas, svg
from emulator.scenarios.library import Library
from emulator.scenarios.loader import load_text
from support.scenarios import FOLDER, LIBRARY, good
from support.worlds import CHAT, good_input

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.domain.batch import Batch
    from emulator.domain.scenario import Scenario
    from emulator.engine.world import World

NAMES: Final = tuple(sorted(LIBRARY))
NAMESPACE: Final = "{http://www.w3.org/2000/svg}"
TENANT: Final = "somebody"
_MOVED: Final = re.compile(r"translate\((\S+) (\S+)\)")
_EDGE: Final = re.compile(r"    (\S+) --> (\S+?)(?:: (.+))?")

BUSY: Final = {
    "lifecycle": [
        {"to": "in_progress", "after": "30s", "set": {"status": "queued"}},
        {"progress": "5%", "after": "5m"},
        {"progress": "25%", "after": 0},
        {"progress": "30%", "after": "20m"},
        {"progress": 60, "after": "30m"},
        {"to": "finalizing", "after": "9h"},
        {"to": "completed"},
    ],
    "lines": [
        {"when": {"custom_id": "row-7*"}, "error": {"code": "processing_error", "message": "x"}},
        {"when": {"index": -1}, "unfinished": True},
    ],
    "results": {"order": "shuffled", "failed_in": "both", "ids_after": "5m"},
    "rules": [
        {"on": {"operation": "createBatch", "nth": 1}, "after": True, "close": True},
        {"on": {"operation": "getBatch", "nth": [2, 3]}, "reply": {"status": 502, "content_type": "text/html"}},
        {"on": {"operation": "getBatch", "status": "completed", "nth": 1}, "set": {"output_file_id": None}},
        {"on": {"operation": "getFileContent", "nth": 1}, "reply": {"status": 404, "json": {}}},
        {"on": {"operation": "listBatches"}, "hide": {"until": "5m"}},
    ],
}
"""Members of a scenario in which much happens."""


def made(**members: Any) -> Scenario:
    """Return a good scenario with these members changed."""
    return load_text(good(**members), source="good.yaml", files=LIBRARY).compiled()


@cache
def library() -> Library:
    return Library(FOLDER)


@cache
def drawn(name: str) -> str:
    """Return the picture of one of the library's scenarios."""
    return svg(library().scenario(name))


def parsed(picture: str) -> ET.Element:
    return ET.fromstring(picture)


@dataclass(frozen=True)
class Label:
    """A text of a picture, and from where to where it reaches."""

    text: str
    begin: float
    end: float
    y: float


def labels(picture: str) -> list[Label]:
    """Return every visible text."""
    return list(_labels(parsed(picture), 0.0, 0.0))


def _labels(element: ET.Element, x: float, y: float) -> Iterator[Label]:
    if moved := _MOVED.fullmatch(element.get("transform", "")):
        x, y = x + float(moved[1]), y + float(moved[2])
    if element.tag == f"{NAMESPACE}text":
        yield _label(element, x + float(element.get("x", "0")), y + float(element.get("y", "0")))
    for child in element:
        yield from _labels(child, x, y)


def _label(element: ET.Element, x: float, y: float) -> Label:
    text, css = element.text or "", element.get("class", "")
    wide = canvas.width(text, size=float(element.get("font-size", "12")), css=css)
    begin = x - wide if "end" in css.split() else x - wide / 2 if "middle" in css.split() else x
    return Label(text, begin, begin + wide, y)


def size(picture: str) -> tuple[float, float]:
    """Return how wide and how high a picture is."""
    _, _, wide, high = map(float, parsed(picture).get("viewBox", "").split())
    return wide, high


def tooltips(picture: str) -> list[str]:
    return [found.text or "" for found in parsed(picture).iter(f"{NAMESPACE}title")]


def edges(diagram: str) -> set[tuple[str, str]]:
    """Return the transitions of a Mermaid diagram."""
    return {(found[1], found[2]) for found in map(_EDGE.fullmatch, diagram.splitlines()) if found}


def edge_labels(diagram: str) -> dict[tuple[str, str], str]:
    return {(found[1], found[2]): found[3] for found in map(_EDGE.fullmatch, diagram.splitlines()) if found}


@dataclass(frozen=True)
class Life:
    """What the engine itself made of a batch of a hundred lines."""

    statuses: list[tuple[str, int]]
    done: int
    failed: int

    @classmethod
    def of(cls, batch: Batch) -> Life:
        statuses = [(str(entry.status), entry.at_us - START_S * 1_000_000) for entry in batch.history]
        return cls(statuses, batch.lines.done, batch.lines.failed)


def lived(scenario: Scenario, *, cancel_us: int | None = None) -> Life:
    """Return what the engine makes of a batch of a hundred lines that follows a scenario, and is cancelled then."""
    world = _world()
    world.add_scenario(scenario)
    writer = ContentWriter()
    writer.write(good_input(100))
    file = world.add_file(TENANT, Upload(filename="input.jsonl", purpose="batch", content=writer.close()))
    request = NewBatch(endpoint=CHAT, input_file_id=file.id, completion_window="24h", metadata=None, max_concurrency=8)
    batch = world.create_batch(TENANT, request, scenario=scenario.name)
    if cancel_us is not None:
        world.advance(by_us=cancel_us)
        world.cancel_batch(TENANT, batch.id)
    world.advance(by_us=25 * 3600 * 1_000_000)
    return Life.of(world.get_batch(TENANT, batch.id))


def _world() -> World:
    services = Services(store=MemoryStore(), library=library(), contract=cache(load), wall_us=lambda: 0)
    options = WorldOptions(seed=0, clock="manual", scenario="happy-path", edition=NEWEST)
    return Worlds(services, defaults=options).create("key", options)
