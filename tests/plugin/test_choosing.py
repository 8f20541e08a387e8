from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.applications import AMONG_OTHERS
from support.servers import serving

from emulator import Emulator

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., pytest.RunResult]

pytest_plugins = ["pytester"]

WORLD = """
def world(emulator):
    return next(each for each in emulator.admin.worlds() if each["world"] == emulator.world)

"""


# The marker


def test_nearest_marker_says_what_the_world_is(run: Run) -> None:
    tests = """
pytestmark = pytest.mark.batch_scenario("straggler", seed=1)

def told(emulator):
    shown = world(emulator)
    return shown["scenario"], shown["clock"], shown["seed"], shown["edition"]

def test_module(batch_emulator):
    assert told(batch_emulator) == ("straggler", "manual", 1, "0.12.114")

@pytest.mark.batch_scenario("all-failed", clock="tick=30m")
class TestClass:
    def test_class(self, batch_emulator):
        assert told(batch_emulator) == ("all-failed", "tick=30m", 0, "0.12.114")

    @pytest.mark.batch_scenario(seed=7, edition="0.5.25")
    def test_function(self, batch_emulator):
        assert told(batch_emulator) == ("happy-path", "manual", 7, "0.5.25")

@pytest.mark.parametrize("name", [
    "straggler",
    pytest.param("expired-partial", marks=pytest.mark.batch_scenario("expired-partial")),
    pytest.param("all-failed", marks=pytest.mark.batch_scenario(scenario="all-failed")),
])
def test_parameter(batch_emulator, name):
    assert told(batch_emulator)[0] == name
"""
    run(WORLD + tests).assert_outcomes(passed=6)


def test_marker_takes_whole_scenarios(run: Run) -> None:
    tests = '''
RULE = {"on": {"operation": "getBatch", "nth": 1}, "reply": {"status": 503}}

@pytest.mark.batch_scenario({"rules": [RULE]})
def test_mapping(batch_emulator):
    assert [get(batch_emulator), get(batch_emulator)] == [503, 404]

@pytest.mark.batch_scenario("""
scenario: bad-day
extends: stuck-validating
""")
def test_yaml(batch_emulator):
    assert world(batch_emulator)["scenario"] == "bad-day"
'''
    run(WORLD + tests).assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("marker", "sentence"),
    [
        ("'hapy-path'", "batch_emulator: No scenario is named 'hapy-path': did you mean happy-path?"),
        ("clock='fast'", "batch_emulator: clock: expected manual, real, xN (such as x360) or tick=DURATION (*), found 'fast'."),
        ("clok='manual'", "*expected the marker batch_scenario(scenario=*, ?, clock=*, seed=0, edition=...): *clok*"),
        ("'happy-path', 'manual'", "*expected the marker batch_scenario(*): *from 0 to 1 positional arguments but 2 *"),
        ("5", "*expected*"),
        ("seed='a'", "*seed: expected an integer*"),
    ],
)  # fmt: skip
def test_wrong_marker_is_told_in_a_sentence(run: Run, marker: str, sentence: str) -> None:
    result = run(f"@pytest.mark.batch_scenario({marker})\ndef test_app(batch_emulator): pass\n")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([sentence])
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*pytest_plugin.py*")


def test_marker_and_fixture_are_described(pytester: pytest.Pytester) -> None:
    markers = pytester.runpytest_inprocess(*AMONG_OTHERS, "--markers")
    markers.stdout.fnmatch_lines(["@pytest.mark.batch_scenario(scenario=*): the world that *"])
    fixtures = pytester.runpytest_inprocess(*AMONG_OTHERS, "--fixtures")
    fixtures.stdout.fnmatch_lines(
        ["batch_emulator -- *pytest_plugin.py:*", "    Give an Emulator with a fresh world, *"]
    )


# The server


TOLD = """
def test_app(batch_emulator):
    assert batch_emulator.url == {url!r}
    assert create(batch_emulator) == 200
"""


@pytest.mark.parametrize("way", ["options", "ini", "both"])
def test_server_that_is_running_is_used(run: Run, pytester: pytest.Pytester, way: str) -> None:
    with serving(admin_token="let-me-in", api_keys=("mk-a",)) as url:
        given = {"url": url, "admin_token": "let-me-in"} if way != "both" else {"url": "http://127.0.0.1:1"}
        if way != "options":
            lines = [f"batch_emulator_{name} = {value}\n" for name, value in given.items()]
            pytester.makeini("[pytest]\n" + "".join(lines))
        options = [f"--batch-emulator-url={url}", "--batch-emulator-admin-token=let-me-in"] if way != "ini" else []
        run(TOLD.format(url=url), *options).assert_outcomes(passed=1)


def test_folders_of_scenarios_join_the_library(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nbatch_emulator_scenarios = mine\n")
    folder = pytester.mkdir("mine")
    (folder / "bad-day.yaml").write_text("scenario: bad-day\nextends: stuck-validating\n", encoding="utf-8")
    tests = "@pytest.mark.batch_scenario('bad-day')\ndef test_app(batch_emulator): create(batch_emulator)\n"
    run(tests).assert_outcomes(passed=1)
    (folder / "bad-day.yaml").write_text("scenario: bad-day\n", encoding="utf-8")
    result = run(tests)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["batch_emulator: *bad-day.yaml:1:1: *"])


def test_server_that_is_not_there_is_told_in_a_sentence(run: Run) -> None:
    with Emulator() as emulator:
        url = emulator.url
    result = run(TOLD.format(url=url), f"--batch-emulator-url={url}")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"batch_emulator: {url}: expected an emulator there, found none: Connection refused"])
    result.stdout.no_fnmatch_line("*Traceback*")
