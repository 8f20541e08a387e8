"""Files and content: the same bytes up and down, of any size and kind, under any name."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass
from gzip import compress
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from emulator.clients.protocol import Returned
from emulator.verify.check import PLAIN, Check, Failed, Group, Setting, checks_of
from emulator.verify.comparing import holds, same

if TYPE_CHECKING:
    from emulator.verify.stage import Stage

check = checks_of(Group.FILES)
LARGE: Final = Setting(timeout_s=10, deadline_s=20)
EVERY_BYTE: Final = bytes(range(256))
FIVE_MB: Final = sha256(b"mka1").digest() * (5_000_000 // 32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Bytes to send both ways. `filename` decides as what the server serves them."""

    name: str
    content: bytes
    expects: str
    filename: str = "input.jsonl"
    setting: Setting = PLAIN


SAMPLES: Final = (
    Sample(name="0-bytes", content=b"", expects="A file of no bytes stays one.", filename="empty.txt"),
    Sample(name="1-byte", content=b"\n", expects="A file of one byte stays one."),
    Sample(name="5-mb", content=FIVE_MB, expects="5 MB stay the same 5 MB.", setting=LARGE),
    Sample(name="every-byte", content=EVERY_BYTE * 3, expects="Bytes that are no text stay as they are."),
    Sample(name="a-bom", content=b"\xef\xbb\xbf{}\n", expects="A byte order mark is part of the content."),
    Sample(name="crlf", content=b'{"a":1}\r\n{"b":2}\r\n', expects="Ends of lines are not translated."),
    Sample(name="no-last-newline", content=b'{"a":1}\n{"b":2}', expects="No newline is added at the end."),
    Sample(name="unicode", content="naïve ☕ 中文 \U0001f600\n".encode(), expects="Text in any script stays as it is."),
    Sample(
        name="gzip",
        content=compress(b'{"a":1}\n' * 9, mtime=0),
        expects="An archive is not unpacked.",
    ),
    Sample(
        name="an-error",
        content=b'{"error":{"message":"No.","type":"e","code":404}}\n',
        expects="A file that holds what an error looks like is a file.",
    ),
    Sample(
        name="boundaries",
        content=b"--\r\n--boundary--\r\n\r\n--",
        expects="What looks like a multipart boundary is content.",
    ),
)


def _uploaded(sample: Sample) -> Check:
    @check(
        f"upload.{sample.name}-identical",
        place="uploadFile, file",
        expects=f"{sample.expects} So they are on the server, after an upload.",
        setting=sample.setting,
    )
    def play(stage: Stage) -> None:
        file = _upload(stage, sample.content, sample.filename)
        same("result.bytes", len(sample.content), file["bytes"])
        _is_identical("bytes on the server", sample.content, stage.arrange.content(_kept(stage, file)["id"]))

    return play


def _read(sample: Sample) -> Check:
    @check(
        f"content.{sample.name}-identical",
        place="getFileContent, 200",
        expects=f"{sample.expects} So they are when the file is read.",
        setting=sample.setting,
    )
    def play(stage: Stage) -> None:
        file = stage.arrange.file(sample.content, filename=sample.filename, purpose="user_data")
        _is_identical("result.content", sample.content, _content(stage, file["id"]))

    return play


def _upload(stage: Stage, content: bytes, filename: str) -> Any:
    args = {"filename": filename, "content": b64encode(content).decode(), "purpose": "user_data"}
    return stage.returned("files.upload", **args)


def _kept(stage: Stage, file: Any) -> Any:
    """Return the one file on the server. Raises Failed when the client gave it another id."""
    (kept,) = stage.arrange.get("/files")["data"]
    same("result.id", kept["id"], file["id"])
    return kept


def _content(stage: Stage, file_id: str) -> bytes:
    return b64decode(stage.returned("files.content", file_id=file_id)["content"])


def _is_identical(at: str, expected: bytes, got: bytes) -> None:
    if got != expected:
        first = next(
            (at for at, pair in enumerate(zip(expected, got, strict=False)) if pair[0] != pair[1]), "their end"
        )
        raise Failed(at=at, expected=f"{len(expected)} bytes", got=f"{len(got)} bytes, the first other one at {first}")


@check(
    "content.bytes-identical",
    place="getFileContent, 200",
    expects="The result file of a batch is read to the last byte as the server has it.",
)
def bytes_identical(stage: Stage) -> None:
    batch_id = stage.arrange.batch()["id"]
    stage.admin.advance("2h")
    file_id = stage.arrange.get(f"/batches/{batch_id}")["output_file_id"]
    _is_identical("result.content", stage.arrange.content(file_id), _content(stage, file_id))


# As what it is served


TYPES: Final = {
    "jsonl": "application/jsonl", "json": "application/json", "txt": "text/plain", "csv": "text/csv", "html": "text/html",
    "pdf": "application/pdf", "png": "image/png", "bin": "application/octet-stream",
}  # fmt: skip


def _typed(ending: str, media: str) -> Check:
    @check(
        f"content.of-{ending}-identical",
        place="input and result files, content types",
        expects=f"A file that is served as {media} is bytes like any other.",
    )
    def play(stage: Stage) -> None:
        content = b'{"not": "what it is called"}\n\xff\x00'
        file = stage.arrange.file(content, filename=f"some.{ending}", purpose="user_data")
        _is_identical("result.content", content, _content(stage, file["id"]))

    return play


# Names


NAMES: Final = {
    "plain": "input.jsonl",
    "unicode": "naïve ☕ 中文 \U0001f600.jsonl",
    "spaced": "two  words .jsonl",
    "quoted": 'the "best" file.jsonl',
    "punctuated": "a;b=c,d&e'f(g)[h]{i}~!@#$^+`.jsonl",
    "slashed": "folder/../file.jsonl",
    "long": f"{'n' * 240}.jsonl",
    "unended": "README",
    "capital": "Input.JSONL",
}


def _named(name: str, filename: str) -> Check:
    @check(
        f"upload.{name}-name-is-kept",
        place="uploadFile, filename",
        expects=f"A file that is uploaded as {filename[:40]!r} has that name, on the server and in the reply.",
    )
    def play(stage: Stage) -> None:
        file = _upload(stage, b"{}\n", filename)
        same("filename on the server", filename, _kept(stage, file)["filename"])
        same("result.filename", filename, file["filename"])

    return play


def _nameless(name: str, filename: str) -> Check:
    @check(
        f"upload.{name}-name-is-refused",
        place="uploadFile, filename",
        expects="A name that counts as missing is refused with a declared error, by the client or by the server.",
    )
    def play(stage: Stage) -> None:
        args = {"filename": filename, "content": b64encode(b"{}\n").decode(), "purpose": "batch"}
        stage.raised("files.upload", **args)
        same("files on the server", [], stage.arrange.get("/files")["data"])

    return play


# On the way


@check(
    "content.in-pieces-identical",
    place="getFileContent, 200",
    expects="Content that comes in small pieces is put together as it was.",
)
def in_pieces(stage: Stage) -> None:
    file = stage.arrange.file(EVERY_BYTE, filename="some.txt")
    stage.rule("getFileContent", after=True, drip={"bytes": 7, "every": "1ms"})
    _is_identical("result.content", EVERY_BYTE, _content(stage, file["id"]))


@check(
    "content.cut-short-is-declared",
    place="getFileContent, transport",
    expects="Content whose connection ends before its length is reached is a declared error, never half a file.",
)
def cut_short(stage: Stage) -> None:
    file = stage.arrange.file(EVERY_BYTE, filename="some.txt")
    for cut in ({"close": {"body": 100}}, {"reset": {"body": 100}}):
        stage.admin.delete_rules()
        stage.rule("getFileContent", after=True, **cut)
        outcome = stage.call("files.content", file_id=file["id"])
        if isinstance(outcome, Returned):
            got = b64decode(outcome.result["content"])
            raise Failed(at="result.content", expected="a declared error", got=f"{len(got)} of 256 bytes")
        stage.is_declared(outcome, "files.content", {"file_id": file["id"]})


@check("delete.deletes", place="deleteFile, 200", expects="A file that was deleted is gone, and only that one.")
def deletes(stage: Stage) -> None:
    kept, gone = stage.arrange.file()["id"], stage.arrange.file()["id"]
    result = stage.returned("files.delete", file_id=gone)
    holds(result["deleted"] is True, at="result.deleted", expected="true", got=result)
    same("files on the server", [kept], [file["id"] for file in stage.arrange.get("/files")["data"]])
    same("raised.status", 404, stage.raised("files.content", file_id=gone).status)


CHECKS: Final = (
    *map(_uploaded, SAMPLES),
    *map(_read, SAMPLES),
    bytes_identical,
    *(_typed(*each) for each in TYPES.items()),
    *(_named(*each) for each in NAMES.items()),
    *(_nameless(*each) for each in {"literal-blob": "blob", "blank": "  ", "empty": ""}.items()),
    in_pieces,
    cut_short,
    deletes,
)
