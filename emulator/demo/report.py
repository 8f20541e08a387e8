"""What the demo found in the end: read back through the SDK, and shown as a table or as JSON."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from io import StringIO
from typing import TYPE_CHECKING, Any, Final

import meetkai_mka1
from rich.console import Console
from rich.table import Table

from emulator import __version__
from emulator.demo.checking import errors_of, expect
from emulator.demo.progress import duration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meetkai_mka1.models import BatchObject, File

    from emulator.demo.client import Client, Played

PIPED_WIDTH: Final = 160
NEXT: Final = """\
Next, a server of your own, on which an hour passes in ten seconds:
  mka1-emulator serve
  curl -H 'Authorization: Bearer mk-me' http://127.0.0.1:8787/api/v1/llm/batches"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """A file as the SDK shows it."""

    id: str
    filename: str
    bytes: int
    sha256: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRow:
    """An entry of a batch's errors as the SDK shows it."""

    line: int | None
    code: str
    param: str | None
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRow:
    """A batch as the SDK shows it, and how long it took by either clock."""

    name: str
    id: str
    endpoint: str
    status: str
    total: int
    completed: int
    failed: int
    virtual_s: int
    wall_s: float
    polls: int
    input_file: FileRow
    output_file: FileRow | None
    error_file: FileRow | None
    errors: tuple[ErrorRow, ...]


def read_back(client: Client, played: Sequence[Played]) -> list[BatchRow]:
    """Return a row for each batch that was played, made of what the SDK lists now. Raises Unexpected."""
    batches = {batch.id: batch for batch in client.all_batches()}
    files = {file.id: _file_row(file) for file in client.all_files()}
    expect("batches in the list", sorted(each.batch_id for each in played), sorted(batches))
    named = {file_id for batch in batches.values() for file_id in _file_ids(batch)}
    expect("files in the list", sorted(named), sorted(files))
    return [_batch_row(each, batches[each.batch_id], files) for each in played]


def _file_ids(batch: BatchObject) -> list[str]:
    return [each for each in (batch.input_file_id, batch.output_file_id, batch.error_file_id) if each]


def _file_row(file: File) -> FileRow:
    return FileRow(id=file.id, filename=file.filename, bytes=file.bytes_, sha256=file.sha256 or None)


def _batch_row(played: Played, batch: BatchObject, files: dict[str, FileRow]) -> BatchRow:
    counts = batch.request_counts
    ended_at = getattr(batch, f"{batch.status}_at")
    return BatchRow(
        name=played.story.name,
        id=batch.id,
        endpoint=batch.endpoint,
        status=str(batch.status),
        total=counts.total,
        completed=counts.completed,
        failed=counts.failed,
        virtual_s=ended_at - batch.created_at,
        wall_s=round(played.wall_s, 3),
        polls=played.polls,
        input_file=files[batch.input_file_id],
        output_file=files[batch.output_file_id] if batch.output_file_id else None,
        error_file=files[batch.error_file_id] if batch.error_file_id else None,
        errors=tuple(
            ErrorRow(line=entry.line or None, code=entry.code, param=entry.param or None, message=entry.message)
            for entry in errors_of(batch)
        ),
    )


def print_json(rows: Sequence[BatchRow], *, seed: int) -> None:
    """Print everything as one JSON document."""
    document = {
        "emulator": __version__,
        "sdk": f"meetkai-mka1 {meetkai_mka1.VERSION}",
        "seed": seed,
        "batches": [asdict(row) for row in rows],
    }
    json.dump(document, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def print_tables(rows: Sequence[BatchRow]) -> None:
    """Print the batches, the errors of those that failed, and what to try next."""
    console = Console(highlight=False)
    if console.is_terminal:
        _print(rows, console)
        return
    piped = StringIO()
    _print(rows, Console(file=piped, highlight=False, width=PIPED_WIDTH))
    sys.stdout.writelines(f"{line.rstrip()}\n" for line in piped.getvalue().splitlines())


def _print(rows: Sequence[BatchRow], console: Console) -> None:
    for table in (_batches(rows), *(_errors(row) for row in rows if row.errors)):
        console.print(table)
        console.print()
    console.print(NEXT, soft_wrap=True)


def _table(title: str, columns: Sequence[str], *, right: frozenset[str]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in columns:
        table.add_column(name, justify="right" if name in right else "left", header_style="underline")
    return table


def _batches(rows: Sequence[BatchRow]) -> Table:
    table = _table(
        f"What became of each batch, as meetkai-mka1 {meetkai_mka1.VERSION} tells it",
        ("batch", "endpoint", "status", "done", "of", "virtual time", "wall", "input", "output", "errors"),
        right=frozenset({"done", "of", "virtual time", "wall", "input", "output", "errors"}),
    )
    for row in rows:
        table.add_row(*_cells(row))
    return table


def _cells(row: BatchRow) -> tuple[str, ...]:
    return (
        row.name,
        row.endpoint,
        _coloured(row.status),
        str(row.completed),
        str(row.total),
        duration(row.virtual_s),
        f"{row.wall_s:.2f}s",
        *(_size(file) for file in (row.input_file, row.output_file, row.error_file)),
    )


def _coloured(status: str) -> str:
    colour = {"completed": "green", "failed": "red"}.get(status, "yellow")
    return f"[{colour}]{status}[/]"


def _size(file: FileRow | None) -> str:
    return f"{file.bytes / 1000:,.1f} kB" if file else "-"


def _errors(row: BatchRow) -> Table:
    table = _table(f"Why '{row.name}' failed", ("line", "code", "param", "message"), right=frozenset({"line"}))
    for entry in row.errors:
        table.add_row(*map(_text, (entry.line, entry.code, entry.param, entry.message)))
    return table


def _text(value: Any) -> str:
    return "-" if value is None else str(value).replace("[", r"\[")
