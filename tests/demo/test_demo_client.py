from __future__ import annotations

from dataclasses import replace
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from meetkai_mka1 import SDK
from rich.console import Console

from emulator.demo import running
from emulator.demo.checking import Unexpected
from emulator.demo.client import Client
from emulator.demo.progress import Lines
from emulator.demo.report import read_back
from emulator.demo.requests import CHAT, RECIPES, good_lines
from emulator.demo.stories import Story

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.worlds import TestWorld


@pytest.fixture
def client(world: TestWorld) -> Iterator[Client]:
    with SDK(server_url=world.url, bearer_auth=world.api_key) as sdk:
        yield Client(sdk, world.admin, Lines(Console(file=StringIO())))


STORY = Story(name="chat", endpoint=CHAT, lines=good_lines(CHAT, 10), ends="completed", poll_every="30m")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"ends": "failed"}, "status of 'chat': expected failed, found completed"),
        ({"faults": {1: "invalid_method"}}, "errors of 'chat': expected {1: 'invalid_method'}, found {}"),
        (
            {"scenario": "stuck-validating", "ends": "expired"},
            "'chat': expected a part of the lines to be done, found total=10 completed=0 failed=0",
        ),
        ({"cancel_at": 2.0, "ends": "cancelled"}, "status of 'chat': expected cancelled, found completed"),
    ],
)
def test_a_story_that_goes_otherwise_is_told(client: Client, wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Unexpected) as raised:
        client.play(replace(STORY, **wrong))
    assert str(raised.value) == sentence


@pytest.mark.parametrize("endpoint", RECIPES)
def test_every_recipe_is_answered_as_it_asks(client: Client, endpoint: Any) -> None:
    lines = good_lines(endpoint, len(RECIPES[endpoint]))
    client.play(replace(STORY, endpoint=endpoint, lines=lines))


def test_report_is_refused_when_the_list_holds_another_batch(client: Client) -> None:
    played = [client.play(STORY), client.play(STORY)]
    assert [row.completed for row in read_back(client, played)] == [10, 10]
    with pytest.raises(Unexpected, match="batches in the list"):
        read_back(client, played[:1])


def test_an_unexpected_view_ends_the_demo_with_a_sentence_and_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(running, "stories", lambda _lines: (replace(STORY, ends="cancelled"),))
    with pytest.raises(SystemExit) as exited:
        running.run(lines=20, seed=0, as_json=True)
    assert exited.value.code == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.endswith(
        "mka1-emulator: the demo ended early: status of 'chat': expected cancelled, found completed\n"
    )
