"""The application on top of the SDK: what a good program does so that it comes to the right end, whatever happens.

It submits lines, polls by moving the world's clock, repeats calls that ended in a declared error, pages, cancels twins, and
joins results by custom_id. It asks nothing of the SDK but that it says truthfully what came of each call.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Any, Final

from emulator.clients.protocol import Raised, Returned
from emulator.faces.arranging import CHAT, good_input
from emulator.verify.check import Failed
from emulator.verify.endings import ALL, LINES, Ending
from emulator.verify.sorting import Sorted
from emulator.verify.stage import told

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from emulator.verify.stage import Stage

ENDS: Final = frozenset({"completed", "failed", "cancelled", "expired"})
WAITS_S: Final = (30, 60, 120, 240, 480)
"""How long it waits before it repeats a call that failed, each time; then it gives up."""
LOOKS: Final = 5
"""How often it looks again for what should be there."""
DEADLINE_S: Final = 25 * 3600
MOST_PAGES: Final = 100
TAG: Final = "the-one-job"


class GaveUp(Exception):
    """A call went on ending in a declared error; the message says which and in what."""


class Application:
    """One program, with one client, in one world."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.errors: list[str] = []

    def run(self, *, cancel_after: str | None = None) -> Ending:
        """Submit lines, see them through, and tell what came of each. Raises GaveUp, Failed."""
        batch = self._submitted()
        if cancel_after is not None:
            self.stage.admin.advance(cancel_after)
            self._cancel(batch["id"])
        return self._summed_up(self._ended(batch["id"]))

    # Calls

    def _once(self, name: str, **args: Any) -> Any:
        """Return the object that a call returns, or None where it failed. Raises Failed for an error that nobody documents.

        It has failed, too, where it shows a reply that is no object as what it is: a page of HTML, a list, null.
        """
        outcome = self.stage.call(name, **args)
        if isinstance(outcome, Returned) and isinstance(outcome.result, dict):
            return outcome.result
        if isinstance(outcome, Returned) or (isinstance(outcome, Raised) and outcome.declared):
            self.errors.append(told(outcome, name, args))
            return None
        raise Failed(at=name, expected="an object, or an error that the SDK documents", got=told(outcome, name, args))

    def _asked(self, name: str, **args: Any) -> Any:
        """Return what a call returns at last, waiting longer each time. Raises GaveUp when patience ends."""
        result = self._once(name, **args)
        for wait_s in WAITS_S:
            if result is not None:
                return result
            self.stage.admin.advance(wait_s)
            result = self._once(name, **args)
        if result is None:
            raise GaveUp(f"{name} ended {len(WAITS_S) + 1} times in {self.errors[-1]}")
        return result

    # A batch, from its lines to its end

    def _submitted(self) -> Any:
        """Upload lines and create their batch, exactly one of it: a twin is cancelled."""
        content = b64encode(good_input(LINES)).decode()
        file = self._asked("files.upload", filename="input.jsonl", content=content, purpose="batch")
        batch = self._created(file["id"])
        for twin in self._tagged():
            if twin["id"] != batch["id"]:
                self._cancel(twin["id"])
        return batch

    def _created(self, file_id: str) -> Any:
        for wait_s in (*WAITS_S, 0):
            made = self._once("batches.create", input_file_id=file_id, endpoint=CHAT, metadata={"job": TAG})
            if made is not None:
                return made
            if found := next(self._tagged(), None):
                return found
            self.stage.admin.advance(wait_s)
        raise GaveUp(f"batches.create ended {len(WAITS_S) + 1} times in {self.errors[-1]}")

    def _tagged(self) -> Iterator[Any]:
        """Yield the batches of this job, each once, newest first."""
        known: set[str] = set()
        after: dict[str, str] = {}
        for _ in range(MOST_PAGES):
            page = self._asked("batches.list", **after)
            new = [batch for batch in page["data"] if batch["id"] not in known]
            known |= {batch["id"] for batch in new}
            yield from (batch for batch in new if (batch.get("metadata") or {}).get("job") == TAG)
            if not page["has_more"] or not new:
                return
            after = {"after": new[-1]["id"]}
        raise Failed(at="batches.list", expected="an end of the list", got=f"{MOST_PAGES} pages and still more")

    def _get(self, batch_id: str) -> Any:
        return self._asked("batches.get", batch_id=batch_id)

    def _cancel(self, batch_id: str) -> None:
        """Ask for a batch to be cancelled, until it is seen that this took effect or came too late."""
        for _ in range(LOOKS):
            answer = self._once("batches.cancel", batch_id=batch_id)
            if answer is not None or self._get(batch_id)["status"] in {"cancelling", *ENDS}:
                return

    def _ended(self, batch_id: str) -> Any:
        """Return the batch once it has ended, or as it is at the deadline: an unknown status is no end."""
        began = self._now()
        while (batch := self._get(batch_id))["status"] not in ENDS:
            waited = self._now() - began
            if waited >= DEADLINE_S:
                return batch
            self.stage.admin.advance("10m" if waited < 7200 else "1h")
        return self._with_files(batch)

    def _with_files(self, batch: Any) -> Any:
        """Return an ended batch with the ids of its files, if there is reason to think that it has some."""
        for _ in range(LOOKS):
            ran = batch["request_counts"]["total"] and batch["status"] not in {"failed", "cancelled"}
            if batch.get("output_file_id") or batch.get("error_file_id") or not ran:
                break
            self.stage.admin.advance("10m")
            batch = self._get(batch["id"])
        return batch

    def _now(self) -> float:
        return float(self.stage.admin.clock()["now"])

    # Results

    def _summed_up(self, batch: Any) -> Ending:
        contents = {kind: self._content(batch.get(f"{kind}_file_id")) for kind in ("output", "error")}
        lines = Sorted()
        for content in contents.values():
            lines.read(content or b"")
        return Ending(
            final=batch["status"] if batch["status"] in ENDS else None,
            done=_in_order(lines.done),
            incomplete=_in_order(lines.incomplete),
            failures=lines.failures,
            expired=_in_order(lines.expired),
            missing=_in_order(set(ALL) - {*lines.done, *lines.failures, *lines.expired}),
            unreadable=lines.unreadable,
            lost_files=tuple(kind for kind, content in contents.items() if content is None),
            faults=tuple(_faults(batch)),
        )

    def _content(self, file_id: str | None) -> bytes | None:
        """Return a file's bytes, none of them where there is no file, or None when it cannot be had."""
        if not file_id:
            return b""
        try:
            return b64decode(self._asked("files.content", file_id=file_id)["content"])
        except GaveUp:
            return None


def _faults(batch: Any) -> Iterator[tuple[str, int | None, str | None]]:
    for fault in (batch.get("errors") or {}).get("data", []):
        yield fault["code"], fault.get("line"), fault.get("param")


def _in_order(some: Iterable[str]) -> tuple[str, ...]:
    wanted = set(some)
    return tuple(custom_id for custom_id in ALL if custom_id in wanted)
