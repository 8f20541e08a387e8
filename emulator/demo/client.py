"""The application that the demo plays: it takes one batch through its life with the official SDK.

Owns the calls of the SDK. Time passes when it says so, through the admin API; all else it learns from the SDK.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from emulator.demo.checking import check_counts, check_end, check_same_bytes
from emulator.demo.requests import jsonl
from emulator.demo.stories import TERMINAL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from meetkai_mka1 import SDK
    from meetkai_mka1.models import BatchObject, File

    from emulator.client import AdminClient
    from emulator.demo.progress import Progress
    from emulator.demo.stories import Story

PAGE: Final = 3
"""Batches a page when listing: few, so that the demo turns pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A story that has been played: its batch, and what only its client can know."""

    story: Story
    batch_id: str
    polls: int
    wall_s: float


class Client:
    """An application on top of the SDK, in the world that the admin client holds."""

    def __init__(self, sdk: SDK, admin: AdminClient, progress: Progress) -> None:
        self._batches, self._files = sdk.llm.batches, sdk.llm.files
        self._admin = admin
        self._progress = progress

    def play(self, story: Story) -> Played:
        """Take the story's batch from upload to download. Raises Unexpected when anything is not as it should be."""
        began_s = time.monotonic()
        batch = self._create(story, self._upload(story))
        self._progress.begin(story, batch, self._now())
        batch, polls = self._poll_to_the_end(story, batch)
        output, error = (self._download(each or "") for each in (batch.output_file_id, batch.error_file_id))
        check_end(story, batch, output=output, error=error)
        self._progress.end()
        return Played(story=story, batch_id=batch.id, polls=polls, wall_s=time.monotonic() - began_s)

    def _upload(self, story: Story) -> File:
        content = jsonl(story.lines)
        name = f"{story.name}.jsonl"
        file = self._files.upload(file={"file_name": name, "content": content}, purpose="batch")
        check_same_bytes(content, file, self._download(file.id))
        return file

    def _create(self, story: Story, file: File) -> BatchObject:
        metadata = {"demo": story.name} | ({"emulator_scenario": story.scenario} if story.scenario else {})
        return self._batches.create(input_file_id=file.id, endpoint=story.endpoint, metadata=metadata)

    def _poll_to_the_end(self, story: Story, batch: BatchObject) -> tuple[BatchObject, int]:
        polls, to_cancel = 0, story.cancel_at
        while batch.status not in TERMINAL:
            self._admin.advance(story.poll_every)
            batch, polls = self._batches.get(batch_id=batch.id), polls + 1
            check_counts(story, batch)
            if to_cancel is not None and batch.request_counts.completed >= to_cancel * len(story.lines):
                batch, to_cancel = self._batches.cancel(batch_id=batch.id), None
            self._progress.seen(batch, self._now())
        return batch, polls

    def _now(self) -> int:
        return int(self._admin.clock()["now"])

    def _download(self, file_id: str) -> bytes:
        """Return a file's bytes; without an id, none."""
        return bytes(self._files.content(file_id=file_id).read()) if file_id else b""

    def all_batches(self) -> Iterator[BatchObject]:
        """Yield all batches, newest first, page after page."""
        page = self._batches.list(limit=PAGE)
        yield from page.data
        while page.has_more:
            page = self._batches.list(limit=PAGE, after=page.data[-1].id)
            yield from page.data

    def all_files(self) -> list[File]:
        """Return all files, oldest first."""
        return list(self._files.list(order="asc").data)
