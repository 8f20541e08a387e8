"""Requests as sent: an id stays one segment of the path, whatever it is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from emulator.verify.check import Check, Group, checks_of
from emulator.verify.comparing import holds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emulator.faces.journal import Sent
    from emulator.verify.stage import Stage

check = checks_of(Group.REQUESTS)
IDS: Final = ("a/b", "a?b=c", "a#b", "a%2Fb", "a b", "a;b:@&=+$,", "é中\U0001f600", "x" * 500)
"""Ids that a client must escape, or leave alone, so that they stay one segment of the path."""
PATHLESS_IDS: Final = ("", ".", "..")
"""Ids that no URL can carry as a segment: a client may refuse them, or ask for what does not exist."""


@dataclass(frozen=True, slots=True)
class Slot:
    """Where the id of a call stands in its path."""

    name: str
    call: str
    argument: str
    before: str
    after: str = ""

    def __str__(self) -> str:
        return f"{self.before}{{{self.argument}}}{self.after}"

    def holds(self, given: str, target: str) -> bool:
        """Say whether a request's target has the id, escaped, as one segment here."""
        path = target.removeprefix("/api/v1/llm")
        if not (path.startswith(self.before) and path.endswith(self.after)):
            return False
        segment = path.removeprefix(self.before).removesuffix(self.after)
        return not set(segment) & set("/?#") and unquote(segment) == given


SLOTS: Final = (
    Slot("get", "batches.get", "batch_id", "/batches/"),
    Slot("cancel", "batches.cancel", "batch_id", "/batches/", "/cancel"),
    Slot("file", "files.get", "file_id", "/files/"),
    Slot("delete", "files.delete", "file_id", "/files/"),
    Slot("content", "files.content", "file_id", "/files/", "/content"),
)


def _escapes(slot: Slot) -> Check:
    """Return the check that ids of strange characters stay one segment."""

    @check(
        f"{slot.name}.keeps-ids-in-their-segment",
        place=str(slot),
        expects="An id with /, ?, #, %, spaces or other scripts in it is escaped into one segment of the path, or refused.",
    )
    def play(stage: Stage) -> None:
        _play(stage, slot, IDS)

    return play


def _refuses(slot: Slot) -> Check:
    """Return the check that an id which no path can carry leads nowhere else."""

    @check(
        f"{slot.name}.lets-no-id-change-the-path",
        place=str(slot),
        expects='The ids "", "." and ".." are refused with a declared error, or asked for: they never become another path.',
    )
    def play(stage: Stage) -> None:
        stage.arrange.batch()
        _play(stage, slot, PATHLESS_IDS)

    return play


def _play(stage: Stage, slot: Slot, given: Sequence[str]) -> None:
    for each in given:
        known = len(stage.journal())
        stage.raised(slot.call, **{slot.argument: each})
        for request in stage.journal()[known:]:
            _stays(request, slot, each)


def _stays(request: Sent, slot: Slot, given: str) -> None:
    """Raise Failed unless the id stands where it belongs: that of this call, or of another that the client makes before it."""
    at = f"the path for the id {given!r:.60}"
    is_kept = any(each.holds(given, request.target) for each in SLOTS)
    holds(is_kept, at=at, expected=str(slot), got=request.target)


CHECKS: Final = (*map(_escapes, SLOTS), *map(_refuses, SLOTS))
