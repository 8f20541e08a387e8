from __future__ import annotations

import json
from base64 import b64encode
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from support.traces import called, causes, raised, returned, ruled, sent, step

from emulator.clients.protocol import RetryPolicy
from emulator.faces.arranging import API
from emulator.fuzz.catalog import ALL, find
from emulator.fuzz.properties.transport_faults import CONTENT
from emulator.fuzz.steps import Arrange, Call, Connect, Look, Made, Pages
from emulator.fuzz.strategies.replies import BATCH, FILE, PLAIN
from emulator.fuzz.trace import Fault, Played

if TYPE_CHECKING:
    from emulator.fuzz.playing import Player
    from emulator.fuzz.property import Property

CREATE = {"input_file_id": "file_1", "endpoint": "/v1/embeddings"}
CREATED = json.dumps({**CREATE, "completion_window": "24h"})
JSON, FORM = {"content-type": "application/json"}, {"content-type": "multipart/form-data"}
GET = "batches.get"
UPLOAD = {"filename": "a", "content": "e30=", "purpose": "batch"}


def good(status: int = 200, body: Any = BATCH, **more: Any) -> Played:
    """Return the step in which getBatch is answered so."""
    return ruled(
        "getBatch", reply={"status": status, "content_type": "application/json", "body": json.dumps(body), **more}
    )


CLOSING = ruled("getBatch", close=True)
ONE_BATCH = step(Look(at="batches"), seen=[BATCH])
ONE_FILE = step(Look(at="files"), seen=[FILE])
FILE_THERE = step(Arrange(what="file", name="a", content="AAE="))
COME_BACK = ruled("listBatches", reply={"status": 429, "headers": {"Retry-After": "9"}})
FOR_BATCHES = sent("POST", "/files", body="\r\n\r\nbatch\r\n", headers=FORM)


def content(data: bytes) -> dict[str, str]:
    return {"content": b64encode(data).decode()}


# What every client owes


def test_a_broken_driver_is_found_whatever_the_script() -> None:
    broken = called(GET, Fault("hung", "no answer in 5 s"), batch_id="a")
    assert {tuple(causes(aim, broken)) for aim in ALL} == {("driver hung",)}


def test_an_undeclared_error_is_one_cause_each_call_however_many_faults_it_tells_of() -> None:
    one = "1 validation error for ListFiles\npurpose\n  Input should be 'batch' [type=enum]"
    two = "2 validation errors for ListFiles\npurpose\n  Input should be 'batch' [type=enum]\norder\n  Input …"
    found = [
        causes(
            find("requests-conform"), called("files.list", raised(type="ValidationError", declared=False, message=each))
        )
        for each in (one, two)
    ]
    assert found == [["undeclared ValidationError in files.list: purpose"]] * 2


def test_a_client_that_would_not_connect_is_told_of_once() -> None:
    refused = raised(declared=False, type="UnicodeEncodeError", message="'ascii' codec can't encode character '\\xe9'")
    played = [step(Connect(on_behalf_of="é"), refused), called("batches.list", refused), called("files.list", refused)]
    assert causes(find("requests-conform"), *played) == ["undeclared UnicodeEncodeError"]


@pytest.mark.parametrize("call", ["batches.get", "files.get"])
@pytest.mark.parametrize(
    "message", ["Expecting value: line 1 column 1 (char 0)", "Extra data: line 1 column 9 (char 8)"]
)
def test_an_undeclared_error_of_a_parser_is_one_cause_wherever_it_stopped(call: str, message: str) -> None:
    failed = called(call, raised(type="JSONDecodeError", declared=False, message=message))
    assert causes(find("bad-replies-refused"), failed) == ["undeclared JSONDecodeError"]


@pytest.mark.parametrize("outcome", [raised(declared=False, type="TypeError"), Fault("died", "gone")])
def test_what_is_of_another_type_may_be_refused_in_any_way_but_not_changed(outcome: Any) -> None:
    args = {"input_file_id": "f", "endpoint": "/v1/embeddings", "metadata": {"run": 7}}
    assert causes(find("requests-conform"), called("batches.create", outcome, **args)) == []
    request = sent(
        "POST",
        "/batches",
        headers={"content-type": "application/json"},
        body=json.dumps({**args, "completion_window": "24h", "metadata": {"run": "7"}}),
    )
    assert causes(find("requests-conform"), called("batches.create", returned(BATCH), request, **args)) == [
        "batches.create metadata changed"
    ]


@pytest.mark.parametrize("given", ["'\\n' at position 42", "'\\x08' at position 40"])
def test_values_in_a_message_are_no_causes_of_their_own(given: str) -> None:
    message = f"Invalid non-printable ASCII character in URL, {given}."
    failed = called(GET, raised(type="InvalidURL", declared=False, message=message))
    assert causes(find("ids-stay-ids"), failed) == ["undeclared InvalidURL: Invalid non-printable ASCII character in"]


# Each property: what is sound, and what is not

SOUND: dict[str, list[tuple[Played, ...]]] = {
    "requests-conform": [
        (called("batches.create", returned(BATCH), sent("POST", body=CREATED, headers=JSON), **CREATE),),
        (called("batches.list", raised(), limit=0),),
        (step(Connect(on_behalf_of="é"), raised()), called("batches.list", raised())),
        (step(Connect(on_behalf_of=" a")), called("batches.list", returned({}), sent(headers={"x-on-behalf-of": "a"}))),
        (called("batches.list", raised(400), sent(path="/batches?limit=0", status=400), limit=0),),
    ],
    "replies-survive": [
        (good(), called(GET, returned(BATCH), batch_id="a")),
        (good(body={"id": "b"}), called(GET, raised(), batch_id="a")),
        (good(content_type="text/plain"), called(GET, raised(), batch_id="a")),
    ],
    "errors-declared": [
        (good(404, "No."), called(GET, raised(404, '"No."'), batch_id="a")),
        (good(201, {"id": "b"}), called(GET, raised(), batch_id="a")),
        (good(201, {"id": "b"}), called(GET, returned({"id": "b", "status": None}), batch_id="a")),
        (good(204), called(GET, returned(None), batch_id="a")),
        (
            good(500, "No."),
            called(GET, raised(404), sent(path="/files/f", status=404, operation="getFile"), batch_id="a"),
        ),
    ],
    "bad-replies-refused": [
        (good(body={"id": 1}), called(GET, raised(), batch_id="a")),
        (good(body={"id": 1}), called(GET, returned({"id": 1}), batch_id="a")),
        (good(body={"id": 1, "max_concurrency": 8}), called(GET, returned({"id": 1}), batch_id="a")),
        (ruled("getBatch", reply={"status": 200, "body": "{"}), called(GET, returned("{"), batch_id="a")),
    ],
    "bytes-intact": [
        (FILE_THERE, called("files.content", returned(content(b"\0\1")), file_id="f")),
        (called("files.upload", raised(), **{**UPLOAD, "purpose": "u"}),),
    ],
    "transport-faults": [
        (ONE_BATCH, CLOSING, called(GET, raised(), batch_id="a")),
        (
            step(Arrange(what="file", name="f", content="")),
            ONE_FILE,
            ruled("getFileContent", close=True),
            called("files.content", returned(content(b"")), file_id="f"),
        ),
        (ONE_BATCH, CLOSING, called(GET, returned(BATCH), batch_id="a")),
        (ONE_BATCH, CLOSING, called(GET, returned({**BATCH, "max_concurrency": None}), batch_id="a")),
        (ONE_BATCH, called(GET, returned({}), batch_id="a")),
        (ONE_BATCH, CLOSING, called("batches.create", returned({**BATCH, "id": "b"}))),
        (
            step(Look(at="batches"), seen=[]),
            CLOSING,
            called("batches.create", returned({**BATCH, "max_concurrency": None})),
            ONE_BATCH,
        ),
        (
            ONE_BATCH,
            CLOSING,
            called("batches.cancel", returned({**BATCH, "status": "cancelling"}), batch_id="a"),
            step(Look(at="batches"), seen=[{**BATCH, "status": "cancelling"}]),
        ),
        (
            ONE_BATCH,
            CLOSING,
            called("batches.list", returned({**PLAIN["ListBatchesResponse"], "data": []}, 90.0)),
        ),
    ],
    "retries-sane": [
        (called("batches.list", returned({}, 1.0), sent(status=503), sent()),),
        (called("batches.list", raised(), sent(status=None), sent(status=None)),),
        (COME_BACK, called("batches.list", Fault("hung", "no answer in 8 s"), sent(status=429))),
    ],
    "no-silent-twin": [
        (called("batches.create", raised(), **CREATE), step(Look(at="batches"), seen=[BATCH, BATCH])),
        (called("batches.create", returned(BATCH), **CREATE), ONE_BATCH),
    ],
    "pages-complete": [
        (
            step(Look(at="files"), seen=[{**FILE, "id": "2"}, {**FILE, "id": "1"}]),
            step(Pages(call="files.list"), returned({}), seen=[{"data": [{"id": "2"}]}, {"data": [{"id": "1"}]}]),
        ),
        (
            step(Look(at="files"), seen=[{**FILE, "id": "2"}, {**FILE, "id": "1"}]),
            step(
                Pages(call="files.list", args={"order": "asc"}),
                returned({}),
                seen=[{"data": [{"id": "1"}, {"id": "2"}]}],
            ),
        ),
        (step(Pages(call="files.list", args={"order": "up"}), raised()),),
    ],
    "ids-stay-ids": [
        (called(GET, raised(404), sent(path="/batches/a%2Fb", status=404), batch_id="a/b"),),
        (called(GET, raised(404), sent(path="/batches/..", status=404), batch_id=".."),),
        (called(GET, raised(), batch_id="a/b"),),
        (called("files.content", raised(404), sent(path="/files/a%2Fb", status=404), file_id="a/b"),),
    ],
}


@pytest.mark.parametrize(
    ("name", "number"), [(name, number) for name, all_ in SOUND.items() for number in range(len(all_))]
)
def test_a_sound_client_comes_out_clean(name: str, number: int) -> None:
    assert causes(find(name), *SOUND[name][number]) == []


UNSOUND: list[tuple[str, tuple[Played, ...], list[str]]] = [
    ("requests-conform", (called("batches.list", raised(), limit=1),), ["batches.list refused"]),
    (
        "requests-conform",
        (called("batches.list", raised(400), sent(status=400), limit=20),),
        ["batches.list not understood"],
    ),
    (
        "requests-conform",
        (called("batches.list", returned({}), sent(path="/batches?limit=100"), limit=101),),
        ["batches.list limit changed"],
    ),
    ("requests-conform", (called("batches.list", returned({})),), ["batches.list sent otherwise than once"]),
    (
        "requests-conform",
        (called("batches.list", returned({}), sent(), sent()),),
        ["batches.list sent otherwise than once"],
    ),
    (
        "requests-conform",
        (called("batches.list", returned({}), sent(path="/batches/")),),
        ["batches.list sent elsewhere"],
    ),
    (
        "requests-conform",
        (step(Connect(on_behalf_of="a")), called("batches.list", returned({}), sent())),
        ["tenant changed"],
    ),
    (
        "requests-conform",
        (step(Connect(on_behalf_of="*")), called("batches.list", returned({}), sent())),
        ["tenant changed"],
    ),
    (
        "requests-conform",
        (
            called(
                "batches.create",
                returned(BATCH),
                sent("POST", body=CREATED, headers={"content-type": "text/plain"}),
                **CREATE,
            ),
        ),
        ["batches.create media type"],
    ),
    (
        "requests-conform",
        (
            called("files.upload", returned(FILE), FOR_BATCHES, **UPLOAD),
            step(Look(at="file", file=Made("a")), seen={**FILE, "filename": "b"}),
            step(Look(at="content", file=Made("a")), seen=b"[]"),
        ),
        ["upload filename changed", "upload content changed"],
    ),
    (
        "replies-survive",
        (good(), called(GET, raised(message="what?"), batch_id="a")),
        ["BatchObject refused: ApiError: what?"],
    ),
    ("replies-survive", (good(), called(GET, returned({**BATCH, "id": None}), batch_id="a")), ["lost BatchObject.id"]),
    (
        "replies-survive",
        (good(body={**BATCH, "colour": "red"}), called(GET, raised(message="colour?"), batch_id="a")),
        ["BatchObject refused: ApiError: colour?"],
    ),
    ("replies-survive", (good(), called(GET, returned(None), batch_id="a")), ["lost BatchObject"]),
    (
        "replies-survive",
        (good(), called(GET, returned({**BATCH, "created_at": 1.0, "expires_at": 1.0}), batch_id="a")),
        ["altered int to float", "altered int to float"],
    ),
    ("errors-declared", (good(404), called(GET, returned(BATCH), batch_id="a")), ["error taken for success"]),
    ("errors-declared", (good(404, "No."), called(GET, raised(400, '"No."'), batch_id="a")), ["status lost"]),
    ("errors-declared", (good(404, "No."), called(GET, raised(404), batch_id="a")), ["body lost"]),
    ("errors-declared", (good(404, "No."), called(GET, raised(404, "No"), batch_id="a")), ["body changed"]),
    (
        "errors-declared",
        (good(201, {"id": "b"}), called(GET, returned(BATCH), batch_id="a")),
        ["no success taken for one"],
    ),
    ("errors-declared", (good(204), called(GET, returned(BATCH), batch_id="a")), ["no success taken for one"]),
    (
        "bad-replies-refused",
        (good(body={"created_at": "1"}), called(GET, returned({"created_at": 1}), batch_id="a")),
        ["altered text to integer"],
    ),
    (
        "bad-replies-refused",
        (good(body={"created_at": 2**60 + 1}), called(GET, returned({"created_at": 2**60}), batch_id="a")),
        ["altered large integer to large integer"],
    ),
    (
        "bad-replies-refused",
        (ruled("getBatch", reply={"status": 200, "body": "{"}), called(GET, returned({}), batch_id="a")),
        ["no JSON taken for a reply"],
    ),
    (
        "bytes-intact",
        (FILE_THERE, called("files.content", returned(content(b"\1")), file_id="f")),
        ["content changed on the way down"],
    ),
    (
        "bytes-intact",
        (
            called("files.upload", returned(FILE), **UPLOAD),
            step(Look(at="file"), seen={"filename": "A", "purpose": "evals"}),
            step(Look(at="content"), seen=b""),
        ),
        ["name changed on the way up", "purpose changed on the way up", "content changed on the way up"],
    ),
    ("bytes-intact", (called("files.content", raised(), file_id="f"),), ["good file refused: ApiError: No."]),
    (
        "transport-faults",
        (
            ONE_FILE,
            ruled("getFileContent", close=True),
            called("files.content", returned(content(CONTENT[:-1])), file_id="f"),
        ),
        ["part of a file taken for all of it"],
    ),
    (
        "transport-faults",
        (ONE_BATCH, CLOSING, called(GET, returned({"id": BATCH["id"]}), batch_id="a")),
        ["part of a reply taken for all of it: lost"] * 19,
    ),
    (
        "transport-faults",
        (ONE_BATCH, CLOSING, called(GET, returned([7]), batch_id="a")),
        ["part of a reply taken for all of it: altered"],
    ),
    (
        "transport-faults",
        (ONE_FILE, CLOSING, called("files.delete", returned({"deleted": True}), file_id="f"), ONE_FILE),
        ["a delete that is none"],
    ),
    ("retries-sane", (called("batches.list", returned({}), sent(status=400), sent()),), ["repeated after 400"]),
    ("retries-sane", (called("batches.list", Fault("hung", "no answer in 8 s"), sent(status=429)),), ["driver hung"]),
    ("retries-sane", (called("batches.list", returned({}), sent(status=503)),), ["success without one"]),
    ("retries-sane", (called("batches.list", raised(), sent(status=503)),), ["status lost on the last attempt"]),
    ("retries-sane", (called("batches.list", returned({}), sent(status=None)),), ["success without one"]),
    (
        "retries-sane",
        (COME_BACK, called("batches.list", returned({}, 1.0), sent(status=429), sent())),
        ["Retry-After undercut"],
    ),
    (
        "no-silent-twin",
        (called("batches.create", returned(BATCH), **CREATE), step(Look(at="batches"), seen=[BATCH, BATCH])),
        ["a twin without a word"],
    ),
    (
        "no-silent-twin",
        (called("batches.create", returned(BATCH), **CREATE), step(Look(at="batches"), seen=[])),
        ["a batch that is not there"],
    ),
    (
        "pages-complete",
        (ONE_FILE, step(Pages(call="files.list"), returned({}), seen=[{"data": []}])),
        ["not each item, in order"],
    ),
    (
        "pages-complete",
        (ONE_FILE, step(Pages(call="files.list"), returned({}), seen=[{"data": [FILE]}, {"data": [FILE]}])),
        ["an item more than once"],
    ),
    (
        "pages-complete",
        (ONE_FILE, step(Pages(call="files.list"), returned(7), seen=[7])),
        ["not each item, in order"],
    ),
    ("pages-complete", (step(Pages(call="files.list", most=2), returned({}), seen=[{}, {}]),), ["no end of the list"]),
    ("pages-complete", (step(Pages(call="files.list"), raised(400)),), ["list refused"]),
    (
        "ids-stay-ids",
        (called(GET, raised(404), sent(path="/batches/a/b", status=404), batch_id="a/b"),),
        ["id changes the path"],
    ),
    (
        "ids-stay-ids",
        (called(GET, raised(404), sent(path="/batches/a?b", status=404), batch_id="a?b"),),
        ["id changes the path"],
    ),
    (
        "ids-stay-ids",
        (called(GET, raised(404), sent(path="/batches/a%252Fb", status=404), batch_id="a/b"),),
        ["id changes the path"],
    ),
    (
        "ids-stay-ids",
        (called(GET, returned({"data": []}), sent(path="/batches/"), batch_id=""),),
        ["found what does not exist"],
    ),
]


@pytest.mark.parametrize(("name", "played", "found"), UNSOUND)
def test_each_property_says_what_is_broken(name: str, played: tuple[Played, ...], found: list[str]) -> None:
    assert causes(find(name), *played) == found


def test_a_client_that_is_to_try_once_tries_once() -> None:
    tried = called("batches.list", returned({}), sent(status=503), sent())
    assert causes(find("retries-sane"), step(Connect(retries="off")), tried) == ["too many attempts"]


def test_a_clients_own_policy_is_asked_of_it() -> None:
    tried = called("batches.list", returned({}), sent(status=503), sent())
    assert causes(find("retries-sane"), tried, retry=RetryPolicy(max_attempts=1)) == ["too many attempts"]


# What is drawn for each


@pytest.mark.parametrize("aim", [each for each in ALL if each.machine is None], ids=lambda each: each.name)
def test_scripts_of_each_property_play_and_the_reference_keeps_it(aim: Property, player: Player) -> None:
    @seed(1)
    @settings(
        max_examples=15, database=None, deadline=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck)
    )
    @given(aim.scripts())
    def keeps(script: Any) -> None:
        assert any(isinstance(each, Call | Pages) for each in script)
        assert aim.violations(player.play(script, watches=aim.watches)) == []

    keeps()


def test_paths_of_the_journal_begin_with_the_api() -> None:
    assert sent(path="/batches").target == f"{API}/batches"
