"""Scripts played by a real client against a real server."""

from __future__ import annotations

from base64 import b64encode
from time import monotonic
from typing import TYPE_CHECKING, Any

import pytest
from support import my_driver
from support.fuzzed import EVERYTHING, answer, get
from support.programs import python

from emulator.client import AdminClient
from emulator.clients.protocol import Raised, Returned
from emulator.connections import Connections
from emulator.fuzz.held import Driven, InProcess
from emulator.fuzz.playing import Player, TimeUp, Unplayable
from emulator.fuzz.steps import Advance, Arrange, Call, Connect, Look, Made, Pages, Rule, Scenario
from emulator.fuzz.trace import Fault

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from emulator.fuzz.steps import Step

UPLOAD = Call(
    call="files.upload",
    args={"filename": "a.jsonl", "content": b64encode(b"{}\n").decode(), "purpose": "batch"},
    name="file",
)


def test_script_of_all_steps_is_played_to_its_end(player: Player) -> None:
    played = player.play(EVERYTHING).played
    assert [each.number for each in played] == list(range(len(EVERYTHING)))
    assert isinstance(played[5].outcome, Raised)
    assert played[5].outcome.status == 400
    assert played[7].seen == b'{"a": 1}\n'


def test_what_is_made_is_known_to_later_steps(player: Player) -> None:
    create = Call(
        call="batches.create", args={"input_file_id": Made("file"), "endpoint": "/v1/embeddings"}, name="batch"
    )
    *_, gotten, looked = player.play((UPLOAD, create, get(Made("batch")), Look(at="content", file=Made("file")))).played
    assert isinstance(gotten.outcome, Returned)
    assert gotten.outcome.result["endpoint"] == "/v1/embeddings"
    assert looked.seen == b"{}\n"


def test_each_script_is_played_in_a_world_as_new(player: Player) -> None:
    first, second = (player.play((UPLOAD, Look(at="files"))).played[1].seen for _ in range(2))
    assert first == second
    assert len(first) == 1


def test_rule_scenario_and_time_come_to_the_world(player: Player) -> None:
    script = (
        Scenario(scenario="expired-partial"),
        Arrange(what="batch", name="b"),
        Advance(seconds=86_400),
        get(Made("b")),
    )
    (*_, expired), (*_, refused) = (player.play(each).played for each in (script, (answer(status=418), get())))
    assert isinstance(expired.outcome, Returned)
    assert expired.outcome.result["status"] == "expired"
    assert isinstance(refused.outcome, Raised)
    assert refused.outcome.status == 418


def test_requests_of_a_call_are_those_of_the_client_alone(player: Player) -> None:
    script = (get("a"), Arrange(what="batch", name="b"), get("b"), Pages(call="batches.list", args={"limit": 1}))
    played = player.play(script).played
    assert [[request.target for request in each.requests] for each in played] == [
        ["/api/v1/llm/batches/a"],
        [],
        ["/api/v1/llm/batches/b"],
        ["/api/v1/llm/batches?limit=1"],
    ]
    assert player.play((get("a"),), watches=False).played[0].requests == ()


def test_retried_request_tells_which_reply_was_a_rules(player: Player) -> None:
    script = (
        Connect(retries="default"),
        Rule(rule={"on": {"operation": "getBatch", "nth": 1}, "reply": {"status": 503}}),
        get(),
    )
    requests = player.play(script).played[-1].requests
    assert [(request.status, request.rule is not None) for request in requests] == [(503, True), (404, False)]


def test_pages_are_taken_to_the_last(player: Player) -> None:
    there = [Arrange(what="file", name=f"{number}") for number in range(5)]
    assert [len(page["data"]) for page in player.play((*there, Pages(call="files.list", args={"limit": 2}))).played[-1].seen] == [
        2, 2, 1,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("page", "pages"),
    [
        ({"has_more": True, "data": [], "last_id": None}, 1),
        ({"has_more": True, "data": ["x"], "last_id": ""}, 1),
        ({"has_more": True, "data": None}, 1),
        ([], 1),
        ("x", 1),
        ({"has_more": True, "data": [{"id": "x"}]}, 4),
    ],
)
def test_page_that_makes_no_sense_is_the_last(server_url: str, page: object, pages: int) -> None:
    with Player(InProcess(lambda _call, _args: {"result": page}), server_url) as playing:
        assert len(playing.play((Pages(call="batches.list", most=4),)).played[0].seen) == pages


def test_look_at_what_is_not_there_sees_nothing(player: Player) -> None:
    gone = Call(call="files.delete", args={"file_id": Made("file")})
    script = (UPLOAD, gone, Look(at="file", file=Made("file")), Look(at="content", file=Made("file")), Look(at="file"))
    assert [each.seen for each in player.play((*script, Look(at="files"))).played[2:]] == [None, None, None, []]


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (Rule(rule={"on": {"operation": "getBitch"}, "reply": {"status": 200}}), "did you mean 'getBatch'"),
        (Rule(rule={}), "step 2: rule: expected what the server takes, but: "),
        (Scenario(scenario="happy-pat"), "did you mean happy-path"),
        (Arrange(what="file", name="f", content="?"), "step 2: arrange: expected what the server takes, but: "),
        (Arrange(what="file", name="f", filename="\ud800"), "step 2: arrange: expected what the server takes, but: "),
        (Arrange(what="file", name="f", tenant="a\nb"), "step 2: arrange: expected what the server takes, but: "),
    ],
)  # fmt: skip
def test_step_that_the_server_does_not_take_is_a_sentence(player: Player, step: Step, said: str) -> None:
    with pytest.raises(Unplayable) as refused:
        player.play((get(), step))
    assert said in str(refused.value)
    assert isinstance(player.play((get(),)).played[0].outcome, Raised)


def test_look_that_meets_with_a_rule_is_a_sentence(player: Player) -> None:
    rule = Rule(rule={"on": {"operation": "getFile"}, "reset": True})
    with pytest.raises(Unplayable, match="step 3: look: expected what the server takes, but: "):
        player.play((UPLOAD, rule, Look(at="file", file=Made("file"))))


# Clients that break


def test_after_a_fault_the_rest_is_not_played_and_the_next_script_has_a_new_driver(
    server_url: str, tmp_path: Path
) -> None:
    dies = my_driver.mutant(
        tmp_path, '        return self.ask("POST", f"/batches/{quote(batch_id, \'\')}/cancel")', "        sys.exit(7)"
    )
    client = Driven(dies)
    with Player(client, server_url) as playing:
        played = playing.play((Call(call="batches.cancel", args={"batch_id": "b"}), get())).played
        assert len(played) == 1
        assert isinstance(played[0].outcome, Fault)
        assert played[0].outcome.kind == "died"
        assert isinstance(playing.play((get(),)).played[0].outcome, Raised)
    client.close()


def test_connection_that_fails_is_the_outcome_of_the_call(server_url: str) -> None:
    error = {"type": "E", "declared": True, "status": None, "body": None, "message": "no"}
    with Player(InProcess(lambda call, _args: {"raised": error} if call == "connect" else {}), server_url) as playing:
        for step in (get(), Pages(call="batches.list")):
            outcome = playing.play((step,)).played[0].outcome
            assert isinstance(outcome, Raised)
            assert outcome.message == "no"


def test_of_a_flood_of_requests_the_last_are_read(server_url: str) -> None:
    given: dict[str, Any] = {}

    def flooding(call: str, args: Mapping[str, Any]) -> dict[str, Any]:
        given.update(args)
        connections, key = Connections(server_url), {"Authorization": f"Bearer {given['api_key']}"}
        for number in range(2500 if call == "batches.get" else 0):
            connections.exchange("GET", f"/api/v1/llm/batches/batch_{number}", None, key)
        return {"result": {}}

    with Player(InProcess(flooding), server_url) as playing:
        first, second = playing.play((get(), Call(call="batches.list"))).played
    assert [len(first.requests), len(second.requests)] == [2000, 0]
    assert first.requests[-1].target.endswith("/batch_2499")


def test_world_that_a_client_has_deleted_is_made_again(server_url: str) -> None:
    def delete(call: str, args: dict[str, str]) -> dict[str, object]:
        with AdminClient(server_url, api_key=args.get("api_key", key)) as admin:
            (world,) = {each["world"] for each in admin.worlds()} - before
            if call == "batches.get":
                admin.delete_world(world)
        return {"result": {}}

    with AdminClient(server_url) as admin:
        before = {each["world"] for each in admin.worlds()}
    key = "mk-other"
    with Player(InProcess(delete), server_url) as playing:  # type: ignore[arg-type]
        playing.play((get(),), watches=False)
        assert playing.play((UPLOAD, Look(at="files"))).played[1].seen == []


# Time


def test_call_ends_when_the_time_is_up(server_url: str, tmp_path: Path) -> None:
    client = Driven(python(tmp_path, "hello()\nsay(id=ask()['id'])\nask()\nsignal.pause()\n"))
    with Player(client, server_url) as playing:
        playing.play((Connect(),))
        playing.until = monotonic() + 0.2
        with pytest.raises(TimeUp):
            playing.play((Call(call="batches.list", deadline_s=600),))
        with pytest.raises(TimeUp):
            playing.play((get(),))
    client.close()


def test_sleeps_move_the_worlds_clock(server_url: str) -> None:
    sleeps = InProcess(lambda call, _args: {"result": {}, "sleeps": [] if call == "connect" else [3600.0, 60.0]})
    with Player(sleeps, server_url) as playing:
        *_, looked = playing.play((Arrange(what="batch", name="b"), get(), get(), Look(at="batches"))).played
        assert looked.seen[0]["status"] == "completed"


def test_client_is_connected_anew_for_each_script_and_where_it_is_another(server_url: str) -> None:
    made: list[object] = []

    def noting(call: str, args: object) -> dict[str, object]:
        made.append((call, args["on_behalf_of"]) if isinstance(args, dict) and call == "connect" else call)
        return {"result": {}}

    with Player(InProcess(noting), server_url) as playing:
        playing.play((Connect(), get(), Connect(), get()))
        playing.play((get(), Connect(on_behalf_of="bob"), get()))
    assert made == [
        ("connect", None), "batches.get", "batches.get",
        ("connect", None), "batches.get", ("connect", "bob"), "batches.get",
    ]  # fmt: skip


def test_another_key_opens_a_world_of_its_own(server_url: str) -> None:
    keys: list[object] = []

    def noting(call: str, args: Mapping[str, Any]) -> dict[str, object]:
        keys.append(args["api_key"]) if call == "connect" else None
        return {"result": {}}

    with Player(InProcess(noting), server_url) as playing:
        for _ in range(2):
            playing.play((Connect(), Connect(key="other"), Connect(key="another"), Connect(key="other")))
    own, other, another, *_ = keys
    assert len({own, other, another}) == 3
    assert keys == [own, other, another, other] * 2


def test_driver_that_never_reads_is_a_fault(server_url: str, tmp_path: Path) -> None:
    client = Driven(python(tmp_path, "hello()\nsay(id=ask()['id'])\nsignal.pause()\n"))
    with Player(client, server_url) as playing:
        step = Call(call="files.upload", args={**UPLOAD.args, "content": "A" * 4_000_000}, deadline_s=0.2)
        *_, played = playing.play((Connect(timeout_s=1.0), step)).played
        assert isinstance(played.outcome, Fault)
        assert played.outcome.kind == "hung"
    client.close()


def test_player_in_a_hurry_makes_no_more_calls(server_url: str) -> None:
    with Player(InProcess(lambda _call, _args: {"result": {}}), server_url) as playing:
        playing.hurry()
        with pytest.raises(TimeUp):
            playing.play((get(),))
