"""How the server stops when it is told to, whatever is under way."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Final

import pytest
from support.http import Api, connect, read_reply
from support.processes import MAIN, PATIENCE_S, READY, clean, serving_process
from support.worlds import good_input

if TYPE_CHECKING:
    import socket
    from pathlib import Path

MOST_LINES: Final = 50_000


def begin_to_move(wire: socket.socket) -> None:
    """Let the server begin to take a request that moves the clock; what is missing is its body."""
    head = (
        "POST /_emulator/clock/advance HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 11\r\n"
    )
    wire.sendall(f"{head}Authorization: Bearer mk-1\r\nExpect: 100-continue\r\n\r\n".encode())
    assert wire.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"


def test_clock_that_is_being_moved_is_moved_before_the_end() -> None:
    with serving_process("--clock", "manual") as server, closing(connect(server.url)) as wire:
        begin_to_move(wire)
        server.process.send_signal(signal.SIGTERM)
        wire.sendall(b'{"by":"2h"}')
        assert read_reply(wire).ok()["now"] == 1704074400
        ended = server.stop()
    assert (ended.code, ended.stdout, ended.stderr) == (0, "", "")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_move_of_the_clock_that_takes_too_long_is_given_up(how: signal.Signals) -> None:
    with serving_process("--clock", "manual") as server, closing(connect(server.url)) as wire:
        api = Api(server.url, "mk-1")
        file = api.upload(good_input(MOST_LINES))
        for _ in range(8):  # far more than a second of work, on any machine
            api.create(file["id"])
        begin_to_move(wire)
        server.process.send_signal(how)
        wire.sendall(b'{"by":"2h"}')
        stdout, stderr = server.process.communicate(timeout=PATIENCE_S)
        assert wire.recv(1) == b""
    assert (server.process.returncode, stdout, stderr) == (0, "", "")


SCRIPT: Final = """
touch ready.txt
"$0" -W error -c "$1" serve --port 0 >>ready.txt 2>errors.txt &
until read -r ready <ready.txt; do :; done
"$0" -W error -c "$1" wait --url "${ready##* }" --timeout 20s
kill -s "$2" "$!"
wait "$!"
echo "ended with $?"
cat ready.txt errors.txt
"""


@pytest.mark.parametrize("how", ["TERM", "INT"])
def test_server_in_the_background_of_a_script_is_stopped_by_it(tmp_path: Path, how: str) -> None:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", SCRIPT, sys.executable, MAIN, how],
        cwd=tmp_path,
        env=clean(None),
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=PATIENCE_S,
    )
    ready, ended, said = done.stdout.splitlines()
    assert " is ready at " in ready
    assert ended == "ended with 0"
    assert said.startswith(READY)
    assert (done.returncode, done.stderr) == (0, "")
