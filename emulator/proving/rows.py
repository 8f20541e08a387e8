"""Reading a result file: its rows, what each of them says, and which lines hold none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from emulator.proving.reading import NotJson, TooDeep, read_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.contract.catalog import Contract
    from emulator.proving.notebook import Notebook


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its own id, the line it is for, and what came of that."""

    id: str
    custom_id: str
    end: Literal["completed", "failed", "expired"]


def rows(content: bytes, *, file: str, endpoint: str, contract: Contract, notebook: Notebook) -> Iterator[Row]:
    """Yield the rows of a file; what is none is noted."""
    schema, reply = contract.components["BatchResultLine"], contract.endpoints[endpoint].reply
    for number, line in enumerate(content.removesuffix(b"\n").split(b"\n") if content else (), start=1):
        place = f"{file} file, line {number}"
        try:
            value = read_json(line)
        except (NotJson, TooDeep) as error:
            notebook.note("malformed-lines", expected=f"{place}: JSON", found=str(error) or "deep nesting")
            continue
        answered = schema.accepts(value) and value["response"] is not None and value["response"]["status_code"] < 300
        faults = schema.faults(value, place) or (
            reply.faults(value["response"]["body"], f"{place}, body") if answered else ()
        )
        if faults:
            expected = f"{faults[0].place}: {faults[0].expected}"
            notebook.note("malformed-lines", expected=expected, found=faults[0].found)
        if schema.accepts(value):
            yield Row(value["id"], value["custom_id"], _end(value))


def _end(value: dict[str, Any]) -> Literal["completed", "failed", "expired"]:
    error, response = value["error"], value["response"]
    if error is not None:
        return "expired" if error["code"] == "batch_expired" else "failed"
    return "completed" if response["status_code"] < 400 else "failed"
