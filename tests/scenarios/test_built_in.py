from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from support.batches import CANCEL, HAPPY, step
from support.engines import counts, library, new_engine, seen, submit
from support.worlds import good_input

from emulator import resources
from emulator.domain.errors import InvalidRequest
from emulator.domain.steps import Amount
from emulator.scenarios.library import Library
from emulator.scenarios.loader import load

if TYPE_CHECKING:
    from pathlib import Path

    from emulator.domain.steps import Step
    from emulator.scenarios.model import ScenarioModel

FILES = sorted(resources.folder("scenarios").glob("*/*.yaml"))
BUILT_IN = ("expired-partial", "happy-path", "stuck-validating")
files = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
built_in = pytest.mark.parametrize("name", BUILT_IN)


def model(file: Path) -> ScenarioModel:
    return load(file, files={each.stem: each for each in FILES})


@files
def test_name_of_a_scenario_is_its_files_and_its_kind_its_folders(file: Path) -> None:
    assert (model(file).scenario, model(file).kind) == (file.stem, file.parent.name)


@files
def test_scenario_says_what_it_is_and_what_a_client_does(file: Path) -> None:
    assert model(file).title
    assert model(file).client


@built_in
def test_built_in_scenario_ends_every_batch_within_its_window(name: str) -> None:
    world = new_engine(scenario=name).world()
    batches = [submit(world, data) for data in (good_input(1), good_input(25), b"7\n", b"")]
    world.advance(by_us=86_400_000_000)
    for batch in batches:
        assert seen(world, batch).is_over
        assert counts(seen(world, batch))[2] == 0


@built_in
@pytest.mark.parametrize("second", [0, 30, 60, 1000, 3600, 3630])
def test_built_in_scenario_lets_a_batch_be_cancelled(name: str, second: int) -> None:
    world = new_engine(scenario=name).world()
    batch = submit(world, good_input(25))
    world.advance(by_us=second * 1_000_000)
    world.cancel_batch("", batch.id)
    world.advance(by_us=86_400_000_000)
    assert seen(world, batch).status == "cancelled"


def steps_of(name: str) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    scenario = library().scenario(name)
    return scenario.steps, scenario.on_cancel


def test_library_knows_every_file_by_name() -> None:
    assert library().names == tuple(sorted(file.stem for file in FILES))
    assert set(BUILT_IN) <= set(library().names)


def test_happy_path_is_the_reference_samples() -> None:
    assert steps_of("happy-path") == (HAPPY, CANCEL)


def test_expired_partial_is_what_the_design_shows() -> None:
    steps = (
        step("in_progress", after=60),
        step(progress=Amount(Fraction(2, 5), "share"), after=3600),
        step("expired", at=86_400),
    )
    assert steps_of("expired-partial") == (steps, CANCEL)


def test_scenario_is_read_once() -> None:
    assert library().scenario("happy-path") is library().scenario("happy-path")


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("hapy-path", "happy-path"),
        ("Happy-Path", "happy-path"),
        ("expired-partially", "expired-partial"),
        ("stuck-validation", "stuck-validating"),
        ("legal/happy-path", "happy-path"),
    ],
)
def test_unknown_name_lists_near_ones(name: str, nearest: str) -> None:
    for ask in (library().check, library().scenario):
        with pytest.raises(InvalidRequest) as refusal:
            ask(name)
        assert str(refusal.value).startswith(f"No scenario is named '{name}': did you mean {nearest}")
        assert refusal.value.param == "scenario"


@pytest.mark.parametrize("name", ["", "zzz", "../secret"])
def test_name_that_is_near_to_none_lists_three(name: str) -> None:
    with pytest.raises(InvalidRequest, match="did you mean") as refusal:
        library().check(name)
    assert sum(known in str(refusal.value).split("mean ")[1] for known in library().names) >= 3


def test_library_reads_a_folder_that_it_is_given(tmp_path: Path) -> None:
    (tmp_path / "legal").mkdir()
    (tmp_path / "legal" / "my-own.yaml").write_text(
        "{scenario: my-own, title: Mine, kind: legal, lifecycle: [{to: expired, at: 1h}]}", encoding="utf-8"
    )
    (tmp_path / "legal" / "notes.txt").write_text("nothing", encoding="utf-8")
    own = Library(tmp_path)
    assert own.names == ("my-own",)
    assert own.scenario("my-own").steps == (step("expired", at=3600),)


def test_where_another_scenario_was_seen_is_not_inherited() -> None:
    assert library().scenario("happy-path").seen_in == "reference page"
    assert library().scenario("connection-reset").seen_in is None
