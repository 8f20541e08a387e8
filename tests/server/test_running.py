from __future__ import annotations

import socket
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.http import Api, request
from support.processes import serving_process
from support.servers import serving
from support.uploads import stream_zeros

from emulator.client import AdminClient, AdminError
from emulator.domain.errors import InvalidRequest
from emulator.server import CannotListenError, bind, url_of
from emulator.settings import Settings, SettingsError, is_loopback

if TYPE_CHECKING:
    from support.worlds import TestWorld

MIB = 1 << 20


def test_server_is_ready_at_once_and_gone_afterwards() -> None:
    before = threading.active_count()
    with serving() as url:
        assert request(url, "GET", "/_emulator/health").status == 200
    with pytest.raises(ConnectionRefusedError):
        request(url, "GET", "/_emulator/health")
    assert threading.active_count() == before


def test_servers_side_by_side_share_nothing() -> None:
    with serving() as one, serving() as other:
        files = [Api(url, "mk-1").upload()["id"] for url in (one, other)]
        AdminClient(one, api_key="mk-1").advance("1h")
        assert files[0] == files[1]
        assert [AdminClient(url, api_key="mk-1").clock()["now"] for url in (one, other)] == [1704070800, 1704067200]


def test_server_takes_its_port_again_at_once() -> None:
    with serving() as url:
        port = int(url.rpartition(":")[2])
    with serving(port=port) as again:
        assert again == url
        assert Api(again, "mk-1")("GET", "/files").ok()["data"] == []


def test_block_that_fails_ends_the_server_too() -> None:
    with pytest.raises(ZeroDivisionError), serving() as url:
        _ = 1 // 0
    with pytest.raises(ConnectionRefusedError):
        request(url, "GET", "/")


def test_unknown_scenario_keeps_the_server_from_starting() -> None:
    with pytest.raises(InvalidRequest, match="did you mean happy-path"), serving(scenario="happy-pat"):
        pass


def test_taken_port_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotListenError, match=f"cannot listen on 127.0.0.1:{port}: Address already in use"):
            bind("127.0.0.1", port)


@pytest.mark.parametrize(("host", "shown"), [("127.0.0.1", "http://127.0.0.1"), ("::1", "http://[::1]")])
def test_address_is_written_as_clients_need_it(host: str, shown: str) -> None:
    with bind(host, 0) as bound:
        assert url_of(bound) == f"{shown}:{bound.getsockname()[1]}"


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("10.0.0.1", False),
        ("example.com", False),
        ("localhost.example.com", False),
        ("", False),
    ],
)
def test_only_loopback_is_open_without_keys(host: str, *, loopback: bool) -> None:
    assert is_loopback(host) is loopback
    if loopback:
        assert Settings(host=host).host == host
        return
    with pytest.raises(SettingsError, match="expected --api-key and --admin-token"):
        Settings(host=host, api_keys=("k",))
    assert Settings(host=host, api_keys=("k",), admin_token="t").host == host


def test_refusal_of_the_admin_api_is_raised_with_its_sentence(world: TestWorld) -> None:
    with pytest.raises(AdminError, match="No batch found with id 'batch_x'") as refused:
        world.admin.timeline("batch_x")
    assert refused.value.status == 404


def test_nobody_there_is_an_os_error() -> None:
    with bind("127.0.0.1", 0) as unheard, pytest.raises(OSError, match="refused"):
        AdminClient(url_of(unheard)).health()


def peak_bytes(pid: int) -> int:
    """Return the most memory that a process has held so far."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells how much memory a process holds")
def test_file_is_held_in_memory_once_coming_and_going() -> None:
    size = 64 * MIB
    with serving_process() as server:
        api = Api(server.url, "mk-1")
        api.upload(b"x" * MIB)
        before = peak_bytes(server.process.pid)
        file = stream_zeros(api, size).ok()
        grown = peak_bytes(server.process.pid) - before
        content = api("GET", f"/files/{file['id']}/content")
        served = peak_bytes(server.process.pid) - before
    assert len(content.content) == size
    assert size * 0.9 < grown < size * 1.2
    assert served < size * 1.2
