"""The engine without HTTP: a wall to set, worlds over a store in memory, and short words for using them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from emulator import resources
from emulator.contract.catalog import load
from emulator.domain.batch import NewBatch
from emulator.domain.clock import SECOND_US, START_S
from emulator.domain.files import Upload, content_of
from emulator.domain.pagination import FileQuery, PageQuery
from emulator.engine.records import WorldOptions
from emulator.engine.services import Services
from emulator.engine.store.memory import MemoryStore
from emulator.engine.worlds import Worlds
from emulator.scenarios.library import Library
from support.worlds import CHAT

if TYPE_CHECKING:
    from emulator.domain.batch import Batch
    from emulator.domain.files import File
    from emulator.domain.limits import RateLimit
    from emulator.engine.machine import Fired
    from emulator.engine.world import World

START_US = START_S * SECOND_US
WALL_US = 1_763_740_800 * SECOND_US
"""Where a wall stands until it is set."""
EDITION = "0.12.114"
KEY = "mk-test"
EVERYTHING = FileQuery(page=PageQuery(limit=10_000))

contract = cache(load)
library = cache(lambda: Library(resources.folder("scenarios")))


class Wall:
    """The wall's clock, which stands still until it is set."""

    def __init__(self) -> None:
        self.us = WALL_US

    def __call__(self) -> int:
        return self.us


def options(
    *, seed: int = 0, clock: str = "manual", scenario: str = "happy-path", edition: str = EDITION
) -> WorldOptions:
    return WorldOptions(seed=seed, clock=clock, scenario=scenario, edition=edition)


@dataclass(frozen=True)
class Engine:
    """Worlds of one store, and the wall that they see."""

    store: MemoryStore
    wall: Wall
    worlds: Worlds

    def world(self, key: str = KEY, **chosen: Any) -> World:
        """Return the world of a key, made with these options if any are given."""
        return self.worlds.create(key, options(**chosen)) if chosen else self.worlds.enter(key)

    def dump(self, world: World) -> dict[str, Any]:
        return self.store.dump(world.id)


def new_engine(
    *, rate_limits: tuple[RateLimit, ...] = (), api_keys: frozenset[str] = frozenset(), limit: int = 1000, **chosen: Any
) -> Engine:
    """Return an engine with nothing in it; `chosen` are the options of worlds that are made on first use."""
    store, wall = MemoryStore(), Wall()
    services = Services(store=store, library=library(), contract=contract, wall_us=wall, rate_limits=rate_limits)
    return Engine(store, wall, Worlds(services, defaults=options(**chosen), api_keys=api_keys, limit=limit))


def upload(
    world: World, data: bytes, *, tenant: str = "", filename: str = "input.jsonl", purpose: str = "batch"
) -> File:
    return world.add_file(tenant, Upload(filename=filename, purpose=purpose, content=content_of([data])))


def request(file_id: str, *, endpoint: str = CHAT) -> NewBatch:
    return NewBatch(endpoint=endpoint, input_file_id=file_id, completion_window="24h", metadata=None, max_concurrency=8)


def submit(world: World, data: bytes, *, tenant: str = "", scenario: str | None = None, endpoint: str = CHAT) -> Batch:
    """Upload an input file and create a batch for it."""
    file = upload(world, data, tenant=tenant)
    return world.create_batch(tenant, request(file.id, endpoint=endpoint), scenario=scenario)


def move_to(world: World, second: float) -> list[Fired]:
    """Move a manual world to so many seconds after the start of its clock."""
    return world.advance_to(to_us=START_US + round(second * SECOND_US)).fired


def seen(world: World, batch: Batch) -> Batch:
    """Return the batch as its tenant sees it now."""
    return world.get_batch(batch.tenant, batch.id)


def counts(batch: Batch) -> tuple[int, int, int]:
    """Return a batch's request_counts: total, completed, failed."""
    return batch.lines.total, batch.lines.completed, batch.lines.failed


def history(batch: Batch) -> dict[str, int]:
    """Return each status that a batch has been in, and how many seconds after creation it entered it."""
    return {entry.status.value: entry.at_us // SECOND_US - batch.created_at for entry in batch.history}


def content(file: File) -> bytes:
    return b"".join(file.content.blocks)


def rows(world: World, batch: Batch, file_id: str | None) -> list[dict[str, Any]]:
    """Return the rows of a result file; none if there is no file."""
    if file_id is None:
        return []
    return [json.loads(each) for each in content(world.get_file(batch.tenant, file_id)).splitlines()]


def output_rows(world: World, batch: Batch) -> list[dict[str, Any]]:
    return rows(world, batch, batch.output_file_id)


def error_rows(world: World, batch: Batch) -> list[dict[str, Any]]:
    return rows(world, batch, batch.error_file_id)


def custom_ids(found: list[dict[str, Any]]) -> list[str]:
    return [row["custom_id"] for row in found]
