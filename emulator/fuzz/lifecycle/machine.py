"""The random walk, as a Hypothesis state machine: each of its rules is one step of a script, which is played at once."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import TYPE_CHECKING, Any, ClassVar, Final

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, multiple, precondition, rule

from emulator.fuzz.lifecycle.model import Model
from emulator.fuzz.oracles.said import is_metadata
from emulator.fuzz.property import broken_drivers, undeclared
from emulator.fuzz.steps import Advance, Call, Connect, Look, Made, Rule, Scenario
from emulator.fuzz.strategies.arguments import metadata
from emulator.fuzz.trace import Fault, Trace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hypothesis.strategies import SearchStrategy

    from emulator.fuzz.playing import Player
    from emulator.fuzz.steps import Step
    from emulator.fuzz.trace import Played
    from emulator.fuzz.violation import Violation

TENANTS: Final = (None, "alice", "bob")
SPANS_S: Final = (1, 59, 60, 61, 599, 600, 1800, 3540, 3600, 3660, 7200, 86_399, 86_400, 100_000)
SCENARIOS: Final = (
    "happy-path", "expired-partial", "all-failed", "mixed-results", "cancel-too-late", "stuck-finalizing", "straggler",
    "one-bad-line", "cancel-in-progress", "expired-nothing", "finalizing-unseen", "http-error-lines",
    "many-errors", "stuck-validating", "out-of-order", "files-late",
)  # fmt: skip
"""Legal ones, whose batches are shown as they are."""
LATE: Final = "files-late"
TO_THE_END_S, LATE_S = 3660, 900
"""How long a batch of that scenario takes to its end, and how long after that its files are there."""
FAULTS: Final[tuple[dict[str, Any], ...]] = (
    {"reply": {"status": 429, "json": {"error": "Rate limit exceeded"}}},
    {"reply": {"status": 503, "content_type": "text/html", "body": "<h1>Unavailable</h1>"}},
    {"reply": {"status": 400, "json": {"error": {"message": "No.", "type": "e", "code": 400, "param": None}}}},
    {"reply": {"status": 404, "json": {"error": {"message": "Not yet.", "type": "e", "code": 404, "param": None}}}},
    {"reset": True},
    {"close": True},
    {"after": True, "reset": {"body": 20}},
)
RETRIES: Final = ("off", "default")
LISTS: Final[tuple[tuple[str, Mapping[str, Any]], ...]] = (
    ("batches.list", {}),
    ("batches.list", {"limit": 1}),
    ("batches.list", {"limit": 100}),
    ("files.list", {}),
)
SHORT: Final = 6
"""Metadata of a walk has fewer pairs."""
FIRST_FILE, FIRST_BATCH = Made("file"), Made("batch")
OF_FILES: Final = (("getFile", "files.get"), ("getFileContent", "files.content"))
KEYS: Final = (None, None, "other")
"""API keys under which somebody looks for what is none of theirs."""
READS: Final = ("getBatch", "listBatches", "getFile", "getFileContent", "cancelBatch")


def _line(number: int) -> dict[str, Any]:
    body = {"model": "m-1", "messages": [{"role": "user", "content": "Name a colour."}]}
    return {"custom_id": f"row-{number}", "method": "POST", "url": "/v1/chat/completions", "body": body}


INPUT: Final = "".join(json.dumps(_line(number)) + "\n" for number in range(1, 4)).encode()
CONTENTS: Final = (INPUT, INPUT, INPUT, b"not a request\n", b"")


def _upload(name: str, content: bytes) -> Call:
    args = {"filename": "input.jsonl", "content": b64encode(content).decode(), "purpose": "batch"}
    return Call(call="files.upload", args=args, name=name)


def _create(name: str, file: Made, noted: Mapping[str, Any]) -> Call:
    args = {"input_file_id": file, "endpoint": "/v1/chat/completions", **noted}
    return Call(call="batches.create", args=args, name=name)


def _meddling(operation: str, effect: Mapping[str, Any]) -> Rule:
    return Rule(rule={"on": {"operation": operation, "times": 1}, **effect})


def _noted() -> SearchStrategy[dict[str, Any]]:
    """Return what may be said of a batch besides its file, most of it short."""
    short = metadata().filter(lambda value: is_metadata(value) and len(value or ()) < SHORT)
    return st.one_of(st.just({}), st.fixed_dictionaries({"metadata": short}))


class Walk(RuleBasedStateMachine):
    """A walk with one client. `player` plays; `judge` is told each violation."""

    player: ClassVar[Player]
    batches = Bundle("batches")
    files = Bundle("files")

    def __init__(self) -> None:
        super().__init__()
        self._steps: list[Step] = []
        self._played: list[Played] = []
        self._model = Model()
        self._is_broken = False
        self._connected = Connect()

    @staticmethod
    def judge(violation: Violation, trace: Trace) -> None:
        """Take note of a violation; whoever walks says how."""
        raise NotImplementedError

    def do(self, step: Step) -> None:
        """Play a step, and see whether what came of it may be."""
        if self._is_broken:
            return
        self._steps.append(step)
        played = self.player.step(step)
        self._played.append(played)
        self._is_broken = isinstance(played.outcome, Fault)
        trace = Trace(hello=self.player.hello, script=tuple(self._steps), played=tuple(self._played))
        now = Trace(hello=trace.hello, script=trace.script, played=(played,))
        for violation in [*broken_drivers(now), *undeclared(now)] or list(self._model.see(played)):
            self.judge(violation, trace)

    @initialize(
        tenant=st.sampled_from(TENANTS),
        retries=st.sampled_from(RETRIES),
        scenario=st.sampled_from((SCENARIOS[0], *SCENARIOS)),
    )
    def begin(self, tenant: str | None, retries: str, scenario: str) -> None:
        """Begin in a world as new, with a batch."""
        self.player.begin()
        self.connect(tenant, retries)
        if scenario != SCENARIOS[0]:
            self.do(Scenario(scenario=scenario))
        self.do(_upload(FIRST_FILE.name, INPUT))
        self.do(_create(FIRST_BATCH.name, FIRST_FILE, {}))
        self.get(FIRST_BATCH)

    @initialize(target=files)
    def first_file(self) -> Made:
        """Name the file that there is from the beginning."""
        return FIRST_FILE

    @initialize(target=batches)
    def first_batch(self) -> Made:
        """Name the batch that there is from the beginning."""
        return FIRST_BATCH

    @rule(tenant=st.sampled_from(TENANTS), retries=st.sampled_from(RETRIES))
    def reconnect(self, tenant: str | None, retries: str) -> None:
        """Act for somebody else."""
        self.connect(tenant, retries)

    def connect(self, tenant: str | None, retries: str) -> None:
        """Connect anew, and keep in mind how."""
        self._connected = Connect(on_behalf_of=tenant, retries=retries)
        self.do(self._connected)

    @rule(batch=batches, tenant=st.sampled_from(TENANTS), key=st.sampled_from(KEYS))
    def trespass(self, batch: Made, tenant: str | None, key: str | None) -> None:
        """Look at a batch for somebody else, and go on as before."""
        before = self._connected
        self.do(Connect(on_behalf_of=tenant, retries=before.retries, key=key))
        self.get(batch)
        self.do(before)

    @rule(target=files, content=st.sampled_from(CONTENTS))
    def upload(self, content: bytes) -> Made:
        """Upload a file."""
        name = f"file {len(self._steps)}"
        self.do(_upload(name, content))
        return Made(name)

    @rule(target=batches, file=files, noted=_noted())
    def create(self, file: Made, noted: Mapping[str, Any]) -> Made:
        """Start a batch of a file."""
        name = f"batch {len(self._steps)}"
        self.do(_create(name, file, noted))
        return Made(name)

    @rule(target=batches, file=files, noted=_noted())
    def create_two(self, file: Made, noted: Mapping[str, Any]) -> Any:
        """Start two batches of a file, of the second of which nothing is said."""
        names = [f"batch {len(self._steps) + number}" for number in range(2)]
        self.do(_create(names[0], file, noted))
        self.do(_create(names[1], file, {}))
        return multiple(*map(Made, names))

    @rule(batch=batches)
    def look(self, batch: Made) -> None:
        """Look at a batch, and see how it is."""
        self.get_and_compare(batch)

    def get_and_compare(self, batch: Made) -> None:
        """Look at a batch, and without the client at all of them."""
        self.get(batch)
        if not self._model.loose["listBatches"]:  # what is in the client's way would be in ours
            self.do(Look(at="batches", tenant=self._connected.on_behalf_of))

    def get(self, batch: Made) -> None:
        """Look at a batch, as other steps do as well."""
        self.do(Call(call="batches.get", args={"batch_id": batch}))

    @rule(batch=batches, seconds=st.sampled_from(SPANS_S))
    def poll(self, batch: Made, seconds: int) -> None:
        """Let time pass, and look at a batch."""
        self.do(Advance(seconds=seconds))
        self.get(batch)

    @rule(batch=batches)
    def cancel(self, batch: Made) -> None:
        """Stop a batch, and look at it."""
        self.cancel_and_look(batch)

    def cancel_and_look(self, batch: Made) -> None:
        """Stop a batch, whenever that is, and look at it."""
        self.do(Call(call="batches.cancel", args={"batch_id": batch}))
        self.get(batch)

    @rule(batch=batches)
    def cancel_late(self, batch: Made) -> None:
        """Stop a batch that must have ended by itself."""
        self.do(Advance(seconds=SPANS_S[-1]))
        self.cancel_and_look(batch)

    @rule(target=batches, file=files)
    def outlast(self, file: Made) -> Made:
        """Start a batch whose files come late, and look at it at its end and after that."""
        name = f"batch {len(self._steps)}"
        self.do(Scenario(scenario=LATE))
        self.do(_create(name, file, {}))
        for seconds in TO_THE_END_S, LATE_S:
            self.do(Advance(seconds=seconds))
            self.get_and_compare(Made(name))
        return Made(name)

    @rule(target=batches, file=files, listed=st.sampled_from(LISTS))
    def grow(self, file: Made, listed: tuple[str, Mapping[str, Any]]) -> Made:
        """List, start a batch a while later, and list again."""
        call, args = listed
        name = f"batch {len(self._steps)}"
        self.do(Call(call=call, args=args))
        self.do(Advance(seconds=1))
        self.do(_create(name, file, {}))
        self.do(Call(call=call, args=args))
        return Made(name)

    @rule(listed=st.sampled_from(LISTS))
    def list(self, listed: tuple[str, Mapping[str, Any]]) -> None:
        """List batches or files."""
        call, args = listed
        self.do(Call(call=call, args=args))

    @rule(file=files, call=st.sampled_from(("files.get", "files.content")))
    def read(self, file: Made, call: str) -> None:
        """Look at a file, or read it."""
        self.do(Call(call=call, args={"file_id": file}))

    @rule(file=consumes(files))
    def delete(self, file: Made) -> None:
        """Look at a file, delete it, and look for it."""
        for call in ("files.get", "files.delete", "files.get", "files.content"):
            self.do(Call(call=call, args={"file_id": file}))

    @rule(name=st.sampled_from(SCENARIOS))
    def follow(self, name: str) -> None:
        """Let batches follow a scenario from now on."""
        self.do(Scenario(scenario=name))

    @precondition(lambda self: len(self._steps) < 30)
    @rule(batch=batches, seconds=st.sampled_from(SPANS_S), effect=st.sampled_from(FAULTS))
    def stumble(self, batch: Made, seconds: int, effect: dict[str, Any]) -> None:
        """Look at a batch while something is in the way and when it is not any more, and see how it is."""
        self.get(batch)
        self.do(_meddling("getBatch", effect))
        self.do(Advance(seconds=seconds))
        for _ in range(2):
            self.get_and_compare(batch)

    @precondition(lambda self: len(self._steps) < 30)
    @rule(file=files, asked=st.sampled_from(OF_FILES), effect=st.sampled_from(FAULTS))
    def stumble_over(self, file: Made, asked: tuple[str, str], effect: dict[str, Any]) -> None:
        """Look at a file while something is in the way, and when it is not any more."""
        operation, call = asked
        self.do(_meddling(operation, effect))
        for _ in range(2):
            self.do(Call(call=call, args={"file_id": file}))

    @precondition(lambda self: len(self._steps) < 30)
    @rule(operation=st.sampled_from(READS), effect=st.sampled_from(FAULTS))
    def disturb(self, operation: str, effect: dict[str, Any]) -> None:
        """Let the next call of an operation meet with something."""
        self.do(_meddling(operation, effect))
