"""Errors: each status, each envelope and none, other content types.

A call ends in an error that the SDK documents, which keeps the status and the body of the reply.
"""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from emulator.faces.arranging import CHAT
from emulator.faces.values import is_same
from emulator.verify.check import Check, Group, checks_of
from emulator.verify.comparing import holds, same
from emulator.verify.samples import BATCH_ID, FILE_ID

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.clients.protocol import Raised
    from emulator.verify.stage import Stage

check = checks_of(Group.ERRORS)
STATUSES: Final = (400, 401, 403, 404, 408, 409, 413, 415, 422, 429, 500, 501, 502, 503, 504)
PLACE: Final = "errors, limits, tenancy"


def refusal(status: int) -> dict[str, Any]:
    """Return a reply that says no in the API's own envelope, as a rule has it."""
    error = {"message": "Something is not as it should be.", "type": "some_error", "code": status, "param": None}
    return {"status": status, "content_type": "application/json", "body": json.dumps({"error": error})}


def keeps(raised: Raised, status: int, body: str) -> None:
    """Raise Failed unless an error has kept the status and the body of its reply: the text, or the JSON that it is."""
    same("raised.status", status, raised.status)
    if not _is_same_json(body, raised.body):
        same("raised.body", body, raised.body)


def _is_same_json(body: str, kept: str | None) -> bool:
    try:
        return kept is not None and is_same(json.loads(body), json.loads(kept))
    except ValueError:
        return False


# Each status, each operation


def _status(status: int) -> Check:
    @check(
        f"errors.{status}-is-declared",
        place=f"{PLACE}: {status}",
        expects=f"A reply of {status} ends in a declared error that keeps the status and the body.",
    )
    def play(stage: Stage) -> None:
        stage.rule("getBatch", reply=refusal(status))
        keeps(stage.raised("batches.get", batch_id=BATCH_ID), status, refusal(status)["body"])

    return play


UPLOAD_ARGS: Final = {"filename": "in.jsonl", "content": b64encode(b"{}\n").decode(), "purpose": "batch"}
CALLS: Final[tuple[tuple[str, str, str, dict[str, Any]], ...]] = (
    ("create", "createBatch", "batches.create", {"input_file_id": FILE_ID, "endpoint": CHAT}),
    ("list", "listBatches", "batches.list", {}),
    ("cancel", "cancelBatch", "batches.cancel", {"batch_id": BATCH_ID}),
    ("upload", "uploadFile", "files.upload", UPLOAD_ARGS),
    ("files", "listFiles", "files.list", {}),
    ("file", "getFile", "files.get", {"file_id": FILE_ID}),
    ("delete", "deleteFile", "files.delete", {"file_id": FILE_ID}),
    ("content", "getFileContent", "files.content", {"file_id": FILE_ID}),
)


def _operation(name: str, operation: str, call: str, args: Mapping[str, Any]) -> Check:
    @check(
        f"{name}.declares-errors",
        place=f"{operation}, 4XX and 5XX",
        expects="Replies of 400, 404 and 500 end in declared errors that keep status and body.",
    )
    def play(stage: Stage) -> None:
        there = {"file_id": stage.arrange.file()["id"]} if "file_id" in args else {}
        for status in (400, 404, 500):
            stage.admin.delete_rules()
            stage.rule(operation, reply=refusal(status))
            keeps(stage.raised(call, **{**args, **there}), status, refusal(status)["body"])

    return play


# Each body


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A reply of 503 or 404 as it may come: what it holds, what it is called, and how it reads as text."""

    name: str
    text: str
    content_type: str | None
    expects: str


BODIES: Final = (
    Body(
        name="gateway-envelope", text='{"error":"Rate limit exceeded"}', content_type="application/json",
        expects="The gateway's error, a plain word where others have an object, is kept.",
    ),
    Body(
        name="string-code", text='{"error":{"message":"No.","type":"e","code":"not_found"}}',
        content_type="application/json", expects="An envelope whose code is a word, not a number, is kept.",
    ),
    Body(name="other-json", text='["no","envelope"]', content_type="application/json", expects="JSON of another shape is kept."),
    Body(name="null", text="null", content_type="application/json", expects="A body of null is kept."),
    Body(name="empty", text="", content_type="application/json", expects="A reply without a body ends in a declared error."),
    Body(name="html", text="<h1>Bad gateway</h1>", content_type="text/html", expects="A page of HTML is kept."),
    Body(name="plain-text", text="upstream request timeout", content_type="text/plain", expects="Plain text is kept."),
    Body(name="html-called-json", text="<h1>No</h1>", content_type="application/json", expects="HTML called JSON is kept."),
    Body(name="json-called-html", text='{"error":{}}', content_type="text/html", expects="JSON that is called HTML is kept."),
    Body(name="unknown-type", text="\x00\x01", content_type="application/x-unheard-of", expects="A body of any type is kept."),
    Body(
        name="unicode", text='{"error":{"message":"naïve ☕ 中文 \U0001f600"}}', content_type="application/json",
        expects="A message in any script is kept.",
    ),
    Body(name="long", text="x" * 200_000, content_type="text/plain", expects="A body of 200 kB is kept to its end."),
)  # fmt: skip


def _body(body: Body) -> Check:
    @check(f"errors.{body.name}-body-is-kept", place=f"{PLACE}: any body", expects=body.expects)
    def play(stage: Stage) -> None:
        reply = {"status": 503, "content_type": body.content_type, "body": body.text}
        stage.rule("getBatch", reply=reply)
        keeps(stage.raised("batches.get", batch_id=BATCH_ID), 503, body.text)

    return play


def _content_body(body: Body) -> Check:
    @check(
        f"content.{body.name}-error-is-kept",
        place="getFileContent, 404",
        expects=f"{body.expects} So it is where files are read.",
    )
    def play(stage: Stage) -> None:
        file_id = stage.arrange.file()["id"]
        stage.rule("getFileContent", reply={"status": 404, "content_type": body.content_type, "body": body.text})
        keeps(stage.raised("files.content", file_id=file_id), 404, body.text)

    return play


# The server's own errors


@check(
    "errors.unknown-batch-is-404", place=f"{PLACE}: 404", expects="A batch that does not exist ends in a declared 404."
)
def unknown_batch(stage: Stage) -> None:
    same("raised.status", 404, stage.raised("batches.get", batch_id=BATCH_ID).status)


@check(
    "errors.wrong-key-is-401",
    place=f"{PLACE}: 401",
    expects="A reply of 401 to every call with a wrong key is declared.",
)
def wrong_key(stage: Stage) -> None:
    for operation, call, args in (("listBatches", "batches.list", {}), ("getFile", "files.get", {"file_id": FILE_ID})):
        stage.rule(operation, reply=refusal(401))
        same("raised.status", 401, stage.raised(call, **args).status)


@check(
    "errors.cancel-of-finished-is-409",
    place="cancelBatch, 409",
    expects="Cancelling a batch that has completed ends in a declared 409 that says why.",
)
def cancel_of_finished(stage: Stage) -> None:
    batch_id = stage.arrange.batch()["id"]
    stage.admin.advance("2h")
    raised = stage.raised("batches.cancel", batch_id=batch_id)
    same("raised.status", 409, raised.status)
    holds("completed" in (raised.body or ""), at="raised.body", expected="a sentence with the status", got=raised.body)


CHECKS: Final = (
    *map(_status, STATUSES),
    *(_operation(*each) for each in CALLS),
    *map(_body, BODIES),
    *map(_content_body, (BODIES[0], BODIES[1], BODIES[4], BODIES[5])),
    unknown_batch,
    wrong_key,
    cancel_of_finished,
)
