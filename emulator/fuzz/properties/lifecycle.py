"""lifecycle: a random walk of calls, scenarios and clock steps, where an independent model says what may be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st

from emulator.fuzz.lifecycle.machine import Walk
from emulator.fuzz.lifecycle.model import Model
from emulator.fuzz.property import Property

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.fuzz.trace import Trace
    from emulator.fuzz.violation import Violation


def judge(trace: Trace) -> Iterator[Violation]:
    """Say where something was seen that the model does not allow."""
    model = Model()
    for each in trace.played:
        yield from model.see(each)


PROPERTY: Final = Property(
    name="lifecycle",
    statement="Whatever is done, in any order and at any time, what is seen is what may be.",
    scripts=st.nothing,
    judge=judge,
    machine=Walk,
    share=3,
)
