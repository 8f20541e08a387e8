from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner
from support.drawing import NAMES, library
from support.scenarios import good

from emulator.commands.scenarios import scenarios
from emulator.domain.errors import InvalidRequest
from emulator.scenarios.drawing import mermaid, svg

if TYPE_CHECKING:
    from pathlib import Path

MAIN = "from emulator.commands.scenarios import scenarios; scenarios()"


def run(*words: str) -> str:
    """Return what a command says into a pipe."""
    result = CliRunner().invoke(scenarios, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def on_a_terminal(*words: str, **environment: str) -> str:
    """Return what a command says to a terminal that is 140 columns wide."""
    ours, theirs = pty.openpty()
    base = {name: text for name, text in os.environ.items() if name not in {"NO_COLOR", "FORCE_COLOR"}}
    settings = {**base, "TERM": "xterm-256color", "COLUMNS": "140", **environment}
    with subprocess.Popen([sys.executable, "-c", MAIN, *words], stdout=theirs, env=settings) as process:
        os.close(theirs)
        said = _all_of(ours)
    os.close(ours)
    assert process.returncode == 0
    return said.decode().replace("\r\n", "\n")


def _all_of(terminal: int) -> bytes:
    said = b""
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # how Linux says that the other side has been closed
            return said
        if not piece:
            return said
        said += piece


def test_list_names_every_scenario_once() -> None:
    rows = [line.split("\t") for line in run("list").splitlines()]
    assert sorted(row[1] for row in rows) == list(NAMES)
    assert all(len(row) == 5 for row in rows)


def test_list_goes_by_kind_and_then_by_name() -> None:
    rows = [line.split("\t")[:2] for line in run("list").splitlines()]
    assert rows == sorted(rows, key=lambda row: (row[0] != "legal", row[1]))


@pytest.mark.parametrize("kind", ["legal", "hostile"])
def test_list_of_one_kind_has_no_other(kind: str) -> None:
    names = [line.split("\t")[1] for line in run("list", "--kind", kind).splitlines()]
    assert names == [name for name in NAMES if library().scenario(name).kind == kind]


def test_list_as_json_says_what_each_asks_or_breaks() -> None:
    found = {entry["name"]: entry for entry in json.loads(run("list", "--json"))}
    assert found["unknown-status"]["breaks"] == ["schema"]
    assert found["create-reply-lost"]["tolerates"] == ["lost-reply"]
    assert set(found["happy-path"]) == {"name", "title", "kind", "tolerates", "breaks", "seen_in", "client"}


def test_folder_of_ones_own_joins_the_list(tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(good(title="One\tof\nmine"), encoding="utf-8")
    assert "legal\tgood\tOne of mine\t\t\n" in run("list", "--scenarios", str(tmp_path))


def test_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(scenarios, ["list", "--scenarios", str(tmp_path / "none")])
    assert result.exit_code == 2
    assert "does not exist" in result.output


def test_show_gives_the_file_as_it_stands_and_then_its_meaning() -> None:
    said = run("show", "expired-partial")
    assert said.startswith(library().scenario("expired-partial").text)
    assert "\nWhat happens to a batch\n  at 0: validating\n  at 1 min: in_progress\n" in said


def test_show_as_json_holds_the_file_and_its_meaning() -> None:
    found: dict[str, Any] = json.loads(run("show", "old-server", "--json"))
    assert found["text"] == library().scenario("old-server").text
    assert found["meaning"]["Replies"] == ["in the shape of edition 0.12.26"]


@pytest.mark.parametrize("name", NAMES)
def test_graph_is_mermaid_unless_told_otherwise(name: str) -> None:
    assert run("graph", name) == mermaid(library().scenario(name))


def test_graph_writes_an_svg_to_a_file(tmp_path: Path) -> None:
    file = tmp_path / "picture.xml"
    assert run("graph", "happy-path", "--format", "svg", "--out", str(file)) == ""
    assert file.read_text(encoding="utf-8") == svg(library().scenario("happy-path"))
    assert ET.parse(file).getroot().tag.endswith("svg")


@pytest.mark.parametrize(("name", "draw"), [("a.svg", svg), ("a.SVG", svg), ("a.mmd", mermaid), ("a", mermaid)])
def test_name_of_the_file_says_what_to_draw(tmp_path: Path, name: str, draw: Any) -> None:
    run("graph", "happy-path", "--out", str(tmp_path / name))
    assert (tmp_path / name).read_text(encoding="utf-8") == draw(library().scenario("happy-path"))


@pytest.mark.parametrize("command", ["show", "graph"])
def test_unknown_scenario_is_refused_with_the_nearest_name(command: str) -> None:
    with pytest.raises(InvalidRequest, match="did you mean happy-path"):
        run(command, "hapy-path")


def test_table_on_a_terminal_shows_each_scenario_under_its_kind() -> None:
    said = on_a_terminal("list", NO_COLOR="1")
    assert said.index("legal") < said.index("happy-path") < said.index("hostile") < said.index("unknown-status")
    assert all(name in said for name in NAMES)
    assert "\t" not in said


@pytest.mark.parametrize("words", [("list",), ("show", "rate-limited")])
def test_colours_are_for_terminals_that_want_them(words: tuple[str, ...]) -> None:
    colour = "\x1b[32m" if words[0] == "show" else "\x1b[1;32m"
    assert colour in on_a_terminal(*words)
    assert "\x1b[3" not in on_a_terminal(*words, NO_COLOR="1")
    assert "\x1b" not in run(*words)


def test_pipe_needs_no_tables() -> None:
    code = f"import sys; sys.argv[1:] = ['list']\ntry:\n    {MAIN}\nfinally:\n    print('rich' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False"
