"""Tenancy: whom a call acts for is said on every request, or on none, and never made up or lost."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any, Final

from emulator.faces.arranging import CHAT
from emulator.verify.check import Check, Group, Setting, checks_of
from emulator.verify.comparing import holds, same
from emulator.verify.operations import OPERATIONS
from emulator.verify.samples import BATCH_ID

if TYPE_CHECKING:
    from emulator.verify.stage import Stage

check = checks_of(Group.TENANCY)
PLACE: Final = "X-On-Behalf-Of"
HEADER: Final = "x-on-behalf-of"
ALICE: Final = Setting(on_behalf_of="alice")


def _args(stage: Stage, call: str) -> dict[str, Any]:
    """Return arguments with which a call succeeds for the tenant of the stage."""
    if call == "files.upload":
        return {"filename": "in.jsonl", "content": b64encode(b"{}\n").decode(), "purpose": "batch"}
    if call == "batches.create":
        return {"input_file_id": stage.arrange.file()["id"], "endpoint": CHAT}
    if call.endswith(".list"):
        return {}
    return {"batch_id": stage.arrange.batch()["id"]} if "batches" in call else {"file_id": stage.arrange.file()["id"]}


def _acts_for(name: str, operation: str, call: str) -> Check:
    @check(
        f"{name}.says-on-behalf-of",
        place=f"{operation}, {PLACE}",
        expects="A client that acts for alice says so, once, and finds what is hers.",
        setting=ALICE,
    )
    def play(stage: Stage) -> None:
        stage.returned(call, **_args(stage, call))
        same(f"header.{PLACE}", "alice", stage.sent(operation).headers.get(HEADER))

    return play


def _acts_for_nobody(name: str, operation: str, call: str) -> Check:
    @check(
        f"{name}.says-no-on-behalf-of",
        place=f"{operation}, {PLACE}",
        expects="A client that acts for nobody sends no such header, not an empty one either.",
    )
    def play(stage: Stage) -> None:
        stage.returned(call, **_args(stage, call))
        same(f"header.{PLACE}", None, stage.sent(operation).headers.get(HEADER))

    return play


TAKEN: Final = {
    "one-character": "a",
    "longest": "x" * 150,
    "punctuated": 'user@example.com/team;x=1, ("two")',
    "number": "1234567890",
}
FORBIDDEN: Final = {
    "empty": "",
    "star": "*",
    "too-long": "x" * 151,
    "unicode": "naïve-中",
    "newline": "alice\r\nX-Injected: 1",
}


def _taken(name: str, tenant: str) -> Check:
    @check(
        f"tenancy.{name}-id-is-sent",
        place=f"{PLACE}: 1-150 printable ASCII characters",
        expects=f"The user id {tenant[:40]!r} is sent as given.",
        setting=Setting(on_behalf_of=tenant),
    )
    def play(stage: Stage) -> None:
        stage.returned("batches.list")
        same(f"header.{PLACE}", tenant, stage.sent("listBatches").headers.get(HEADER))

    return play


def _forbidden(name: str, tenant: str) -> Check:
    @check(
        f"tenancy.{name}-id-is-refused",
        place=f"{PLACE}: 1-150 printable ASCII characters, not *",
        expects="A user id that cannot be one is refused with a declared error: the call does not act for somebody else.",
    )
    def play(stage: Stage) -> None:
        outcome = stage.call("connect", **stage.connecting(on_behalf_of=tenant))
        if not stage.is_refused(outcome, "connect"):
            stage.raised("batches.get", batch_id=BATCH_ID)
        for request in stage.journal():
            holds(request.status == 400, at="reply", expected="400, or no request", got=request.status)

    return play


@check(
    "tenancy.keeps-tenants-apart",
    place=PLACE,
    expects="What alice made, bob does not find, and the bare key does not either.",
    setting=ALICE,
)
def keeps_apart(stage: Stage) -> None:
    args = _args(stage, "batches.create")
    made = stage.returned("batches.create", **args)["id"]
    for other in ("bob", None):
        stage.connect(on_behalf_of=other)
        same("raised.status", 404, stage.raised("batches.get", batch_id=made).status)
        same("batches in the list", [], stage.returned("batches.list")["data"])
    stage.connect(on_behalf_of="alice")
    same("result.id", made, stage.returned("batches.get", batch_id=made)["id"])


@check(
    "tenancy.keeps-keys-apart",
    place="authentication",
    expects="A client that is connected with another key uses that key.",
)
def keeps_keys_apart(stage: Stage) -> None:
    made = stage.arrange.batch()["id"]
    other = stage.admin.create_world(clock="manual")
    try:
        stage.connect(api_key=other["api_key"])
        same("raised.status", 404, stage.raised("batches.get", batch_id=made).status)
    finally:
        stage.admin.delete_world(other["world"])
    stage.connect()
    same("result.id", made, stage.returned("batches.get", batch_id=made)["id"])


CHECKS: Final = (
    *(_acts_for(*each) for each in OPERATIONS),
    *(_acts_for_nobody(*each) for each in OPERATIONS),
    *(_taken(*each) for each in TAKEN.items()),
    *(_forbidden(*each) for each in FORBIDDEN.items()),
    keeps_apart,
    keeps_keys_apart,
)
