"""Result files: what each line of a batch came to, written once, when it ends (contract sections 4, 5)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from emulator.domain import ids
from emulator.domain.clock import seconds
from emulator.domain.files import Content, ContentWriter
from emulator.domain.jsonl import good_lines, write_line
from emulator.domain.lifecycle import Status
from emulator.domain.timeline import finish_us

if TYPE_CHECKING:
    from emulator.domain.batch import Batch
    from emulator.domain.jsonl import Line

_NO_LIMIT: Final = 1 << 62


@dataclass(frozen=True, slots=True)
class Results:
    """The contents of the two files; None where a file would hold nothing."""

    output: Content | None
    error: Content | None


def write_results(batch: Batch, content: Content, *, seed: int) -> tuple[Batch, Results]:
    """Return what the batch's lines came to, and the batch with its lines counted.

    Finished lines are in the output file. Of a batch that expired the rest is in the error file, of one that was
    cancelled it is in neither.
    """
    output, error = ContentWriter(_NO_LIMIT), ContentWriter(_NO_LIMIT)
    index = -1
    for index, line in enumerate(good_lines(content)):
        if index < batch.lines.done:
            output.write(write_line(_success(batch, index, line, seed)))
        elif batch.status is Status.EXPIRED:
            error.write(write_line(_expired(batch, index, line, seed)))
    counted = replace(batch, lines=replace(batch.lines, total=index + 1))
    return counted, Results(*(writer.close() if writer.size else None for writer in (output, error)))


def _success(batch: Batch, index: int, line: Line, seed: int) -> dict[str, Any]:
    from emulator.inference import Prompt, reply  # noqa: PLC0415 - a server's start need not wait for it

    line_id, request_id = ids.line_ids(seed, batch.id, index)
    prompt = Prompt(
        seed=seed,
        custom_id=line.custom_id,
        endpoint=batch.request.endpoint,
        body=line.body,
        at=seconds(finish_us(batch, index + 1)),
    )
    response = {"status_code": 200, "request_id": request_id, "body": reply(prompt)}
    return {"id": line_id, "custom_id": line.custom_id, "response": response, "error": None}


def _expired(batch: Batch, index: int, line: Line, seed: int) -> dict[str, Any]:
    line_id, _ = ids.line_ids(seed, batch.id, index)
    error = {
        "code": "batch_expired",
        "message": "The batch's completion window closed before this request was run.",
    }
    return {"id": line_id, "custom_id": line.custom_id, "response": None, "error": error}
