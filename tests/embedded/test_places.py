from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from openai import AsyncOpenAI, OpenAI
from support.batching import results, sdk_of, submitted
from support.http import Api, connect, request
from support.processes import PATIENCE_S
from support.servers import serving
from support.worlds import CHAT, good_input

from emulator import AdminError, Emulator
from emulator.client import AdminClient
from emulator.embedded import CannotStart, Misuse

if TYPE_CHECKING:
    from pathlib import Path

GET = "GET /api/v1/llm/batches/batch_x"
HELD: dict[str, Any] = {"on": {"operation": "getBatch"}, "delay": "1h"}
PARENT = """
import sys
from emulator import Emulator
emulator = Emulator(process=True).start()
print(emulator.url, emulator.api_key, flush=True)
sys.stdin.read()
"""


@pytest.fixture(params=["thread", "process", "attached"])
def place(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Where an emulator runs, as options of it."""
    if request.param == "attached":
        return {"url": request.getfixturevalue("server_url")}
    return {"process": request.param == "process"}


def test_official_sdk_sees_a_batch_through(place: dict[str, Any]) -> None:
    with Emulator("expired-partial", clock="manual", seed=7, **place) as emulator:
        batch_id = submitted(emulator, 10)
        emulator.advance("24h")
        with sdk_of(emulator) as sdk:
            batch = sdk.llm.batches.get(batch_id=batch_id)
        assert (batch.status, batch.request_counts.completed) == ("expired", 4)
        assert len(results(emulator, batch.output_file_id)) == 4
        assert emulator.now == 1704067200 + 24 * 3600
        assert [each.operation for each in emulator.requests] == [
            "uploadFile",
            "createBatch",
            "getBatch",
            "getFileContent",
        ]


def test_openai_clients_find_it_under_its_url(place: dict[str, Any]) -> None:
    with Emulator(**place) as emulator, OpenAI(base_url=emulator.openai_url, api_key=emulator.api_key) as client:
        file = client.files.create(file=("in.jsonl", good_input(3)), purpose="batch")
        batch = client.batches.create(input_file_id=file.id, endpoint=CHAT, completion_window="24h")
        assert emulator.wait_until_done(batch.id).status == client.batches.retrieve(batch.id).status == "completed"


def test_options_of_a_server_are_taken(place: dict[str, Any], tmp_path: Path) -> None:
    if "url" in place:
        pytest.skip("a server elsewhere has its options already")
    (tmp_path / "mine.yaml").write_text("scenario: mine\nextends: happy-path\n", encoding="utf-8")
    options: dict[str, Any] = {
        "admin_token": "let-me-in",
        "api_keys": ["mk-a"],
        "host": "::1",
        "rate_limits": ["1/hour"],
        "scenarios": [tmp_path],
    }
    with Emulator("mine", edition="0.5.25", **options, **place) as emulator:
        assert emulator.url.startswith("http://[::1]:")
        listing = [Api(emulator.url, key)("GET", "/batches").status for key in (emulator.api_key, "mk-a", "mk-other")]
        assert [*listing, Api(emulator.url, "mk-a")("GET", "/batches").status] == [200, 200, 401, 429]
        with pytest.raises(AdminError, match="X-Emulator-Admin-Token"):
            AdminClient(emulator.url).worlds()
        assert [each["edition"] for each in emulator.admin.worlds() if each["world"] == emulator.world] == ["0.5.25"]


@pytest.mark.parametrize("process", [False, True])
def test_it_is_ready_when_it_says_so_and_gone_afterwards(*, process: bool) -> None:
    emulator = Emulator(process=process)
    assert not emulator.is_running
    url = emulator.start().url
    assert emulator.is_running
    assert request(url, "GET", "/_emulator/health").status == 200
    emulator.stop()
    emulator.stop()
    assert not emulator.is_running
    with pytest.raises(ConnectionRefusedError):
        request(url, "GET", "/_emulator/health")


@pytest.mark.parametrize("process", [False, True])
def test_it_stops_whatever_is_in_flight(*, process: bool) -> None:
    with Emulator(process=process) as emulator, ThreadPoolExecutor() as threads:
        rule = emulator.rule(HELD)
        api = Api(emulator.url, emulator.api_key)
        held = [threads.submit(api, "GET", "/batches/batch_x") for _ in range(3)]
        while rule.count < len(held):
            pass
        emulator.stop()
        assert all(isinstance(each.exception(PATIENCE_S), OSError) for each in held)


def test_it_may_be_started_again() -> None:
    emulator = Emulator()
    ids = []
    for _ in range(2):
        with emulator:
            ids.append(submitted(emulator))
    assert ids[0] == ids[1]


def test_started_twice_is_refused() -> None:
    with Emulator() as emulator, pytest.raises(Misuse, match=f"started already, on {emulator.url}: expected stop"):
        emulator.start()


@pytest.mark.parametrize("name", ["url", "openai_url", "api_key", "admin", "now", "requests", "batches", "world"])
def test_it_cannot_be_used_before_its_start_or_after_its_end(name: str, server_url: str) -> None:
    emulator = Emulator(url=server_url)
    for _ in range(2):
        with pytest.raises(Misuse, match=r"not running: expected start\(\), or a with block"):
            getattr(emulator, name)
        emulator.start().stop()


def test_emulators_side_by_side_share_nothing(server_url: str) -> None:
    with Emulator() as one, Emulator() as other, Emulator(url=server_url) as third, Emulator(url=server_url) as fourth:
        every = (one, other, third, fourth)
        assert len({each.url for each in every}) == 3
        assert len({submitted(each) for each in every}) == 1
        one.advance("30m")
        third.advance("2h")
        assert [each.now - 1704067200 for each in every] == [1800, 0, 7200, 0]
        assert [each.batches[0].status for each in every] == ["in_progress", "validating", "completed", "validating"]


def test_threads_share_it(emulator: Emulator) -> None:
    with ThreadPoolExecutor(8) as threads:
        ids = list(threads.map(lambda _: submitted(emulator), range(24)))
        statuses = list(threads.map(lambda each: emulator.wait_until_done(each).status, ids))
    assert len({*ids}) == 24
    assert statuses == ["completed"] * 24
    assert emulator.requests.count("createBatch") == 24


@pytest.mark.asyncio
async def test_it_serves_the_loop_that_it_is_started_in() -> None:
    with Emulator() as emulator:
        async with AsyncOpenAI(base_url=emulator.openai_url, api_key=emulator.api_key) as client:
            file = await client.files.create(file=("in.jsonl", good_input(3)), purpose="batch")
            batch = await client.batches.create(input_file_id=file.id, endpoint=CHAT, completion_window="24h")
            emulator.advance("2h")
            assert (await client.batches.retrieve(batch.id)).status == "completed"


# Elsewhere


def test_world_elsewhere_is_deleted_at_the_end() -> None:
    with serving() as url, AdminClient(url) as admin:
        with Emulator(url=f"{url}/") as emulator:
            assert emulator.url == url
            assert [each["world"] for each in admin.worlds()] == [emulator.world]
        assert admin.worlds() == []


def test_world_elsewhere_may_be_gone_before_its_end() -> None:
    with serving() as url:
        emulator = Emulator(url=url).start()
        emulator.admin.delete_world(emulator.world)
        emulator.stop()
        left = Emulator(url=url).start()
    left.stop()
    assert not left.is_running


def test_world_of_a_closed_server_takes_its_token() -> None:
    with serving(admin_token="let-me-in", api_keys=("mk-a",)) as url:
        with Emulator(url=url, admin_token="let-me-in") as emulator:
            assert submitted(emulator).startswith("batch_")
        with pytest.raises(CannotStart, match="expected the token"):
            Emulator(url=url).start()


def test_world_that_cannot_have_its_scenario_is_deleted() -> None:
    with serving() as url:
        with pytest.raises(CannotStart, match="lifecycle"):
            Emulator({"lifecycle": 5}, url=url).start()
        with AdminClient(url) as admin:
            assert admin.worlds() == []


# Processes


def test_process_ends_with_its_parent_however_that_ends() -> None:
    command = [sys.executable, "-c", PARENT]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        url, key = parent.stdout.readline().split()
        with AdminClient(url, api_key=key) as admin, connect(url) as connection:
            admin.add_rule(HELD)
            connection.sendall(f"{GET} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {key}\r\n\r\n".encode())
            while not admin.rules()[0]["fired"]:
                pass
            parent.kill()
            assert not heard(connection)


@pytest.mark.skipif(not shutil.which("ps"), reason="ps is not installed")
def test_process_that_has_died_does_not_keep_it_from_stopping() -> None:
    with Emulator(process=True) as emulator:
        (child,) = servers_of(os.getpid())
        with connect(emulator.url) as connection:
            os.kill(child, signal.SIGKILL)
            assert not heard(connection)
        with pytest.raises(OSError, match=r"refused|reset"):
            emulator.advance("1h")
    assert not emulator.is_running


def heard(connection: socket.socket) -> bytes:
    """Return what still comes over a connection before its end."""
    try:
        return connection.recv(4096)
    except ConnectionResetError:
        return b""


def servers_of(pid: int) -> list[int]:
    """Return the processes that serve an emulator and were started by this one."""
    command = ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(pid)]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [int(line.split()[0]) for line in listed.splitlines() if "emulator.embedded.child" in line]


# What keeps it from starting


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"scenario": "hapy-path"}, "No scenario is named 'hapy-path': did you mean happy-path?"),
        ({"scenario": "title: no name"}, "expected the text of a scenario, with 'scenario: NAME' in it, found 'title: no name'"),
        ({"clock": "fast"}, "clock: expected manual, real, xN (such as x360) or tick=DURATION (such as tick=30m), found 'fast'."),
        ({"seed": "7"}, 'body.seed: expected an integer, found "7".'),
        ({"port": 70000}, "cannot listen on 127.0.0.1:70000: it is no port"),
        ({"port": "http"}, "port: expected a number from 0 to 65535, found 'http'"),
        ({"scenarios": "mine"}, "scenarios: expected a list, such as ['mine'], found 'mine'"),
        ({"scenarios": ["mine"]}, "scenarios: expected folders of scenario files, found 'mine'"),
        ({"rate_limits": ["9/year"]}, "expected a count and a window, such as 60/minute (second, minute, hour, day), found '9/year'"),  # noqa: E501
        ({"url": "localhost:8787"}, "expected a server's address such as http://127.0.0.1:8787, found 'localhost:8787'"),
        ({"url": "http://127.0.0.1:x"}, "expected a server's address such as http://127.0.0.1:8787, found 'http://127.0.0.1:x'"),
    ],
)  # fmt: skip
def test_what_keeps_it_from_starting_is_one_sentence(options: dict[str, Any], sentence: str) -> None:
    emulator = Emulator(**options)
    with pytest.raises(CannotStart) as refused:
        emulator.start()
    assert str(refused.value) == sentence
    assert not emulator.is_running


@pytest.mark.parametrize("process", [False, True])
def test_port_that_is_taken_is_told(*, process: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotStart, match=f"cannot listen on 127.0.0.1:{port}: Address already in use"):
            Emulator(port=port, process=process).start()


def test_nobody_there_is_told() -> None:
    with Emulator() as emulator:
        url = emulator.url
    with pytest.raises(CannotStart, match=f"{url}: expected an emulator there, found none: Connection refused"):
        Emulator(url=url).start()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"prot": 1}, "Emulator has no option 'prot': did you mean 'port'?"),
        (
            {"url": "http://127.0.0.1:1", "process": True, "port": 1},
            "url attaches to a server that is there already: expected no options of another, found process, port",
        ),
    ],
)
def test_options_that_make_no_sense_are_refused_at_once(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(TypeError) as refused:
        Emulator(**options)
    assert str(refused.value) == sentence


def test_no_thread_is_left_behind() -> None:
    before = threading.active_count()
    with Emulator():
        assert threading.active_count() > before
    assert threading.active_count() == before
