"""One batch under watch: looking at it by its id and in the list, and how it truly stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from emulator.domain.clock import SECOND_US, parse_duration
from emulator.proving import asking
from emulator.proving.lifecycle import WINDOW_S
from emulator.proving.reading import is_sendable
from emulator.proving.tracking import Track

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from emulator.contract.catalog import Contract
    from emulator.proving.caller import Caller
    from emulator.proving.listing import Listing
    from emulator.proving.notebook import Notebook
    from emulator.proving.reference import Reference
    from emulator.proving.samples import Sample
    from emulator.proving.world import Truth, World


_MEMBER: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What a run plays on."""

    sample: Sample
    world: World
    caller: Caller
    contract: Contract
    reference: Reference
    notebook: Notebook


class Watch:
    """A batch, as it was created with `facts` and has been seen since."""

    def __init__(self, stage: Stage, listing: Listing, shown: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
        self.stage = stage
        self.id = str(shown["id"])
        self.shown = self._fitting(shown)
        self._listing = listing
        self._facts = facts
        self.tracks = {operation: Track(facts, stage.notebook) for operation in ("getBatch", "listBatches")}
        for track in self.tracks.values():
            track.look(self.shown)

    def truth(self) -> Truth:
        """Return how it truly stands."""
        return self.stage.world.truth(self.id)

    def look(self) -> None:
        """Get it once. Raises Stuck."""
        self.shown = self._fitting(self.stage.caller.call(asking.of_batch("getBatch", self.id)).value)
        self.tracks["getBatch"].look(self.shown)
        self._compare_total()

    def look_aside(self, shown: Mapping[str, Any]) -> None:
        """Take a look at it in the reply of another operation."""
        Track(self._facts, self.stage.notebook).look(self._fitting(shown))

    def list(self) -> None:
        """Look at it in the list. Raises Stuck."""
        shown = self._listing.sweep().get(self.id)
        if shown is not None:
            self.tracks["listBatches"].look(self._fitting(shown))

    def _fitting(self, shown: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return those members that fit the schema: of the others that has been noted, and nothing follows from them."""
        faults = self.stage.contract.components["BatchObject"].faults(shown, "")
        unfit = {match[0] for fault in faults if (match := _MEMBER.match(fault.place.lstrip(".")))}
        return {name: value for name, value in shown.items() if name not in unfit and is_sendable(value)}

    def lacks_counts(self) -> bool:
        """Return whether it shows no lines though it has some."""
        counts = self.shown.get("request_counts", {})
        return counts.get("total") == 0 and self.shown.get("status") != "validating" and self.truth().total > 0

    def _compare_total(self) -> None:
        if self.lacks_counts():
            self.stage.notebook.note("late-counts", expected="request_counts.total, validation being over", found="0")

    def boundaries(self) -> Iterator[float]:
        """Yield the instants at which rules begin, or cease, to mean it."""
        for rule in self.stage.world.rules():
            on, hidden = rule.get("on", {}), rule.get("hide") or {}
            for age in (on.get("since"), on.get("until"), hidden.get("until")):
                age_s = parse_duration(age) / SECOND_US if age is not None else None
                if age_s is not None and age_s <= WINDOW_S:
                    yield self._facts["created_at"] + age_s
