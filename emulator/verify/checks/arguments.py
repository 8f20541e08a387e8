"""Requests as sent: each argument of the calls that take several, present, absent, null, at its bounds and beyond them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from emulator.faces.arranging import CHAT
from emulator.verify import saying
from emulator.verify.check import Check, Group, checks_of
from emulator.verify.samples import SHA256
from emulator.verify.saying import ABSENT, CREATE, FILES, LIST, in_body, in_query, keeps_the_contract

if TYPE_CHECKING:
    from emulator.verify.saying import Call
    from emulator.verify.stage import Stage

check = checks_of(Group.REQUESTS)
UNICODE: Final = "naïve ☕ 中文 \U0001f600 \u202e\u05e2\u05d1"
UNTIDY: Final = {"_run": "e\u0301 A\u030a", "a.b[c]": "a\r\nb\n", " x ": " <b>&amp;</b> ", "A": "007", "a": "a\\u0041"}
LONGEST: Final = {"k" * 64: "v" * 512, "ключ": "з" * 512}
PURPOSES: Final = ("assistants", "batch", "fine-tune", "vision", "user_data", "evals")
ENDPOINTS: Final = {
    "chat-completions": CHAT,
    "embeddings": "/v1/embeddings",
    "images-generations": "/v1/images/generations",
    "responses": "/v1/responses",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One argument of one call, and what may stand for it in the request; `forbidden` says that the contract does not take it."""

    name: str
    call: Call
    argument: str
    given: Any
    accepted: tuple[Any, ...]
    expects: str
    forbidden: bool = False


def _said(case: Said) -> Check:
    """Return the check that an argument is sent as it was said."""
    call, where = case.call, "body" if case.call is CREATE else "query"
    read = in_body(case.argument) if case.call is CREATE else in_query(case.argument)

    @check(case.name, place=f"{call.operation}, {case.argument}", expects=case.expects)
    def play(stage: Stage) -> None:
        args = saying.needed(stage, call) | ({} if case.given is ABSENT else {case.argument: case.given})
        request = saying.sent(stage, call, args, may_refuse=case.forbidden)
        if request is not None:
            saying.is_one_of(read(request), at=f"{where}.{case.argument}", accepted=case.accepted)
        if request is not None and not case.forbidden:
            keeps_the_contract(request)

    return play


def _create(name: str, argument: str, given: Any, *accepted: Any, expects: str, forbidden: bool = False) -> Said:
    return Said(
        name=f"create.{name}",
        call=CREATE,
        argument=argument,
        given=given,
        accepted=accepted or (given,),
        expects=expects,
        forbidden=forbidden,
    )


def _listed(call: Call, name: str, argument: str, given: Any, *accepted: Any, forbidden: bool = False) -> Said:
    prefix, operation = ("list", "List") if call is LIST else ("files", "List")
    said = "is left out" if given is ABSENT else f"is sent as {given!r} says"
    allowed = " or refused with a declared error" if forbidden else ""
    return Said(
        name=f"{prefix}.{name}",
        call=call,
        argument=argument,
        given=given,
        accepted=accepted or (str(given),),
        expects=f"{operation}'s {argument} {said}{allowed}.",
        forbidden=forbidden,
    )


CREATE_SAID: Final = (
    _create("sends-input-file-id", "input_file_id", f"file_{'0' * 32}", expects="The input file's id is sent as given."),
    _create("sends-any-input-file-id", "input_file_id", UNICODE, expects="An id in any script is sent as given."),
    *(
        _create(f"sends-endpoint-{name}", "endpoint", endpoint, expects=f"The endpoint {endpoint} is sent as given.")
        for name, endpoint in ENDPOINTS.items()
    ),
    _create(
        "refuses-or-sends-unknown-endpoint", "endpoint", "/v1/audio", forbidden=True,
        expects="An endpoint outside the enum is refused with a declared error, or sent as given.",
    ),
    _create("sends-metadata", "metadata", {"job": "nightly", "try": "2"}, expects="Metadata is sent as given."),
    _create("sends-metadata-empty", "metadata", {}, expects="Empty metadata is sent as {}, which is not null."),
    _create("sends-metadata-null", "metadata", None, None, ABSENT, expects="Metadata of null is sent as null or left out."),
    _create("sends-metadata-absent", "metadata", ABSENT, ABSENT, None, expects="Metadata that is not given is not made up."),
    _create("sends-metadata-unicode", "metadata", {UNICODE: UNICODE}, expects="Metadata in any script is sent as given."),
    _create(
        "sends-metadata-untidied", "metadata", UNTIDY,
        expects="Text that programs like to tidy up is sent as given: accents apart, ends of lines, &, dots and underscores.",
    ),
    _create("sends-metadata-of-sixteen", "metadata", {f"k{n}": str(n) for n in range(16)}, expects="All 16 pairs are sent."),
    _create("sends-metadata-of-longest", "metadata", LONGEST, expects="Keys of 64 and values of 512 characters are sent."),
    _create(
        "refuses-or-sends-metadata-of-seventeen", "metadata", {f"k{n}": str(n) for n in range(17)}, forbidden=True,
        expects="17 pairs are refused with a declared error, or all sent.",
    ),
    _create("sends-max-concurrency-lowest", "max_concurrency", 1, expects="A max_concurrency of 1 is sent as the number."),
    _create("sends-max-concurrency-highest", "max_concurrency", 64, expects="A max_concurrency of 64 is sent as the number."),
    _create(
        "sends-max-concurrency-absent", "max_concurrency", ABSENT, ABSENT, 8,
        expects="A max_concurrency that is not given is left out, or is the default.",
    ),
    _create(
        "refuses-or-sends-max-concurrency-zero", "max_concurrency", 0, forbidden=True,
        expects="A max_concurrency of 0 is refused with a declared error, or sent as given; 0 is not absent.",
    ),
    _create(
        "refuses-or-sends-max-concurrency-beyond", "max_concurrency", 65, forbidden=True,
        expects="A max_concurrency of 65 is refused with a declared error, or sent as given.",
    ),
)  # fmt: skip

LIST_SAID: Final = (
    _listed(LIST, "sends-after", "after", f"batch_{'0' * 32}"),
    _listed(LIST, "sends-after-unicode", "after", UNICODE),
    _listed(LIST, "sends-after-escaped", "after", "a&limit=1#b+c%20d"),
    _listed(LIST, "sends-after-absent", "after", ABSENT, ABSENT, ""),
    _listed(LIST, "sends-limit-lowest", "limit", 1),
    _listed(LIST, "sends-limit-highest", "limit", 100),
    _listed(LIST, "sends-limit-absent", "limit", ABSENT, ABSENT, "20"),
    _listed(LIST, "refuses-or-sends-limit-zero", "limit", 0, forbidden=True),
    _listed(LIST, "refuses-or-sends-limit-beyond", "limit", 101, forbidden=True),
)
FILES_SAID: Final = (
    _listed(FILES, "sends-after", "after", f"file_{'0' * 32}"),
    _listed(FILES, "sends-after-escaped", "after", "a&order=asc#b+c%20d"),
    _listed(FILES, "sends-after-absent", "after", ABSENT, ABSENT, ""),
    _listed(FILES, "sends-limit-lowest", "limit", 1),
    _listed(FILES, "sends-limit-highest", "limit", 10_000),
    _listed(FILES, "sends-limit-absent", "limit", ABSENT, ABSENT, "10000"),
    _listed(FILES, "refuses-or-sends-limit-zero", "limit", 0, forbidden=True),
    _listed(FILES, "refuses-or-sends-limit-beyond", "limit", 10_001, forbidden=True),
    _listed(FILES, "sends-order-asc", "order", "asc"),
    _listed(FILES, "sends-order-desc", "order", "desc"),
    _listed(FILES, "sends-order-absent", "order", ABSENT, ABSENT, "desc"),
    _listed(FILES, "refuses-or-sends-unknown-order", "order", "sideways", forbidden=True),
    *(_listed(FILES, f"sends-purpose-{purpose}", "purpose", purpose) for purpose in PURPOSES),
    _listed(FILES, "sends-purpose-absent", "purpose", ABSENT, ABSENT),
    _listed(FILES, "sends-sha256", "sha256", SHA256),
    _listed(FILES, "sends-sha256-absent", "sha256", ABSENT, ABSENT),
)


@check(
    "create.makes-no-number-of-a-null-max-concurrency",
    place="CreateBatchRequest.max_concurrency",
    expects="A max_concurrency of null, which the contract does not take, is refused, sent or left out; no number is made up.",
)
def makes_no_number_of_null(stage: Stage) -> None:
    request = saying.sent(stage, CREATE, {**saying.needed(stage, CREATE), "max_concurrency": None}, may_refuse=True)
    if request is not None:
        found = in_body("max_concurrency")(request)
        saying.is_one_of(found, at="body.max_concurrency", accepted=(None, ABSENT))


CHECKS: Final = (
    *map(_said, CREATE_SAID),
    makes_no_number_of_null,
    *map(_said, LIST_SAID),
    *map(_said, FILES_SAID),
)
