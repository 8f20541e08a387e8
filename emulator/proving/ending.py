"""The end of a batch: that it comes, that what is shown of the past is true, and what the batch leaves."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from emulator.proving import asking
from emulator.proving.caller import WAITS_S, Answer
from emulator.proving.lifecycle import ENDED
from emulator.proving.results import FILES, Left, judge
from emulator.proving.rows import rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from emulator.proving.rows import Row
    from emulator.proving.watching import Watch


def settle(watch: Watch) -> None:
    """Look again, a little later each time: thrice, and on until the batch shows its end and the files it must have."""
    for wait_s in WAITS_S[1:]:
        watch.stage.world.advance(wait_s)
        watch.look()
        if wait_s >= WAITS_S[3] and not _lacks_anything(watch):
            break
    if (status := watch.shown.get("status")) not in ENDED:
        watch.stage.notebook.note("lifecycle", expected="an end within the window", found=repr(status))


def _lacks_anything(watch: Watch) -> bool:
    truth, shown = watch.truth(), watch.shown
    lacks_output = truth.completed > 0 and shown.get("output_file_id") is None
    has_errors = truth.failed > 0 or (truth.status == "expired" and truth.finished < truth.total)
    lacks_errors = has_errors and shown.get("error_file_id") is None
    return shown.get("status") not in ENDED or lacks_output or lacks_errors or watch.lacks_counts()


def judge_dates(watch: Watch) -> None:
    """Note timestamps that do not tell when the batch entered its statuses."""
    entered = watch.stage.world.entered(watch.id)
    for track in watch.tracks.values():
        for name, date in track.dates.items():
            at = entered.get(name.removesuffix("_at"))
            if at != date:
                watch.stage.notebook.note("timestamps", expected=f"{name} {at}, when that happened", found=str(date))


def judge_results(watch: Watch) -> None:
    """Get the batch's files and note what does not agree in them. Raises Stuck."""
    stage, counts = watch.stage, watch.shown.get("request_counts")
    contents = {file: _content(watch, file) for file in FILES if watch.shown.get(f"{file}_file_id")}
    left = Left(
        sample=stage.sample,
        truth=watch.truth(),
        status=str(watch.shown.get("status")),
        shown=counts if isinstance(counts, dict) else {},
        rows=_rows(watch, contents),
        lost=frozenset(file for file, content in contents.items() if content is None),
        empty=frozenset(file for file, content in contents.items() if content == b""),
        owners=stage.reference.owners(stage.sample, watch.id),
    )
    judge(left, stage.notebook)


def _rows(watch: Watch, contents: Mapping[str, bytes | None]) -> Mapping[str, Sequence[Row]]:
    stage = watch.stage
    return {
        file: list(
            rows(
                content,
                file=file,
                endpoint=stage.sample.endpoint,
                contract=stage.contract,
                notebook=stage.notebook,
            )
        )
        for file, content in contents.items()
        if content is not None
    }


def _content(watch: Watch, file: str) -> bytes | None:
    """Return a result file's bytes, or None when they are gone for good. Raises Stuck."""
    identity, caller = str(watch.shown[f"{file}_file_id"]), watch.stage.caller
    answer = caller.call(asking.of_result("getFileContent", identity))
    told = caller.call(asking.of_result("getFile", identity))
    if answer.status != 200:
        return None
    content: bytes = answer.value
    _judge_bytes(watch, file, content, told)
    return content


def _judge_bytes(watch: Watch, file: str, content: bytes, told: Answer) -> None:
    if told.status != 200:
        return
    for name, value in {"bytes": len(content), "sha256": sha256(content).hexdigest()}.items():
        said = told.value.get(name)
        if said is not None and said != value:
            watch.stage.notebook.note("bytes", expected=f"{name} {said} of the {file} file", found=str(value))
