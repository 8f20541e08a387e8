from __future__ import annotations

from hashlib import sha256
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.effort import many

from emulator.domain.errors import InvalidRequest, TooLarge
from emulator.domain.files import (
    BLOCK_BYTES,
    CONTENT_TYPES,
    MAX_FILE_BYTES,
    Content,
    ContentWriter,
    check_filename,
    content_of,
    content_type,
)

fixed = settings(derandomize=True, deadline=None, max_examples=many(300))
# Heavy on what ends a line, so that ends fall on the borders of blocks.
texts = st.lists(st.sampled_from([b"\n", b"\r", b"\r\n", b"a", b"", b"\n\n", "ß".encode(), b"\xff"])).map(b"".join)


@pytest.mark.parametrize(
    ("filename", "purpose", "expected"),
    [
        ("rows.jsonl", "batch", "application/jsonl"),
        ("ROWS.JSONL", "user_data", "application/jsonl"),
        ("rows", "batch", "application/jsonl"),
        ("rows.unknown", "batch", "application/jsonl"),
        ("rows", "user_data", "application/octet-stream"),
        ("rows.unknown", "assistants", "application/octet-stream"),
        ("note.txt", "assistants", "text/plain"),
        ("note.md", "assistants", "text/markdown"),
        ("note.txt", "batch", "text/plain"),
        ("photo.final.JPEG", "vision", "image/jpeg"),
        ("folder.pdf/rows", "user_data", "application/octet-stream"),
        ("folder.pdf\\rows", "user_data", "application/octet-stream"),
        ("folder\\rows.csv", "user_data", "text/csv"),
        ("folder/rows.csv", "user_data", "text/csv"),
        (".json", "user_data", "application/octet-stream"),
        ("name.", "user_data", "application/octet-stream"),
        ("..", "user_data", "application/octet-stream"),
        ("Ünï.svg", "vision", "image/svg+xml"),
        ("two\nlines.csv", "user_data", "text/csv"),
    ],
)
def test_content_type_comes_from_the_extension_and_then_the_purpose(filename: str, purpose: str, expected: str) -> None:
    assert content_type(filename, purpose) == expected


@pytest.mark.parametrize(("suffix", "expected"), CONTENT_TYPES.items())
def test_each_known_extension_counts_in_any_case(suffix: str, expected: str) -> None:
    assert content_type(f"a{suffix.upper()}", "user_data") == content_type(f"a{suffix}", "batch") == expected


@fixed
@given(st.text())
def test_any_name_has_a_content_type(filename: str) -> None:
    assert content_type(filename, "evals") in {*CONTENT_TYPES.values(), "application/octet-stream"}


@pytest.mark.parametrize(
    "name",
    [
        "rows.jsonl",
        'a "quoted" name.jsonl',
        "folder/rows.jsonl",
        "folder\\rows.jsonl",
        "two\nlines\r.jsonl",
        "日本語 🙂.jsonl",
        " rows ",
        "Blob",
        "blob.jsonl",
        "blob ",
        ";filename=x",
        "..",
        "x" * 1000,
        "🙂" * 1000,
    ],
)
def test_filename_is_kept_as_it_came(name: str) -> None:
    assert check_filename(name) == name


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (None, "file: expected a filename that is not blank and not 'blob', found none."),
        ("", "file: expected a filename that is not blank and not 'blob', found ''."),
        (" \t\n", "file: expected a filename that is not blank and not 'blob', found ' \\t\\n'."),
        ("\u3000", "file: expected a filename that is not blank and not 'blob', found '\\u3000'."),
        ("blob", "file: expected a filename that is not blank and not 'blob', found 'blob'."),
        ("x" * 1001, "file: expected a filename of at most 1000 characters, found 1001."),
        ("🙂" * 1001, "file: expected a filename of at most 1000 characters, found 1001."),
        ("a\0.jsonl", "file: expected a filename without NUL characters."),
        ("\0", "file: expected a filename without NUL characters."),
    ],
)
def test_unusable_filename_is_refused_with_the_sentence_that_mends_it(name: str | None, sentence: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        check_filename(name)
    assert (refusal.value.message, refusal.value.param) == (sentence, "file")


def split_at(data: bytes, cuts: list[int]) -> Content:
    """Return data as a Content with borders of blocks in these places."""
    places = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    blocks = tuple(data[start:end] for start, end in pairwise(places))
    return Content(blocks=blocks, size=len(data), sha256="")


def lines_of(data: bytes) -> list[bytes]:
    lines = data.split(b"\n")
    whole = lines if lines[-1] else lines[:-1]
    return [line.removesuffix(b"\r") for line in whole]


@fixed
@given(texts, st.lists(st.integers(0, 60), max_size=6))
def test_lines_are_the_same_wherever_blocks_are_cut(data: bytes, cuts: list[int]) -> None:
    assert list(split_at(data, cuts).lines()) == lines_of(data)


@fixed
@given(st.lists(texts, max_size=8))
def test_written_pieces_make_one_content(pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    found = content_of(pieces)
    assert b"".join(found.blocks) == data
    assert (found.size, found.sha256) == (len(data), sha256(data).hexdigest())
    assert found == content_of([data])


@pytest.mark.parametrize("size", [BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, 3 * BLOCK_BYTES + 5])
def test_line_that_crosses_the_writers_own_blocks_stays_whole(size: int) -> None:
    data = b"a" * size + b"\r\n" + b"b" * BLOCK_BYTES + b"\n"
    found = content_of([data[:7], data[7:]])
    assert max(map(len, found.blocks)) <= BLOCK_BYTES
    assert b"".join(found.blocks) == data
    assert list(found.lines()) == [b"a" * size, b"b" * BLOCK_BYTES]


def test_nothing_written_is_a_content_of_nothing() -> None:
    found = ContentWriter().close()
    assert (found.blocks, found.size, found.sha256) == ((), 0, sha256().hexdigest())
    assert list(found.lines()) == []


@fixed
@given(st.integers(0, 40), st.lists(st.binary(max_size=20), max_size=5))
def test_writer_takes_its_limit_and_not_a_byte_more(limit: int, pieces: list[bytes]) -> None:
    writer = ContentWriter(limit)
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > limit:
            with pytest.raises(TooLarge) as refusal:
                writer.write(piece)
            assert refusal.value.limit == limit
            return
        writer.write(piece)
    assert writer.close().size == size


def test_file_may_have_200_mebibytes() -> None:
    piece = bytes(BLOCK_BYTES)
    writer = ContentWriter()
    for _ in range(200):
        writer.write(piece)
    with pytest.raises(TooLarge, match="The file is too large: expected at most 209,715,200 bytes"):
        writer.write(b"\n")
    assert MAX_FILE_BYTES == 200 * 1024 * 1024


def test_what_the_emulator_writes_itself_has_no_limit() -> None:
    piece = bytes(64 * BLOCK_BYTES)
    assert content_of([piece] * 4).size == 256 * BLOCK_BYTES
