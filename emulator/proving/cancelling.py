"""Cancelling a batch in the stage of its life that a sample wants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emulator.proving.caller import Ask
from emulator.proving.lifecycle import ENDED

if TYPE_CHECKING:
    from emulator.proving.watching import Watch
    from emulator.proving.world import Truth

REFUSING: Final = ENDED - {"cancelled"}
"""A batch in one of these cannot be cancelled; of one that has been, a further cancel is no error."""


class Canceller:
    """Cancels when it is time: in the midst of the lines, and once more where the batch is being cancelled already."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._wanted = watch.stage.sample.cancel
        self._times = 0

    def cancel_if_due(self, before: Truth) -> None:
        """Cancel if the batch is in the stage; `before` is how it stood when its next event was asked for."""
        if self._wanted is None or self._times == 2:
            return
        truth = self._watch.truth()
        first = "in_progress" if self._wanted == "cancelling" else self._wanted
        is_again = self._times == 1 and truth.status == self._wanted == "cancelling"
        if is_again or (self._times == 0 and truth.status == first and _is_amidst(truth, before)):
            self.cancel()

    def cancel(self) -> None:
        """Cancel now, whatever the stage."""
        self._times += 1
        had_ended = self._is_refused(409)
        answer = self._watch.stage.caller.call(
            Ask(
                operation="cancelBatch",
                path={"batch_id": self._watch.id},
                ends=self._is_refused,
                effect=self._course,
                once=True,
            )
        )
        if answer.status == 200 and had_ended:
            expected = "409 when a batch is cancelled that has ended"
            self._watch.stage.notebook.note("status", expected=expected, found="200")
        if answer.status == 200:
            self._watch.look_aside(answer.value)
        self._watch.look()

    def _is_refused(self, status: int) -> bool:
        return status == 409 and self._watch.truth().status in REFUSING

    def _course(self) -> object:
        truth = self._watch.truth()
        return truth.status, truth.steps_at


def _is_amidst(truth: Truth, before: Truth) -> bool:
    """Return whether some line has finished, or none will before the next step."""
    return truth.status != "in_progress" or truth.finished > 0 or before.next_at in before.steps_at[:1]
