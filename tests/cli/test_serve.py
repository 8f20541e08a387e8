from __future__ import annotations

import json
import signal
import socket
from contextlib import closing
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

import pytest
from support.http import API, FORM, Api, connect, read_reply, request
from support.processes import MAIN, READY, run, serving_process
from support.worlds import good_input

from emulator import __version__
from emulator.cli import serve
from emulator.client import AdminClient

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.processes import Ended, Serving

PREFIX = "mka1-emulator: error: "


def one_line(ended: Ended) -> str:
    """Return the sentence of a command that was not understood."""
    assert (ended.code, ended.stdout) == (2, "")
    assert ended.stderr.startswith(PREFIX)
    assert ended.stderr.count("\n") == 1
    return ended.stderr.removeprefix(PREFIX)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_server_says_one_line_and_ends_well(how: signal.Signals) -> None:
    with serving_process("--port", "0") as server:
        assert server.ready_line == f"{READY}{server.url}\n"
        assert request(server.url, "GET", "/_emulator/health").status == 200
        ended = server.stop(how)
    assert (ended.code, ended.stdout, ended.stderr) == (0, "", "")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_upload_that_never_ends_does_not_keep_the_server(how: signal.Signals) -> None:
    with serving_process() as server, closing(connect(server.url)) as wire:
        head = f"POST {API}/files HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: 100000\r\n"
        wire.sendall(f"{head}Authorization: Bearer mk-1\r\nExpect: 100-continue\r\n\r\n".encode())
        assert wire.recv(12) == b"HTTP/1.1 100"
        ended = server.stop(how)
    assert (ended.code, ended.stdout, ended.stderr) == (0, "", "")


def test_request_in_flight_is_answered_before_the_end() -> None:
    with serving_process() as server, closing(connect(server.url)) as wire:
        head = f"POST {API}/batches HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
        wire.sendall(f"{head}Authorization: Bearer mk-1\r\nExpect: 100-continue\r\n\r\n".encode())
        assert wire.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
        server.process.send_signal(signal.SIGTERM)
        wire.sendall(b"{}")
        assert read_reply(wire).error(400)["param"] == "input_file_id"
        assert server.stop().code == 0


def test_server_can_be_the_console_script() -> None:
    (script,) = entry_points(group="console_scripts", name="mka1-emulator")
    assert script.value == "emulator.cli:main"


def test_port_in_use_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert (
            one_line(run("serve", "--port", str(port)))
            == f"cannot listen on 127.0.0.1:{port}: Address already in use\n"
        )


def test_server_listens_where_it_is_told() -> None:
    with serving_process("--host", "::1") as server:
        assert server.url.startswith("http://[::1]:")
        assert request(server.url, "GET", "/_emulator/health").status == 200


def test_server_open_to_others_needs_keys_and_a_token() -> None:
    with serving_process("--host", "0.0.0.0", "--api-key", "mk-1", "--admin-token", "t") as server:
        local = server.url.replace("0.0.0.0", "127.0.0.1")
        assert Api(local, "mk-1")("GET", "/files").status == 200
        assert Api(local, "mk-2")("GET", "/files").status == 401
        assert request(local, "GET", "/_emulator/worlds").status == 401


BAD_OPTIONS = [
    (("--port", "x"), "Invalid value for '--port'"),
    (("--port", "65536"), "expected a whole number from 0 to 65535, found '65536'"),
    (("--port", "-1"), "expected a whole number from 0 to 65535, found '-1'"),
    (("--seed", "one"), "Invalid value for '--seed'"),
    (("--seed", "9007199254740992"), "Invalid value for '--seed'"),
    (("--seed", "1.0"), "Invalid value for '--seed'"),
    (("--clock", "x0"), "expected manual, real, xN (such as x360) or tick=DURATION (such as tick=30m), found 'x0'"),
    (("--clock", "tick=soon"), "expected a duration such as 90s, 10m, 24h, 1d or a number of seconds, found 'soon'"),
    (("--scenario", "happy-pat"), "No scenario is named 'happy-pat': did you mean happy-path?"),
    (("--edition", "1.0"), "Invalid value for '--edition'"),
    (("--rate-limit", "60"), "expected a count and a window, such as 60/minute"),
    (("--rate-limit", "0/minute"), "expected a count and a window, such as 60/minute"),
    (("--rate-limit", "5/week"), "expected a count and a window, such as 60/minute"),
    (("--cors", "localhost"), "expected an origin such as https://app.example.com, found 'localhost'"),
    (("--cors", "https://a.example/path"), "expected an origin"),
    (("--max-worlds", "0"), "expected a whole number from 1 to 1000000, found '0'"),
    (("--api-key", ""), "expected printable ASCII without spaces"),
    (("--api-key", "a b"), "expected printable ASCII without spaces"),
    (("--admin-token", "é"), "expected printable ASCII without spaces"),
    (("--host", "0.0.0.0"), "expected --api-key and --admin-token with it, or a loopback address such as 127.0.0.1"),
    (("--host", "0.0.0.0", "--api-key", "k"), "expected --api-key and --admin-token with it"),
    (("--host", "example.com", "--admin-token", "t"), "--host example.com can be reached from other machines"),
    (("--host", "a" * 70, "--admin-token", "t", "--api-key", "k"), "cannot listen on aaa"),
    (
        ("--host", "no-such-host.invalid", "--admin-token", "t", "--api-key", "k"),
        "cannot listen on no-such-host.invalid",
    ),
    (("--colour", "red"), "No such option"),
    (("--no-validate-replies=x",), "does not take a value"),
    (("elsewhere",), "unexpected extra argument (elsewhere)"),
]


@pytest.mark.parametrize(("options", "sentence"), BAD_OPTIONS, ids=lambda value: " ".join(value)[:40])
def test_odd_option_is_told_in_one_line(
    run_here: Callable[..., Ended], options: tuple[str, ...], sentence: str
) -> None:
    assert sentence in one_line(run_here(*options))


BAD_ENVIRONMENT = {
    "SCENARIOS": ("/no/such/folder", "Directory '/no/such/folder' does not exist"),
    "PORT": ("many", "expected a whole number from 0 to 65535, found 'many'"),
    "SEED": ("one", "Invalid value for '--seed'"),
    "CLOCK": ("sundial", "expected manual, real, xN"),
    "SCENARIO": ("none", "No scenario is named 'none'"),
    "EDITION": ("0.5", "Invalid value for '--edition'"),
    "HOST": ("0.0.0.0", "expected --api-key and --admin-token with it"),
    "RATE_LIMIT": ("60/minute often", "found 'often'"),
    "CORS": ("https://a.example b", "found 'b'"),
    "MAX_WORLDS": ("-1", "found '-1'"),
    "ADMIN_TOKEN": ("a b", "expected printable ASCII without spaces"),
    "NO_VALIDATE_REPLIES": ("perhaps", "Invalid value for '--no-validate-replies'"),
    "PROT": ("1", "the environment variable MKA1_EMULATOR_PROT sets no option: did you mean MKA1_EMULATOR_PORT?"),
    "": ("1", "the environment variable MKA1_EMULATOR_ sets no option: did you mean MKA1_EMULATOR_"),
}


@pytest.mark.parametrize("name", BAD_ENVIRONMENT)
def test_odd_environment_is_told_in_one_line(run_here: Callable[..., Ended], name: str) -> None:
    value, sentence = BAD_ENVIRONMENT[name]
    assert sentence in one_line(run_here(**{name: value}))


@pytest.mark.parametrize(
    ("options", "environment"),
    [(("--seed", "one"), {}), ((), {"MKA1_EMULATOR_SEED": "one"}), ((), {"MKA1_EMULATOR_SEDE": "1"})],
)
def test_odd_command_ends_its_process_with_2(options: tuple[str, ...], environment: dict[str, str]) -> None:
    assert "MKA1_EMULATOR_SEED" in one_line(run("serve", *options, environment=environment))


ENVIRONMENT = {
    "HOST": "localhost",
    "PORT": "0",
    "CLOCK": "tick=1m",
    "SCENARIO": "my-own",
    "SCENARIOS": "",  # the test's own folder
    "SEED": "-5",
    "EDITION": "0.12.91",
    "API_KEY": "mk-1 mk-2",
    "ADMIN_TOKEN": "t",
    "RATE_LIMIT": "2/second 100/day",
    "CORS": "https://a.example https://b.example",
    "MAX_WORLDS": "2",
    "NO_VALIDATE_REPLIES": "true",
}


OF_OTHERS = {"CACHE": "/no/such/folder"}
"""What other commands read, and `serve` leaves alone."""
MY_OWN = "{scenario: my-own, title: Mine, kind: legal, lifecycle: [expires]}"


def test_every_option_is_set_by_the_environment(tmp_path: Path) -> None:
    known = {str(option.envvar).removeprefix("MKA1_EMULATOR_") for option in serve.params if option.name != "help"}
    assert known == set(ENVIRONMENT)
    (tmp_path / "my-own.yaml").write_text(MY_OWN, encoding="utf-8")
    environment = {**ENVIRONMENT, "SCENARIOS": str(tmp_path), **OF_OTHERS}
    with serving_process(environment={f"MKA1_EMULATOR_{name}": value for name, value in environment.items()}) as server:
        first, second = Api(server.url, "mk-1"), AdminClient(server.url, api_key="mk-2", token="t")
        assert Api(server.url, "mk-3")("GET", "/files").status == 401
        reply = first("GET", "/files", Origin="https://b.example")
        assert reply.headers["Access-Control-Allow-Origin"] == "https://b.example"
        second.clock()
        assert request(server.url, "POST", "/_emulator/worlds", None, {"X-Emulator-Admin-Token": "t"}).status == 503
        (shown, _) = second.worlds()
        assert [shown[name] for name in ("seed", "clock", "scenario", "edition", "now")] == [
            -5,
            "tick=1m",
            "my-own",
            "0.12.91",
            1704067260,
        ]


def test_rate_limits_of_the_environment_hold() -> None:
    environment = {"MKA1_EMULATOR_RATE_LIMIT": "2/minute 3/day", "MKA1_EMULATOR_CLOCK": "manual"}
    with serving_process(environment=environment) as server:
        api = Api(server.url, "mk-1")
        statuses = [api("GET", "/files").status for _ in range(3)]
        AdminClient(server.url, api_key="mk-1").advance("1m")
        assert [*statuses, *(api("GET", "/files").status for _ in range(2))] == [200, 200, 429, 200, 429]


def test_option_goes_before_the_environment() -> None:
    environment = {"MKA1_EMULATOR_EDITION": "0.5.25", "MKA1_EMULATOR_SEED": "nonsense"}
    with serving_process("--edition", "0.12.26", "--seed", "1", environment=environment) as server:
        assert request(server.url, "GET", "/_emulator/health").ok()["edition"] == "0.12.26"


@pytest.mark.parametrize("arguments", [("--version",)])
def test_version_is_told(arguments: tuple[str, ...]) -> None:
    ended = run(*arguments)
    assert (ended.code, ended.stdout, ended.stderr) == (0, f"mka1-emulator {__version__}\n", "")


@pytest.mark.parametrize(
    "arguments", [("--help",), ("-h",), ("serve", "--help"), ("schemas", "--help"), ("demo", "-h")]
)
def test_help_is_told(arguments: tuple[str, ...]) -> None:
    ended = run(*arguments)
    assert (ended.code, ended.stderr) == (0, "")
    assert ended.stdout.startswith("Usage: ")


def test_help_names_every_environment_variable() -> None:
    shown = run("serve", "--help").stdout
    assert all(f"MKA1_EMULATOR_{name}" in shown for name in ENVIRONMENT)


@pytest.mark.parametrize("arguments", [("nonsense",), ("schemas", "nonsense")])
def test_unknown_command_is_told_in_one_line(arguments: tuple[str, ...]) -> None:
    assert "No such command 'nonsense'" in one_line(run(*arguments))


SLOW_TO_IMPORT = {"pydantic", "pydantic_core", "yaml", "jsonschema", "hypothesis", "rich"}
TELLING = (
    f"import atexit, json, sys; atexit.register(lambda: print(json.dumps(list(sys.modules)), file=sys.stderr)); {MAIN}"
)


def test_start_and_first_answers_wait_for_no_slow_import() -> None:
    with serving_process(program=TELLING) as server:
        assert request(server.url, "GET", "/_emulator/health").status == 200
        assert Api(server.url, None)("GET", "/files").status == 401
        assert Api(server.url, "mk-1")("GET", "/batches").status == 200
        loaded = set(json.loads(server.stop().stderr))
    assert "emulator.server" in loaded
    assert loaded & SLOW_TO_IMPORT == set()


def at_rest(server: Serving) -> None:
    """Wait until a server has been up for long enough to have done what nobody asked it for."""
    while request(server.url, "GET", "/_emulator/health").ok()["uptime"] < 0.25:
        pass


def test_first_batch_waits_for_no_import_at_all_once_the_server_was_at_rest() -> None:
    with serving_process(program=TELLING) as server:
        at_rest(server)
        before = set(json.loads(server.stop().stderr))
    with serving_process("--clock", "manual", program=TELLING) as server:
        at_rest(server)
        api, admin = Api(server.url, "mk-1"), AdminClient(server.url, api_key="mk-1")
        batch = api.create(api.upload(good_input(5))["id"])
        assert admin.advance("24h")[-1]["to"] == "completed"
        output = api("GET", f"/batches/{batch['id']}").ok()["output_file_id"]
        assert api("GET", f"/files/{output}/content").status == 200
        after = set(json.loads(server.stop().stderr))
    assert {name for name in after - before if name.startswith("emulator.")} == set()
    assert after & SLOW_TO_IMPORT == set()


def test_every_problem_of_a_scenario_file_is_told_in_a_line_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "my-own.yaml"
    file.write_text(MY_OWN.replace("legal", "leagl").replace("title", "titel"), encoding="utf-8")
    ended = run("serve", "--scenarios", str(tmp_path))
    assert (ended.code, ended.stdout) == (2, "")
    told = ended.stderr.splitlines()
    assert len(told) >= 2
    assert all(line.startswith(f"mka1-emulator: error: {file}:1:") for line in told)
