"""Replies as understood: every field with a value, null and absent; each status; each edition.

Values must come back exactly: an integer as that integer, null as null, absent as absent or null.
"""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any, Final

from emulator.faces.arranging import CHAT
from emulator.verify.check import Check, Group, NotApplicable, Setting, checks_of
from emulator.verify.comparing import holds, same
from emulator.verify.samples import (
    BATCH,
    BATCH_ID,
    DELETED,
    FILE,
    FILE_ID,
    LARGEST,
    NULLABLE_OF_BATCH,
    NULLABLE_OF_FILE,
    SHA256,
    STATUSES,
    page,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from emulator.verify.stage import Stage

check = checks_of(Group.REPLIES)
ABSENT: Final = object()
LATER: Final[Mapping[str, tuple[str, Mapping[str, Any]]]] = {
    "max_concurrency": ("batches.create", {"input_file_id": FILE_ID, "endpoint": CHAT, "max_concurrency": 1}),
    "sha256": ("files.list", {"sha256": SHA256}),
}
"""Fields that came with a later edition, and a call that a client can make only if it knows them."""
EDITIONS: Final = ("0.5.25", "0.12.26", "0.12.91", "0.12.114")


def _is_known(stage: Stage, name: str) -> None:
    """Raise NotApplicable for a field that came with an edition after the client's."""
    if name in LATER and stage.lacks(*LATER[name]):
        raise NotApplicable(f"the client is of an edition without {name}")


def _got(stage: Stage, batch: Mapping[str, Any]) -> Any:
    """Return what the client makes of a batch."""
    stage.reply("getBatch", batch)
    return stage.returned("batches.get", batch_id=BATCH_ID)


def _got_file(stage: Stage, file: Mapping[str, Any]) -> Any:
    """Return what the client makes of a file."""
    stage.reply("getFile", file)
    return stage.returned("files.get", file_id=FILE_ID)


def _with(sample: Mapping[str, Any], name: str, value: Any) -> dict[str, Any]:
    """Return a sample with a field changed, or without it."""
    return {key: value if key == name else each for key, each in sample.items() if key != name or value is not ABSENT}


def _shows_all(stage: Stage, result: Any, reply: Mapping[str, Any]) -> None:
    """Raise Failed unless a result has every field of a reply, but for those that came after the client's edition."""
    unknown = [name for name, (call, args) in LATER.items() if stage.lacks(call, args)]
    for name, value in _without(reply, unknown).items():
        _shows(_without(result, unknown), name, value)


def _without(value: Any, names: Sequence[str]) -> Any:
    """Return JSON without the members of these names, at any depth."""
    if isinstance(value, dict):
        return {name: _without(each, names) for name, each in value.items() if name not in names}
    return [_without(each, names) for each in value] if isinstance(value, list) else value


def _shows(result: Any, name: str, value: Any) -> None:
    """Raise Failed unless a result has this value for a field; for a field that was absent null will do."""
    holds(isinstance(result, dict), at="result", expected="an object", got=result)
    if value is ABSENT or value is None:
        same(f"result.{name}", None, result.get(name))
    else:
        holds(name in result, at=f"result.{name}", expected="a value", got="nothing")
        same(f"result.{name}", value, result[name])


# Fields


def _field(name: str, value: Any, *, suffix: str, expects: str) -> Check:
    @check(f"batch.{suffix}", place=f"BatchObject.{name}", expects=expects)
    def play(stage: Stage) -> None:
        _is_known(stage, name)
        _shows(_got(stage, _with(BATCH, name, value)), name, value)

    return play


def _file_field(name: str, value: Any, *, suffix: str, expects: str) -> Check:
    @check(f"file.{suffix}", place=f"File.{name}", expects=expects)
    def play(stage: Stage) -> None:
        _is_known(stage, name)
        _shows(_got_file(stage, _with(FILE, name, value)), name, value)

    return play


LIKE_OTHERS: Final = {
    "a": "true", "b": "null", "c": "1704067200", "d": "1.0", "e": "2024-01-01T00:00:00Z", "f": "{}", "g": "e\u0301&amp;",
}  # fmt: skip
MANY_ERRORS: Final = [
    {"code": "invalid_request", "message": f"No. {n}", "param": "body", "line": n // 2} for n in range(12)
]


def _dashed(name: str) -> str:
    return name.replace("_", "-")


BATCH_FIELDS: Final = (
    *(
        _field(name, value, suffix=f"shows-{_dashed(name)}", expects=f"A batch's {name} comes back as it was sent.")
        for name, value in BATCH.items()
    ),
    *(
        _field(name, None, suffix=f"shows-null-{_dashed(name)}", expects=f"A batch's {name} of null comes back as null.")
        for name in NULLABLE_OF_BATCH
    ),
    *(
        _field(name, ABSENT, suffix=f"takes-absent-{_dashed(name)}", expects=f"A batch without {name} is read as well.")
        for name in NULLABLE_OF_BATCH
    ),
    *(
        _field("status", word, suffix=f"shows-status-{_dashed(word)}", expects=f"The status {word} comes back as it is.")
        for word in STATUSES
    ),
    _field("metadata", {}, suffix="shows-empty-metadata", expects="Metadata of {} comes back as {}, not as null."),
    _field(
        "metadata", LIKE_OTHERS, suffix="shows-metadata-as-text",
        expects="Metadata is text: what looks like a number, a date, a word of JSON or of HTML comes back as that text.",
    ),
    _field(
        "errors", {"object": "list", "data": MANY_ERRORS}, suffix="shows-every-error",
        expects="Twelve errors, some of them about one line, come back as twelve.",
    ),
    _field(
        "created_at", LARGEST, suffix="shows-largest-integer",
        expects="The largest integer of the contract, 2**53 - 1, comes back to the last digit.",
    ),
    _field("created_at", -LARGEST, suffix="shows-smallest-integer", expects="So does the smallest."),
    _field(
        "request_counts", {"total": 0, "completed": 0, "failed": 0}, suffix="shows-counts-of-zero",
        expects="Counts of zero come back as zeros, not as null and not left out.",
    ),
)  # fmt: skip
FILE_FIELDS: Final = (
    *(
        _file_field(name, value, suffix=f"shows-{_dashed(name)}", expects=f"A file's {name} comes back as it was sent.")
        for name, value in FILE.items()
    ),
    *(
        _file_field(
            name, None, suffix=f"shows-null-{_dashed(name)}", expects=f"A file's {name} of null comes back as null."
        )
        for name in NULLABLE_OF_FILE
    ),
    *(
        _file_field(
            name, ABSENT, suffix=f"takes-absent-{_dashed(name)}", expects=f"A file without {name} is read as well."
        )
        for name in NULLABLE_OF_FILE
    ),
    _file_field("bytes", 0, suffix="shows-zero-bytes", expects="A file's size of 0 comes back as 0."),
)


# Every operation


def _reads(name: str, operation: str, call: str, args: Mapping[str, Any], reply: Mapping[str, Any]) -> Check:
    """Return the check that an operation's reply comes back in full."""

    @check(
        f"{name}.understands-reply", place=f"{operation}, 200", expects="All of the reply comes back as it was sent."
    )
    def play(stage: Stage) -> None:
        stage.reply(operation, reply)
        _shows_all(stage, stage.returned(call, **args), reply)

    return play


UPLOAD_ARGS: Final = {"filename": "in.jsonl", "content": b64encode(b"{}\n").decode(), "purpose": "batch"}
CREATE_ARGS: Final = {"input_file_id": FILE_ID, "endpoint": CHAT}
OTHER_BATCH: Final = {**BATCH, "id": f"batch_{'e5' * 16}", "status": "completed", "metadata": None}
OTHER_FILE: Final = {**FILE, "id": f"file_{'f6' * 16}", "sha256": None}
MANY_FILES: Final = [{**FILE, "id": f"file_{number:032x}"} for number in range(1001)]
OPERATIONS: Final = (
    _reads("create", "createBatch", "batches.create", CREATE_ARGS, BATCH),
    _reads("cancel", "cancelBatch", "batches.cancel", {"batch_id": BATCH_ID}, BATCH),
    _reads("list", "listBatches", "batches.list", {}, page(BATCH, OTHER_BATCH, has_more=True)),
    _reads("upload", "uploadFile", "files.upload", UPLOAD_ARGS, FILE),
    _reads("files", "listFiles", "files.list", {}, page(FILE, OTHER_FILE, has_more=True)),
    _reads("files-long", "listFiles", "files.list", {}, page(*MANY_FILES, has_more=True)),
    _reads("delete", "deleteFile", "files.delete", {"file_id": FILE_ID}, DELETED),
    _reads("list-empty", "listBatches", "batches.list", {}, page()),
    _reads("files-empty", "listFiles", "files.list", {}, page()),
)


# What is not told field by field


@check(
    "batch.takes-unknown-fields",
    place="BatchObject",
    expects="Fields that nobody knows yet do not keep a batch from being read.",
)
def takes_unknown_fields(stage: Stage) -> None:
    result = _got(stage, {**BATCH, "colour": "blue", "shape": {"corners": [1, 2, None]}})
    _shows_all(stage, result, BATCH)


@check(
    "file.takes-unknown-fields",
    place="File",
    expects="Fields that nobody knows yet do not keep a file from being read.",
)
def file_takes_unknown_fields(stage: Stage) -> None:
    result = _got_file(stage, {**FILE, "colour": "blue", "status_details": None})
    _shows_all(stage, result, FILE)


@check(
    "batch.takes-any-order",
    place="BatchObject",
    expects="The order of a reply's members is nothing to a client.",
)
def takes_any_order(stage: Stage) -> None:
    result = _got(stage, dict(reversed(BATCH.items())))
    _shows_all(stage, result, BATCH)


@check(
    "batch.shows-no-entries-in-errors",
    place="BatchErrors.data",
    expects="Errors with an empty list are not the same as no errors.",
)
def shows_no_entries(stage: Stage) -> None:
    _shows(
        _got(stage, _with(BATCH, "errors", {"object": "list", "data": []})), "errors", {"object": "list", "data": []}
    )


def _edition(edition: str) -> Check:
    """Return the check that a client reads all that a server of this edition says."""

    @check(
        f"edition-{edition}.is-understood",
        place=f"editions, {edition}",
        expects=f"Batches and files of a server of edition {edition} come back as they are.",
        setting=Setting(edition=edition),
    )
    def play(stage: Stage) -> None:
        batch_id = stage.arrange.batch()["id"]
        stage.admin.advance("30m")
        batch = stage.arrange.get(f"/batches/{batch_id}")
        result = stage.returned("batches.get", batch_id=batch_id)
        _shows_all(stage, result, batch)
        file = stage.arrange.get(f"/files/{batch['input_file_id']}")
        result = stage.returned("files.get", file_id=file["id"])
        _shows_all(stage, result, file)

    return play


CHECKS: Final = (
    *BATCH_FIELDS,
    takes_unknown_fields,
    takes_any_order,
    shows_no_entries,
    *FILE_FIELDS,
    file_takes_unknown_fields,
    *OPERATIONS,
    *map(_edition, EDITIONS),
)
