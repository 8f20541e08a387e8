"""The end of validation: what a batch's input file holds, and what its scenario makes of its lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulator.domain.batch import Lines
from emulator.domain.jsonl import Examination, InputFault, examine, good_lines
from emulator.domain.outcomes import outcome_of
from emulator.domain.values import changed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.contract.catalog import Contract
    from emulator.domain.batch import Batch
    from emulator.domain.files import Content, File
    from emulator.domain.jsonl import BodyCheck, Line
    from emulator.domain.outcomes import Outcome


def validated(batch: Batch, file: File | None, contract: Contract, *, seed: int) -> Batch:
    """Return the batch with its lines counted and its input pinned, or with every fault that is found or declared."""
    if batch.scenario.errors:
        return changed(batch, errors=batch.scenario.errors)
    if file is None:
        return changed(batch, errors=(_no_file(batch.request.input_file_id),))
    found = _examined(batch, file.content, contract)
    if found.faults:
        return changed(batch, errors=found.faults)
    return changed(batch, lines=counted(batch, file.content, total=found.total, seed=seed), input=file.content)


def _examined(batch: Batch, content: Content, contract: Contract) -> Examination:
    if not batch.scenario.validates:
        return Examination(total=sum(1 for _ in good_lines(content)), faults=())
    endpoint = batch.request.endpoint
    return examine(content, endpoint=endpoint, check_body=_body_check(contract, endpoint))


def counted(batch: Batch, content: Content, *, total: int, seed: int) -> Lines:
    """Return the lines of a batch as they will come out, none of them done yet."""
    if not batch.line_rules:
        return Lines(total=total)
    outcomes = [outcome for _, outcome in with_outcomes(batch, content, total=total, seed=seed)]
    finishing = [outcome for outcome in outcomes if not outcome.unfinished]
    failing = tuple(place for place, outcome in enumerate(finishing) if outcome.fails)
    return Lines(total=total, unfinished=len(outcomes) - len(finishing), failing=failing)


def with_outcomes(batch: Batch, content: Content, *, total: int, seed: int) -> Iterator[tuple[Line, Outcome]]:
    """Yield each line of a batch's input and what comes of it."""
    rules = batch.line_rules
    for index, line in enumerate(good_lines(content)):
        yield line, outcome_of(rules, line, index=index, total=total, seed=seed)


def _no_file(file_id: str) -> InputFault:
    message = f"No file with purpose 'batch' found with id '{file_id}'."
    return InputFault("invalid_request", message, "input_file_id")


def _body_check(contract: Contract, endpoint: str) -> BodyCheck:
    schema = contract.endpoints[endpoint].request

    def check(body: dict[str, Any]) -> tuple[str, str] | None:
        if schema.accepts(body):
            return None
        first = schema.faults(body, "body")[0]
        return first.place, first.sentence()

    return check
