"""The library of scenarios: every file of `scenarios/`, known by name at once and read when it is first asked for."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from emulator.domain.errors import InvalidRequest

if TYPE_CHECKING:
    from pathlib import Path

    from emulator.domain.timeline import Script


class Library:
    """The scenarios of one folder. Reading one takes pydantic and PyYAML, which a server's start need not wait for."""

    def __init__(self, folder: Path) -> None:
        self._files = {file.stem: file for file in sorted(folder.glob("*/*.yaml"))}
        self._scripts: dict[str, Script] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all scenarios, sorted."""
        return tuple(sorted(self._files))

    def check(self, name: str) -> str:
        """Return the name if there is such a scenario; else raise InvalidRequest with the nearest ones."""
        if name not in self._files:
            near = get_close_matches(name, self._files, n=3) or self.names
            raise InvalidRequest(f"No scenario is named '{name}': did you mean {' or '.join(near)}?", "scenario")
        return name

    def script(self, name: str) -> Script:
        """Return the script of the scenario with this name. Raises InvalidRequest when there is none."""
        self.check(name)
        if name not in self._scripts:
            self._scripts[name] = _read(self._files[name])
        return self._scripts[name]


def _read(file: Path) -> Script:
    import yaml  # noqa: PLC0415 - see the class

    from emulator.scenarios.model import ScenarioModel  # noqa: PLC0415

    return ScenarioModel.model_validate(yaml.safe_load(file.read_text(encoding="utf-8"))).script()
