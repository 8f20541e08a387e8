"""One run: a sample batch from its upload to its end, seen by a client that looks often and misses nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulator.proving import asking
from emulator.proving.caller import Ask, Stuck
from emulator.proving.cancelling import Canceller
from emulator.proving.ending import judge_dates, judge_results, settle
from emulator.proving.lifecycle import WINDOW_S
from emulator.proving.listing import Listing
from emulator.proving.samples import AFTER_THE_END
from emulator.proving.walking import Walk
from emulator.proving.watching import Watch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.proving.watching import Stage


def play(stage: Stage) -> None:
    """Play a sample to its end. Raises Stuck when a call never succeeds."""
    listing = Listing(stage.caller, stage.notebook)
    file_id = _uploaded(stage)
    for _ in range(stage.sample.company):
        _created(stage, listing, file_id)
    watch = _watched(stage, listing, file_id)
    watch.list()
    canceller = Canceller(watch)
    Walk(watch, canceller).go()
    settle(watch)
    if stage.sample.cancel == AFTER_THE_END:
        canceller.cancel()
    judge_dates(watch)
    judge_results(watch)
    if stage.sample.errands:
        _run_errands(stage, file_id)
    watch.list()
    listing.close()


def _uploaded(stage: Stage) -> str:
    answer = stage.caller.call(asking.upload(stage.sample.input(), effect=stage.world.files_created))
    return str(answer.value.get("id"))


def _watched(stage: Stage, listing: Listing, file_id: str) -> Watch:
    """Create the batch that the run is about."""
    shown = _created(stage, listing, file_id)
    identity = str(shown.get("id"))
    if identity not in stage.world.batch_ids():
        stage.notebook.note("identity", expected="the id of the batch from createBatch", found=identity)
        raise Stuck
    born = stage.world.entered(identity)["validating"]
    facts = {
        "id": identity,
        **asking.wanted(stage.sample, file_id),
        "created_at": born,
        "expires_at": born + WINDOW_S,
    }
    return Watch(stage, listing, shown, facts)


def _created(stage: Stage, listing: Listing, file_id: str) -> Mapping[str, Any]:
    before = stage.world.batch_ids()
    facts = asking.wanted(stage.sample, file_id)
    shown: Mapping[str, Any] = stage.caller.call(asking.create(facts, effect=stage.world.batch_ids)).value
    listing.mine.append(str(shown.get("id")))
    listing.twins |= stage.world.batch_ids() - before - {str(shown.get("id"))}
    return shown


def _run_errands(stage: Stage, file_id: str) -> None:
    """See to the operations that the life of a batch does not need."""
    stage.caller.call(Ask(operation="listFiles"))
    for operation in ("getFile", "getFileContent", "deleteFile"):
        stage.caller.call(asking.of_file(operation, file_id))
