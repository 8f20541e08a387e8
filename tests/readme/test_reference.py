from __future__ import annotations

import re

import pytest
from support.drawn import drawn, effects, library
from support.examples import ROOT

from emulator.scenarios.loader import load_rule
from emulator.scenarios.rules import EFFECTS
from emulator.web.admin.endpoint import ROUTES

README = (ROOT / "README.md").read_text(encoding="utf-8")
PARTS = drawn()


@pytest.mark.parametrize("part", PARTS)
def test_readme_says_what_the_code_says(part: str) -> None:
    assert PARTS[part] in README


def test_readme_lists_every_call_of_the_admin_api() -> None:
    listed = re.findall(r"^\| `([A-Z]+) (/\S*)` \|", README, re.MULTILINE)
    assert sorted(listed) == sorted((method, path) for path, methods in ROUTES.items() for method in methods)


def test_readme_lists_every_effect_in_the_order_in_which_they_come() -> None:
    rows = re.findall(r"^\| (`.+`) \| (.+) \| `(\{.+\})` \|$", README, re.MULTILINE)
    assert [(keys, sentence) for keys, sentence, _ in rows[2:]] == list(effects())
    assert {key for keys, _, _ in rows for key in re.findall(r"\w+", keys)} == set(EFFECTS)
    for keys, _, example in rows:
        assert load_rule(example, source=keys).rule().written.keys() <= {*re.findall(r"\w+", keys), "after"}


def test_readme_of_scenarios_lists_every_scenario() -> None:
    text = (ROOT / "scenarios" / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| \[`([a-z0-9-]+)`\]\((\w+)/\1\.yaml\) \|", text, re.MULTILINE)
    assert sorted(listed) == [(scenario.name, scenario.kind) for scenario in library()]


def test_readme_of_tests_lists_every_group() -> None:
    text = (ROOT / "tests" / "README.md").read_text(encoding="utf-8")
    groups = {f"tests/{test.relative_to(ROOT / 'tests').parts[0]}/" for test in ROOT.glob("tests/*/**/test_*.py")}
    listed = [row.split("|")[1] for row in text.splitlines() if row.startswith("| `tests/")]
    assert set(re.findall(r"`(.+?)`", "".join(listed))) == groups


@pytest.mark.parametrize("readme", ["README.md", "emulator/README.md", "scenarios/README.md", "tests/README.md"])
def test_every_path_that_a_readme_names_exists(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    linked = [(ROOT / readme).parent / target for target in re.findall(r"\]\((?!http)([^)#]+)(?:#[^)]*)?\)", text)]
    named = [ROOT / path for path in re.findall(r"`((?:emulator|tests|schemas|scenarios)/[\w./-]*)`", text)]
    assert [str(path) for path in (*linked, *named) if not path.exists()] == []
