from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from support.good_client import GoodClient
from support.scenarios import FOLDER, LIBRARY, problems_of
from support.worlds import line, new_world

from emulator.scenarios import reference
from emulator.scenarios.loader import load_text
from emulator.server import running
from emulator.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

README = FOLDER / "README.md"
EXAMPLES = {
    load_text(text, source="README.md", files=LIBRARY).scenario: text
    for text in re.findall(r"```yaml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
}
TEN = [f"row-{number}" for number in range(1, 11)]
ENDS = {
    "slow-to-start": "completed",
    "some-lines-fail": "completed",
    "never-quite-done": "expired",
    "no-quota-left": "failed",
    "bad-gateway-and-lost-reply": "completed",
    "spoilt-output": "completed",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("examples")
    for name, text in EXAMPLES.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    with running(Settings(port=0, clock="manual", scenarios=(folder,))) as running_server:
        yield running_server.url


def test_readme_says_what_the_models_say() -> None:
    assert not reference.stale(README), "run emulator.scenarios.reference.write on it"


def test_stale_readme_is_brought_up_to_date(tmp_path: Path) -> None:
    file = tmp_path / "README.md"
    file.write_text("Before.\n<!-- generated: breaks -->\nout of date\n<!-- end -->\nAfter.\n")
    assert reference.write(file)
    assert not reference.write(file)
    text = file.read_text()
    assert text.startswith("Before.\n<!-- generated: breaks -->\n\n| word | meaning |\n")
    assert text.endswith("<!-- end -->\nAfter.\n")
    assert "out of date" not in text


@pytest.mark.parametrize("name", sorted(ENDS))
def test_example_runs_to_its_end(server: str, name: str) -> None:
    with GoodClient(new_world(server)) as client:
        summary = client.run([line(custom_id) for custom_id in TEN], scenario=name)
    assert summary.final == ENDS[name]


def test_every_example_is_run() -> None:
    assert EXAMPLES.keys() == ENDS.keys()


def test_mistake_that_the_readme_shows_is_told_like_this() -> None:
    text = "scenario: x\ntitle: x\nkind: legal\nlifecycle:\n  - expires\n"
    [problem] = [
        each for each in problems_of(text.replace("- expires", "- {to: finalising}\n  - expires")) if each.near
    ]
    told = str(problem).partition("expected")[2]
    assert told in README.read_text(encoding="utf-8")
