from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from support.drawn import library
from support.examples import ROOT

from emulator.scenarios.drawing import svg

if TYPE_CHECKING:
    from pathlib import Path

PICTURES = sorted((ROOT / "scenarios" / "pictures").iterdir())
SCENARIOS = {f"{scenario.name}.svg": scenario for scenario in library()}


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.stem)
def test_pictures_are_current(picture: Path) -> None:
    command = f"mka1-emulator scenarios graph {picture.stem} --out scenarios/pictures/{picture.name}"
    assert picture.read_text(encoding="utf-8") == svg(SCENARIOS[picture.name]), f"run {command}"


def test_readme_shows_every_picture() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"!\[.+\]\(scenarios/pictures/(.+)\)", text)) == [picture.name for picture in PICTURES]
