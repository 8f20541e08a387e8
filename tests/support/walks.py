"""Random walks through a world: calls, and waits between them, that can be walked through in one stride or in many.

A walk names files and batches by their place among those that it made so far, so that any part of it makes sense.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from random import Random
from typing import TYPE_CHECKING, TypeAlias

from hypothesis import strategies as st

from emulator.domain.clock import SECOND_US
from emulator.domain.errors import CancelRefused
from emulator.domain.timeline import next_event
from support.engines import EVERYTHING, Engine, new_engine, request, upload
from support.worlds import good_input, jsonl, line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from emulator.domain.batch import Batch
    from emulator.domain.files import File
    from emulator.engine.machine import Fired
    from emulator.engine.world import World

HOUR_US = 3600 * SECOND_US
TENANTS = ("", "ann", "bob")
SCENARIOS = ("happy-path", "expired-partial", "stuck-validating")
INPUTS = {
    "one line": good_input(1),
    "three lines": good_input(3),
    "ten lines": good_input(10),
    "blank lines": b"\r\n" + good_input(2).replace(b"\n", b"\r\n\n"),
    "one bad line": jsonl([line("a"), 7, line("b")]),
    "unnamed lines": jsonl([line("a"), {"custom_id": None}, {}]),
    "no lines": b"",
    "for another endpoint": good_input(2, url="/v1/embeddings"),
}


@dataclass
class Walker:
    """One who walks through a world, and remembers what it made and all that happened."""

    world: World
    files: list[File] = field(default_factory=list)
    batches: list[Batch] = field(default_factory=list)
    fired: list[Fired] = field(default_factory=list)


@dataclass(frozen=True)
class Put:
    """Upload a file."""

    input: str
    tenant: str
    purpose: str = "batch"

    def take(self, walker: Walker) -> None:
        walker.files.append(upload(walker.world, INPUTS[self.input], tenant=self.tenant, purpose=self.purpose))


@dataclass(frozen=True)
class Create:
    """Create a batch for one of the files, for its owner or for another."""

    file: int
    scenario: str
    tenant: str | None = None

    def take(self, walker: Walker) -> None:
        file = walker.files[self.file % len(walker.files)]
        tenant = file.tenant if self.tenant is None else self.tenant
        walker.batches.append(walker.world.create_batch(tenant, request(file.id), scenario=self.scenario))


@dataclass(frozen=True)
class Cancel:
    """Cancel one of the batches."""

    batch: int

    def take(self, walker: Walker) -> None:
        if walker.batches:
            batch = walker.batches[self.batch % len(walker.batches)]
            with suppress(CancelRefused):
                walker.world.cancel_batch(batch.tenant, batch.id)


@dataclass(frozen=True)
class Delete:
    """Delete one of the tenant's files, results included."""

    file: int
    tenant: str

    def take(self, walker: Walker) -> None:
        found = walker.world.list_files(self.tenant, EVERYTHING).items
        if found:
            walker.world.delete_file(self.tenant, found[self.file % len(found)].id)


Step: TypeAlias = "Put | Create | Cancel | Delete"
Walk: TypeAlias = "Sequence[tuple[int, Step]]"
"""Each step, with how many microseconds pass before it."""


@dataclass(frozen=True)
class Cut:
    """Where to pause within a wait: at a share of what is left of it, or near the next event in the world."""

    share: int | None
    offset_us: int = 0

    def place(self, world: World, now_us: int, until_us: int) -> int:
        if self.share is not None:
            return now_us + (until_us - now_us) * self.share // 1000
        due = [event.at_us for batch in world.all_batches() if (event := next_event(batch))]
        return min(max(now_us, min(due, default=until_us) + self.offset_us), until_us)


AT_ONCE: Sequence[Sequence[Cut]] = ((),)


def walk_through(world: World, walk: Walk, cuts: Sequence[Sequence[Cut]] = AT_ONCE) -> Walker:
    """Walk; of wait n, pause at the cuts of place n, and begin again with the first ones after the last."""
    walker = Walker(world)
    for number, (wait_us, step) in enumerate(walk):
        _wait(walker, wait_us, cuts[number % len(cuts)])
        step.take(walker)
    _wait(walker, 0, ())
    return walker


def _wait(walker: Walker, wait_us: int, cuts: Sequence[Cut]) -> None:
    now_us = walker.world.state().settled_us
    until_us = now_us + wait_us
    for cut in cuts:
        now_us = cut.place(walker.world, now_us, until_us)
        walker.fired += walker.world.advance_to(to_us=now_us).fired
    walker.fired += walker.world.advance_to(to_us=until_us).fired


# What happens in a world is near these, so waits often lead there, or a microsecond before or after.
_LANDMARKS_S = (0, 1, 59, 60, 354, 600, 1240, 3540, 3600, 3630, 3660, 7200, 86_100, 86_400)


def _near(landmark_us: int, offset_us: int) -> int:
    return max(0, landmark_us + offset_us)


landmarks = st.sampled_from([second * SECOND_US for second in _LANDMARKS_S])
waits = st.one_of(
    st.builds(_near, landmarks, st.sampled_from((0, -1, 1, 500_000))),
    st.integers(0, 4 * HOUR_US),
)
tenants = st.sampled_from(TENANTS)
places = st.integers(0, 7)
puts = st.builds(
    Put, st.sampled_from(sorted(INPUTS)), tenants, st.sampled_from(("batch", "batch", "batch", "assistants"))
)
creates = st.builds(Create, places, st.sampled_from(SCENARIOS), st.sampled_from((None, None, None, *TENANTS)))
cancels = st.builds(Cancel, places)
deletes = st.builds(Delete, places, tenants)
steps = st.one_of(creates, puts, creates, cancels, deletes)
cuts = st.one_of(
    st.builds(Cut, st.integers(0, 1000)), st.builds(Cut, st.none(), st.sampled_from((0, 0, -1, 1, -SECOND_US, 250_000)))
)
partitions = st.lists(st.lists(cuts, max_size=4), min_size=1, max_size=5)
_OPENING: Walk = ((0, Put("ten lines", "")), (0, Put("three lines", "ann")), (250_000, Create(0, "happy-path")))
_END: Walk = ((24 * HOUR_US, Put("no lines", "")),)
walks = st.builds(
    lambda taken, ends: (*_OPENING, *taken, *(_END if ends else ())),
    st.lists(st.tuples(waits, steps), max_size=8),
    st.booleans(),
)


def fresh(*, seed: int = 0) -> tuple[Engine, World]:
    engine = new_engine(seed=seed)
    return engine, engine.world()


def digest_of_a_long_walk() -> str:
    """Return what a long walk comes to, files and all, in one word."""
    random = Random(7)
    makers: tuple[Callable[[], Step], ...] = (
        lambda: Put(random.choice(sorted(INPUTS)), random.choice(TENANTS)),
        lambda: Create(random.randrange(9), random.choice(SCENARIOS)),
        lambda: Create(random.randrange(9), random.choice(SCENARIOS)),
        lambda: Cancel(random.randrange(9)),
        lambda: Delete(random.randrange(9), random.choice(TENANTS)),
    )
    walk = [(random.randrange(2 * HOUR_US), random.choice(makers)()) for _ in range(150)]
    engine, world = fresh(seed=11)
    walker = walk_through(world, [*_OPENING, *walk, *_END])
    return sha256(repr((engine.dump(world), walker.fired)).encode()).hexdigest()
