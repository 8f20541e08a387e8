"""ids-stay-ids: an id never changes the path it is put in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from emulator.clients.protocol import Returned
from emulator.faces.arranging import API
from emulator.faces.values import shown
from emulator.fuzz.property import Property
from emulator.fuzz.steps import Arrange, Call, Connect
from emulator.fuzz.strategies.arguments import ids

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypothesis.strategies import SearchStrategy

    from emulator.faces.journal import Sent
    from emulator.fuzz.steps import Script
    from emulator.fuzz.trace import Played, Trace
    from emulator.fuzz.violation import Violation


@dataclass(frozen=True, slots=True)
class Slot:
    """Where the id of a call stands."""

    argument: str
    method: str
    before: str
    after: str = ""

    def holds(self, given: str, request: Sent) -> bool:
        """Say whether a request has the id, escaped, as one segment of its path here."""
        path = request.target.removeprefix(API)
        if request.method != self.method or not (path.startswith(self.before) and path.endswith(self.after)):
            return False
        segment = path[len(self.before) : len(path) - len(self.after)]
        return not set(segment) & set("/?#") and unquote(segment) == given


SLOTS: Final = {
    "batches.get": Slot("batch_id", "GET", "/batches/"),
    "batches.cancel": Slot("batch_id", "POST", "/batches/", "/cancel"),
    "files.get": Slot("file_id", "GET", "/files/"),
    "files.delete": Slot("file_id", "DELETE", "/files/"),
    "files.content": Slot("file_id", "GET", "/files/", "/content"),
}


def scripts() -> SearchStrategy[Script]:
    """Draw an id that does not exist, and put it in every place, in a world that holds a batch and a file."""
    return ids().map(_script)


def _script(given: str) -> Script:
    asked = [Call(call=call, args={slot.argument: given}) for call, slot in SLOTS.items()]
    return (Connect(), Arrange(what="batch", name="there"), *asked)


def judge(trace: Trace) -> Iterator[Violation]:
    """Say where an id became more than a segment of its path, or where a call found what does not exist."""
    for each, call in trace.calls():
        slot = SLOTS[call.call]
        yield from _judged(each, slot, call.args[slot.argument])


def _judged(played: Played, slot: Slot, given: str) -> Iterator[Violation]:
    for request in played.requests:
        if not any(each.holds(given, request) for each in SLOTS.values()):
            expected = f"{slot.method} {slot.before}{{the id, escaped}}{slot.after} for the id {given!r:.100}"
            yield played.violation("id changes the path", expected, f"{request.method} {request.target}")
    if isinstance(played.outcome, Returned):
        expected = f"a declared error: nothing has the id {given!r:.100}"
        yield played.violation("found what does not exist", expected, shown(played.outcome.result))


PROPERTY: Final = Property(
    name="ids-stay-ids",
    statement="An id never changes the path it is put in.",
    scripts=scripts,
    judge=judge,
)
