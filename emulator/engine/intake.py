"""The end of validation: what a batch's input file holds, checked against its world's edition of the contract."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from emulator.domain.batch import Lines
from emulator.domain.jsonl import InputFault, examine

if TYPE_CHECKING:
    from emulator.contract.catalog import Contract
    from emulator.domain.batch import Batch
    from emulator.domain.files import File
    from emulator.domain.jsonl import BodyCheck


def input_file(file: File | None, batch: Batch) -> File | None:
    """Return the file if it can be this batch's input: its tenant's own, and uploaded for a batch."""
    return file if file and file.tenant == batch.tenant and file.purpose == "batch" else None


def validated(batch: Batch, file: File | None, contract: Contract) -> Batch:
    """Return the batch with its lines counted and its input pinned, or with every fault that the file has."""
    if file is None:
        return replace(batch, errors=(_no_file(batch.request.input_file_id),))
    endpoint = batch.request.endpoint
    found = examine(file.content, endpoint=endpoint, check_body=_body_check(contract, endpoint))
    if found.faults:
        return replace(batch, errors=found.faults)
    return replace(batch, lines=Lines(total=found.total), input=file.content)


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
