from __future__ import annotations

import sys
from pathlib import Path

import pytest

from emulator.clients.catalog import CLIENTS, DRIVERS, ClientUnknown, Command, command, of_words
from emulator.domain.errors import EmulatorError

PYTHON = Path(sys.executable)


@pytest.mark.parametrize("client", [name for name, shipped in CLIENTS.items() if shipped.runs_on == "python"])
def test_driver_in_python_runs_on_this_python_unless_told_otherwise(client: str, tmp_path: Path) -> None:
    other = tmp_path / "python3"
    other.symlink_to(PYTHON)
    assert command(client).argv[0] == sys.executable
    assert command(client, python=other).argv == (str(other), *command(client).argv[1:])


@pytest.mark.parametrize("client", CLIENTS)
def test_every_shipped_driver_is_there(client: str) -> None:
    assert (DRIVERS / CLIENTS[client].file).is_file()


def test_coroutines_are_an_argument_of_the_same_file() -> None:
    assert command("mka1-async").argv == (*command("mka1").argv, "--async")


def test_python_is_found_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(PYTHON.parent))
    assert command("httpx", python=Path(PYTHON.name)).argv[0] == str(PYTHON)


def test_node_is_found_in_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    node = tmp_path / "node"
    node.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert command("openai-node") == Command("openai-node", (str(node), str(DRIVERS / "openai_node.mjs")))


def test_command_of_ones_own_is_split_as_a_shell_would() -> None:
    assert command("exec:sh -c 'echo \"a  b\"' c\\ d") == Command(
        "exec:sh -c 'echo \"a  b\"' c\\ d", ("sh", "-c", 'echo "a  b"', "c d")
    )


def test_command_may_come_in_words() -> None:
    assert of_words(("sh", "-c", "exit 3")) == Command("exec:sh -c 'exit 3'", ("sh", "-c", "exit 3"))


@pytest.mark.parametrize(
    ("client", "python", "sentence"),
    [
        (
            "mka",
            None,
            "expected mka1, mka1-async, openai, openai-node, httpx or exec:COMMAND, found 'mka' (did you mean",
        ),
        ("", None, "httpx or exec:COMMAND, found ''"),
        ("exec:", None, "expected a command after 'exec:', found nothing"),
        ("exec:  ", None, "expected a command after 'exec:', found nothing"),
        ("exec:''", None, "expected a command after 'exec:', found nothing"),
        ("exec:sh 'x", None, 'expected a command as for a shell, found "exec:sh \'x": No closing quotation'),
        ("exec:no-such x", None, "expected a program that can be run, found 'no-such' in 'exec:no-such x'"),
        ("exec:sh", PYTHON, "--python is for shipped drivers in Python: expected one of those, found 'exec:sh'"),
        ("openai-node", PYTHON, "--python is for shipped drivers in Python"),
        ("mka1", Path("no/such/python"), "--python: expected a Python interpreter, found no program 'no/such/python'"),
        ("mka1", Path("/"), "--python: expected a Python interpreter, found no program '/'"),
    ],
)
def test_what_cannot_be_started_is_told_in_a_sentence(client: str, python: Path | None, sentence: str) -> None:
    with pytest.raises(ClientUnknown) as raised:
        command(client, python=python)
    assert sentence in str(raised.value)
    assert isinstance(raised.value, EmulatorError)


def test_missing_node_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ClientUnknown, match="'openai-node': expected the program 'node', found none in PATH"):
        command("openai-node")
