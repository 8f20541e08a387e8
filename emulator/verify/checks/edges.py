"""Replies at the edge of the contract and beyond: shown as they are or refused, never turned into something else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from emulator.clients.protocol import Returned
from emulator.faces.values import is_same, shown
from emulator.verify.check import Check, Failed, Group, checks_of

if TYPE_CHECKING:
    from emulator.verify.stage import Stage

check = checks_of(Group.REPLIES)
ALTERED: Final = "comes back as it is, or ends in a declared error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A member of a batch as its JSON is written, and the values as which a client may show it instead of refusing it."""

    name: str
    member: str
    raw: str
    accepted: tuple[Any, ...]
    what: str


EDGES: Final = (
    Edge(
        name="integer-beyond-a-double", member="created_at", raw="9007199254740993", accepted=(9007199254740993,),
        what="An integer of 2**53 + 1",
    ),
    Edge(
        name="integer-of-fifty-digits", member="created_at", raw="1" * 50, accepted=(int("1" * 50),),
        what="An integer of fifty digits",
    ),
    Edge(
        name="whole-float", member="created_at", raw="1704067200.0", accepted=(1704067200, 1704067200.0),
        what="A float that is a whole number",
    ),
    Edge(name="broken-float", member="created_at", raw="1704067200.5", accepted=(1704067200.5,), what="A broken number"),
    Edge(
        name="number-as-text", member="created_at", raw='"1704067200"', accepted=("1704067200",),
        what="A text where a number belongs",
    ),
    Edge(name="true-for-a-number", member="created_at", raw="true", accepted=(True,), what="A true where a number belongs"),
    Edge(name="text-for-a-list", member="errors", raw='"none"', accepted=("none",), what="A text where an object belongs"),
    Edge(
        name="number-in-metadata", member="metadata", raw='{"k": 5}', accepted=({"k": 5},),
        what="A number where metadata has text",
    ),
    Edge(name="null-status", member="status", raw="null", accepted=(None,), what="A status of null"),
    Edge(name="unknown-status", member="status", raw='"queued"', accepted=("queued",), what="A status outside the enum"),
    Edge(
        name="lone-surrogate", member="metadata", raw='{"k": "\\ud800"}', accepted=({"k": "\ud800"},),
        what="Half of a surrogate pair",
    ),
    Edge(name="nul", member="metadata", raw='{"k": "\\u0000"}', accepted=({"k": "\0"},), what="A NUL character"),
)  # fmt: skip


def _edge(edge: Edge) -> Check:
    @check(f"batch.{edge.name}-is-not-altered", place=f"BatchObject.{edge.member}", expects=f"{edge.what} {ALTERED}.")
    def play(stage: Stage) -> None:
        batch_id = stage.arrange.batch()["id"]
        stage.rule("getBatch", raw={edge.member: edge.raw})
        outcome = stage.call("batches.get", batch_id=batch_id)
        if not isinstance(outcome, Returned):
            stage.is_declared(outcome, "batches.get", {"batch_id": batch_id})
            return
        got = outcome.result.get(edge.member)
        if not any(is_same(value, got) for value in edge.accepted):
            raise Failed(at=f"result.{edge.member}", expected=f"{edge.raw}, or a declared error", got=shown(got))

    return play


CHECKS: Final = tuple(map(_edge, EDGES))
