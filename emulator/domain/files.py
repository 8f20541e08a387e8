"""Files: their bytes, their records, and what may be a name. No I/O: bytes come in and go out as blocks in memory."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from emulator.domain.errors import InvalidRequest, TooLarge

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_FILE_BYTES: Final = 200 * 1024 * 1024
"""200 MB a file (contract section 5)."""
MAX_FILENAME: Final = 1000
"""Characters, that is code points."""
BLOCK_BYTES: Final = 1 << 20

CONTENT_TYPES: Final = {
    ".css": "text/css",
    ".csv": "text/csv",
    ".doc": "application/msword",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".gif": "image/gif",
    ".htm": "text/html",
    ".html": "text/html",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".js": "text/javascript",
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".md": "text/markdown",
    ".ndjson": "application/x-ndjson",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".ppt": "application/vnd.ms-powerpoint",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".svg": "image/svg+xml",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".txt": "text/plain",
    ".webp": "image/webp",
    ".xls": "application/vnd.ms-excel",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xml": "application/xml",
}


def content_type(filename: str, purpose: str) -> str:
    """Return the type that a file's bytes are served as: by extension, if the SDK takes it (contract section 4).

    A file for a batch is JSONL whatever its name: the SDK refuses octet-stream on a 200.
    """
    name = filename.lower().replace("\\", "/").rstrip("/").rpartition("/")[2]
    stem, dot, extension = name.rpartition(".")
    suffix = dot + extension if stem else ""
    fallback = "application/jsonl" if purpose == "batch" else "application/octet-stream"
    return CONTENT_TYPES.get(suffix, fallback)


def check_filename(name: str | None) -> str:
    """Return the name as it came, or raise InvalidRequest: blank, the placeholder `blob`, too long, or with a NUL."""
    if name is None or not name.strip() or name == "blob":
        found = "none" if name is None else repr(name)
        raise InvalidRequest(f"file: expected a filename that is not blank and not 'blob', found {found}.", "file")
    if len(name) > MAX_FILENAME:
        raise InvalidRequest(
            f"file: expected a filename of at most {MAX_FILENAME} characters, found {len(name)}.", "file"
        )
    if "\0" in name:
        raise InvalidRequest("file: expected a filename without NUL characters.", "file")
    return name


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes, in blocks of at most one MiB, so that nobody has to hold them twice in one piece."""

    blocks: tuple[bytes, ...]
    size: int
    sha256: str

    def lines(self) -> Iterator[bytes]:
        r"""Yield each line without its end; lines end with \n, and a \r before it is dropped (contract section 5)."""
        unfinished: list[bytes] = []
        for block in self.blocks:
            first, *others = block.split(b"\n")
            unfinished.append(first)
            if others:
                yield b"".join(unfinished).removesuffix(b"\r")
                yield from (line.removesuffix(b"\r") for line in others[:-1])
                unfinished = [others[-1]]
        if last := b"".join(unfinished):
            yield last.removesuffix(b"\r")


class ContentWriter:
    """Takes bytes as they stream in and closes them into a Content; raises TooLarge past its limit."""

    def __init__(self, limit: int = MAX_FILE_BYTES) -> None:
        self._limit = limit
        self._blocks: list[bytes] = []
        self._open = bytearray()
        self._digest = sha256()
        self.size = 0

    def write(self, data: bytes) -> None:
        """Append bytes."""
        self.size += len(data)
        if self.size > self._limit:
            raise TooLarge("The file", self._limit)
        self._digest.update(data)
        self._open += data
        if len(self._open) >= BLOCK_BYTES:
            self._seal()

    def _seal(self) -> None:
        for start in range(0, len(self._open), BLOCK_BYTES):
            self._blocks.append(bytes(self._open[start : start + BLOCK_BYTES]))
        self._open.clear()

    def close(self) -> Content:
        """Return all that was written."""
        self._seal()
        return Content(blocks=tuple(self._blocks), size=self.size, sha256=self._digest.hexdigest())


def content_of(pieces: Iterable[bytes]) -> Content:
    """Return these bytes as a Content; what the emulator writes itself has no size limit."""
    writer = ContentWriter(limit=1 << 62)
    for piece in pieces:
        writer.write(piece)
    return writer.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file of one tenant. `number` orders the world's files by creation; `created_at` is in epoch seconds.

    Its bytes are served as `media_type`; `batch_id` is the batch of which it is a result file.
    """

    id: str
    tenant: str
    number: int
    created_at: int
    filename: str
    purpose: str
    content: Content
    media_type: str
    batch_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """What becomes a File: its bytes are served as `media_type`, or as its name and purpose say."""

    filename: str
    purpose: str
    content: Content
    media_type: str | None = None
