"""Requests as sent: each as a whole, its method, path, body and media type."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Final

from emulator.faces.arranging import CHAT
from emulator.verify import saying
from emulator.verify.check import Check, Group, checks_of
from emulator.verify.checks.arguments import PURPOSES
from emulator.verify.comparing import holds, same
from emulator.verify.saying import ABSENT, CREATE, UPLOAD, in_body, keeps_the_contract

if TYPE_CHECKING:
    from emulator.faces.journal import Sent
    from emulator.verify.stage import Stage

check = checks_of(Group.REQUESTS)


@check(
    "create.sends-completion-window",
    place="CreateBatchRequest.completion_window",
    expects='The window, of which there is one, is sent as "24h".',
)
def sends_completion_window(stage: Stage) -> None:
    request = saying.sent(stage, CREATE, saying.needed(stage, CREATE))
    saying.is_one_of(
        in_body("completion_window")(request) if request else ABSENT, at="body.completion_window", accepted=("24h",)
    )


@check("create.sends-json", place="createBatch, requestBody", expects="Create is a POST to /batches with a JSON body.")
def sends_json(stage: Stage) -> None:
    request = saying.sent(stage, CREATE, saying.needed(stage, CREATE))
    if request is not None:
        same("request", ["POST", "/batches"], [request.method, request.path])
        media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        same("header.Content-Type", "application/json", media)


@check(
    "cancel.sends-no-body",
    place="cancelBatch",
    expects="Cancel is a POST to /batches/{batch_id}/cancel that says nothing.",
)
def sends_no_body(stage: Stage) -> None:
    batch_id = stage.arrange.batch()["id"]
    stage.returned("batches.cancel", batch_id=batch_id)
    request = stage.sent("cancelBatch")
    same("request", ["POST", f"/batches/{batch_id}/cancel"], [request.method, request.path])
    _says_no_more_than(request, len("{}"))


def _plain(name: str, call: str, operation: str, method: str, path: str) -> Check:
    """Return the check that a call with an id is a plain request for what has that id."""

    @check(f"{name}.sends-plain-request", place=operation, expects=f"The call is a {method} of {path} without a body.")
    def play(stage: Stage) -> None:
        of_batch = "batch_id" in path
        made = stage.arrange.batch()["id"] if of_batch else stage.arrange.file()["id"]
        stage.returned(call, **{"batch_id" if of_batch else "file_id": made})
        request = stage.sent(operation)
        same(
            "request", [method, path.partition("{")[0] + made + path.partition("}")[2]], [request.method, request.path]
        )
        _says_no_more_than(request, 0)
        keeps_the_contract(request)

    return play


def _says_no_more_than(request: Sent, length: int) -> None:
    """Raise Failed for a longer body. Its head tells: nobody reads the body of an operation that has none."""
    found = "chunks" if "transfer-encoding" in request.headers else request.headers.get("content-length", "0")
    holds(found.isdigit() and int(found) <= length, at="header.Content-Length", expected=f"at most {length}", got=found)


@check(
    "upload.sends-multipart",
    place="uploadFile, requestBody",
    expects="Upload is a POST to /files of multipart/form-data.",
)
def sends_multipart(stage: Stage) -> None:
    stage.returned("files.upload", filename="in.jsonl", content=b64encode(b"{}\n").decode(), purpose="batch")
    request = stage.sent("uploadFile")
    same("request", ["POST", "/files"], [request.method, request.path])
    media = request.headers.get("content-type", "")
    holds(media.startswith("multipart/form-data;"), at="header.Content-Type", expected="multipart/form-data", got=media)
    keeps_the_contract(request)


def _uploaded_purpose(purpose: str) -> Check:
    @check(
        f"upload.sends-purpose-{purpose}",
        place="UploadFileRequest.purpose",
        expects=f"A file that is uploaded for {purpose} is kept for {purpose}.",
    )
    def play(stage: Stage) -> None:
        file = stage.returned("files.upload", filename="in.txt", content=b64encode(b"x").decode(), purpose=purpose)
        keeps_the_contract(stage.sent("uploadFile"))
        (kept,) = stage.arrange.get("/files")["data"]
        same("purpose on the server", purpose, kept["purpose"])
        same("result.id", kept["id"], file["id"])

    return play


@check(
    "upload.refuses-or-sends-unknown-purpose",
    place="UploadFileRequest.purpose",
    expects="A purpose outside the enum is refused with a declared error, or sent as given.",
)
def sends_unknown_purpose(stage: Stage) -> None:
    args = {"filename": "in.txt", "content": b64encode(b"x").decode(), "purpose": "a-whim"}
    request = saying.sent(stage, UPLOAD, args, may_refuse=True)
    if request is not None:
        holds("a-whim" in request.body, at="body.purpose", expected='"a-whim"', got=request.body)


@check(
    "all.keeps-the-contract",
    place="every operation",
    expects="Nothing that a plain life of a batch makes the client send breaks the contract.",
)
def sends_no_violation(stage: Stage) -> None:
    content = stage.arrange.content(stage.arrange.file()["id"])
    file = stage.returned("files.upload", filename="in.jsonl", content=b64encode(content).decode(), purpose="batch")
    batch = stage.returned("batches.create", input_file_id=file["id"], endpoint=CHAT)
    stage.admin.advance("2h")
    batch = stage.returned("batches.get", batch_id=batch["id"])
    stage.returned("files.content", file_id=batch["output_file_id"])
    stage.returned("batches.list")
    for request in stage.journal():
        keeps_the_contract(request)


@check(
    "all.sends-bearer", place="securitySchemes", expects="Every request carries the API key, once, as a bearer token."
)
def sends_bearer(stage: Stage) -> None:
    stage.returned("batches.list")
    stage.returned("files.list")
    requests = stage.journal()
    same("requests in the key's world", 2, len(requests))
    for request in requests:
        holds(
            "authorization" in request.headers, at="headers", expected="Authorization", got=", ".join(request.headers)
        )


CHECKS: Final = (
    sends_completion_window,
    sends_json,
    _plain("get", "batches.get", "getBatch", "GET", "/batches/{batch_id}"),
    sends_no_body,
    sends_multipart,
    *map(_uploaded_purpose, PURPOSES),
    sends_unknown_purpose,
    _plain("file", "files.get", "getFile", "GET", "/files/{file_id}"),
    _plain("delete", "files.delete", "deleteFile", "DELETE", "/files/{file_id}"),
    _plain("content", "files.content", "getFileContent", "GET", "/files/{file_id}/content"),
    sends_no_violation,
    sends_bearer,
)
