"""Real releases of the official SDK, held to a few of the checks."""

from __future__ import annotations

from dataclasses import replace
from threading import enumerate as enumerate_threads
from typing import TYPE_CHECKING

import pytest
from support.environments import python_with
from support.verified import check

from emulator.clients.catalog import ClientUnknown
from emulator.clients.environments import environment
from emulator.clients.installing import InstallFault, Trouble
from emulator.verify.catalog import ALL
from emulator.verify.releases.running import Checked, Finished, Ready, Surveyor
from emulator.verify.results import Verdict
from emulator.verify.selecting import selected

if TYPE_CHECKING:
    from pathlib import Path

    from emulator.verify.releases.running import Event
    from emulator.verify.stage import Stage

PATTERNS = ("create.sends-max-concurrency-lowest", "get.sends-plain-request", "edition-0.5.25.is-understood")
CHECKS = selected(ALL, run=PATTERNS)
OLD, NEW, MUTE = "0.5.25", "0.12.91", "0.7.1"


@pytest.fixture(scope="module")
def folder(request: pytest.FixtureRequest) -> Path:
    """Where environments are that the tests have made already."""
    for version in (OLD, NEW, MUTE):
        python = python_with(f"meetkai-mka1=={version}", cache=request.config.cache)
    return python.parents[3]


@pytest.fixture
def surveyor(server_url: str, folder: Path) -> Surveyor:
    return Surveyor(sdk="meetkai-mka1", client="mka1", checks=CHECKS, url=server_url, folder=folder)


def verdicts(events: list[Event], version: str) -> dict[str, Verdict]:
    (release,) = [each.release for each in events if isinstance(each, Finished) and each.release.version == version]
    return {name: result.verdict for name, result in release.results.items()}


@pytest.fixture(scope="module")
def events(server_url: str, folder: Path) -> list[Event]:
    """What happens to three releases."""
    surveyor = Surveyor(sdk="meetkai-mka1", client="mka1", checks=CHECKS, url=server_url, folder=folder)
    return list(surveyor.run([OLD, MUTE, NEW]))


def test_releases_are_told_apart_by_the_checks(events: list[Event]) -> None:
    assert verdicts(events, OLD) == {
        "create.sends-max-concurrency-lowest": Verdict.NOT_APPLICABLE,
        "get.sends-plain-request": Verdict.PASS,
        "edition-0.5.25.is-understood": Verdict.PASS,
    }
    assert verdicts(events, NEW) == {
        "create.sends-max-concurrency-lowest": Verdict.PASS,
        "get.sends-plain-request": Verdict.PASS,
        "edition-0.5.25.is-understood": Verdict.FAIL,
    }
    assert {*verdicts(events, MUTE).values()} == {Verdict.NOT_APPLICABLE}


def test_everything_that_happens_is_told(events: list[Event]) -> None:
    assert events[:3] == [Ready(OLD), Ready(MUTE), Ready(NEW)]
    for version in (OLD, MUTE, NEW):
        told = [event for event in events[3:] if _version(event) == version]
        assert [type(event) for event in told] == [Checked, Checked, Checked, Finished]


def _version(event: Event) -> str:
    return event.release.version if isinstance(event, Finished) else event.version


def test_release_that_does_not_exist_ends_the_run(surveyor: Surveyor) -> None:
    with pytest.raises(InstallFault, match=r"^expected a release of meetkai-mka1 .*, got 9\.9\.9$") as fault:
        list(surveyor.run([OLD, "9.9.9"]))
    assert fault.value.trouble is Trouble.NO_SUCH_RELEASE


@pytest.mark.usefixtures("index")
def test_release_for_another_python_is_told_and_left_out(server_url: str, tmp_path: Path) -> None:
    surveyor = Surveyor(sdk="small-sdk", client="mka1", checks=CHECKS, url=server_url, folder=tmp_path)
    (event,) = surveyor.run(["1.0"])
    assert isinstance(event, Finished)
    assert event.release.why_not.startswith("small-sdk 1.0 wants another Python than ")


@pytest.mark.usefixtures("index")
def test_release_whose_driver_does_not_start_says_why(server_url: str, tmp_path: Path) -> None:
    surveyor = Surveyor(sdk="small-sdk", client="mka1", checks=CHECKS, url=server_url, folder=tmp_path)
    ready, event = surveyor.run(["0.9"])
    assert ready == Ready("0.9")
    assert isinstance(event, Finished)
    assert event.release.why_not.startswith("its driver does not start: ")


def test_another_release_in_the_way_is_not_taken_for_the_one_meant(
    surveyor: Surveyor, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = environment(f"meetkai-mka1=={NEW}", folder=folder)
    (packages,) = python.parents[1].glob("lib/python*/site-packages")
    monkeypatch.setenv("PYTHONPATH", str(packages))
    *_, event = surveyor.run([OLD])
    assert isinstance(event, Finished)
    assert event.release.why_not == f"its driver holds another release: {NEW}"


@pytest.mark.parametrize("client", ["exec:true", "no-client"])
def test_client_that_cannot_drive_releases_is_refused_before_any_is_installed(
    server_url: str, tmp_path: Path, client: str
) -> None:
    surveyor = Surveyor(sdk="meetkai-mka1", client=client, checks=CHECKS, url=server_url, folder=tmp_path)
    with pytest.raises(ClientUnknown, match=f"{client}"):
        list(surveyor.run([OLD]))
    assert list(tmp_path.iterdir()) == []


def test_run_that_is_broken_off_leaves_the_rest_unchecked(server_url: str, folder: Path) -> None:
    played: list[Stage] = []
    checks = [replace(check("get.nothing"), play=played.append)] * 200
    surveyor = Surveyor(sdk="meetkai-mka1", client="mka1", checks=checks, url=server_url, folder=folder)
    events = surveyor.run([OLD, NEW])
    assert any(isinstance(event, Checked) for event in events)
    events.close()
    assert 0 < len(played) < 2 * len(checks)
    assert not [thread for thread in enumerate_threads() if thread.name.startswith("ThreadPoolExecutor")]
