"""Every documented error, as the official SDK raises it: its type, its status and the body that came."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from meetkai_mka1 import errors
from support.clients import AT_ONCE, Official, official
from support.worlds import CHAT, new_world

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.clients import Style
    from support.worlds import TestWorld

EVERY_CALL: dict[str, Callable[[Official], Any]] = {
    "createBatch": lambda sdk: sdk.batches.create(input_file_id="file_unknown", endpoint=CHAT),
    "listBatches": lambda sdk: sdk.batches.list(),
    "getBatch": lambda sdk: sdk.batches.get(batch_id="batch_unknown"),
    "cancelBatch": lambda sdk: sdk.batches.cancel(batch_id="batch_unknown"),
    "uploadFile": lambda sdk: sdk.upload(),
    "listFiles": lambda sdk: sdk.files.list(),
    "getFile": lambda sdk: sdk.files.get(file_id="file_unknown"),
    "deleteFile": lambda sdk: sdk.files.delete(file_id="file_unknown"),
    "getFileContent": lambda sdk: sdk.files.content(file_id="file_unknown"),
}
CONTENT_ERRORS = {
    400: errors.GetFileContentBadRequestError,
    401: errors.GetFileContentUnauthorizedError,
    404: errors.GetFileContentNotFoundError,
}
NOBODY = {"X-On-Behalf-Of": ""}  # given as `x_on_behalf_of`, the SDK leaves it out
REFUSED: dict[str, tuple[Callable[[Official], Any], int, str | None]] = {
    "end user is *": (lambda sdk: sdk.batches.list(x_on_behalf_of="*"), 400, "X-On-Behalf-Of"),
    "end user's name is too long": (lambda sdk: sdk.files.list(x_on_behalf_of="u" * 151), 400, "X-On-Behalf-Of"),
    "end user's name is empty": (lambda sdk: sdk.files.list(http_headers=NOBODY), 400, "X-On-Behalf-Of"),
    "page of no batches": (lambda sdk: sdk.batches.list(limit=0), 400, "limit"),
    "page of too many batches": (lambda sdk: sdk.batches.list(limit=101), 400, "limit"),
    "batches after an unknown one": (lambda sdk: sdk.batches.list(after="batch_unknown"), 400, "after"),
    "page of no files": (lambda sdk: sdk.files.list(limit=0), 400, "limit"),
    "page of too many files": (lambda sdk: sdk.files.list(limit=10_001), 400, "limit"),
    "files after an unknown one": (lambda sdk: sdk.files.list(after="file_unknown"), 400, "after"),
    "no concurrency": (lambda sdk: sdk.create(max_concurrency=0), 400, "max_concurrency"),
    "too much concurrency": (lambda sdk: sdk.create(max_concurrency=65), 400, "max_concurrency"),
    "too much metadata": (lambda sdk: sdk.create(metadata={str(n): "" for n in range(17)}), 400, "metadata"),
    "metadata's key is too long": (lambda sdk: sdk.create(metadata={"k" * 65: ""}), 400, "metadata"),
    "metadata's value is too long": (lambda sdk: sdk.create(metadata={"key": "v" * 513}), 400, "metadata.key"),
    "unknown scenario": (lambda sdk: sdk.create(metadata={"emulator_scenario": "happy-pth"}), 400, "scenario"),
    "body is too large": (lambda sdk: sdk.create(metadata={"key": "v" * (1 << 20)}), 413, None),
    "file's name is blank": (lambda sdk: sdk.upload(name=" "), 400, "file"),
    "file's name is a placeholder": (lambda sdk: sdk.upload(name="blob"), 400, "file"),
    "file's name is too long": (lambda sdk: sdk.upload(name="n" * 1025), 400, "file"),
    "unknown batch": (EVERY_CALL["getBatch"], 404, None),
    "cancel of an unknown batch": (EVERY_CALL["cancelBatch"], 404, None),
    "unknown file": (EVERY_CALL["getFile"], 404, None),
    "deletion of an unknown file": (EVERY_CALL["deleteFile"], 404, None),
}
KINDS = {400: "invalid_request_error", 404: "not_found_error", 409: "conflict_error", 413: "invalid_request_error"}


def refused(call: Callable[[], Any], expected: type[errors.SDKError] = errors.SDKDefaultError) -> errors.SDKError:
    """Return the error that a call ends in, of exactly this type."""
    with pytest.raises(errors.SDKError) as caught:
        call()
    assert type(caught.value) is expected
    return caught.value


def envelope(error: errors.SDKError) -> dict[str, Any]:
    """Return the API's error from the body that the SDK's error kept."""
    assert error.headers["content-type"] == "application/json"
    assert error.headers["x-request-id"]
    body = json.loads(error.body)
    assert list(body) == ["error"]
    assert list(body["error"]) == ["message", "type", "code", "param"]
    assert body["error"]["code"] == error.status_code
    return dict(body["error"])


@pytest.mark.parametrize(("call", "status", "param"), REFUSED.values(), ids=REFUSED)
def test_refused_call_keeps_status_and_body(
    sdk: Official, call: Callable[[Official], Any], status: int, param: str | None
) -> None:
    error = refused(lambda: call(sdk))
    told = envelope(error)
    assert (error.status_code, told["type"], told["param"]) == (status, KINDS[status], param)
    assert told["message"].endswith((".", "?"))
    assert not told["message"].endswith("..")


@pytest.mark.parametrize("end", ["completed", "failed", "expired"])
def test_batch_that_has_ended_cannot_be_cancelled(sdk: Official, end: str) -> None:
    scenario = "stuck-validating" if end == "expired" else "happy-path"
    batch = sdk.create(b"" if end == "failed" else None, metadata={"emulator_scenario": scenario})
    sdk.world.admin.advance("24h")
    error = refused(lambda: sdk.batches.cancel(batch_id=batch.id))
    assert (error.status_code, envelope(error)["message"]) == (409, f"Cannot cancel a batch with status '{end}'.")
    assert sdk.get(batch).status == end


@pytest.mark.parametrize("operation", EVERY_CALL)
def test_stranger_is_refused_everywhere(locked_out: TestWorld, style: Style, operation: str) -> None:
    expected = CONTENT_ERRORS[401] if operation == "getFileContent" else errors.SDKDefaultError
    with official(locked_out, style) as sdk:
        error = refused(lambda: EVERY_CALL[operation](sdk), expected)
    assert (error.status_code, envelope(error)["type"]) == (401, "authentication_error")
    assert error.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("call", EVERY_CALL.values(), ids=EVERY_CALL)
def test_rate_limit_is_refused_in_the_gateways_words(
    limited: TestWorld, style: Style, call: Callable[[Official], Any]
) -> None:
    with official(limited, style) as sdk:
        sdk.files.list()
        error = refused(lambda: call(sdk))
    assert (error.status_code, error.body) == (429, '{"error":"Rate limit exceeded"}')
    assert error.message == 'API error occurred: Status 429. Body: {"error":"Rate limit exceeded"}'


def test_sdk_repeats_a_refused_call_until_the_window_reopens(limited_url: str, style: Style) -> None:
    world = new_world(limited_url, clock="tick=20s")
    with official(world, style, retries=AT_ONCE) as sdk:
        sdk.upload()
        batch = sdk.batches.create(input_file_id="file_unknown", endpoint=CHAT)
        assert sdk.get(batch).id == batch.id
    assert [request["status"] for request in world.admin.requests()] == [200, 429, 200, 429, 429, 200]


@pytest.mark.parametrize("status", CONTENT_ERRORS)
def test_content_errors_have_types_of_their_own(
    sdk: Official, locked_out: TestWorld, style: Style, status: int
) -> None:
    calls: dict[int, Callable[[], Any]] = {
        400: lambda: sdk.read("file_unknown", x_on_behalf_of="*"),
        404: lambda: sdk.read("file_unknown"),
    }
    with official(locked_out, style) as stranger:
        error: Any = refused(calls.get(status, lambda: stranger.read("file_unknown")), CONTENT_ERRORS[status])
    told = envelope(error)
    assert error.status_code == status
    assert (error.data.error.code, error.data.error.type, error.message) == (status, told["type"], told["message"])


@pytest.mark.parametrize("user", ["user-1", None], ids=["end user", "bare key"])
def test_what_one_tenant_made_does_not_exist_for_another(sdk: Official, user: str | None) -> None:
    file = sdk.upload(x_on_behalf_of=user)
    batch = sdk.batches.create(input_file_id=file.id, endpoint=CHAT, x_on_behalf_of=user)
    for other in {"user-1", "user-2", None} - {user}:
        on_behalf = {"x_on_behalf_of": other}
        calls = [
            partial(sdk.batches.get, batch_id=batch.id, **on_behalf),
            partial(sdk.batches.cancel, batch_id=batch.id, **on_behalf),
            partial(sdk.files.get, file_id=file.id, **on_behalf),
            partial(sdk.files.delete, file_id=file.id, **on_behalf),
        ]
        assert [refused(call).status_code for call in calls] == [404] * 4
        refused(partial(sdk.read, file.id, **on_behalf), CONTENT_ERRORS[404])


def test_other_tenants_input_file_fails_the_batch(sdk: Official) -> None:
    file = sdk.upload(x_on_behalf_of="user-1")
    batch = sdk.batches.create(input_file_id=file.id, endpoint=CHAT)
    sdk.world.admin.advance("60s")
    assert sdk.get(batch).errors.data[0].param == "input_file_id"


def test_deleted_file_is_not_found(sdk: Official) -> None:
    file = sdk.upload()
    sdk.files.delete(file_id=file.id)
    assert refused(lambda: sdk.files.get(file_id=file.id)).status_code == 404
    assert refused(lambda: sdk.files.delete(file_id=file.id)).status_code == 404
    refused(lambda: sdk.read(file.id), CONTENT_ERRORS[404])
