"""Campaigns of several processes: what comes of them in which order, and how they end."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

import pytest
from support.fuzzed import finding
from support.oddities import DIES, FORKS, HANGS, PRINTS, RAISES, REFUSES, odd, processes

from emulator.clients.catalog import command
from emulator.fuzz import campaign
from emulator.fuzz.events import Found, Plan, Stopped, Tally
from emulator.fuzz.files import text_of

if TYPE_CHECKING:
    from pathlib import Path

    from emulator.fuzz.events import Event

pytestmark = pytest.mark.thorough

THREE: Final = ("errors-declared", "no-silent-twin", "ids-stay-ids")


def plan(server_url: str, client: str, **more: Any) -> Plan:
    said = {"url": server_url, "token": None, "properties": THREE, "seed": 1, "examples": 3, "workers": 1}
    return Plan(command=command(client), **{**said, **more})


def run(plan: Plan) -> list[Event]:
    return list(campaign.run(plan))


def errors(events: list[Event]) -> list[str | None]:
    return [event.error for event in events if isinstance(event, Stopped)]


def last(events: list[Event]) -> dict[str, Tally]:
    return {event.property: event for event in events if isinstance(event, Tally)}


def found(events: list[Event]) -> dict[str, str]:
    """Return the findings as files: of one name the last one."""
    return {event.finding.name: text_of(event.finding) for event in events if isinstance(event, Found)}


def test_each_property_gets_its_examples(server_url: str, tmp_path: Path) -> None:
    events = run(plan(server_url, odd(tmp_path, REFUSES), properties=THREE[1:], examples=7))
    assert errors(events) == [None]
    assert {name: tally.examples for name, tally in last(events).items()} == dict.fromkeys(THREE[1:], 7)
    assert all(tally.calls >= 7 for tally in last(events).values())


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_same_seed_finds_the_same_however_many_workers_there_are(server_url: str, tmp_path: Path, workers: int) -> None:
    client = odd(tmp_path, RAISES)
    events = run(plan(server_url, client, workers=workers, examples=6))
    assert errors(events) == [None] * workers
    assert found(events) == found(run(plan(server_url, client, workers=workers, examples=6)))
    by_property = {event.finding.property for event in events if isinstance(event, Found)}
    assert "errors-declared" in by_property
    assert len(found(events)) == len({event.finding.cause for event in events if isinstance(event, Found)})


def test_of_what_is_owed_the_first_propertys_finding_stays() -> None:
    def of(property_: str) -> Found:
        return Found(finding(name="undeclared-1234", property=property_), 1, 0.1)

    events: list[Event] = [
        of("no-silent-twin"),
        of("ids-stay-ids"),
        Stopped(0),
        of("errors-declared"),
        of("no-silent-twin"),
    ]
    assert list(campaign._firsts(iter(events), THREE)) == [events[0], events[2], events[3]]


@pytest.mark.parametrize("way", [HANGS, PRINTS, DIES])
def test_driver_that_breaks_at_every_call_is_one_finding_in_time(server_url: str, tmp_path: Path, way: str) -> None:
    properties = ("errors-declared", "ids-stay-ids")
    events = run(plan(server_url, odd(tmp_path, way), properties=properties, seconds=13, examples=None, workers=2))
    assert errors(events) == [None, None]
    causes = [event.finding.cause for event in events if isinstance(event, Found)]
    assert len(causes) >= 1
    assert set(causes) == {f"driver {'hung' if way == HANGS else 'died' if way == DIES else 'flood'}"}


@pytest.mark.parametrize("end", ["", HANGS])
def test_nothing_that_a_driver_has_started_is_left(server_url: str, tmp_path: Path, end: str) -> None:
    mark = f"mark-{os.getpid()}-{tmp_path.name}"
    client = odd(tmp_path, FORKS.replace("{mark!r}", repr(mark)) + f"    {end}\n")
    assert errors(run(plan(server_url, client, properties=THREE[1:2], seconds=4, examples=2))) == [None]
    assert processes(mark) == []
    assert processes(str(tmp_path)) == []
