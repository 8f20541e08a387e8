from __future__ import annotations

from contextlib import closing
from hashlib import sha256
from itertools import permutations
from typing import TYPE_CHECKING

import httpx
import pytest
from support.http import API, BOUNDARY, FORM, Api, connect, form, part, raw_part, read_reply
from support.uploads import stream_zeros

if TYPE_CHECKING:
    from support.worlds import TestWorld

MIB = 1 << 20
CONTENTS = {
    "nothing": b"",
    "one byte": b"\n",
    "every byte": bytes(range(256)),
    "every pair of bytes": bytes(byte for first in range(256) for second in range(256) for byte in (first, second)),
    "nearly boundaries": f"\r\n--{BOUNDARY[:-1]}\r\n--\r\n{BOUNDARY}\n--{BOUNDARY}\r\r\n".encode(),
    "ends in a line": b"a\r\n",
    "ends in a boundary's beginning": f"a\r\n--{BOUNDARY[:-1]}".encode(),
    "dashes": b"\r\n--" * 40_000,
    "line ends": b"\r\n" * 40_000,
    "carriage returns": b"\r" * 80_000,
    **{f"{MIB + more} bytes": bytes(MIB + more) for more in (-1, 0, 1)},
    "five MB": bytes(range(251)) * 19_921,
}


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS.keys())
def test_bytes_come_back_as_they_were(api: Api, content: bytes) -> None:
    file = api.upload(content, "a.bin", "user_data")
    assert (file["bytes"], file["sha256"]) == (len(content), sha256(content).hexdigest())
    reply = api("GET", f"/files/{file['id']}/content")
    assert reply.content == content
    assert reply.headers["Content-Length"] == str(len(content))


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
def test_bytes_may_arrive_in_any_pieces(world: TestWorld, size: int) -> None:
    content = f"{{}}\r\n--{BOUNDARY[:5]}\r\n".encode() * 3
    body = form(part("file", content, "a b.jsonl"), part("purpose", "batch"))
    head = f"POST {API}/files HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nTransfer-Encoding: chunked\r\n"
    with closing(connect(world.url)) as wire:
        wire.sendall(f"{head}Authorization: Bearer {world.api_key}\r\n\r\n".encode())
        for start in range(0, len(body), size):
            piece = body[start : start + size]
            wire.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
        wire.sendall(b"0\r\n\r\n")
        file = read_reply(wire).ok()
    assert (file["sha256"], file["filename"]) == (sha256(content).hexdigest(), "a b.jsonl")


PARTS = {
    "file": part("file", b"{}\n", "in.jsonl"),
    "purpose": part("purpose", "batch"),
    "extra": part("expires_after[anchor]", "created_at"),
    "another": part("other", b"\xff\0", "other.bin"),
}


@pytest.mark.parametrize("order", list(permutations(PARTS)), ids=" ".join)
def test_parts_come_in_any_order_and_unknown_ones_are_ignored(api: Api, order: tuple[str, ...]) -> None:
    file = api.send_form(*(PARTS[name] for name in order)).ok()
    assert (file["filename"], file["purpose"], file["bytes"]) == ("in.jsonl", "batch", 3)
    assert file["expires_at"] is None
    assert file["status"] == "processed"


@pytest.mark.parametrize("purpose", ["assistants", "batch", "fine-tune", "vision", "user_data", "evals"])
def test_every_purpose_is_kept(api: Api, purpose: str) -> None:
    assert api.upload(purpose=purpose)["purpose"] == purpose


@pytest.mark.parametrize(
    ("parts", "param"),
    [
        ([], "file"),
        ([PARTS["file"]], "purpose"),
        ([PARTS["purpose"]], "file"),
        ([PARTS["extra"]], "file"),
        ([PARTS["file"], part("purpose", "")], "purpose"),
        ([PARTS["file"], part("purpose", "Batch")], "purpose"),
        ([PARTS["file"], part("purpose", b"batch\0")], "purpose"),
        ([PARTS["file"], part("purpose", b"\xff")], "purpose"),
        ([PARTS["file"], part("purpose", "x" * 200_000)], "purpose"),
        ([PARTS["file"], PARTS["purpose"], part("purpose", "evals")], "purpose"),
        ([PARTS["file"], PARTS["purpose"], PARTS["file"]], "file"),
        ([part("file", "{}"), PARTS["purpose"]], "file"),
        ([part("file", "{}", ""), PARTS["purpose"]], "file"),
        ([part("file", "{}", " \t "), PARTS["purpose"]], "file"),
        ([part("file", "{}", "%0A"), PARTS["purpose"]], "file"),
        ([part("file", "{}", "blob"), PARTS["purpose"]], "file"),
        ([part("file", "{}", "x" * 1001), PARTS["purpose"]], "file"),
        ([part("file", "{}", "😀" * 1001), PARTS["purpose"]], "file"),
        ([part("file", "{}", "a%00.jsonl"), PARTS["purpose"]], "file"),
        ([raw_part(b'form-data; name="file"; filename="\xff"', b""), PARTS["purpose"]], "file"),
        ([raw_part(b'form-data; filename="a"', b""), PARTS["purpose"]], None),
        ([raw_part(b"", b""), PARTS["purpose"]], None),
        ([raw_part(b'form-data; name="file"; filename="a\0.jsonl"', b""), PARTS["purpose"]], "file"),
    ],
)
def test_form_that_lacks_something_is_refused(api: Api, parts: list[bytes], param: str | None) -> None:
    assert api.send_form(*parts).error(400)["param"] == param
    assert api.upload()["bytes"] == 3
    assert len(api("GET", "/files").ok()["data"]) == 1


WHOLE = form(PARTS["file"], PARTS["purpose"])


@pytest.mark.parametrize(
    ("content_type", "body", "message"),
    [
        ("multipart/form-data", WHOLE, "expected a multipart/form-data with a boundary, found none"),
        ("multipart/form-data; boundary=", WHOLE, "expected a multipart/form-data with a boundary, found none"),
        ('multipart/form-data; boundary=""', WHOLE, "expected a multipart/form-data with a boundary, found none"),
        ("multipart/form-data; boundary=other", WHOLE, "not a multipart form"),
        (FORM, b"", "cut short"),
        (FORM, b"purpose=batch", "not a multipart form"),
        (FORM, WHOLE[: len(WHOLE) // 2], "cut short"),
        (FORM, WHOLE.replace(b"--\r\n", b"\r\n"), "cut short"),
        (FORM, form(b"no header\r\n\r\nx"), "not a multipart form"),
        (FORM, form(b"Content-Disposition: " + b"x" * 100_000 + b"\r\n\r\nx"), "not a multipart form"),
    ],
)
def test_what_is_no_whole_form_is_refused(api: Api, content_type: str, body: bytes, message: str) -> None:
    assert message in api("POST", "/files", body, Content_Type=content_type).error(400)["message"]
    assert api("GET", "/files").ok()["data"] == []


@pytest.mark.parametrize(
    "content_type",
    [
        f'multipart/form-data; boundary="{BOUNDARY}"',
        f"Multipart/Form-Data;BOUNDARY={BOUNDARY}",
        f"multipart/form-data; charset=utf-8; boundary={BOUNDARY}",
        f"multipart/form-data; boundary={BOUNDARY}; charset=UTF-8",
    ],
)
def test_boundary_is_found_however_it_is_written(api: Api, content_type: str) -> None:
    assert api("POST", "/files", WHOLE, Content_Type=content_type).ok()["bytes"] == 3


def test_text_around_the_form_is_ignored(api: Api) -> None:
    assert api("POST", "/files", WHOLE + b"epilogue\r\n", Content_Type=FORM).ok()["bytes"] == 3


LONG = "file_" + "a" * 995
GIVEN_NAMES = [
    "input.jsonl",
    'a "quoted" name.jsonl',
    '"',
    "back\\slash.jsonl",
    "ends with \\",
    "C:\\dir\\file.txt",
    "dir/sub/file.txt",
    "../../etc/passwd",
    "two\nlines.txt",
    "carriage\rreturn.txt",
    "tab\there",
    "; name=purpose; x=",
    "a=b;c",
    "100% sure.txt",
    "ünïcödé 文件 😀.jsonl",
    "e\u0301 and \u00e9",
    " spaces around ",
    "blob.jsonl",
    "Blob",
    "'single'",
    "\x1b[31m",
    "😀" * 1000,
    LONG,
]


def by_httpx(world: TestWorld, name: str) -> str:
    """Upload as httpx does, and so the SDKs that stand on it."""
    reply = httpx.post(
        f"{world.openai_url}/files",
        headers={"Authorization": f"Bearer {world.api_key}"},
        files={"file": (name, b"{}")},
        data={"purpose": "batch"},
    )
    return str(reply.json()["id"])


def by_browser(world: TestWorld, name: str) -> str:
    written = name.replace('"', "%22").replace("\n", "%0A").replace("\r", "%0D")
    return sent(world, f'form-data; name="file"; filename="{written}"')


def by_curl(world: TestWorld, name: str) -> str:
    written = name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "%0A").replace("\r", "%0D")
    return sent(world, f'form-data; name="file"; filename="{written}"')


def sent(world: TestWorld, disposition: str) -> str:
    parts = raw_part(disposition.encode(), b"{}"), PARTS["purpose"]
    return str(Api(world.url, world.api_key).send_form(*parts).ok()["id"])


@pytest.mark.parametrize("name", GIVEN_NAMES, ids=ascii)
@pytest.mark.parametrize("upload", [by_httpx, by_browser, by_curl])
def test_filename_comes_back_however_its_client_wrote_it(world: TestWorld, api: Api, upload: object, name: str) -> None:
    assert callable(upload)
    file_id = upload(world, name)
    assert api("GET", f"/files/{file_id}").ok()["filename"] == name
    assert [file["filename"] for file in api("GET", "/files").ok()["data"]] == [name]


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ("form-data; filename=bare.jsonl; name=file", "bare.jsonl"),
        ('form-data; filename="first.jsonl"; name="file"', "first.jsonl"),
        ('FORM-DATA; NAME="file"; FILENAME="upper.jsonl"', "upper.jsonl"),
        ('form-data;name="file";filename="tight.jsonl"', "tight.jsonl"),
        ('form-data; name="file"; filename="a"; filename*=UTF-8\'\'b', "a"),
    ],
)
def test_filename_is_found_however_the_header_is_written(api: Api, disposition: str, name: str) -> None:
    assert api.send_form(raw_part(disposition.encode(), b"{}"), PARTS["purpose"]).ok()["filename"] == name


TYPES = {
    "a.jsonl": "application/jsonl",
    "A.JSONL": "application/jsonl",
    "a.ndjson": "application/x-ndjson",
    "a.json": "application/json",
    "a.txt": "text/plain",
    "a.csv": "text/csv",
    "a.html": "text/html",
    "a.htm": "text/html",
    "a.css": "text/css",
    "a.js": "text/javascript",
    "a.md": "text/markdown",
    "a.xml": "application/xml",
    "a.pdf": "application/pdf",
    "a.png": "image/png",
    "a.jpg": "image/jpeg",
    "a.jpeg": "image/jpeg",
    "a.gif": "image/gif",
    "a.webp": "image/webp",
    "a.tiff": "image/tiff",
    "a.svg": "image/svg+xml",
    "a.docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "a.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "a.pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "a.tar.txt": "text/plain",
    "dir.txt/a": "application/octet-stream",
    "C:\\dir.txt\\a": "application/octet-stream",
    "a": "application/octet-stream",
    "a.exe": "application/octet-stream",
    ".txt": "application/octet-stream",
    "a.": "application/octet-stream",
}


@pytest.mark.parametrize(("name", "content_type"), TYPES.items())
def test_content_has_the_type_of_its_extension(api: Api, name: str, content_type: str) -> None:
    path = f"/files/{api.upload(b'{}', name, 'user_data')['id']}/content"
    assert api("GET", path).headers["Content-Type"] == content_type


@pytest.mark.parametrize("name", ["a", "a.exe", "input", "a.jsonl"])
def test_input_of_a_batch_is_jsonl_whatever_its_name(api: Api, name: str) -> None:
    path = f"/files/{api.upload(b'{}', name)['id']}/content"
    assert api("GET", path).headers["Content-Type"] == "application/jsonl"


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream", "image/png", "nonsense", "*/*;q=0", ""])
@pytest.mark.parametrize("path", ["", "/content"])
def test_what_a_client_accepts_changes_nothing(api: Api, path: str, accept: str) -> None:
    target = f"/files/{api.upload()['id']}{path}"
    reply = api("GET", target, Accept=accept)
    assert (reply.status, reply.content) == (200, api("GET", target).content)
    assert reply.headers["Content-Type"] == api("GET", target).headers["Content-Type"]


def test_deleted_file_is_gone(api: Api) -> None:
    kept, lost = api.upload(), api.upload()
    assert api("DELETE", f"/files/{lost['id']}").ok() == {"id": lost["id"], "object": "file", "deleted": True}
    for method, path in [("GET", ""), ("GET", "/content"), ("DELETE", "")]:
        api(method, f"/files/{lost['id']}{path}").error(404)
    assert api("GET", "/files").ok()["data"] == [kept]


LIMIT = 200 * MIB


def test_file_over_200_mib_is_refused_and_its_client_reads_that(api: Api) -> None:
    error = stream_zeros(api, LIMIT + 1).error(413)
    assert error["message"] == "The file is too large: expected at most 209,715,200 bytes."
    assert api("GET", "/files").ok()["data"] == []


def test_file_of_200_mib_is_taken(api: Api) -> None:
    file = stream_zeros(api, LIMIT).ok()
    assert file["bytes"] == LIMIT
    assert api("DELETE", f"/files/{file['id']}").status == 200


def test_client_that_goes_away_leaves_nothing(world: TestWorld, api: Api) -> None:
    with closing(connect(world.url)) as wire:
        head = f"POST {API}/files HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: 1000\r\n"
        wire.sendall(f"{head}Authorization: Bearer {world.api_key}\r\n\r\n".encode() + WHOLE[:50])
    assert api("GET", "/files").ok()["data"] == []


def test_refused_upload_can_be_read_by_a_client_that_sends_on(world: TestWorld, api: Api) -> None:
    body = form(PARTS["file"], part("file", bytes(8 * MIB), "b"), PARTS["purpose"])
    reply = api("POST", "/files", body, Content_Type=FORM, Connection="close")
    assert reply.error(400)["param"] == "file"
    assert Api(world.url, None)("POST", "/files", body, Content_Type=FORM).error(401)
