"""A little model of what may be seen of a batch, written from the documents alone, walks beside the engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule
from support.effort import many
from support.engines import START_US, counts, custom_ids, error_rows, new_engine, output_rows, request, seen, upload
from support.worlds import good_input

from emulator.domain.errors import CancelRefused, NothingToCome

if TYPE_CHECKING:
    from emulator.domain.batch import Batch

SECOND_US = 1_000_000
DAY_S = 86_400


@dataclass
class Input:
    """What the model knows of an input file: its good lines, whether one is bad, when it was deleted."""

    id: str
    lines: int
    is_bad: bool
    deleted_us: int | None = None

    def is_there(self, at_us: int) -> bool:
        return self.deleted_us is None or self.deleted_us >= at_us


@dataclass
class Seen:
    """What may be seen of a batch."""

    status: str
    counts: tuple[int, int, int] = (0, 0, 0)
    output: int = 0
    listed: int = 0


@dataclass
class Expected:
    """A batch as the documents have it: its state follows from the instants of its creation and its cancel alone."""

    batch: Batch
    scenario: str
    input: Input
    start_us: int
    cancel_us: int | None = None

    def at(self, now_us: int) -> Seen:
        closes_us = self.start_us + DAY_S * SECOND_US
        if self.cancel_us is None or now_us < self.cancel_us:
            return self._alive(min(now_us, closes_us))
        frozen = self._alive(self.cancel_us)
        done, total = frozen.counts[1], frozen.counts[0]
        ends_us = self.cancel_us + 600 * SECOND_US
        if now_us >= ends_us and ends_us <= closes_us:
            return Seen("cancelled", frozen.counts, output=done)
        if now_us >= closes_us:
            return self._expired(done, total, closes_us)
        return Seen("cancelling", frozen.counts)

    def passes_an_idle_step(self, now_us: int) -> bool:
        """Whether a step of the script is past then that has finished no line: 40 % of one or two is less than one."""
        is_idle = self.scenario == "expired-partial" and self.input.lines * 2 // 5 == 0
        return is_idle and self.cancel_us is None and now_us == self.start_us + 3660 * SECOND_US

    def _alive(self, now_us: int) -> Seen:
        """Return what is seen of the batch if nobody cancels it."""
        second = (now_us - self.start_us) / SECOND_US
        if self.scenario == "stuck-validating":
            return Seen("validating") if second < DAY_S else self._expired(0, 0, now_us)
        if second < 60:
            return Seen("validating")
        if self.input.is_bad or not self.input.is_there(self.start_us + 60 * SECOND_US):
            return Seen("failed")
        return self._running(now_us - self.start_us - 60 * SECOND_US)

    def _running(self, run_us: int) -> Seen:
        total = self.input.lines
        if self.scenario == "expired-partial":
            target = total * 2 // 5
            done = min(target, run_us // SECOND_US * target // 3600)
            cut_off = run_us >= (DAY_S - 60) * SECOND_US
            return self._expired(done, total, 0) if cut_off else Seen("in_progress", (total, done, 0))
        done = min(total, run_us // SECOND_US * total // 3540)
        if run_us < 3540 * SECOND_US:
            return Seen("in_progress", (total, done, 0))
        is_over = run_us >= 3600 * SECOND_US
        return Seen("completed" if is_over else "finalizing", (total, total, 0), output=total if is_over else 0)

    def _expired(self, done: int, total: int, at_us: int) -> Seen:
        """Return the batch after its window has closed; one that was never read lists all that it can read now."""
        readable = self.input.lines if self.input.is_there(at_us) else 0
        lines = total or readable
        return Seen("expired", (lines, done, 0), output=done, listed=lines - done)


class TwoWorlds(RuleBasedStateMachine):
    """The engine's world, and the model's."""

    files = Bundle("files")
    batches = Bundle("batches")

    def __init__(self) -> None:
        super().__init__()
        self.world = new_engine().world()
        self.now_us = START_US
        self.expected: list[Expected] = []

    @rule(target=files, lines=st.integers(1, 12), is_bad=st.sampled_from([False, False, False, True]))
    def upload(self, lines: int, *, is_bad: bool) -> Input:
        file = upload(self.world, good_input(lines) + (b"7\n" if is_bad else b""))
        return Input(file.id, lines, is_bad)

    @rule(file=consumes(files))
    def delete(self, file: Input) -> None:
        self.world.delete_file("", file.id)
        file.deleted_us = self.now_us

    @rule(target=batches, file=files, scenario=st.sampled_from(["happy-path", "expired-partial", "stuck-validating"]))
    def create(self, file: Input, scenario: str) -> Expected:
        batch = self.world.create_batch("", request(file.id), scenario=scenario)
        self.expected.append(Expected(batch, scenario, file, self.now_us // SECOND_US * SECOND_US))
        return self.expected[-1]

    @rule(batch=batches)
    def cancel(self, batch: Expected) -> None:
        before = batch.at(self.now_us)
        try:
            self.world.cancel_batch("", batch.batch.id)
        except CancelRefused as refusal:
            assert refusal.status == before.status  # noqa: PT017 - a refusal is one of two good outcomes
            assert before.status in {"completed", "failed", "expired"}
            return
        assert before.status not in {"completed", "failed", "expired"}
        batch.cancel_us = self.now_us if batch.cancel_us is None else batch.cancel_us

    @rule(
        by_us=st.sampled_from([1, 60, 590, 600, 3540, 3600, DAY_S - 600, DAY_S]).map(lambda by_s: by_s * SECOND_US)
        | st.integers(0, 4000 * SECOND_US)
    )
    def advance(self, by_us: int) -> None:
        self.world.advance(by_us=by_us)
        self.now_us += by_us

    @rule(batch=batches)
    def step(self, batch: Expected) -> None:
        before = batch.at(self.now_us)
        try:
            fired = self.world.step(batch.batch.id).fired
        except NothingToCome:
            assert before.status in {"completed", "failed", "expired", "cancelled"}
            return
        self.now_us = fired[-1].at_us
        assert (batch.at(self.now_us) == before) is batch.passes_an_idle_step(self.now_us)
        assert batch.at(self.now_us - 1) == before

    @invariant()
    def sees_what_the_model_says(self) -> None:
        assert self.world.state().settled_us == self.now_us
        for each in self.expected:
            found, wanted = seen(self.world, each.batch), each.at(self.now_us)
            assert (found.status, counts(found)) == (wanted.status, wanted.counts)
            assert (found.output_file_id is None) == (wanted.output == 0)
            assert (found.error_file_id is None) == (wanted.listed == 0)

    def teardown(self) -> None:
        for each in self.expected:
            found, wanted = seen(self.world, each.batch), each.at(self.now_us)
            names = [f"row-{number}" for number in range(1, each.input.lines + 1)]
            assert custom_ids(output_rows(self.world, found)) == names[: wanted.output]
            assert custom_ids(error_rows(self.world, found)) == names[wanted.output :][: wanted.listed]


TestTwoWorlds = TwoWorlds.TestCase
TestTwoWorlds.settings = settings(derandomize=True, deadline=None, max_examples=many(200), stateful_step_count=30)
