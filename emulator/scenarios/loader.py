"""Reading scenario files: YAML or JSON in, a scenario or every one of its problems out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import yaml

from emulator.scenarios.model import ScenarioModel
from emulator.scenarios.rules import RuleModel

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def load(file: Path, *, files: Mapping[str, Path]) -> ScenarioModel:
    """Return the scenario in a file; `files` are those that it may extend, by name."""
    return load_text(file.read_text(encoding="utf-8"), source=str(file), files=files)


def load_text(text: str, *, source: str, files: Mapping[str, Path]) -> ScenarioModel:
    """Return the scenario in a text, YAML or JSON."""
    return ScenarioModel.model_validate_json(json.dumps(yaml.safe_load(text)))


def load_rule(data: object) -> RuleModel:
    """Return the rule that JSON data holds."""
    return RuleModel.model_validate_json(json.dumps(data))
