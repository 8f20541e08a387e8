from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.effects import OPERATIONS, Heard, await_fired, await_journal, exchanged, heard, new_stage
from support.effort import many
from support.http import API, FORM, connect, form, part, read_reply
from support.worlds import new_world

if TYPE_CHECKING:
    from support.effects import Stage

CHANGING = ("createBatch", "cancelBatch", "uploadFile", "deleteFile")
ENDS = [("reset", "reset"), ("close", "closed")]


@pytest.mark.parametrize(("cut", "end"), ENDS)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_connection_ends_without_a_byte_on_every_operation(stage: Stage, operation: str, cut: str, end: str) -> None:
    stage.rule(on={"operation": operation, "nth": 1}, **{cut: True})
    found = stage.hear(operation)
    assert (found.data, found.end) == (b"", end)
    assert stage.journal()[2:] == [(operation, None, "rule_1")]
    assert stage.is_whole()


@pytest.mark.parametrize("operation", CHANGING)
@pytest.mark.parametrize(("cut", "end"), ENDS)
@pytest.mark.parametrize("after", [False, True])
def test_cut_comes_instead_of_the_operation_or_after_it(
    stage: Stage, operation: str, cut: str, end: str, *, after: bool
) -> None:
    stage.rule(on={"operation": operation}, after=after, **{cut: True})
    found = stage.hear(operation)
    assert (found.data, found.end) == (b"", end)
    assert stage.has_taken_effect(operation) is after
    assert stage.journal()[2] == (operation, 200 if after else None, "rule_1")


def cut_in_the_head(url: str, cut: str, place: int) -> Heard:
    """Return what is heard of the same reply of the same world, cut at this byte of its head."""
    stage = new_stage(new_world(url))
    stage.rule(on={"nth": 1}, after=True, **{cut: {"head": place}})
    found = stage.hear("getBatch")
    assert stage.is_whole()
    return found


@pytest.mark.parametrize(("cut", "end"), ENDS)
@given(place=st.integers(0, 150))
@settings(max_examples=many(25), deadline=None)
def test_head_is_cut_at_any_byte(server_url: str, cut: str, end: str, place: int) -> None:
    whole = cut_in_the_head(server_url, cut, 10_000)
    assert whole.data.startswith(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ")
    assert (whole.status, whole.body, len(whole.values("x-request-id"))) == (200, b"", 1)
    assert cut_in_the_head(server_url, cut, place) == Heard(whole.data[:place], whole.end)
    assert whole.end == end


@pytest.mark.parametrize(("cut", "end"), ENDS)
@given(place=st.integers(0, 700), body=st.binary(max_size=600))
@settings(max_examples=many(25), deadline=None)
def test_body_is_cut_at_any_byte_and_its_head_tells_of_all_of_it(
    server_url: str, cut: str, end: str, place: int, body: bytes
) -> None:
    stage = new_stage(new_world(server_url))
    file_id = stage.api.upload(body, purpose="user_data")["id"]
    stage.rule(on={"operation": "getFileContent"}, after=True, **{cut: {"body": place}})
    request = stage.request("getFileContent").replace(stage.file_id.encode(), file_id.encode())
    found = exchanged(server_url, request)
    assert (found.body, found.end) == (body[:place], end)
    assert found.values("content-length") == [str(len(body))]


@pytest.mark.parametrize(("cut", "end"), ENDS)
def test_given_reply_is_cut_too(stage: Stage, cut: str, end: str) -> None:
    stage.rule(reply={"status": 503, "body": "abcdef"}, **{cut: {"body": 3}})
    found = stage.hear("createBatch")
    assert (found.status, found.body, found.end) == (503, b"abc", end)
    assert stage.journal()[-1] == ("createBatch", 503, "rule_1")


@pytest.mark.parametrize(("cut", "end"), ENDS)
def test_every_byte_before_the_cut_reaches_a_client_that_reads_late(stage: Stage, cut: str, end: str) -> None:
    size, place = 8_000_000, 6_000_000
    file_id = stage.api.upload(bytes(size), purpose="user_data")["id"]
    stage.rule(on={"operation": "getFileContent"}, after=True, **{cut: {"body": place}})
    request = stage.request("getFileContent").replace(stage.file_id.encode(), file_id.encode())
    with closing(connect(stage.world.url)) as wire:
        wire.sendall(request)
        await_fired(stage.world)
        assert stage.is_whole()
        found = heard(wire)
    assert (len(found.body), found.end) == (place, end)


@pytest.mark.parametrize("cut", ["reset", "close"])
def test_client_that_leaves_before_the_cut_leaves_the_server_whole(stage: Stage, cut: str) -> None:
    file_id = stage.api.upload(bytes(8_000_000), purpose="user_data")["id"]
    stage.rule(on={"operation": "getFileContent"}, after=True, **{cut: {"body": 7_000_000}})
    with closing(connect(stage.world.url)) as wire:
        wire.sendall(stage.request("getFileContent").replace(stage.file_id.encode(), file_id.encode()))
        await_fired(stage.world)
    assert await_journal(stage, "getFileContent") == ("getFileContent", 200, "rule_1")
    assert stage.is_whole()


@pytest.mark.parametrize(("cut", "end"), ENDS)
@pytest.mark.parametrize("after", [{}, {"after": True}])
def test_requests_before_it_on_the_same_connection_are_answered_whole(
    stage: Stage, cut: str, end: str, after: dict[str, Any]
) -> None:
    stage.rule(on={"operation": "getBatch", "nth": 3}, **after, **{cut: True})
    request = stage.request("getBatch", closes=False)
    with closing(connect(stage.world.url)) as wire:
        for _ in range(2):
            wire.sendall(request)
            assert read_reply(wire).ok()["id"] == stage.batch_id
        wire.sendall(request)
        found = heard(wire)
    assert (found.data, found.end) == (b"", end)
    assert stage.is_whole()


@pytest.mark.parametrize(
    "effect",
    [
        {"reset": True},
        {"close": True},
        {"after": True, "close": {"body": 5}},
        {"after": True, "reset": {"head": 20}},
        {"reply": {"status": 101}},
        {"reply": {"headers": {"Content-Length": "2"}, "body": "hello"}},
    ],
)
def test_request_behind_a_cut_is_neither_answered_nor_obeyed(stage: Stage, effect: dict[str, Any]) -> None:
    stage.rule(on={"nth": 1}, **effect)
    both = stage.request("getBatch", closes=False) + stage.request("createBatch")
    found = exchanged(stage.world.url, both)
    assert found.data.count(b"HTTP/1.1") <= 1
    assert [entry[0] for entry in stage.journal()[2:]] == ["getBatch"]
    assert not stage.has_taken_effect("createBatch")


def test_request_behind_a_given_reply_is_answered_as_ever(stage: Stage) -> None:
    stage.rule(on={"nth": 1}, reply={"status": 503, "body": "no"})
    both = stage.request("getBatch", closes=False) + stage.request("createBatch")
    found = exchanged(stage.world.url, both)
    assert found.data.count(b"HTTP/1.1 503") == found.data.count(b"HTTP/1.1 200") == 1
    assert stage.has_taken_effect("createBatch")


# Uploads in flight


UPLOAD = form(part("purpose", "batch"), part("file", bytes(1_000_000), "zeros.jsonl"))


def upload_head(stage: Stage, **headers: str) -> bytes:
    lines = {
        "Host": "x",
        "Authorization": f"Bearer {stage.world.api_key}",
        "Content-Type": FORM,
        "Content-Length": str(len(UPLOAD)),
        **headers,
    }
    text = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"POST {API}/files HTTP/1.1\r\n{text}\r\n".encode()


@pytest.mark.parametrize(("cut", "end"), ENDS)
@pytest.mark.parametrize("after", [False, True])
def test_upload_that_is_still_being_sent_is_cut(stage: Stage, cut: str, end: str, *, after: bool) -> None:
    stage.rule(on={"operation": "uploadFile"}, after=after, **{cut: True})
    with closing(connect(stage.world.url)) as wire:
        wire.sendall(upload_head(stage) + UPLOAD[:500_000])
        await_fired(stage.world)
        wire.sendall(UPLOAD[500_000:])
        found = heard(wire)
    assert (found.data, found.end) == (b"", end)
    assert stage.has_taken_effect("uploadFile") is after


def test_upload_that_is_still_being_sent_is_answered_instead(stage: Stage) -> None:
    stage.rule(on={"operation": "uploadFile"}, reply={"status": 507, "body": "full"})
    with closing(connect(stage.world.url)) as wire:
        wire.sendall(upload_head(stage) + UPLOAD[:500_000])
        await_fired(stage.world)
        wire.sendall(UPLOAD[500_000:])
        assert (found := read_reply(wire)).status == 507
        assert found.content == b"full"
        wire.sendall(stage.request("getBatch"))
        assert read_reply(wire).ok()["id"] == stage.batch_id
    assert not stage.has_taken_effect("uploadFile")


@pytest.mark.parametrize(
    ("effect", "data", "end"),
    [
        ({"reset": True}, b"", "reset"),
        ({"close": True}, b"", "closed"),
        ({"reply": {"status": 503}}, b"HTTP/1.1 503", "closed"),
    ],
)
def test_client_that_waits_to_be_told_to_send_is_not_told(
    stage: Stage, effect: dict[str, Any], data: bytes, end: str
) -> None:
    stage.rule(on={"operation": "uploadFile"}, **effect)
    found = exchanged(stage.world.url, upload_head(stage, Expect="100-continue", Connection="close"))
    assert (found.data[:12], found.end) == (data, end)


@pytest.mark.parametrize("effect", [{"reset": True}, {"close": True}, {"reply": {"status": 503}}])
def test_client_that_hangs_up_in_the_middle_of_an_upload_leaves_the_server_whole(
    stage: Stage, effect: dict[str, Any]
) -> None:
    stage.rule(on={"operation": "uploadFile"}, **effect)
    with closing(connect(stage.world.url)) as wire:
        wire.sendall(upload_head(stage) + UPLOAD[:500_000])
        await_fired(stage.world)
    assert stage.is_whole()
    assert not stage.has_taken_effect("uploadFile")
