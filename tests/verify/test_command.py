"""`verify` as people run it: with drivers in processes of their own, and now and then in its own."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from support.processes import MAIN, PATIENCE_S, clean, run, serving_process
from support.servers import serving
from support.small_drivers import HANGS, HAS_NOTHING, STOPS_THE_SERVER, TALKS_RUBBISH, small_driver
from support.terminals import on_terminal

from emulator.client import AdminClient
from emulator.verify.catalog import ALL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import TypeAlias

    from support.processes import Ended

    Verify: TypeAlias = Callable[..., Ended]

CREATE = "create.sends-json"
CANCEL = "cancel.sends-no-body"


# A run


def test_reference_passes_and_each_check_is_a_line() -> None:
    done = run("verify", "--client", "httpx", "--run", CREATE, "--run", CANCEL)
    assert (done.code, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[:2] == [f"pass\trequests\t{CREATE}", f"pass\trequests\t{CANCEL}"]
    assert re.fullmatch(r"httpx-reference \S+ \(python\): 100 %: 2 of 2 checks passed, in \d+\.\d s", lines[-1])


def test_what_a_client_lacks_is_not_held_against_it(verify: Verify, tmp_path: Path) -> None:
    done = verify("--client", small_driver(tmp_path, HAS_NOTHING), "--run", CREATE)
    assert done.code == 0, done.stderr
    assert done.stdout.startswith(f"not applicable\trequests\t{CREATE}\tthe client does not have batches.create")


def test_broken_driver_fails_the_check_and_after_three_the_rest_of_the_group(verify: Verify, tmp_path: Path) -> None:
    done = verify("--client", small_driver(tmp_path, TALKS_RUBBISH), "--run", "requests")
    assert done.code == 1, done.stderr
    rows = [line.split("\t") for line in done.stdout.splitlines() if line.startswith("fail\t")]
    broken = ["driver: rubbish: expected an answer" in row[3] for row in rows]
    assert broken == [True] * 3 + [False] * (len(rows) - 3)
    assert rows[3][3] == "driver: expected a driver, got none: 3 broke in this group already"


@pytest.mark.parametrize("way", [f"{HAS_NOTHING}; {HAS_NOTHING}", f"{HAS_NOTHING}; {TALKS_RUBBISH}"])
def test_answer_too_many_after_the_last_check_fails_it(verify: Verify, tmp_path: Path, way: str) -> None:
    done = verify("--client", small_driver(tmp_path, way), "--run", CREATE)
    assert done.code == 1, done.stdout
    assert done.stdout.startswith(f"fail\trequests\t{CREATE}\tdriver: ")


def test_json_is_all_there_is_on_stdout(verify: Verify, tmp_path: Path) -> None:
    done = verify("--client", small_driver(tmp_path, TALKS_RUBBISH), "--run", CREATE, "--json")
    assert (done.code, done.stderr) == (1, "")
    told = json.loads(done.stdout)
    assert (told["score"], told["counts"]["fail"], told["as_expected"]) == (0.0, 1, False)


def test_reports_of_every_kind_are_written(verify: Verify, tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("a.json", "b.xml", "c.html")]
    options = [word for file in files for word in ("--report", str(file))]
    done = verify("--client", "httpx", "--run", CREATE, *options)
    assert done.code == 0, done.stderr
    assert json.loads(files[0].read_text(encoding="utf-8"))["counts"]["pass"] == 1
    assert ET.parse(files[1]).getroot().get("tests") == "1"
    assert f'<td class="name">{CREATE}</td>' in files[2].read_text(encoding="utf-8")


def test_known_failures_are_as_expected_until_they_are_stale(verify: Verify, tmp_path: Path) -> None:
    known = tmp_path / "known.txt"
    known.write_text(f"{CREATE}\n", encoding="utf-8")
    options = ("--run", CREATE, "--known-failing", str(known))
    broken = verify("--client", small_driver(tmp_path, TALKS_RUBBISH), *options)
    assert (broken.code, broken.stdout.split("\t")[0]) == (0, "known")
    whole = verify("--client", "httpx", *options)
    assert whole.code == 1
    assert f"{known}:1: stale: {CREATE}: it passes now" in whole.stdout.splitlines()


def test_terminal_gets_a_table_and_the_failures(tmp_path: Path) -> None:
    code, seen = on_terminal("verify", "--client", small_driver(tmp_path, TALKS_RUBBISH), "--run", CREATE)
    assert code == 1
    lines = [" ".join(line.split()) for line in seen.splitlines()]
    assert f"requests {'━' * 24} 0/1 1 - -" in lines
    assert f"failed: {CREATE}" in lines
    assert any(CREATE in line and "1/1" in line and "1 failed" in line for line in re.split(r"[\r\n]+", seen))
    assert lines[-1].startswith("0 %: 0 of 1 checks passed, 1 failed, in ")


def test_terminal_tells_what_is_known_and_what_is_stale(tmp_path: Path) -> None:
    known = tmp_path / "known.txt"
    known.write_text(f"{CREATE}\nxyz\n", encoding="utf-8")
    client = small_driver(tmp_path, TALKS_RUBBISH)
    code, seen = on_terminal("verify", "--client", client, "--run", CREATE, "--known-failing", str(known))
    flowing = " ".join(seen.split())
    assert code == 1
    assert f"known to fail: {CREATE}: driver: rubbish: expected an answer" in flowing
    assert "known.txt:2: stale: xyz: there is no such check" in flowing


# The list


def test_list_has_every_check_without_a_client(verify: Verify) -> None:
    done = verify("--list")
    assert done.code == 0
    assert [line.split("\t")[:2] for line in done.stdout.splitlines()] == [[each.name, each.group] for each in ALL]


def test_list_as_json_says_what_is_expected_and_where_it_stands(verify: Verify) -> None:
    (told,) = json.loads(verify("--list", "--json", "--run", CREATE).stdout)
    assert told == {
        "check": CREATE,
        "group": "requests",
        "place": "createBatch, requestBody",
        "expects": "Create is a POST to /batches with a JSON body.",
    }


def test_list_on_a_terminal_is_a_table_a_group() -> None:
    code, seen = on_terminal("verify", "--list", "--run", CREATE, "--run", "paging")
    assert code == 0
    assert [line.strip() for line in seen.splitlines() if line.strip() in {"requests", "paging"}] == [
        "requests",
        "paging",
    ]
    assert CREATE in seen


# The server


def test_running_server_is_used_and_left_without_worlds(verify: Verify, tmp_path: Path) -> None:
    with serving(admin_token="t") as url:
        admin = AdminClient(url, token="t")
        options = ("--url", f"{url}/", "--run", CREATE)
        done = verify("--client", "httpx", *options, MKA1_EMULATOR_ADMIN_TOKEN="t")
        assert done.code == 0, done.stderr
        assert admin.worlds() == []
        assert verify("--client", small_driver(tmp_path, TALKS_RUBBISH), *options, "--admin-token", "t").code == 1
        assert admin.worlds() == []


def test_server_that_dies_ends_the_run_with_what_was_found(verify: Verify, tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    with serving_process() as server:
        client = small_driver(tmp_path, STOPS_THE_SERVER)
        done = verify(
            *("--client", client, "--url", server.url, "--run", CREATE, "--report", str(report)),
            SERVER=str(server.process.pid),
        )
    assert done.code == 2
    assert done.stderr.startswith("mka1-emulator: error: the server does not go on: ")
    assert "1 not run" in done.stdout.splitlines()[-1]
    assert ET.parse(report).getroot().get("errors") == "1"


# Broken off


def test_ctrl_c_reports_what_was_found_so_far(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    way = f"{HAS_NOTHING} if call == 'batches.create' else {HANGS}"
    client = small_driver(tmp_path, way)
    options = ("--client", client, "--run", CREATE, "--run", CANCEL, "--report", str(report))
    command = [sys.executable, "-W", "error", "-c", MAIN, "verify", *options]
    with subprocess.Popen(
        command, env=clean(None), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        rest, stderr = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, stderr) == (130, "")
    assert first.startswith(f"not applicable\trequests\t{CREATE}")
    assert "1 not run" in rest.splitlines()[-1]
    assert json.loads(report.read_text(encoding="utf-8"))["counts"]["not_run"] == 1


# What cannot be done


class Silent(BaseHTTPRequestHandler):
    """Answers everything with 501, and says nothing about it on stderr."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def other_server() -> Iterator[str]:
    """Run a server that has nothing to do with batches."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Silent) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def sentence_of(refused: Ended) -> str:
    """Return the one sentence in which something was refused."""
    assert (refused.code, refused.stdout) == (2, ""), refused.stderr
    (sentence,) = refused.stderr.splitlines()
    return sentence.removeprefix("mka1-emulator: error: ")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ((), "expected --client with the name of a client or exec:COMMAND, found none"),
        (("--client", "htpx"), r"client: expected .*, found 'htpx' \(did you mean 'httpx'\?\)"),
        (("--client", "exec:"), "client: expected a command after 'exec:', found nothing"),
        (("--client", "httpx", "--run", "creat"), r"--run: expected a check's name, .*, found 'creat'.*"),
        (
            ("--client", "httpx", "--report", "a.pdf"),
            "--report: expected a file that ends in .json, .xml, .html, found a.pdf",
        ),
        (
            ("--client", "httpx", "--report", "no/a.xml"),
            "--report: expected a file in a folder that exists, found no/a.xml",
        ),
        (
            ("--client", "httpx", "--known-failing", "none"),
            "--known-failing: expected a file that can be read, found none: .*",
        ),
        (
            ("--client", "httpx", "--python", "/none"),
            "--python: expected a Python interpreter, found no program '/none'",
        ),
        (("--client", "httpx", "--url", "127.0.0.1:1"), "--url: expected an address such as .*, found '127.0.0.1:1'"),
        (
            ("--client", "httpx", "--url", "http://h:99999"),
            "--url: expected an address such as .*, found 'http://h:99999'",
        ),
        (("--client", "httpx", "--url", "http://h/v1"), "--url: expected an address such as .*, found 'http://h/v1'"),
        (
            ("--client", "httpx", "--url", "http://127.0.0.1:1"),
            "--url: expected an emulator at http://127.0.0.1:1, found none: .*refused.*",
        ),
        (("--client", "httpx", "--versions", "all"), "--versions is for .*: expected --sdk with it, found none"),
        (
            ("--sdk", "meetkai-mka1", "--python", "python3"),
            "--sdk makes an environment for each release: expected no .*",
        ),
        (("--sdk", "meetkai-mka"), "--sdk: expected an SDK .*, got 'meetkai-mka': did you mean 'meetkai-mka1'.*"),
        (
            ("--sdk", "meetkai-mka1", "--versions", "al"),
            "--versions: expected releases .*, got 'al': did you mean 'all'.*",
        ),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(verify: Verify, options: tuple[str, ...], sentence: str) -> None:
    assert re.fullmatch(sentence, sentence_of(verify(*options)))


@pytest.mark.parametrize(
    ("hello", "sentence"),
    [
        ("", "did not say hello: "),
        ('{"driver": 2, "name": "s", "version": "1", "language": "x"}', "speaks another version of the protocol: "),
    ],
)
def test_driver_that_says_no_fitting_hello_is_refused(
    verify: Verify, tmp_path: Path, hello: str, sentence: str
) -> None:
    assert sentence in sentence_of(verify("--client", small_driver(tmp_path, hello=hello), "--run", CREATE))


def test_server_that_wants_another_token_is_told_of(verify: Verify) -> None:
    with serving(admin_token="t") as url:
        sentence = sentence_of(verify("--client", "httpx", "--url", url, "--admin-token", "u"))
    assert sentence.startswith(f"--url: the server at {url} refuses: ")


def test_server_that_is_no_emulator_is_told_of(verify: Verify) -> None:
    with other_server() as url:
        sentence = sentence_of(verify("--client", "httpx", "--url", url))
    assert sentence == (
        f"--url: the server at {url} refuses: {url}: expected an emulator's admin API, found a reply 501 of text/html"
    )
