"""Trials of files: bytes go up and come down as they are."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from emulator.clients.checking.trial import Trial, Wrong
from emulator.clients.protocol import Returned, as_content, content_of

if TYPE_CHECKING:
    from emulator.clients.checking.bench import Bench

EVERY_BYTE: Final = bytes(range(256)) + b'\r\n\n\r\0--"\xff\xfe\xc3'
LARGE: Final = EVERY_BYTE * (5_000_000 // len(EVERY_BYTE))
NAME: Final = "data.jsonl"
"""Of this type the official SDK takes content; what is in the file does not matter to anybody."""
_MEND: Final = "Decode 'content' from base64 to bytes, and encode bytes to base64; never take them for text."


def _up(data: bytes, bench: Bench) -> None:
    bench.connect()
    bench.returned("files.upload", filename=NAME, content=as_content(data), purpose="user_data")
    stored = bench.plain.newest("/files")
    _alike("the stored file", data, bench.plain.content(stored["id"]) if stored else b"")


def _down(data: bytes, bench: Bench) -> None:
    file_id = bench.plain.file(data, filename=NAME, purpose="user_data")["id"]
    bench.connect()
    result = bench.returned("files.content", file_id=file_id)
    _alike("result.content", data, content_of(Returned(result=result)))


def _alike(place: str, expected: bytes, got: bytes) -> None:
    if got != expected:
        at = next((at for at, (one, other) in enumerate(zip(expected, got, strict=False)) if one != other), None)
        where = f", the first difference at byte {at}" if at is not None else ""
        raise Wrong(
            at=place, expected=f"{len(expected):,} bytes as they are", got=f"{len(got):,} bytes{where}", mend=_MEND
        )


TRIALS: Final = (
    Trial("content.up", "Every byte arrives as it is.", partial(_up, EVERY_BYTE)),
    Trial("content.down", "Every byte comes back as it is.", partial(_down, EVERY_BYTE)),
    Trial("content.down.empty", "An empty file comes back empty.", partial(_down, b"")),
    Trial("content.up.large", "A request of 7 MB is read: a file of 5 MB.", partial(_up, LARGE)),
    Trial("content.down.large", "A file of 5 MB comes back.", partial(_down, LARGE)),
)
