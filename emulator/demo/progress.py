"""How the demo shows that time passes, on stderr: a live line a batch on a terminal, else a line a change of status."""

from __future__ import annotations

import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn
from rich.progress import Progress as Bars

if TYPE_CHECKING:
    from collections.abc import Iterator

    from meetkai_mka1.models import BatchObject
    from rich.progress import TaskID

    from emulator.demo.stories import Story

PACE_S: Final = 0.03
"""Between two polls on a terminal: an hour would otherwise be over before anybody has seen it."""


class Progress(Protocol):
    """Is told what the client sees; `now` is the world's time in epoch seconds."""

    def begin(self, story: Story, batch: BatchObject, now: int) -> None:
        """Show that a batch was created."""
        ...

    def seen(self, batch: BatchObject, now: int) -> None:
        """Show a batch as a poll found it."""
        ...

    def end(self) -> None:
        """Show that the batch's files have been downloaded."""
        ...


@contextmanager
def shown() -> Iterator[Progress]:
    """Show progress while the block is open, as fits where stderr goes."""
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield Lines(console)
        return
    with _bars(console) as bars:
        yield Live(bars)


def duration(seconds: float) -> str:
    """Write a duration of the world's time: `1h 01m 00s`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h {minutes:02}m {rest:02}s"


def instant(epoch_s: int) -> str:
    """Write an instant of the world's time."""
    return f"{datetime.fromtimestamp(epoch_s, UTC):%Y-%m-%d %H:%M:%S}"


def _bars(console: Console) -> Bars:
    return Bars(
        SpinnerColumn(finished_text="[green]✓"),
        TextColumn("{task.description:<10}"),
        TextColumn("[bold]{task.fields[status]:<11}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("[cyan]world time {task.fields[now]}[/] [dim]+{task.fields[passed]}"),
        console=console,
    )


class Live:
    """A line for each batch, the last of which moves."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._task: TaskID | None = None

    def begin(self, story: Story, batch: BatchObject, now: int) -> None:
        """Add a line."""
        self._task = self._bars.add_task(story.name, total=len(story.lines), **_fields(batch, now))

    def seen(self, batch: BatchObject, now: int) -> None:
        """Move the line on."""
        assert self._task is not None  # noqa: S101 - a batch is created before it is polled
        counts = batch.request_counts
        self._bars.update(self._task, completed=counts.completed + counts.failed, **_fields(batch, now))
        time.sleep(PACE_S)

    def end(self) -> None:
        """Leave the line as it is; for rich a task is over once it has a `finished_time`, whatever its count."""
        if self._task is not None:
            self._bars.tasks[self._task].finished_time = 0


def _fields(batch: BatchObject, now: int) -> dict[str, Any]:
    return {"status": str(batch.status), "now": instant(now), "passed": duration(now - batch.created_at)}


class Lines:
    """A line for each change of status, for logs and pipes."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._name = self._status = ""

    def begin(self, story: Story, batch: BatchObject, now: int) -> None:
        """Tell that the batch is there."""
        self._name, self._status = story.name, ""
        self.seen(batch, now)

    def seen(self, batch: BatchObject, now: int) -> None:
        """Tell of a new status."""
        if batch.status != self._status:
            self._status = str(batch.status)
            counts = batch.request_counts
            done = f"{counts.completed} of {counts.total} lines"
            self._console.print(f"{instant(now)}  {self._name:<10}  {self._status:<11}  {done}", soft_wrap=True)

    def end(self) -> None:
        """Say nothing: the end was a change of status."""
