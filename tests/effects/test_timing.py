from __future__ import annotations

import select
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from support.effects import await_fired, await_journal, is_silent, new_stage
from support.http import connect, read_reply
from support.servers import serving
from support.worlds import new_world

from emulator.engine.worlds import world_id

if TYPE_CHECKING:
    from support.effects import Stage

ONE_MINUTE = {"by": "1m", "clock": "world"}


@pytest.mark.parametrize("after", [False, True])
def test_request_that_is_held_up_lets_others_be_answered_first(stage: Stage, *, after: bool) -> None:
    stage.rule(on={"operation": "getBatch", "nth": 1}, delay="500ms", after=after)
    with closing(connect(stage.world.url)) as held, closing(connect(stage.world.url)) as other:
        held.sendall(stage.request("getBatch"))
        await_fired(stage.world)
        other.sendall(stage.request("getBatch"))
        assert select.select([held, other], [], [])[0] == [other]
        assert read_reply(other).ok() == read_reply(held).ok()


@pytest.mark.parametrize("after", [False, True])
def test_reply_waits_for_the_worlds_clock_and_the_operation_may_too(stage: Stage, *, after: bool) -> None:
    stage.rule(on={"operation": "createBatch"}, delay=ONE_MINUTE, after=after)
    with closing(connect(stage.world.url)) as wire:
        wire.sendall(stage.request("createBatch"))
        await_fired(stage.world)
        stage.world.admin.advance(59)
        assert stage.has_taken_effect("createBatch") is after
        assert is_silent(wire)
        stage.world.admin.advance(1)
        created_at = read_reply(wire).ok()["created_at"]
    assert stage.has_taken_effect("createBatch")
    assert created_at == 1_704_067_200 + (0 if after else 60)


@pytest.mark.parametrize("move", ["advance_to", "step"])
def test_every_way_of_moving_the_clock_lets_a_held_reply_go(stage: Stage, move: str) -> None:
    stage.rule(on={"operation": "getFile"}, delay=ONE_MINUTE)
    with closing(connect(stage.world.url)) as wire:
        wire.sendall(stage.request("getFile"))
        await_fired(stage.world)
        if move == "step":
            stage.world.admin.step(stage.batch_id)
        else:
            stage.world.admin.advance_to(1_704_067_260)
        assert read_reply(wire).ok()["id"] == stage.file_id


def test_clock_that_ticks_with_each_request_lets_a_held_reply_go(server_url: str) -> None:
    stage = new_stage(new_world(server_url, clock="tick=20s"))
    stage.rule(on={"operation": "getFile"}, delay=ONE_MINUTE)
    with closing(connect(server_url)) as wire:
        wire.sendall(stage.request("getFile"))
        await_fired(stage.world)
        for _ in range(2):
            assert stage.is_whole()
        assert is_silent(wire)
        assert stage.is_whole()
        assert read_reply(wire).ok()["id"] == stage.file_id


@pytest.mark.parametrize("clock", ["x100000", "x1000000"])
def test_running_clock_lets_a_held_reply_go_by_itself(server_url: str, clock: str) -> None:
    stage = new_stage(new_world(server_url, clock=clock))
    stage.rule(on={"operation": "getFile"}, delay={"by": "10h", "clock": "world"})
    assert stage.hear("getFile").status == 200


def test_delays_of_several_rules_come_one_after_the_other(stage: Stage) -> None:
    for _ in range(2):
        stage.rule(on={"operation": "getFile"}, delay=ONE_MINUTE)
    with closing(connect(stage.world.url)) as wire:
        wire.sendall(stage.request("getFile"))
        await_fired(stage.world)
        stage.world.admin.advance(60)
        assert stage.is_whole()
        assert is_silent(wire)
        stage.world.admin.advance(60)
        assert read_reply(wire).ok()["id"] == stage.file_id


def test_one_step_of_the_clock_ends_the_delays_of_several_rules(stage: Stage) -> None:
    for _ in range(2):
        stage.rule(on={"operation": "getFile"}, delay=ONE_MINUTE)
    with closing(connect(stage.world.url)) as wire:
        wire.sendall(stage.request("getFile"))
        await_fired(stage.world)
        stage.world.admin.advance(120)
        assert read_reply(wire).ok()["id"] == stage.file_id


@pytest.mark.parametrize("delay", [ONE_MINUTE, "1h"])
def test_client_that_leaves_while_it_is_held_up_has_asked_for_nothing(stage: Stage, delay: object) -> None:
    stage.rule(on={"operation": "createBatch"}, delay=delay)
    before = len(stage.journal())
    with closing(connect(stage.world.url)) as wire:
        wire.sendall(stage.request("createBatch"))
        await_fired(stage.world)
    assert await_journal(stage, "createBatch", past=before) == ("createBatch", None, "rule_1")
    stage.world.admin.advance(60)
    assert stage.is_whole()
    assert not stage.has_taken_effect("createBatch")


def test_request_behind_a_held_one_is_answered_after_it(stage: Stage) -> None:
    stage.rule(on={"operation": "getFile"}, delay=ONE_MINUTE)
    with closing(connect(stage.world.url)) as wire:
        wire.sendall(stage.request("getFile", closes=False) + stage.request("createBatch"))
        await_fired(stage.world)
        assert not stage.has_taken_effect("createBatch")
        stage.world.admin.advance(60)
        assert read_reply(wire).ok()["id"] == stage.file_id
        assert read_reply(wire).ok()["object"] == "batch"


@pytest.mark.parametrize("after", [False, True])
def test_world_that_is_deleted_lets_its_held_requests_go(server_url: str, *, after: bool) -> None:
    stage = new_stage(new_world(server_url))
    stage.rule(on={"operation": "getFile"}, delay=ONE_MINUTE, after=after)
    with closing(connect(server_url)) as wire:
        wire.sendall(stage.request("getFile"))
        await_fired(stage.world)
        stage.world.admin.delete_world(world_id(stage.world.api_key))
        assert read_reply(wire).error(404)["message"].startswith("No world")


# drip


@pytest.mark.parametrize("drip", [{"every": 0}, {"every": "1ms", "bytes": 50}, {"every": 0, "bytes": 7, "first": 3}])
@pytest.mark.parametrize("operation", ["getBatch", "getFileContent", "listFiles"])
def test_dripping_body_arrives_whole_and_the_connection_goes_on(
    stage: Stage, operation: str, drip: dict[str, object]
) -> None:
    whole = stage.hear(operation).body
    stage.rule(drip=drip)
    with closing(connect(stage.world.url)) as wire:
        for _ in range(2):
            wire.sendall(stage.request(operation, closes=False))
            assert read_reply(wire).content == whole
    assert stage.journal()[-1] == (operation, 200, "rule_1")


def test_after_its_last_piece_a_dripping_body_is_whole_at_once(stage: Stage) -> None:
    whole = stage.hear("getBatch").body
    stage.rule(drip={"every": "1h", "bytes": 100_000})
    with closing(connect(stage.world.url)) as wire:
        wire.sendall(stage.request("getBatch"))
        assert read_reply(wire).content == whole
        assert wire.recv(1) == b""


def test_first_bytes_of_a_dripping_body_come_before_the_others(stage: Stage) -> None:
    stage.rule(on={"operation": "getBatch", "nth": 1}, drip={"every": "1h", "first": 10, "bytes": 5})
    with closing(connect(stage.world.url)) as wire:
        wire.sendall(stage.request("getBatch"))
        data = b""
        while len(data.partition(b"\r\n\r\n")[2]) < 10:
            data += wire.recv(1000)
        assert data.endswith(b'\r\n\r\n{"id":"bat')
        assert stage.is_whole()
        assert is_silent(wire)
    assert await_journal(stage, "getBatch") == ("getBatch", 200, None)


def test_request_whose_reply_goes_past_the_server_is_in_the_journal_before_its_bytes_come(stage: Stage) -> None:
    reply = {"headers": {"Content-Length": "9"}, "body": "hello"}
    stage.rule(on={"operation": "getFile"}, reply=reply, drip={"every": "1h", "first": 3})
    with closing(connect(stage.world.url)) as wire:
        wire.sendall(stage.request("getFile"))
        data = b""
        while not data.endswith(b"\r\n\r\nhel"):
            data += wire.recv(1000)
        assert stage.journal()[-1] == ("getFile", 200, "rule_1")


@pytest.mark.parametrize("reply", [{}, {"reply": {"headers": {"Content-Length": "9"}, "body": "hello"}}])
def test_client_that_hangs_up_in_the_middle_of_a_drip_leaves_the_server_whole(
    stage: Stage, reply: dict[str, object]
) -> None:
    stage.rule(on={"operation": "getFile"}, drip={"every": "1h"}, **reply)
    with closing(connect(stage.world.url)) as wire:
        wire.sendall(stage.request("getFile"))
        wire.recv(1)
    assert await_journal(stage, "getFile") == ("getFile", 200, "rule_1")
    assert stage.is_whole()


@pytest.mark.parametrize(
    "effect",
    [{"delay": "1h"}, {"delay": ONE_MINUTE}, {"drip": {"every": "1h"}}, {"after": True, "reset": {"body": 8_000_000}}],
)
def test_server_that_stops_lets_go_of_everything_that_it_holds(effect: dict[str, Any]) -> None:
    with serving() as url, closing(connect(url)) as wire:
        stage = new_stage(new_world(url))
        file_id = stage.api.upload(bytes(8_000_000), purpose="user_data")["id"]
        stage.rule(on={"operation": "getFileContent"}, **effect)
        request = stage.request("getFileContent", closes=False).replace(stage.file_id.encode(), file_id.encode())
        wire.sendall(request + stage.request("createBatch"))
        await_fired(stage.world)
