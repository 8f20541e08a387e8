"""What each line of an ended batch came to: the rows of its two result files (contract sections 4, 5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from emulator.domain import ids
from emulator.domain.clock import seconds
from emulator.domain.lifecycle import Status
from emulator.domain.outcomes import filled
from emulator.domain.timeline import finish_us
from emulator.engine.editing import Row, written
from emulator.engine.intake import with_outcomes
from emulator.inference import Prompt, reply

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from emulator.domain.batch import Batch
    from emulator.domain.edits import ResultFile
    from emulator.domain.files import Content
    from emulator.domain.jsonl import Line
    from emulator.domain.outcomes import Outcome


def result_files(batch: Batch, content: Content, *, seed: int) -> Mapping[ResultFile, Content | None]:
    """Return what the two files of a batch that has ended hold; None where one need not be there."""
    return written(rows(batch, content, seed=seed), batch.scenario.results, seed=seed)


def rows(batch: Batch, content: Content, *, seed: int) -> Iterator[tuple[ResultFile, Row]]:
    """Yield the rows of both files in the order of the input.

    Finished lines stand in the output file, failed ones where the scenario wants them. Of a batch that expired the rest is
    in the error file, of one that was cancelled it is in neither.
    """
    finished = 0
    for index, (line, outcome) in enumerate(with_outcomes(batch, content, total=batch.lines.total, seed=seed)):
        is_done = not outcome.unfinished and finished < batch.lines.done
        finished += is_done
        if is_done:
            row = Row(line, _Writer(batch, seed, index, finished).finished(line, outcome))
            yield from ((file, row) for file in _places(batch, outcome))
        elif batch.status is Status.EXPIRED:
            yield "error", Row(line, _Writer(batch, seed, index, finished).expired(line))


def _places(batch: Batch, outcome: Outcome) -> tuple[ResultFile, ...]:
    if not outcome.fails:
        return ("output",)
    places: dict[str, tuple[ResultFile, ...]] = {
        "error_file": ("error",),
        "output_file": ("output",),
        "both": ("output", "error"),
    }
    return places[batch.scenario.results.failed_in]


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes the row of the line with this index; it is the batch's `number`-th to finish."""

    batch: Batch
    seed: int
    index: int
    number: int

    def expired(self, line: Line) -> dict[str, Any]:
        message = "The batch's completion window closed before this request was run."
        return self._row(line, error={"code": "batch_expired", "message": message})

    def finished(self, line: Line, outcome: Outcome) -> dict[str, Any]:
        if outcome.error is not None:
            return self._row(line, error=dict(outcome.error))
        request_id = ids.line_request_id(self.seed, self.batch.id, self.index)
        body = self._body(line, outcome)
        return self._row(line, response={"status_code": outcome.status_code, "request_id": request_id, "body": body})

    def _body(self, line: Line, outcome: Outcome) -> Any:
        if outcome.body is not None:
            values = {"custom_id": line.custom_id, "index": self.index, "body": line.body}
            return outcome.changes.applied(filled(outcome.body, values))
        prompt = Prompt(
            seed=self.seed,
            custom_id=line.custom_id,
            endpoint=self.batch.request.endpoint,
            body=line.body,
            at=seconds(finish_us(self.batch, self.number)),
            content=outcome.content,
        )
        return outcome.changes.applied(reply(prompt))

    def _row(self, line: Line, *, response: object = None, error: object = None) -> dict[str, Any]:
        row_id = ids.line_id(self.seed, self.batch.id, self.index)
        return {"id": row_id, "custom_id": line.custom_id, "response": response, "error": error}
